import type { ByteSource } from '../model/source.ts'
import type { Value } from '../value/value.ts'

/**
 * Reads plain Python values out of nodes. Each function answers `undefined`
 * where the node is something else; none of them throws on a hostile tree
 * (`MissingBytes` of a source that is not complete passes through).
 */

const latin1Names = new Set(['latin1', 'latin-1', 'latin_1', 'iso-8859-1', 'iso8859-1'])

/** True for the names of Latin-1 that picklers write. */
export function isLatin1(encoding: string): boolean {
  return latin1Names.has(encoding)
}

/**
 * The bytes of a `bytes`, a `bytearray`, or of `_codecs.encode(text, 'latin1')`,
 * which is how protocols 0 to 2 spell bytes. `undefined` if they are more than
 * `limitBytes` or fewer are in the source than the node says.
 */
export function bytesOf(
  node: Value | undefined,
  source: ByteSource,
  limitBytes = Number.MAX_SAFE_INTEGER,
): Uint8Array | undefined {
  if (!node) return undefined
  if (node.kind === 'bytes' || node.kind === 'bytearray') {
    const { inline, at, length } = node.bytes
    if (length > limitBytes) return undefined
    if (inline) return inline
    if (at === undefined) return undefined
    const bytes = source.read(at, length)
    return bytes.length === length ? bytes : undefined
  }
  const text = encodedLatin1(node)
  return text === undefined || text.length > limitBytes ? undefined : spelledBytes(node, text)
}

/** Bytes of long texts are kept with their node: tables ask for the same block once a column. */
const spelled = new WeakMap<Value, Uint8Array>()
const keptLength = 10_000

function spelledBytes(node: Value, text: string): Uint8Array | undefined {
  const known = spelled.get(node)
  if (known) return known
  const bytes = latin1Bytes(text)
  if (bytes && text.length > keptLength) spelled.set(node, bytes)
  return bytes
}

/** The text of `_codecs.encode(text, 'latin1')`, whose code units are the bytes. */
export function encodedLatin1(node: Value): string | undefined {
  if (node.kind !== 'object' || node.made !== 'reduce') return undefined
  if (node.callee.kind !== 'global' || node.callee.module !== '_codecs' || node.callee.name !== 'encode') {
    return undefined
  }
  const [text, encoding] = node.args
  if (text?.kind !== 'str' || encoding?.kind !== 'str') return undefined
  return isLatin1(encoding.value) ? text.value : undefined
}

/** Bytes of a text whose code units are bytes; `undefined` if one of them is above 255. */
export function latin1Bytes(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit > 255) return undefined
    bytes[i] = unit
  }
  return bytes
}

/** A text, or bytes of at most 1,000 read as Latin-1 (names that Python 2 stored as `str`). */
export function textOf(node: Value | undefined, source: ByteSource): string | undefined {
  if (node?.kind === 'str') return node.value
  const bytes = bytesOf(node, source, 1000)
  return bytes && String.fromCharCode(...bytes)
}

/** A whole number within ±(2^53 − 1); booleans count as 0 and 1, as in Python. */
export function integerOf(node: Value | undefined): number | undefined {
  if (node?.kind === 'bool') return node.value ? 1 : 0
  return node?.kind === 'int' && typeof node.value === 'number' ? node.value : undefined
}

/** Whole numbers of a tuple or list (a shape); a lone number counts as a tuple of one. */
export function integersOf(node: Value | undefined, limit = 64): number[] | undefined {
  if (node?.kind === 'int') {
    const single = integerOf(node)
    return single === undefined ? undefined : [single]
  }
  const items = itemsOf(node)
  if (!items || items.length > limit) return undefined
  const numbers = items.map(integerOf)
  return numbers.every((one) => one !== undefined) ? numbers : undefined
}

/** The items of a tuple or list. */
export function itemsOf(node: Value | undefined): readonly Value[] | undefined {
  return node?.kind === 'tuple' || node?.kind === 'list' ? node.items : undefined
}
