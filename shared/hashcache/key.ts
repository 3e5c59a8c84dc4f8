import { createHash } from 'node:crypto'
import { toHex } from '../model/bytes.ts'
import type { BytesRef, Value } from '../value/value.ts'
import { fromJs } from './from-js.ts'
import type { Signature } from './signature.ts'

/**
 * The key of a call: SHA-1 (40 hex digits, as pycse's) of three lines: the function's name, its
 * source tokens, and its standardized arguments in a canonical text.
 *
 * - Arguments are standardized by the signature: positional ones get their names, literal
 *   defaults are filled in, so `f(1)` and `f(1, 2)` with `b = 2` are one call.
 * - The order of named things does not count (object keys, Map entries, Set items); the order of lists does.
 * - It is the same on every machine and in every run.
 * - It does not see what the function refers to but does not contain: values of outer variables,
 *   the code of functions it calls. After changing those, evict or rename.
 */
export function callKey(name: string, signature: Signature, args: Readonly<Record<string, unknown>>): string {
  return createHash('sha1')
    .update([name, signature.source, canonicalText(fromJs(args))].join('\n'), 'utf8')
    .digest('hex')
}

/** The key of dumped values: MD5 (32 hex digits, as pycse's) of their canonical text. */
export function dumpKey(values: Readonly<Record<string, unknown>>): string {
  return createHash('md5')
    .update(canonicalText(fromJs(values)), 'utf8')
    .digest('hex')
}

/** Arguments by name, in the order of the signature; more than it names are `arg3`, `arg4`… */
export function standardizeArguments(
  signature: Signature,
  args: readonly unknown[],
): Record<string, unknown> {
  const named: Record<string, unknown> = {}
  const { parameters } = signature
  for (const [index, { name, isRest, defaultValue }] of parameters.entries()) {
    if (isRest) named[name] = args.slice(index)
    else if (args[index] !== undefined) named[name] = args[index]
    else if (defaultValue) named[name] = defaultValue.value
    else if (index < args.length) named[name] = undefined
  }
  if (!parameters.some(({ isRest }) => isRest)) {
    for (let index = parameters.length; index < args.length; index++) named[`arg${index}`] = args[index]
  }
  return named
}

/** One text per value: equal values give equal texts whatever the order of their named parts. */
function canonicalText(root: Value): string {
  const ancestors: Value[] = []
  const write = (node: Value): string => {
    const level = ancestors.indexOf(node)
    if (level >= 0) return `cycle:${ancestors.length - level}`
    ancestors.push(node)
    const text = writeNode(node, write)
    ancestors.pop()
    return text
  }
  return write(root)
}

function writeNode(node: Value, write: (node: Value) => string): string {
  switch (node.kind) {
    case 'none':
      return 'None'
    case 'bool':
    case 'int':
      return String(node.value)
    case 'float':
      return Object.is(node.value, -0) ? 'float:-0' : `float:${node.value}`
    case 'str':
      return JSON.stringify(node.value)
    case 'bytes':
    case 'bytearray':
      return `bytes:${inlineHex(node.bytes)}`
    case 'list':
    case 'tuple':
      return `${node.kind}[${node.items.map(write).join()}]`
    case 'set':
    case 'frozenset':
      return `set{${node.items.map(write).toSorted().join()}}`
    case 'dict':
      return `dict{${pairTexts(node.keys, node.values, write)}}`
    case 'ndarray':
      return `ndarray(${write(node.dtype)},${node.shape.join('x')},${node.data ? inlineHex(node.data) : ''})`
    case 'global':
      return `${node.module}.${node.name}`
    case 'object': {
      const state = node.state ? write(node.state) : ''
      const items = pairTexts(node.dictKeys ?? [], node.dictValues ?? [], write)
      return `${write(node.callee)}(${node.args.map(write).join()};${state};${items})`
    }
    default:
      return node.kind
  }
}

function pairTexts(keys: readonly Value[], values: readonly Value[], write: (node: Value) => string): string {
  return keys
    .map((key, index) => `${write(key)}:${write(values[index]!)}`)
    .toSorted()
    .join()
}

/** Values made from JavaScript hold their bytes themselves. */
function inlineHex(bytes: BytesRef): string {
  return bytes.inline ? toHex(bytes.inline) : ''
}
