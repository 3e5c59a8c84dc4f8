import { basename } from 'node:path'
import { hash } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { AppError } from '../../model/errors.ts'
import type { Problem } from '../../model/errors.ts'
import type { ByteSource } from '../../model/source.ts'
import type { BytesRef } from '../../value/value.ts'
import type {
  Capabilities,
  ChangeToken,
  Entry,
  FileRange,
  Store,
  Stray,
  WriteOperation,
  WriteOutcome,
} from '../contract.ts'
import type { LockPace, LockTimes } from '../lock-pace.ts'
import { Slices, throwIfCancelled } from '../slices.ts'
import { openedForReading } from '../misuse.ts'
import { isProblem } from './dbm.ts'
import type { DbmReader, DbmWriter, FoundValue } from './dbm.ts'
import { innerPickle, wrapPickle } from './inner.ts'
import type { DbmPlace } from './places.ts'
import { filesToken, isFresh } from './quiet-file.ts'

const defaultBatchSize = 1000
/** Values up to here are read while listing, for their stamp; larger ones have none. */
const stampedBytes = 16 * 1024

/** A little more than the time within which a file counts as fresh. */
const settleMs = 25

export interface FileStoreParts {
  readonly place: DbmPlace
  open(): DbmReader
  /** `undefined`: opened for reading, or a format that is not written. */
  readonly writer: DbmWriter | undefined
  /** Of a format that has a lock. */
  readonly pace?: LockPace
  readonly notes: readonly string[]
}

/**
 * A shelf on files that are read by range. What another process changes is
 * seen by the next call: the files' sizes and times are looked at each time.
 */
export class ShelveFileStore implements Store {
  readonly kind = 'shelve'
  readonly location: string
  readonly label: string
  readonly capabilities: Capabilities
  readonly notes: readonly string[]
  readonly #parts: FileStoreParts
  #reader: DbmReader
  #token: string
  #strays: readonly Stray[] | undefined
  #isClosed = false
  #writing: Promise<unknown> = Promise.resolve()

  /** Throws what opening the files throws. */
  constructor(parts: FileStoreParts) {
    this.#parts = parts
    this.#token = filesToken(parts.place.files)
    this.#reader = parts.open()
    this.location = shelveLocation(parts.place)
    this.label = basename(parts.place.base)
    this.notes = parts.notes
    this.capabilities = shelveCapabilities(parts.writer !== undefined)
  }

  async *entries(options: { batchSize?: number; signal?: AbortSignal } = {}): AsyncGenerator<Entry[]> {
    const slices = new Slices(options.signal)
    this.#throwIfClosed()
    const batchSize = options.batchSize ?? defaultBatchSize
    // A reader of its own: calls in between may open another.
    using reader = this.#parts.open()
    let batch: Entry[] = []
    for (const entry of reader.entries()) {
      const stamp = stampOf(reader, entry)
      batch.push(stamp === undefined ? entry : { ...entry, stamp })
      if (batch.length >= batchSize) {
        yield batch
        batch = []
      }
      // oxlint-disable-next-line no-await-in-loop -- lets other work in between
      if (slices.isOver) await slices.next()
      else throwIfCancelled(options.signal)
    }
    if (batch.length > 0) yield batch
    this.#strays = [...reader.strays]
  }

  async getMany(
    keys: readonly Uint8Array[],
    options: { range?: readonly [start: number, end: number]; signal?: AbortSignal } = {},
  ): Promise<(Uint8Array | Problem | undefined)[]> {
    const slices = new Slices(options.signal)
    const reader = this.#current()
    const values: (Uint8Array | Problem | undefined)[] = []
    for (const key of keys) {
      values.push(readValue(reader, key, options.range))
      // oxlint-disable-next-line no-await-in-loop -- lets other work in between
      if (slices.isOver) await slices.next()
    }
    return values
  }

  /** Only where the value lies in one piece. */
  locate(key: Uint8Array): FileRange | undefined {
    const found = this.#current().find(key)
    if (!found || isProblem(found)) return undefined
    return found.pieces.length === 1 ? found.pieces[0] : undefined
  }

