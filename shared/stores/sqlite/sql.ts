import { hash } from 'node:crypto'

import { keyText } from '../../model/keys.ts'
import type { CacheTable } from './schema.ts'

/** An identifier in SQL, whatever characters it has. */
export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

export type SqlType = 'null' | 'integer' | 'real' | 'text' | 'blob'
export type SqlParameter = string | bigint | number | Buffer

/**
 * Bytes of what `CAST(x AS BLOB)` gave for a value of some type: those of a text as UTF-8, whatever the database's
 * encoding, and numbers as SQLite writes them.
 */
export function bytesOf(raw: Uint8Array, type: SqlType, encoding: CacheTable['encoding']): Uint8Array {
  if (type === 'blob' || encoding === 'utf8') return raw
  const pairs = Buffer.from(raw.subarray(0, raw.length - (raw.length % 2)))
  if (encoding === 'utf16be') pairs.swap16()
  return Buffer.from(pairs.toString('utf16le'), 'utf8')
}

/** A SQL expression and what is bound to it, equal to a key of one type; `undefined`: no key of that type has these bytes. */
export interface Bound {
  readonly type: SqlType
  readonly sql: string
  readonly parameter: SqlParameter
}

/** Every way that key bytes may stand in a table, the way that counts first. */
export function boundKeys(key: Uint8Array, encoding: CacheTable['encoding']): Bound[] {
  const bytes = Buffer.from(key.buffer, key.byteOffset, key.byteLength)
  const text = keyText(key)
  const bounds: Bound[] = []
  if (text !== undefined) bounds.push({ type: 'text', sql: '?', parameter: text })
  else if (encoding === 'utf8') bounds.push({ type: 'text', sql: 'CAST(? AS TEXT)', parameter: bytes })
  bounds.push({ type: 'blob', sql: '?', parameter: bytes })
  if (text !== undefined && /^(0|-?[1-9]\d{0,18})$/.test(text)) {
    const number = BigInt(text)
    if (BigInt.asIntN(64, number) === number) bounds.push({ type: 'integer', sql: '?', parameter: number })
  }
  if (text !== undefined && /^-?\d+\.\d+(e[+-]\d+)?$/.test(text)) {
    bounds.push({ type: 'real', sql: '?', parameter: Number(text) })
  }
  return bounds
}

/** The way in which a key of a known type is bound. */
export function boundKey(key: Uint8Array, type: SqlType, encoding: CacheTable['encoding']): Bound {
  return boundKeys(key, encoding).find((bound) => bound.type === type)!
}

/** A digest short enough to be kept a million times. */
export function digest(bytes: Uint8Array): string {
  return hash('sha1', bytes, 'base64url').slice(0, 16)
}
