import { basename } from 'node:path'

import type { Problem } from '../../model/errors.ts'
import type {
  ApplyOptions,
  Capabilities,
  ChangeToken,
  DatabaseInfo,
  Entry,
  Store,
  StoreLimits,
  Stray,
  WriteOperation,
  WriteOutcome,
} from '../contract.ts'
import type { LockTimes } from '../lock-pace.ts'
import { throwIfCancelled } from '../slices.ts'
import { openedForReading } from '../misuse.ts'
import { databaseFlags, readWord, viewOf } from './layout.ts'
import type { TreeInfo } from './layout.ts'
import { PageFault } from './pages.ts'
import type { LeafNode } from './pages.ts'
import { SnapshotReader, databaseName } from './snapshots.ts'
import { TreeCursor } from './tree.ts'
import type { Snapshot } from './tree.ts'
import { factsOf, valuesOf } from './values.ts'
import type { WriterTarget } from './writer-protocol.ts'
import { LmdbWriter, longestKeyBytes } from './writer.ts'

const defaultBatchSize = 1000
/** A batch ends early after this, so that a writer does not overtake it. */
const batchMs = 20
const maxKeptFaults = 1000
const minMapBytes = 64 * 1024 * 1024

export interface LmdbPlace {
  /** As the user names it: the folder, or the file. */
  readonly path: string
  /** The data file itself. */
  readonly dataPath: string
  readonly isFile: boolean
  readonly database: string | undefined
  /** To how many bytes the map may grow. */
  readonly mostMapBytes: number | undefined
}

/** A cache in one LMDB database. Reads pages by itself (`snapshots.ts`), writes through a child process (`writer.ts`). */
export class LmdbStore implements Store {
  readonly kind = 'lmdb'
  readonly location: string
  readonly label: string
  readonly capabilities: Capabilities
  readonly notes: readonly string[]
  readonly #reader: SnapshotReader
  readonly #writer: LmdbWriter | undefined
  readonly #place: LmdbPlace
  readonly #faults = new Map<string, PageFault>()
  #hasListed = false

  private constructor(
    place: LmdbPlace,
    reader: SnapshotReader,
    tree: TreeInfo,
    { wantsWrite, writer }: { wantsWrite: boolean; writer: LmdbWriter | undefined },
  ) {
    this.#place = place
    this.#reader = reader
    const flags = flagNames(tree.flags)
    const canWrite = wantsWrite && flags.length === 0
    const name = basename(place.path)
    const query = place.database === undefined ? '' : `?db=${encodeURIComponent(place.database)}`
    this.location = `lmdb:${place.path}${query}`
    this.label = place.database === undefined ? name : `${name} (${place.database})`
    this.capabilities = {
      write: canWrite,
      rangeRead: true,
      sizes: 'exact',
      stamps: 'content',
      keys: 'bytes',
      order: flags.some((flag) => flag === 'INTEGERKEY' || flag === 'REVERSEKEY') ? 'none' : 'bytes',
      values: 'any',
    }
    this.notes = [
      ...(flags.length > 0 ? [`This database is ${flags.join(', ')}: it is shown, and not written to.`] : []),
      'Python opens LMDB with a map of 10 MiB unless map_size is given: a larger cache can then be read but not written.',
    ]
    if (canWrite) {
      const target = (): WriterTarget => writerTarget(place, reader)
      this.#writer = writer?.for(target) ?? new LmdbWriter(target)
    }
  }

  /**
   * `writer`: the one that has just made it; it is the store's from now on.
   *
   * @throws AppError no such file or sub-database, no LMDB file, damaged as a whole
   */
  static async open(place: LmdbPlace, wantsWrite: boolean, writer?: LmdbWriter): Promise<LmdbStore> {
    const reader = new SnapshotReader(place.dataPath, place.database, wantsWrite)
    try {
      const tree = await reader.read((snapshot, found) => {
        if (found.root !== undefined) snapshot.page(found.root)
        return found
      })
      return new LmdbStore(place, reader, tree, { wantsWrite, writer })
    } catch (thrown) {
      await writer?.[Symbol.asyncDispose]()
      reader.close()
      throw thrown
    }
  }

