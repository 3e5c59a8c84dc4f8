import { viewOf } from '../lenses/view-of.ts'
import type { ArgumentSummary } from '../model/record.ts'
import type { ByteSource } from '../model/source.ts'
import { pythonLiteral } from '../render/python.ts'
import type { Value } from '../value/value.ts'
import type { RecordField } from './fields.ts'
import { cleanText, numberOf } from './scalars.ts'
import { shortPreview } from './short-preview.ts'

/** More arguments than this are left out of the index. */
const argumentsAtMost = 100
const nameCharacters = 200
const textCharacters = 200
const previewCharacters = 80

/**
 * The arguments of a call in the order of its signature: `standardized-kwargs`, which has the defaults too;
 * where a record has none, `args` by their places (`arg0`…) and `kwargs`. Of a dump its `kwargs`.
 */
export function argumentsOf(fields: readonly RecordField[], source: ByteSource): ArgumentSummary[] {
  return argumentPairs(fields, source).map(([name, value]) => summarizeArgument(name, value, source))
}

/** Names and values of the arguments that `argumentsOf` tells about. */
export function argumentPairs(fields: readonly RecordField[], source: ByteSource): Pair[] {
  const field = (name: string): Value | undefined => fields.find((each) => each.name === name)?.value
  const pairs = pairsOf(field('standardized-kwargs'), source) ?? [
    ...itemsOf(field('args')).map((value, i): Pair => [`arg${i}`, value]),
    ...(pairsOf(field('kwargs'), source) ?? []),
  ]
  return pairs.slice(0, argumentsAtMost)
}

type Pair = readonly [name: string, value: Value]

function itemsOf(value: Value | undefined): readonly Value[] {
  return value?.kind === 'tuple' || value?.kind === 'list' ? value.items.slice(0, argumentsAtMost) : []
}

/** `undefined` if the value is no dict of any class. */
function pairsOf(value: Value | undefined, source: ByteSource): Pair[] | undefined {
  if (value?.kind !== 'dict' && value?.kind !== 'object') return undefined
  const view = viewOf(value, source)
  if (view.kind !== 'dict' && view.kind !== 'ordereddict' && view.kind !== 'defaultdict') return undefined
  const { keys, values } = view
  return keys.slice(0, argumentsAtMost).map((key, i): Pair => [nameOf(key, source), values[i]!])
}

function nameOf(key: Value, source: ByteSource): string {
  return key.kind === 'str'
    ? cleanText(key.value, nameCharacters)
    : pythonLiteral(key, { source, maxCharacters: nameCharacters })
}

function summarizeArgument(name: string, value: Value, source: ByteSource): ArgumentSummary {
  const { type, preview } = shortPreview(value, source, previewCharacters)
  const number = numberOf(value, source)
  return {
    name,
    type,
    preview,
    ...(number !== undefined && { number }),
    ...(value.kind === 'str' && { text: cleanText(value.value, textCharacters) }),
  }
}