  get lockTimes(): LockTimes | undefined {
    return this.#parts.pace?.times
  }

  innerValue(value: ByteSource): BytesRef | undefined {
    return innerPickle(value)
  }

  wrapValue(inner: Uint8Array): Uint8Array {
    return wrapPickle(inner)
  }

  async apply(
    operations: readonly WriteOperation[],
    options: { signal?: AbortSignal } = {},
  ): Promise<WriteOutcome[]> {
    throwIfCancelled(options.signal)
    this.#throwIfClosed()
    const { writer } = this.#parts
    if (!writer) throw readOnlyShelf(this.#parts.place)
    if (operations.length === 0) return []
    // One batch after the other: the second would wait for the first one's lock, and not for long.
    const writing = this.#writing.then(() => writer(operations, options.signal))
    this.#writing = writing.catch(() => undefined)
    return writing
  }

  async changeToken(signal?: AbortSignal): Promise<ChangeToken> {
    throwIfCancelled(signal)
    this.#throwIfClosed()
    const { files } = this.#parts.place
    // Two writes within one tick of the file system's clock leave the same time: only a time that is over counts.
    // oxlint-disable-next-line no-await-in-loop -- waits for the clock
    while (isFresh(files))
      await setTimeout(settleMs, undefined, { signal }).catch(() => throwIfCancelled(signal))
    return { whole: filesToken(files) }
  }

  async strays(limit: number): Promise<Stray[]> {
    if (!this.#strays) {
      const listing = this.entries()
      // oxlint-disable-next-line no-await-in-loop -- batches come one after the other
      while ((await listing.next()).done !== true) continue
    }
    return (this.#strays ?? []).slice(0, limit)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isClosed) this.#reader[Symbol.dispose]()
    this.#isClosed = true
  }

  #throwIfClosed(): void {
    if (this.#isClosed) throw new AppError('REFUSED', `${this.label} was closed; open it again.`)
  }

  /** The reader, opened again where the files changed since. */
  #current(): DbmReader {
    this.#throwIfClosed()
    const { files } = this.#parts.place
    const token = filesToken(files)
    if (token !== this.#token || isFresh(files)) {
      const fresh = this.#parts.open()
      this.#reader[Symbol.dispose]()
      this.#reader = fresh
      this.#token = token
    }
    return this.#reader
  }
}

export function shelveLocation(place: DbmPlace): string {
  return `shelve:${place.base}?format=${place.format}`
}

function shelveCapabilities(write: boolean): Capabilities {
  return {
    write,
    rangeRead: true,
    sizes: 'exact',
    stamps: 'content',
    keys: 'bytes',
    order: 'none',
    values: 'pickle',
  }
}

function readOnlyShelf(place: DbmPlace): AppError {
  return place.format === 'ndbm'
    ? new AppError(
        'READ_ONLY',
        `${place.base} is an ndbm shelf, which is only read here; migrate it to another format.`,
      )
    : openedForReading(place.base)
}

function readValue(
  reader: DbmReader,
  key: Uint8Array,
  range: readonly [start: number, end: number] | undefined,
): Uint8Array | Problem | undefined {
  const found = reader.find(key)
  if (!found || isProblem(found)) return found
  const [start, end] = clampRange(range, found.sizeBytes)
  const bytes = reader.read(found, start, end)
  if (bytes.length === end - start) return bytes
  return { code: 'UNREADABLE', sentence: 'The file became shorter while the value was read; read it again.' }
}

function clampRange(
  range: readonly [start: number, end: number] | undefined,
  sizeBytes: number,
): [start: number, end: number] {
  if (!range) return [0, sizeBytes]
  const start = Math.min(Math.max(0, range[0]), sizeBytes)
  return [start, Math.max(start, Math.min(range[1], sizeBytes))]
}

function stampOf(reader: DbmReader, entry: Entry): string | undefined {
  if (entry.sizeBytes === undefined || entry.sizeBytes > stampedBytes) return undefined
  const found: FoundValue | Problem | undefined = reader.find(entry.key)
  if (!found || isProblem(found)) return undefined
  return hash('sha1', reader.read(found, 0, found.sizeBytes), 'base64url')
}