  async *entries(
    options: { batchSize?: number; signal?: AbortSignal; stamps?: boolean } = {},
  ): AsyncGenerator<Entry[]> {
    const { batchSize = defaultBatchSize, signal, stamps = true } = options
    const walk = this.#walk((at) => entryOf(at, stamps), {
      batchSize,
      signal,
    })
    for await (const { items, faults } of walk) {
      this.#remember(faults)
      if (items.length > 0) yield items
    }
    this.#hasListed = true
  }

  /** Batches of what `pick` makes of the nodes, of this database or (`inMain`) of the main one, across newer states. */
  async *#walk<Item>(
    pick: (at: Standing) => Item | undefined,
    options: { batchSize: number; signal?: AbortSignal; inMain?: boolean },
  ): AsyncGenerator<Batch<Item>> {
    let position: { snapshot: Snapshot; cursor: TreeCursor } | undefined
    let after: Uint8Array | undefined
    do {
      throwIfCancelled(options.signal)
      // oxlint-disable-next-line no-await-in-loop, no-loop-func -- each batch begins where the one before ended
      const batch = await this.#reader.read((snapshot, tree, attempt) => {
        if (position?.snapshot !== snapshot) {
          const walked = options.inMain ? snapshot.meta.main : tree
          position = { snapshot, cursor: new TreeCursor(snapshot, walked, after) }
        }
        return collect(position, pick, Math.max(1, options.batchSize >> attempt))
      })
      yield batch
      after = batch.last
    } while (after)
  }

  async getMany(
    keys: readonly Uint8Array[],
    options: { range?: readonly [start: number, end: number]; signal?: AbortSignal } = {},
  ): Promise<(Uint8Array | Problem | undefined)[]> {
    const values: (Uint8Array | Problem | undefined)[] = []
    do {
      throwIfCancelled(options.signal)
      // oxlint-disable-next-line no-await-in-loop -- each row of values is read from one state of the file
      values.push(...(await this.#reader.values(keys.slice(values.length), options.range)))
    } while (values.length < keys.length)
    return values
  }

  async holds(keys: readonly Uint8Array[], values: readonly Uint8Array[]): Promise<boolean[]> {
    const found: boolean[] = []
    while (found.length < keys.length)
      // oxlint-disable-next-line no-await-in-loop -- each row of values is read from one state of the file
      found.push(...(await this.#reader.holds(keys.slice(found.length), values.slice(found.length))))
    return found
  }

  async apply(operations: readonly WriteOperation[], options: ApplyOptions = {}): Promise<WriteOutcome[]> {
    throwIfCancelled(options.signal)
    this.#reader.throwIfClosed()
    if (!this.#writer) {
      throw openedForReading(this.location)
    }
    const outcomes = operations.map((operation) => refusedKey(operation.key))
    const accepted = operations.filter((_operation, index) => outcomes[index] === undefined)
    // Places are told of what was asked for.
    const onWritten = accepted.length === operations.length ? options.onWritten : undefined
    const written = (await this.#writer.apply(accepted, onWritten)).values()
    return outcomes.map((outcome) => outcome ?? written.next().value!)
  }

  /** What is free inside of the file counts as not used. */
  async limits(): Promise<StoreLimits> {
    const { mostMapBytes: maxBytes } = this.#place
    return this.#reader.read((snapshot) => {
      const { meta, file } = snapshot
      const usedPages = meta.lastPage + 1 - freePages(snapshot)
      return {
        usedBytes: usedPages * file.layout.pageBytes,
        mappedBytes: meta.mapBytes,
        ...(maxBytes === undefined ? {} : { maxBytes }),
      }
    })
  }

  get lockTimes(): LockTimes | undefined {
    return this.#writer?.pace.times
  }

  async changeToken(signal?: AbortSignal): Promise<ChangeToken> {
    throwIfCancelled(signal)
    const { file } = this.#reader
    return { whole: `${file.identity()}:${file.newestMeta().transaction}` }
  }

  /** Damaged pages, and the named sub-databases, which are no entries of the main one. */
  async strays(limit: number): Promise<Stray[]> {
    if (!this.#hasListed) {
      const listing = this.entries()
      // oxlint-disable-next-line no-await-in-loop -- batches come one after the other
      while ((await listing.next()).done !== true) continue
    }
    const { metaDamage } = this.#reader.file
    const strays: Stray[] = [
      ...(metaDamage === undefined ? [] : [{ name: 'meta page', reason: metaDamage }]),
      ...[...this.#faults.values()].map((fault) => ({
        name: `page ${fault.pageNumber}`,
        reason: fault.message,
      })),
    ]
    if (this.#place.database === undefined) {
      for (const { name, entries } of await this.databases()) {
        if (name === undefined) continue
        const reason = `a sub-database of ${entries} entries; open it with ?db=${encodeURIComponent(name)}`
        strays.push({ name, reason })
      }
    }
    return strays.slice(0, limit)
  }

  /** The main database and the named ones, in the order of their names. */
  async databases(): Promise<DatabaseInfo[]> {
    const named: DatabaseInfo[] = []
    const pick = ({ snapshot, node }: Standing): DatabaseInfo | undefined => {
      if (node.data.kind !== 'database') return undefined
      const { entries, flags } = node.data.tree
      return { name: databaseName(snapshot.file.layout, node.key), entries, flags: flagNames(flags) }
    }
    for await (const { items } of this.#walk(pick, { batchSize: defaultBatchSize, inMain: true })) {
      named.push(...items)
    }
    const { main } = this.#reader.file.newestMeta()
    return [
      { name: undefined, entries: Math.max(0, main.entries - named.length), flags: flagNames(main.flags) },
      ...named,
    ]
  }

  /** Every value of every key in LMDB's order, duplicates one row each: for showing DUPSORT databases. At most `limit`. */
  async rows(limit: number): Promise<{ key: Uint8Array; value: Uint8Array }[]> {
    return this.#reader.read((snapshot, tree) => {
      const rows: { key: Uint8Array; value: Uint8Array }[] = []
      const cursor = new TreeCursor(snapshot, tree)
      for (let node = cursor.next(); node; node = cursor.next()) {
        for (const value of valuesOf(snapshot, node.data)) {
          if (rows.length >= limit) return rows
          rows.push({ key: node.key.slice(), value: value.slice() })
        }
      }
      return rows
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer?.[Symbol.asyncDispose]()
    this.#reader.close()
  }

  #remember(faults: readonly PageFault[]): void {
    for (const fault of faults) {
      if (this.#faults.size >= maxKeptFaults) return
      this.#faults.set(fault.message, fault)
    }
  }
}

