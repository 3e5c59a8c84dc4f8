/**
 * A store: one cache on one backend. One small contract that every backend
 * keeps; `conformance/` is its law as a test suite.
 *
 * - Keys are bytes, never normalised.
 * - Batches are the primitive. Nothing returns all entries at once.
 * - A store is read-only unless opened with `write: true`; then `apply` works.
 * - Reading leaves the cache as it was: no file is made, no time is moved.
 * - Methods throw `AppError`; a single entry's fault is data in its place.
 */
export interface Store extends AsyncDisposable {
  readonly kind: StoreKind
  /** Canonical location: an absolute path or a URL without secrets. Two opens of one cache give equal locations. */
  readonly location: string
  readonly label: string
  readonly capabilities: Capabilities

  /**
   * All entries in batches, sizes and stamps but no values; things that are no entries
   * (strays, temporary files) are left out and counted by `strays`.
   * Order: that of `capabilities.order`. An entry written meanwhile may or may not be seen.
   * `stamps: false`: nobody will ask for stamps, so they may be left out, above all those that take a look at the value.
   */
  entries(options?: { batchSize?: number; signal?: AbortSignal; stamps?: boolean }): AsyncIterable<Entry[]>

  /**
   * The values of keys, in the order asked; `undefined` where the key is not (any more) there,
   * a `Problem` where its bytes cannot be had. With `range`, only those bytes `[start, end)`. `expectBytes`: how large
   * the largest of them is thought to be, of stores that ask for small ones in another way; it may be wrong.
   */
  getMany(
    keys: readonly Uint8Array[],
    options?: {
      range?: readonly [start: number, end: number]
      signal?: AbortSignal
      expectBytes?: number
    },
  ): Promise<(Uint8Array | import('../model/errors.ts').Problem | undefined)[]>

  /**
   * Whether exactly these bytes stand under these keys, read anew and compared where they are, without being handed out.
   * `false` says only that it is not known: `getMany` tells what is there. Where it is absent, ask that.
   */
  holds?(keys: readonly Uint8Array[], values: readonly Uint8Array[]): Promise<boolean[]>

  /**
   * Entries as `entries` lists them, of these keys, in the order asked; `undefined` where the key is not (any more)
   * there. Of stores that tell more of an entry than its value: when it was written, when it will expire.
   */
  lookUp?(keys: readonly Uint8Array[], options?: { signal?: AbortSignal }): Promise<(Entry | undefined)[]>

  /**
   * Where the value can be read by range without the store (an ordinary file), or `undefined`.
   * Lets workers read without a handle passing between threads.
   */
  locate?(key: Uint8Array): FileRange | undefined

  /**
   * Where the store wraps values once more (`shelve` pickles the bytes of a pickle): the bytes within, by place
   * where they stand there as they are. `undefined`: this value is not wrapped. Values are handed out and written
   * with their wrapping: whoever brings a value from elsewhere puts it on with `wrapValue`.
   */
  innerValue?(
    value: import('../model/source.ts').ByteSource,
  ): import('../value/value.ts').BytesRef | undefined
  wrapValue?(inner: Uint8Array): Uint8Array

  /**
   * Takes entries out by renaming their files into a folder on the same disk: nothing is copied, all times stay. An
   * entry whose stamp is not the one given is `CHANGED` and stays. `bringBack` is its inverse and never overwrites
   * (`EXISTS`). Both take strays too, by the keys that `strays` gives them. Of stores of files; `canSetAside` says whether a folder is on their disk.
   */
  setAside?(entries: readonly SetAside[], folder: string): Promise<WriteOutcome[]>
  bringBack?(keys: readonly Uint8Array[], folder: string): Promise<WriteOutcome[]>
  canSetAside?(folder: string): boolean

  /**
   * Of stores whose entries are more than their values (files beside it, a row of many columns), where they are open for
   * writing: what takes entries out and brings them back.
   */
  readonly whole?: WholeEntries

  /**
   * Puts and deletes. Each operation is done whole or not at all and has its own outcome, in order; none is rolled back
   * because another failed. Where a store has one lock for all writers, a batch is several transactions of some 50 ms at
   * most (`lock-pace.ts`).
   */
  apply(operations: readonly WriteOperation[], options?: ApplyOptions): Promise<WriteOutcome[]>

  /**
   * A cheap token of the store's present content. Equal tokens mean: nothing changed. Where a store is cut
   * into parts that change apart (shard folders), `parts` has a token for each, so that only changed parts are listed again.
   */
  changeToken(signal?: AbortSignal): Promise<ChangeToken>

  /** Entries of one part named by `changeToken().parts`. */
  entriesOf?(part: string, options?: { signal?: AbortSignal }): AsyncIterable<Entry[]>

