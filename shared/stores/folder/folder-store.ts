import type { Stats } from 'node:fs'
import { join, sep } from 'node:path'

import { isFileOf, openFileSource, readSmallFile } from '../../decode/file-source.ts'
import { AppError } from '../../model/errors.ts'
import type { Problem } from '../../model/errors.ts'
import type {
  ApplyOptions,
  Capabilities,
  ChangeToken,
  Entry,
  FileRange,
  ScannedPart,
  SetAside,
  Store,
  StoreKind,
  Stray,
  WriteOperation,
  WriteOutcome,
} from '../contract.ts'
import { isOnDiskOf } from '../disk.ts'
import { PartDigest, settledToken, wholeToken } from '../part-tokens.ts'
import type { PartToken } from '../part-tokens.ts'
import { folderLabel, statusOf } from '../paths.ts'
import { Slices, throwIfCancelled } from '../slices.ts'
import { stampOf } from '../stamp.ts'
import type { Stamp } from '../stamp.ts'
import { openedForReading, usedAfterClose } from '../misuse.ts'
import { bringBack, setAside } from './aside.ts'
import { copyBack } from './copy-back.ts'
import { hashOfKey, isShardName, keyOfHash, shardOf } from './layout.ts'
import type { FolderLayout } from './layout.ts'
import { listShard, listShards, listStrays } from './scan.ts'
import { strayEntry } from './stray.ts'
import { writeEntries } from './write.ts'

const defaultBatchSize = 1_000

/**
 * A cache of one file per entry. Read-only unless opened for writing.
 *
 * `changeToken` compares the status of every entry, not the times of the folders: an
 * overwrite in place (which is how Python writes) leaves those as they were. That costs
 * one `lstat` per entry, some four seconds for a million, in slices of 10 ms.
 */
export class FolderStore implements Store {
  readonly kind: StoreKind
  readonly location: string
  readonly label: string
  readonly capabilities: Capabilities
  readonly #root: string
  readonly #layout: FolderLayout
  #closed = false

  /** `root` is canonical and there; `openFolderStore` sees to it. */
  constructor(root: string, layout: FolderLayout, write: boolean) {
    this.#root = root
    this.#layout = layout
    this.kind = layout.kind
    this.location = `${layout.kind}:${root}`
    this.label = folderLabel(root)
    this.capabilities = {
      write,
      rangeRead: true,
      sizes: 'exact',
      stamps: 'mtime',
      keys: 'name',
      order: 'bytes',
      values: layout.values,
    }
  }

