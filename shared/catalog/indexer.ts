import { throwIfCancelled, Slices } from '../stores/slices.ts'
import type { ChangeToken, Entry, ScannedPart, Store } from '../stores/contract.ts'
import type { Catalog } from './catalog.ts'
import { EntryReader } from './entry-reader.ts'
import type { KnownEntry } from './known-entries.ts'
import type { CatalogEntry } from './writer.ts'

export interface IndexOptions {
  readonly signal?: AbortSignal
  /** At most ten times a second, and at the end. `total` as far as it can be told yet. */
  readonly onProgress?: (progress: IndexProgress) => void
}

export interface IndexProgress {
  /** Entries looked at so far in this run. */
  readonly done: number
  readonly total?: number
}

export interface IndexReport {
  /** Entries that were new or changed, and so were read. */
  readonly read: number
  readonly unchanged: number
  readonly removed: number
  /** Bytes got from the store, and the size of the entries they came from. */
  readonly bytesRead: number
  readonly bytesStored: number
  /** Of those read: nothing could be read of them. */
  readonly damaged: number
}

/**
 * Brings a catalog up to date with its store. If the store's change token is the one of the last complete
 * run, nothing is listed; else only the parts whose tokens differ are, and only entries whose stamps differ are
 * read. Rows are written in short transactions while it runs, the first ones at once.
 *
 * What was done stays when it is cancelled or fails: the next run goes on from there. An entry that cannot
 * be read becomes a damaged row.
 *
 * @throws AppError CANCELLED, and what the store or the catalog throw
 */
export async function indexStore(
  store: Store,
  catalog: Catalog,
  options: IndexOptions = {},
): Promise<IndexReport> {
  throwIfCancelled(options.signal)
  if (catalog.known.lastId() === 0) {
    if (store.scan) return new Run(store, catalog, options).first()
    await showFirstRows(store, catalog, options)
  }
  const token = await store.changeToken(options.signal)
  if (token.whole === catalog.known.token()) {
    const unchanged = catalog.count()
    options.onProgress?.({ done: unchanged, total: unchanged })
    return { read: 0, unchanged, removed: 0, bytesRead: 0, bytesStored: 0, damaged: 0 }
  }
  return new Run(store, catalog, options).run(token)
}

/**
 * Some rows of a store that was never indexed, before its change token is made, which may take seconds. They
 * belong to no part, so the run reads them again. What another process has written meanwhile stays: rows taken
 * out of parts that it has done would be lost to both.
 */
async function showFirstRows(store: Store, catalog: Catalog, { signal }: IndexOptions): Promise<void> {
  if (!store.entriesOf) return
  const reader = new EntryReader(store, signal)
  for await (const entries of store.entries({ batchSize: firstRows, signal })) {
    const put: CatalogEntry[] = []
    for await (const read of reader.summaries(entries)) {
      for (const [{ key, sizeBytes, modifiedMs }, summary] of read)
        if (summary) put.push({ key, sizeBytes, modifiedMs, summary })
    }
    catalog.write({ put, onlyIfEmpty: true })
    return
  }
}

const firstRows = 100

/** Takes texts that are not yet in the text index into it: searching for words is faster then, not different. */
export async function indexTexts(
  catalog: Catalog,
  options: { readonly signal?: AbortSignal } = {},
): Promise<void> {
  const slices = new Slices(options.signal)
  while (catalog.indexTexts(textsAtOnce) > 0) if (slices.isOver) await slices.next()
}

/** Keeps columns as they are now, where there are enough entries for it: what is asked later is faster then, not different. */
export async function keepColumns(
  catalog: Catalog,
  options: { readonly signal?: AbortSignal } = {},
): Promise<void> {
  const slices = new Slices(options.signal)
  while (catalog.keepColumn()) await slices.next()
}

const textsAtOnce = 500
/** The first rows should be there at once; later ones come in transactions of some 20 to 50 ms. */
const firstBatch = { entries: 32, afterMs: 20 }
const laterBatch = { entries: 1000, afterMs: 250 }
const progressEveryMs = 100

class Run {
  readonly #store: Store
  readonly #catalog: Catalog
  readonly #options: IndexOptions
  readonly #reader: EntryReader
  readonly #report = { read: 0, unchanged: 0, removed: 0, bytesStored: 0, damaged: 0 }
  #put: CatalogEntry[] = []
  #remove: Uint8Array[] = []
  #parts = new Map<string, string | undefined>()
  /** Parts that this run read while scanning. */
  readonly #taken = new Set<string>()
  #batch = firstBatch
  #flushedAtMs = performance.now()
  #progressAtMs = Number.NEGATIVE_INFINITY
  #total: number | undefined

  constructor(store: Store, catalog: Catalog, options: IndexOptions) {
    this.#store = store
    this.#catalog = catalog
    this.#options = options
    this.#reader = new EntryReader(store, options.signal)
  }

  /** Of a catalog that has nothing yet. */
  async first(): Promise<IndexReport> {
    this.#catalog.write({ token: { whole: undefined } })
    let whole
    try {
      whole = await this.#store.scan!((part) => this.#takePart(part), { signal: this.#options.signal })
    } finally {
      this.#flush()
    }
    return whole === undefined
      ? this.run(await this.#store.changeToken(this.#options.signal))
      : this.#finish(whole)
  }

  async run(token: ChangeToken): Promise<IndexReport> {
    // From here to the end the catalog is a mixture, which no token describes.
    this.#catalog.write({ token: { whole: undefined } })
    try {
      if (token.parts && this.#store.entriesOf) await this.#indexParts(token.parts)
      else await this.#indexWhole()
    } finally {
      // What was read stays read, also when this ends early.
      this.#flush()
    }
    return this.#finish(token.whole)
  }

  #finish(whole: string): IndexReport {
    this.#catalog.write({ token: { whole } })
    this.#total = this.#done
    this.#showProgress(true)
    return { ...this.#report, bytesRead: this.#reader.bytesRead }
  }

  // ---- stores with parts --------------------------------------------------------------------------

  /** A part that changed just now is left to `run`, which waits until its stamps last. */
  async #takePart({ name, token, entries, of }: ScannedPart): Promise<void> {
    if (token === undefined) return
    this.#parts.set(name, undefined)
    await this.#consider(entries, name, () => undefined)
    this.#parts.set(name, token)
    this.#taken.add(name)
    this.#total = this.#estimate(this.#done, this.#taken.size, of)
  }

  /** Parts are of like size: they are cut by hash. */
  #estimate(done: number, parts: number, of: number): number {
    return Math.round((done * of) / parts)
  }