  /**
   * All parts with their tokens and entries, each entry looked at once: for the first index, which would else ask
   * for `changeToken` and then for the entries of every part. `take` is called for one part after the other and
   * waited for. Answers the token of the whole; `undefined` if a part changed just now.
   */
  scan?(
    take: (part: ScannedPart) => Promise<void>,
    options?: { signal?: AbortSignal },
  ): Promise<string | undefined>

  /** Things seen beside the entries: temporary files, foreign files, links, with the reason; at most `limit`. */
  strays?(limit: number): Promise<Stray[]>

  /**
   * What the store itself keeps about entries beside their values, in the order asked; `undefined` where the key is
   * not (any more) there. Of caches whose values are no records. Reads no values; what is broken is left out.
   */
  facts?(
    keys: readonly Uint8Array[],
    options?: { signal?: AbortSignal },
  ): Promise<(import('../model/record.ts').EntryFacts | undefined)[]>

  /** The databases or tables in the same file, where a backend has several. */
  databases?(): Promise<DatabaseInfo[]>

  /** What is at the other end, by its own words and at the cost of a round trip; nothing is listed for it. */
  about?(signal?: AbortSignal): Promise<StoreAbout>

  /** What a server or the map of an LMDB still takes, or a cache that drops entries by itself when it is full. */
  limits?(): Promise<StoreLimits>

  /** For how long its writing kept others out, by its own clock. */
  readonly lockTimes?: import('./lock-pace.ts').LockTimes

  /** Sentences that somebody should know before writing here (a map that a Python writer must enlarge). */
  readonly notes?: readonly string[]
}

export type StoreKind =
  | 'fs'
  | 'json'
  | 'sqlite'
  | 'lmdb'
  | 'shelve'
  | 'redis'
  | 'joblib'
  | 'diskcache'
  | 'archive'

export interface Capabilities {
  /** `apply` takes puts and deletes. */
  readonly write: boolean
  /** `apply` takes deletes. Where `write` is false, each put is then `REFUSED`. Absent: as `write`. */
  readonly deletes?: boolean
  /** `getMany` with a range reads only that range. */
  readonly rangeRead: boolean
  /** `value`: the backend goes through the whole value for each range of it, however short. */
  readonly rangeCost?: 'range' | 'value'
  readonly sizes: 'exact' | 'none'
  /** `content`: stamps are made of place, size and a digest; a large value may have none and is then read again. */
  readonly stamps: 'mtime' | 'content' | 'none'
  readonly keys: 'name' | 'utf8' | 'bytes'
  readonly order: 'bytes' | 'none'
  /** What values are: pickles (joblib), JSON texts, or to be sniffed one by one. */
  readonly values: 'pickle' | 'json' | 'any'
}

export interface Entry {
  readonly key: Uint8Array
  readonly sizeBytes?: number
  /** Modification time in milliseconds since 1970, with fractions. */
  readonly modifiedMs?: number
  /** Changes whenever the value may have changed; equal stamps mean: not read again. */
  readonly stamp?: string
  /** When the store will drop the entry by itself (Redis' time to live), in milliseconds since 1970. */
  readonly expiresAtMs?: number
  /** How many values the key has, where that is not 1 (LMDB's DUPSORT databases); `getMany` gives the first. */
  readonly valueCount?: number
}

/**
 * Entries with all that the store keeps of them, as bytes that only the store itself reads: what is deleted so comes back
 * as it was, with its times, to the byte.
 */
export interface WholeEntries {
  /** In the order asked; also what has no value that could be read is told, as far as it is there. */
  getMany(
    keys: readonly Uint8Array[],
    options?: { signal?: AbortSignal },
  ): Promise<(WholeEntry | import('../model/errors.ts').Problem | undefined)[]>

  /**
   * `delete` with `ifValue`, the entry as it was told: `CHANGED` if it was written since, however often it was read. Of an
   * entry that is gone (`ABSENT`) goes what a killed deletion has left. `put` with such an entry as its value never
   * overwrites: `EXISTS`, and done where this very entry stands already. Its `expiresAtMs` counts if the entry's own moment has passed.
   */
  apply(operations: readonly WholeOperation[]): Promise<WriteOutcome[]>
}

/** What stood there at one moment, and how `Store.entries` lists it. */
export interface WholeEntry extends Entry {
  readonly whole: Uint8Array
}

export type WholeOperation =
  | { readonly kind: 'delete'; readonly key: Uint8Array; readonly ifValue: Uint8Array }
  | {
      readonly kind: 'put'
      readonly key: Uint8Array
      readonly value: Uint8Array
      readonly expiresAtMs?: number
    }

export interface SetAside {
  readonly key: Uint8Array
  readonly stamp?: string
}

export interface StoreAbout {
  /** Name and version: `Redis 7.0.15`. */
  readonly product?: string
  /** Entries, where the store itself counts them. */
  readonly entries?: number
}

