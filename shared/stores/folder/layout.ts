import type { StoreKind } from '../contract.ts'

/**
 * How a cache lies in a folder: `ab/abcdef…` with the first two digits of a hash as
 * the name of its folder (pycse `hashcache.py`), with or without a suffix.
 */
export interface FolderLayout {
  readonly kind: StoreKind
  /** What entries have behind their hash. */
  readonly suffix: '' | '.json'
  readonly values: 'pickle' | 'json'
  /** Files beside the folders that belong to the cache and are no entries: name → content of a new one. */
  readonly ownFiles: ReadonlyMap<string, string>
}

const shardName = /^[0-9a-f]{2}$/
/** sha1 of calls, md5 of `dump` records. */
const hashName = /^(?:[0-9a-f]{40}|[0-9a-f]{32})$/

/** Temporary files of ours begin so; the dot hides them from Python's and everybody's listings. */
export const temporaryPrefix = '.hashcache-'

export function isShardName(name: string): boolean {
  return shardName.test(name)
}

export function isHash(name: string): boolean {
  return hashName.test(name)
}

/** The hash of an entry's file name; `undefined` if it is none of this layout. */
export function hashOfName(layout: FolderLayout, name: string): string | undefined {
  if (!name.endsWith(layout.suffix)) return undefined
  const hash = layout.suffix === '' ? name : name.slice(0, -layout.suffix.length)
  return isHash(hash) ? hash : undefined
}

/** The hash that a key names, if this kind of store can hold the key. */
export function hashOfKey(key: Uint8Array): string | undefined {
  if (key.length !== 40 && key.length !== 32) return undefined
  const text = Buffer.from(key.buffer, key.byteOffset, key.length).toString('latin1')
  return isHash(text) ? text : undefined
}

/** The key of a hash, which is ASCII. */
export function keyOfHash(hash: string): Uint8Array {
  const key = new Uint8Array(hash.length)
  for (let i = 0; i < hash.length; i++) key[i] = hash.charCodeAt(i)
  return key
}

export function shardOf(hash: string): string {
  return hash.slice(0, 2)
}