  async #indexParts(parts: ReadonlyMap<string, string>): Promise<void> {
    const known = this.#catalog.known.partTokens()
    const entriesOfParts = this.#catalog.known.partCounts()
    for (const part of known.keys()) {
      if (parts.has(part)) continue
      this.#removeAll(this.#catalog.known.ofPart(part).keys())
      this.#parts.set(part, undefined)
    }
    const changed = [...parts].filter(([part, token]) => {
      if (known.get(part) !== token) return true
      if (!this.#taken.has(part)) this.#report.unchanged += entriesOfParts.get(part) ?? 0
      return false
    })
    const before = this.#done
    for (const [i, [part, token]] of changed.entries()) {
      await this.#indexPart(part, token)
      this.#total = before + this.#estimate(this.#done - before, i + 1, changed.length)
    }
    // First rows of a run that was cancelled, whose entries went away before they were listed again.
    this.#flush()
    this.#removeAll(this.#catalog.known.ofPart(undefined).keys())
  }

  async #indexPart(part: string, token: string): Promise<void> {
    const known = this.#catalog.known.ofPart(part)
    this.#parts.set(part, undefined)
    for await (const entries of this.#store.entriesOf!(part, { signal: this.#options.signal })) {
      await this.#consider(entries, part, (key) => {
        const name = nameOf(key)
        const entry = known.get(name)
        known.delete(name)
        return entry
      })
    }
    this.#removeAll(known.keys())
    this.#parts.set(part, token)
  }

  // ---- stores without -----------------------------------------------------------------------------

  async #indexWhole(): Promise<void> {
    const lastId = this.#catalog.known.lastId()
    const seen = new Uint8Array(lastId + 1)
    const knownBefore = this.#catalog.count()
    if (knownBefore > 0) this.#total = knownBefore
    for await (const entries of this.#store.entries({ signal: this.#options.signal })) {
      const known = this.#catalog.known.ofKeys(entries.map(({ key }) => key))
      await this.#consider(entries, undefined, (key) => {
        const entry = known.get(nameOf(key))
        if (entry && entry.id <= lastId) seen[entry.id] = 1
        return entry
      })
      if (this.#total !== undefined) this.#total = Math.max(this.#total, this.#done)
    }
    this.#flush()
    this.#removeAll(this.#catalog.known.keysUnless((id) => id > lastId || seen[id] === 1))
  }

  // ---- both ---------------------------------------------------------------------------------------

  async #consider(
    entries: readonly Entry[],
    part: string | undefined,
    known: (key: Uint8Array) => KnownEntry | undefined,
  ): Promise<void> {
    const changed = entries.filter(({ key, stamp }) => {
      const entry = known(key)
      return entry === undefined || stamp === undefined || entry.stamp !== stamp
    })
    this.#report.unchanged += entries.length - changed.length
    for await (const read of this.#reader.summaries(changed)) {
      for (const [entry, summary] of read) {
        if (summary) this.#add(entry, part, summary)
        else this.#removeAll([nameOf(entry.key)])
      }
      this.#flushIfDue()
      this.#showProgress(false)
    }
    this.#showProgress(false)
    throwIfCancelled(this.#options.signal)
  }

  #add(
    { key, sizeBytes, modifiedMs, stamp }: Entry,
    part: string | undefined,
    summary: CatalogEntry['summary'],
  ): void {
    this.#put.push({ key, part, sizeBytes, modifiedMs, stamp, summary })
    this.#report.read++
    this.#report.bytesStored += sizeBytes ?? 0
    if (summary.status === 'damaged') this.#report.damaged++
  }

  #removeAll(names: Iterable<string>): void {
    for (const name of names) {
      this.#remove.push(Buffer.from(name, 'latin1'))
      if (this.#remove.length >= laterBatch.entries) this.#flush()
    }
  }

  #flushIfDue(): void {
    const { entries, afterMs } = this.#batch
    if (this.#put.length >= entries || performance.now() - this.#flushedAtMs >= afterMs) this.#flush()
  }

  #flush(): void {
    this.#batch = laterBatch
    this.#flushedAtMs = performance.now()
    if (this.#put.length + this.#remove.length + this.#parts.size === 0) return
    this.#report.removed += this.#catalog.write({
      put: this.#put,
      remove: this.#remove,
      parts: this.#parts,
    }).removed
    this.#put = []
    this.#remove = []
    this.#parts = new Map()
  }

  get #done(): number {
    return this.#report.read + this.#report.unchanged
  }

  #showProgress(last: boolean): void {
    const now = performance.now()
    if (!last && now - this.#progressAtMs < progressEveryMs) return
    this.#progressAtMs = now
    const total = this.#total === undefined ? undefined : Math.max(this.#total, this.#done)
    this.#options.onProgress?.({ done: this.#done, ...(total !== undefined && { total }) })
  }
}

/** A key as the catalog's maps have it. */
function nameOf(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1')
}
