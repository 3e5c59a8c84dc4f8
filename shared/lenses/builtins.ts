import { bytesOf, encodedLatin1, integerOf, isLatin1, itemsOf, latin1Bytes } from '../numpy/nodes.ts'
import type { ByteSource } from '../model/source.ts'
import type { Value } from '../value/value.ts'
import type { ObjectParts } from './parts.ts'
import type { View } from './view.ts'

/** What protocols below 4 spell as a call: sets, bytes, complex numbers, ranges. */

export function complexView({ args }: ObjectParts): View | undefined {
  const [real, imaginary] = args
  if (real?.kind !== 'float' || imaginary?.kind !== 'float') return undefined
  return { kind: 'complex', real: real.value, imaginary: imaginary.value }
}

export function setView(kind: 'set' | 'frozenset', parts: ObjectParts): View | undefined {
  if (parts.state || parts.args.length > 1) return undefined
  const items = parts.args.length === 0 ? [] : itemsOf(parts.args[0])
  return items && { kind, items: parts.listItems ? [...items, ...parts.listItems] : items }
}

/** `_codecs.encode(text, 'latin1')`. */
export function encodedView(node: Value, source: ByteSource): View | undefined {
  const inline = encodedLatin1(node) === undefined ? undefined : bytesOf(node, source)
  return inline && { kind: 'bytes', bytes: { inline, length: inline.length } }
}

/** `bytes()`, `bytearray()`, `bytearray(bytes)`, `bytearray(text, 'latin-1')`. */
export function byteStringView(
  kind: 'bytes' | 'bytearray',
  { args }: ObjectParts,
  source: ByteSource,
): View | undefined {
  const [content, encoding] = args
  if (!content) return { kind, bytes: { inline: new Uint8Array(0), length: 0 } }
  if (content.kind === 'bytes' && !encoding) return { kind, bytes: content.bytes }
  const inline =
    content.kind === 'str' && encoding?.kind === 'str'
      ? isLatin1(encoding.value)
        ? latin1Bytes(content.value)
        : undefined
      : bytesOf(content, source)
  return inline && { kind, bytes: { inline, length: inline.length } }
}

export function rangeView({ args }: ObjectParts): View | undefined {
  if (args.length < 1 || args.length > 3) return undefined
  const numbers = args.map((arg) => (arg.kind === 'int' ? arg.value : undefined))
  if (numbers.some((number) => number === undefined)) return undefined
  const [first, second, step] = numbers as (number | bigint)[]
  if (second === undefined) return { kind: 'range', start: 0, stop: first!, step: 1 }
  return { kind: 'range', start: first!, stop: second, step: step ?? 1 }
}

export function sliceView({ args }: ObjectParts): View | undefined {
  const [start, stop, step] = args
  return start && stop && step && { kind: 'slice', start, stop, step }
}

export function ordereddictView(parts: ObjectParts): View | undefined {
  const pairs = pairsOf(parts)
  return pairs && { kind: 'ordereddict', ...pairs }
}

/** Python 2 has the pairs as a list in the arguments, Python 3 as items of the dict. */
function pairsOf(parts: ObjectParts): { keys: readonly Value[]; values: readonly Value[] } | undefined {
  if (parts.state) return undefined
  if (parts.args.length === 0) return { keys: parts.dictKeys ?? [], values: parts.dictValues ?? [] }
  const list = itemsOf(parts.args[0])
  if (!list || parts.args.length > 1 || parts.dictKeys) return undefined
  const keys: Value[] = []
  const values: Value[] = []
  for (const item of list) {
    const pair = itemsOf(item)
    if (pair?.length !== 2) return undefined
    keys.push(pair[0]!)
    values.push(pair[1]!)
  }
  return { keys, values }
}

export function counterView(parts: ObjectParts): View | undefined {
  if (parts.state || parts.args.length > 1) return undefined
  const [counts] = parts.args
  if (counts && (counts.kind !== 'dict' || parts.dictKeys)) return undefined
  const { keys, values } = counts ?? { keys: parts.dictKeys ?? [], values: parts.dictValues ?? [] }
  return { kind: 'counter', keys, values }
}

export function defaultdictView(parts: ObjectParts): View | undefined {
  if (parts.state || parts.args.length > 1) return undefined
  return {
    kind: 'defaultdict',
    keys: parts.dictKeys ?? [],
    values: parts.dictValues ?? [],
    factory: parts.args[0],
  }
}

export function dequeView(parts: ObjectParts): View | undefined {
  if (parts.state && parts.state.kind !== 'none') return undefined
  const [content, limit] = parts.args
  const items = content ? itemsOf(content) : []
  const maxLength = limit && limit.kind !== 'none' ? integerOf(limit) : undefined
  if (!items || (limit && limit.kind !== 'none' && maxLength === undefined)) return undefined
  return { kind: 'deque', items: parts.listItems ? [...items, ...parts.listItems] : items, maxLength }
}