export interface StoreLimits {
  /** What may be used of memory, of the disk or of the map, in all; absent: no limit is set. */
  readonly maxBytes?: number
  readonly usedBytes: number
  /** Of an LMDB: the largest map that a program has written it with. Beyond it those that have it open fail. */
  readonly mappedBytes?: number
  /** By which rule keys are dropped when it is full; absent: writes are refused. */
  readonly evicts?: string
}

/** One of several databases in a file; opened by the option `db` (LMDB) or `table` (SQLite). */
export interface DatabaseInfo {
  /** `undefined`: the main database of an LMDB file. */
  readonly name: string | undefined
  readonly entries?: number
  /** What is special about it: `DUPSORT`, `INTEGERKEY`. */
  readonly flags: readonly string[]
  /** Why it cannot be opened as a cache, where it cannot. */
  readonly problem?: string
}

export interface FileRange {
  readonly path: string
  readonly offset: number
  readonly length: number
}

export type WriteOperation =
  | {
      readonly kind: 'put'
      readonly key: Uint8Array
      readonly value: Uint8Array
      readonly expect?: 'absent'
      /** Kept by stores whose entries expire, ignored by the others. */
      readonly expiresAtMs?: number
      /** When it was written and last read, in milliseconds since 1970: given back by stores of files, ignored by the others. */
      readonly times?: { readonly modifiedMs: number; readonly accessedMs?: number }
      readonly ifValue?: Uint8Array
    }
  | {
      readonly kind: 'delete'
      readonly key: Uint8Array
      /**
       * Only if this value stands there still, looked at in the transaction or under the lock that writes; else the
       * outcome is `CHANGED`. Of files and of servers without scripts just before.
       */
      readonly ifValue?: Uint8Array
    }

export interface ApplyOptions {
  readonly signal?: AbortSignal | undefined
  /**
   * Told, by stores that write in parts, when the operations `[from, to)` are over and others follow: whoever reads them
   * back need not wait for all. What became of each is in the answer.
   */
  readonly onWritten?: ((from: number, to: number) => void) | undefined
}

export type WriteOutcome =
  | { readonly done: true }
  | {
      readonly done: false
      /** `REFUSED`: this operation; `UNWRITABLE`, `NO_SPACE`: the store takes none as it is now, whatever the entry. */
      readonly reason: 'EXISTS' | 'ABSENT' | 'CHANGED' | 'BAD_KEY' | 'REFUSED' | 'UNWRITABLE' | 'NO_SPACE'
      readonly sentence: string
    }

export interface ChangeToken {
  readonly whole: string
  readonly parts?: ReadonlyMap<string, string>
}

export interface ScannedPart {
  readonly name: string
  /** As `changeToken` gives it; `undefined` if the part changed just now, so that no token would last. */
  readonly token: string | undefined
  readonly entries: readonly Entry[]
  /** How many parts there are, as far as one can say before all were looked at. */
  readonly of: number
}

export interface Stray {
  readonly name: string
  readonly reason: string
  /**
   * Of a file that `setAside` takes, and that nobody seems to write: an entry in a wrong folder, a temporary file that is
   * older than an hour. Its key is `./` and its path in the cache.
   */
  readonly entry?: Entry
}

/** A backend: how it is recognised, named and opened. `stores/registry.ts` lists them. */
export interface StoreType {
  readonly kind: StoreKind
  /** Word for people: `Files`, `JSON files`. */
  readonly title: string
  /** URL scheme without colon: `fs` in `fs:PATH`. */
  readonly scheme: string
  /** For a server: all its schemes. Their URLs are no paths; `open` gets them whole in `StoreLocation.path`. */
  readonly serverSchemes?: readonly string[]
  /** What a person fills in to name such a cache. Absent: its path. */
  readonly form?: import('../model/store-form.ts').StoreForm
  /**
   * Looks at a path, cheaply and by content, and says whether it is of this kind and why.
   * `undefined`: not ours. Never writes, never follows links out of the folder.
   */
  detect(path: string): Promise<Detection | undefined>
  open(location: StoreLocation, options?: { write?: boolean; signal?: AbortSignal }): Promise<Store>
  /** The databases or tables of the file at a path, also where `open` cannot tell which of them is meant. */
  databases?(path: string): Promise<DatabaseInfo[]>
}

export interface Detection {
  readonly kind: StoreKind
  /** The folder or file to open: for `project/` that holds `cache/`, the path of `cache/`. */
  readonly path: string
  /** From 0 (could be) to 1 (certain); the highest wins. */
  readonly certainty: number
  /** What was seen: `12 of 12 sampled files are joblib pickles under their sha1 name`. */
  readonly reason: string
}

export interface StoreLocation {
  readonly kind: StoreKind
  /** Absolute path; for a server the whole URL without its query part (`redis://user@host:6379/0`). */
  readonly path: string
  /** Options of the URL's query part. */
  readonly options: Readonly<Record<string, string>>
}
