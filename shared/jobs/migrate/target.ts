import { statfs } from 'node:fs/promises'
import type { Problem } from '../../model/errors.ts'
import { showKey } from '../../model/keys.ts'
import { formatBytes } from '../../model/amounts.ts'
import type { Capabilities, Store, StoreKind, StoreLocation } from '../../stores/contract.ts'
import { mapSizeOf } from '../../stores/lmdb/index.ts'
import { unwrapped, type ValueForm } from './convert.ts'
import { existingFolder, isEmpty, strangersIn } from './place.ts'

/** What a new store of each kind holds: those that are not there yet are made when the plan runs, not before. */
const fresh: Readonly<Partial<Record<StoreKind, { values: ValueForm; keys: Capabilities['keys'] }>>> = {
  fs: { values: 'pickle', keys: 'name' },
  json: { values: 'json', keys: 'name' },
  sqlite: { values: 'pickle', keys: 'bytes' },
  lmdb: { values: 'pickle', keys: 'bytes' },
  shelve: { values: 'pickle', keys: 'bytes' },
  archive: { values: 'any', keys: 'bytes' },
}
const hashKey = /^(?:[0-9a-f]{40}|[0-9a-f]{32})$/
/** LMDB refuses longer keys (`MDB_MAXKEYSIZE`). */
const lmdbKeyBytes = 511
/** What Python's `lmdb.open` makes of a map unless told otherwise. */
const pythonMapBytes = 10 * 1024 * 1024
/** File systems, trees and indexes take some room of their own. */
const overhead = 1.15

/** Where a migration writes to, as its plan needs to know it: a store that is open for reading, or one still to be made. */
export class Target {
  readonly kind: StoreKind
  readonly path: string
  readonly values: ValueForm
  readonly keys: Capabilities['keys']
  readonly store: Store | undefined
  readonly #location: StoreLocation
  #isEmpty: boolean | undefined

  constructor(location: StoreLocation, store: Store | undefined, form?: ValueForm) {
    const made = fresh[location.kind]
    this.#location = location
    this.kind = location.kind
    this.path = location.path
    this.store = store
    this.values = form ?? formOf(location, store) ?? made?.values ?? 'pickle'
    this.keys = store?.capabilities.keys ?? made?.keys ?? 'bytes'
  }

  /** Which keys are there. Where a store reads by range, no value is read for it; nothing is asked of an empty one. */
  async has(keys: readonly Uint8Array[], signal: AbortSignal | undefined): Promise<boolean[]> {
    this.#isEmpty ??= this.store === undefined || (await isEmpty(this.store, signal))
    if (!this.store || this.#isEmpty) return keys.map(() => false)
    const { rangeRead } = this.store.capabilities
    const seen = await this.store.getMany(keys, { signal, ...(rangeRead ? { range: [0, 1] as const } : {}) })
    return seen.map((value) => value !== undefined)
  }

  async get(
    keys: readonly Uint8Array[],
    signal: AbortSignal | undefined,
  ): Promise<(Uint8Array | Problem | undefined)[]> {
    return this.store ? this.store.getMany(keys, { signal }) : []
  }

  /** A value of it without the wrapping that it puts on. */
  unwrapped(value: Uint8Array): Uint8Array {
    return this.store ? unwrapped(this.store, value) : value
  }

  /** Why it cannot hold a key, if it cannot. */
  refusesKey(key: Uint8Array): string | undefined {
    if (this.keys === 'name' && !hashKey.test(showKey(key)))
      return `${showKey(key)} is no sha1 or md5 hash; a folder cache holds no other keys.`
    if (this.kind === 'lmdb' && (key.length > lmdbKeyBytes || key.length === 0))
      return `LMDB holds keys of 1 to ${lmdbKeyBytes} bytes; this one has ${key.length}.`
    return undefined
  }

  /** What stands in the way of writing so much, and what somebody should know of it. */
  async limits(bytes: number, entries: number): Promise<{ warnings: readonly string[]; exceeded?: string }> {
    const warnings = [...(this.store?.notes ?? [])]
    if (this.kind === 'redis') return { warnings, ...(await this.#serverLimits(bytes)) }
    const strangers = this.store && (await strangersIn(this.store))
    if (strangers !== undefined) warnings.push(strangers)
    const folder = existingFolder(this.path)
    const { bsize, bavail, files, ffree } = await statfs(folder)
    const freeBytes = bsize * bavail
    if (bytes * overhead > freeBytes) {
      const exceeded = `The target needs some ${formatBytes(bytes * overhead)}, and the disk of ${folder} has ${formatBytes(freeBytes)} free.`
      return { warnings, exceeded }
    }
    const needsFiles = this.kind === 'fs' || this.kind === 'json'
    // Some file systems make inodes as they go, and count none.
    if (needsFiles && files > 0 && entries > ffree) {
      const exceeded = `The target needs ${entries} files, and the file system of ${folder} has room for ${ffree} more.`
      return { warnings, exceeded }
    }
    return this.kind === 'lmdb' ? this.#mapLimits(bytes, warnings) : { warnings }
  }

  async #mapLimits(
    bytes: number,
    warnings: string[],
  ): Promise<{ warnings: readonly string[]; exceeded?: string }> {
    const there = await this.store?.limits?.()
    const { usedBytes = 0, mappedBytes, maxBytes = mapSizeOf(this.#location) } = there ?? {}
    const total = usedBytes + bytes * overhead
    if (maxBytes !== undefined && total > maxBytes) {
      const exceeded = `The map of this LMDB may grow to ${formatBytes(maxBytes)} (map_size), of which ${formatBytes(usedBytes)} are taken; ${formatBytes(bytes * overhead)} more do not fit. Name it with more: lmdb:${this.path}?map_size=BYTES.`
      return { warnings, exceeded }
    }
    if (total > pythonMapBytes / 2)
      warnings.push(
        `Python writers must open this LMDB with a map_size above ${formatBytes(total * 2)} from now on: lmdb.open takes 10 MiB unless told otherwise, and then fails with MDB_MAP_FULL.`,
      )
    if (mappedBytes !== undefined && total > mappedBytes)
      warnings.push(
        `It outgrows the map of ${formatBytes(mappedBytes)} that it was last written with: a Python that has it open with no more than that fails with MDB_MAP_RESIZED from then on, until it opens it anew. lmdb:${this.path}?map_size=BYTES keeps it within what your programs open.`,
      )
    return { warnings }
  }

  async #serverLimits(bytes: number): Promise<{ warnings?: string[]; exceeded?: string }> {
    const limits = await this.store?.limits?.()
    if (!limits) return {}
    const warnings = [...(this.store?.notes ?? [])]
    const { maxBytes, usedBytes, evicts } = limits
    if (evicts !== undefined)
      warnings.push(
        `This server drops keys by itself when its memory is full (maxmemory-policy ${evicts}): results that are written there may go again.`,
      )
    if (maxBytes !== undefined && usedBytes + bytes * overhead > maxBytes) {
      const exceeded = `The server may use ${formatBytes(maxBytes)} (maxmemory), of which ${formatBytes(usedBytes)} are taken; ${formatBytes(bytes * overhead)} more do not fit.`
      return { warnings, exceeded }
    }
    return { warnings }
  }
}

/** What a target holds for sure. Loaders expect pickles where both would be possible. */
function formOf({ kind, options }: StoreLocation, store: Store | undefined): ValueForm | undefined {
  if (options['form'] === 'json' || options['form'] === 'pickle') return options['form']
  const values = store?.capabilities.values
  return values === 'any' && kind !== 'archive' ? undefined : values
}