interface Standing {
  readonly snapshot: Snapshot
  readonly cursor: TreeCursor
  readonly node: LeafNode
}

interface Batch<Item> {
  readonly items: Item[]
  /** Key after which the next batch begins; `undefined` at the end. */
  readonly last: Uint8Array | undefined
  readonly faults: PageFault[]
}

function collect<Item>(
  { snapshot, cursor }: { snapshot: Snapshot; cursor: TreeCursor },
  pick: (at: Standing) => Item | undefined,
  limit: number,
): Batch<Item> {
  const items: Item[] = []
  const until = performance.now() + batchMs
  for (let node = cursor.next(); node; node = cursor.next()) {
    const item = pick({ snapshot, cursor, node })
    if (item !== undefined) items.push(item)
    if (items.length >= limit || performance.now() > until) {
      return { items, last: node.key.slice(), faults: cursor.faults.splice(0) }
    }
  }
  return { items, last: undefined, faults: cursor.faults.splice(0) }
}

function entryOf({ snapshot, cursor, node }: Standing, stamps: boolean): Entry | undefined {
  if (node.data.kind === 'database') return undefined
  const key = node.key.slice()
  try {
    const { sizeBytes, stamp, valueCount } = factsOf(snapshot, node.data, stamps)
    return { key, sizeBytes, stamp, ...(valueCount === 1 ? {} : { valueCount }) }
  } catch (thrown) {
    if (!(thrown instanceof PageFault)) throw thrown
    cursor.faults.push(thrown)
    return { key }
  }
}

function flagNames(flags: number): string[] {
  return Object.entries(databaseFlags)
    .filter(([_name, bit]) => (flags & bit) !== 0)
    .map(([name]) => name.toUpperCase())
}

function refusedKey(key: Uint8Array): WriteOutcome | undefined {
  if (key.length > 0 && key.length <= longestKeyBytes) return undefined
  const sentence = `LMDB takes keys of 1 to ${longestKeyBytes} bytes, and this one has ${key.length}.`
  return { done: false, reason: 'BAD_KEY', sentence }
}

/** Each transaction that gave pages back has left their number and the list of them. */
function freePages(snapshot: Snapshot): number {
  const cursor = new TreeCursor(snapshot, snapshot.meta.free)
  let pages = 0
  for (let node = cursor.next(); node; node = cursor.next())
    for (const value of valuesOf(snapshot, node.data)) pages += readWord(viewOf(value), 0)
  return pages
}

/** The map is made large enough for the file as it is and a batch; the child enlarges it when that was not enough. */
function writerTarget(place: LmdbPlace, reader: SnapshotReader): WriterTarget {
  const { file } = reader
  const { mapBytes, lastPage } = file.newestMeta()
  const usedBytes = (lastPage + 1) * file.layout.pageBytes
  const { mostMapBytes } = place
  const wanted = Math.ceil(Math.max(mapBytes, usedBytes * 2, minMapBytes) / 65536) * 65536
  return {
    path: place.path,
    isFile: place.isFile,
    dataPath: place.dataPath,
    database: place.database,
    format: file.layout.format,
    // Less than what is there LMDB does not take.
    mapBytes: Math.max(usedBytes, Math.min(wanted, mostMapBytes ?? Infinity)),
    ...(mostMapBytes === undefined ? {} : { mostMapBytes }),
  }
}