  async *entries(
    options: { batchSize?: number; signal?: AbortSignal; stamps?: boolean } = {},
  ): AsyncGenerator<Entry[], void, void> {
    this.#assertOpen()
    const batchSize = options.batchSize ?? defaultBatchSize
    const slices = new Slices(options.signal)
    let batch: Entry[] = []
    for (const shard of listShards(this.#root)) {
      for (const name of listShard(this.#root, shard, this.#layout)) {
        const entry = this.#entry(shard, name, options.stamps)
        if (entry) batch.push(entry)
        if (batch.length >= batchSize) {
          yield batch
          batch = []
          this.#assertOpen()
          throwIfCancelled(options.signal)
        }
        if (slices.isOver) await slices.next()
      }
    }
    if (batch.length > 0) yield batch
  }

  async *entriesOf(
    part: string,
    options: { signal?: AbortSignal } = {},
  ): AsyncGenerator<Entry[], void, void> {
    this.#assertOpen()
    throwIfCancelled(options.signal)
    if (!isShardName(part)) throw new AppError('USAGE', `${part} is no part of the cache ${this.location}.`)
    const names = listShard(this.#root, part, this.#layout)
    for (let start = 0; start < names.length; start += defaultBatchSize) {
      throwIfCancelled(options.signal)
      const found = names.slice(start, start + defaultBatchSize).map((name) => this.#entry(part, name))
      const batch = found.filter((entry) => entry !== undefined)
      if (batch.length > 0) yield batch
    }
  }

  /** `undefined` if the file went away since it was listed, or is no file any more. */
  #entry(shard: string, name: string, stamps = true): Entry | undefined {
    const status = statusOf(this.#root + sep + shard + sep + name)
    if (!status?.isFile()) return undefined
    return this.#entryOf(name, status, stamps ? stampOf(status, Date.now()) : undefined)
  }

  #entryOf(name: string, status: Stats, stamp: Stamp | undefined): Entry {
    const hash = this.#layout.suffix === '' ? name : name.slice(0, -this.#layout.suffix.length)
    return {
      key: keyOfHash(hash),
      sizeBytes: status.size,
      modifiedMs: status.mtimeMs,
      ...(stamp ? { stamp: stamp.text } : {}),
    }
  }

  async scan(
    take: (part: ScannedPart) => Promise<void>,
    options: { signal?: AbortSignal } = {},
  ): Promise<string | undefined> {
    this.#assertOpen()
    const slices = new Slices(options.signal)
    const tokens = new Map<string, string>()
    let isFresh = false
    const shards = listShards(this.#root)
    for (const shard of shards) {
      const digest = new PartDigest()
      const entries: Entry[] = []
      for (const name of listShard(this.#root, shard, this.#layout)) {
        const status = statusOf(this.#root + sep + shard + sep + name)
        if (!status?.isFile()) continue
        const stamp = stampOf(status, Date.now())
        digest.add(name, stamp)
        entries.push(this.#entryOf(name, status, stamp))
        if (slices.isOver) await slices.next()
      }
      if (entries.length === 0) continue
      const { token, fresh } = digest.finish()
      await take({ name: shard, token: fresh ? undefined : token, entries, of: shards.length })
      this.#assertOpen()
      tokens.set(shard, token)
      isFresh ||= fresh
    }
    return isFresh ? undefined : wholeToken(tokens)
  }

  async lookUp(
    keys: readonly Uint8Array[],
    options: { signal?: AbortSignal } = {},
  ): Promise<(Entry | undefined)[]> {
    this.#assertOpen()
    const slices = new Slices(options.signal)
    const isFolder = new Map<string, boolean>()
    const found: (Entry | undefined)[] = []
    for (const key of keys) {
      const hash = hashOfKey(key)
      const shard = hash === undefined ? undefined : shardOf(hash)
      found.push(
        shard !== undefined && this.#hasShard(shard, isFolder)
          ? this.#entry(shard, hash + this.#layout.suffix)
          : strayEntry(this.#root, this.#layout, key),
      )
      if (slices.isOver) await slices.next()
    }
    return found
  }

  async getMany(
    keys: readonly Uint8Array[],
    options: { range?: readonly [start: number, end: number]; signal?: AbortSignal } = {},
  ): Promise<(Uint8Array | Problem | undefined)[]> {
    this.#assertOpen()
    const slices = new Slices(options.signal)
    const isFolder = new Map<string, boolean>()
    const values: (Uint8Array | Problem | undefined)[] = []
    for (const key of keys) {
      const hash = hashOfKey(key)
      values.push(
        hash !== undefined && this.#hasShard(shardOf(hash), isFolder)
          ? this.#read(hash, options.range)
          : undefined,
      )
      if (slices.isOver) await slices.next()
    }
    return values
  }

  async holds(keys: readonly Uint8Array[], values: readonly Uint8Array[]): Promise<boolean[]> {
    this.#assertOpen()
    const slices = new Slices(undefined)
    const isFolder = new Map<string, boolean>()
    const found: boolean[] = []
    for (const [i, key] of keys.entries()) {
      const hash = hashOfKey(key)
      const isPlace = hash !== undefined && this.#hasShard(shardOf(hash), isFolder)
      found.push(isPlace && isFileOf(this.#pathOf(hash), values[i]!))
      if (slices.isOver) await slices.next()
    }
    return found
  }

  /** A link in place of a shard folder would lead out of the cache. */
  #hasShard(shard: string, known: Map<string, boolean>): boolean {
    let has = known.get(shard)
    if (has === undefined) {
      has = statusOf(join(this.#root, shard))?.isDirectory() === true
      known.set(shard, has)
    }
    return has
  }

  #read(hash: string, range: readonly [number, number] | undefined): Uint8Array | Problem | undefined {
    const [start, end] = range ?? [0, Number.POSITIVE_INFINITY]
    try {
      const small = range ? undefined : readSmallFile(this.#pathOf(hash))
      if (small) return small
      using file = openFileSource(this.#pathOf(hash), { follow: false })
      return file.read(start, Math.min(end, file.byteLength) - start)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      if (error.code === 'NOT_FOUND') return undefined
      return { code: 'UNREADABLE', sentence: error.message }
    }
  }

  #pathOf(hash: string): string {
    return this.#root + sep + shardOf(hash) + sep + hash + this.#layout.suffix
  }

  locate(key: Uint8Array): FileRange | undefined {
    this.#assertOpen()
    const hash = hashOfKey(key)
    if (hash === undefined || !this.#hasShard(shardOf(hash), new Map())) return undefined
    const path = this.#pathOf(hash)
    const status = statusOf(path)
    return status?.isFile() ? { path, offset: 0, length: status.size } : undefined
  }

  canSetAside(folder: string): boolean {
    return isOnDiskOf(this.#root, folder)
  }

  async setAside(entries: readonly SetAside[], folder: string): Promise<WriteOutcome[]> {
    this.#assertWritable()
    return setAside(this.#root, this.#layout, entries, folder)
  }

  async bringBack(keys: readonly Uint8Array[], folder: string): Promise<WriteOutcome[]> {
    this.#assertWritable()
    const bring = this.canSetAside(folder) ? bringBack : copyBack
    return bring(this.#root, this.#layout, keys, folder)
  }

  async apply(operations: readonly WriteOperation[], options: ApplyOptions = {}): Promise<WriteOutcome[]> {
    this.#assertWritable()
    return writeEntries(this.#root, this.#layout, operations, options)
  }

  async changeToken(signal?: AbortSignal): Promise<ChangeToken> {
    this.#assertOpen()
    const slices = new Slices(signal)
    const tokens = new Map<string, PartToken>()
    for (const shard of listShards(this.#root)) tokens.set(shard, await this.#shardToken(shard, slices))
    return settledToken(tokens, (shard) => this.#shardToken(shard, slices))
  }

  async #shardToken(shard: string, slices: Slices): Promise<PartToken> {
    const digest = new PartDigest()
    for (const name of listShard(this.#root, shard, this.#layout)) {
      const status = statusOf(this.#root + sep + shard + sep + name)
      if (!status?.isFile()) continue
      digest.add(name, stampOf(status, Date.now()))
      if (slices.isOver) await slices.next()
    }
    return digest.finish()
  }

  async strays(limit: number): Promise<Stray[]> {
    this.#assertOpen()
    const slices = new Slices()
    const found: Stray[] = []
    for (const stray of listStrays(this.#root, this.#layout)) {
      if (found.length >= limit) break
      found.push(stray)
      if (slices.isOver) await slices.next()
    }
    return found
  }

  #assertWritable(): void {
    this.#assertOpen()
    if (this.capabilities.write) return
    throw openedForReading(this.location)
  }

  #assertOpen(): void {
    if (this.#closed) throw usedAfterClose(this.location)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
  }
}
