import { concatBytes } from '../../model/bytes.ts'
import { adler32 } from './adler32.ts'

/**
 * A key as it stands in diskcache's table: texts, bytes, whole numbers of 64 bits and floats as they are (`raw` 1),
 * everything else as a pickle (`raw` 0; diskcache/core.py `Disk.put`).
 */
export type StoredKey =
  | { readonly kind: 'str' | 'bytes' | 'pickle'; readonly bytes: Uint8Array }
  | { readonly kind: 'int'; readonly number: bigint }
  | { readonly kind: 'float'; readonly number: number }

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const prefixes = ['str', 'bytes', 'int', 'float', 'pickle'] as const
type Prefix = (typeof prefixes)[number]

/**
 * The key of an entry: a text is its UTF-8. Of the other types, which could be taken for texts, the key says the type
 * first: `int:42`, `float:1.5`, `bytes:` and the bytes, `pickle:` and the pickle as it is stored. A text that begins
 * so, or is empty, has `str:` before it. Every stored key has one such form, and `storedKey` reads it back.
 */
export function entryKey(key: StoredKey): Uint8Array {
  switch (key.kind) {
    case 'str':
      return key.bytes.length === 0 || prefixOf(key.bytes) ? withPrefix('str', key.bytes) : key.bytes
    case 'bytes':
    case 'pickle':
      return withPrefix(key.kind, key.bytes)
    case 'int':
    case 'float':
      return withPrefix(key.kind, encoder.encode(String(key.number)))
  }
}

/** `undefined`: no stored key has this form. */
export function storedKey(key: Uint8Array): StoredKey | undefined {
  if (key.length === 0) return undefined
  const prefix = prefixOf(key)
  if (prefix === undefined) return { kind: 'str', bytes: key }
  const bytes = key.subarray(prefix.length + 1)
  if (prefix === 'bytes' || prefix === 'pickle') return { kind: prefix, bytes }
  if (prefix === 'str')
    return bytes.length === 0 || prefixOf(bytes) !== undefined ? { kind: 'str', bytes } : undefined
  const text = decoder.decode(bytes)
  return prefix === 'int' ? wholeNumber(text) : decimalNumber(text)
}

function wholeNumber(text: string): StoredKey | undefined {
  if (!/^(?:0|-?[1-9]\d{0,18})$/.test(text)) return undefined
  const number = BigInt(text)
  return BigInt.asIntN(64, number) === number ? { kind: 'int', number } : undefined
}

function decimalNumber(text: string): StoredKey | undefined {
  const number = Number(text)
  return String(number) === text && !Number.isNaN(number) ? { kind: 'float', number } : undefined
}

function prefixOf(bytes: Uint8Array): Prefix | undefined {
  const head = String.fromCharCode(...bytes.subarray(0, 7))
  return prefixes.find((prefix) => head.startsWith(`${prefix}:`))
}

function withPrefix(prefix: Prefix, bytes: Uint8Array): Uint8Array {
  return concatBytes([encoder.encode(`${prefix}:`), bytes])
}

/** A condition that finds the row of a key, true to the type: SQLite takes 1 and 1.0 for equal. */
export interface Condition {
  readonly sql: string
  readonly parameter: Buffer | bigint | number
}

export function conditionFor(key: StoredKey): Condition {
  const isPickle = key.kind === 'pickle'
  const types = { str: 'text', bytes: 'blob', pickle: 'blob', int: 'integer', float: 'real' } as const
  const value = key.kind === 'str' ? 'CAST(? AS TEXT)' : '?'
  return {
    sql: `key = ${value} AND raw = ${isPickle ? 0 : 1} AND typeof(key) = '${types[key.kind]}'`,
    parameter:
      key.kind === 'int' || key.kind === 'float'
        ? key.number
        : Buffer.from(key.bytes.buffer, key.bytes.byteOffset, key.bytes.byteLength),
  }
}

const mask = 0xff_ff_ff_ff

/** The shard of a FanoutCache in which Python looks for a key (diskcache/core.py `Disk.hash`). */
export function shardOfKey(key: StoredKey, shards: number): number {
  return hashOfKey(key) % shards
}

function hashOfKey(key: StoredKey): number {
  switch (key.kind) {
    case 'int': {
      const rest = key.number % BigInt(mask)
      return Number(rest < 0n ? rest + BigInt(mask) : rest)
    }
    case 'float': {
      const bytes = new Uint8Array(8)
      new DataView(bytes.buffer).setFloat64(0, key.number)
      return adler32(bytes)
    }
    default:
      return adler32(key.bytes)
  }
}
