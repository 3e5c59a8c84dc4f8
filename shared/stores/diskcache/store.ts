import { createHash } from 'node:crypto'
import { basename } from 'node:path'

import { AppError } from '../../model/errors.ts'
import type { Problem } from '../../model/errors.ts'
import { showKey } from '../../model/keys.ts'
import type { EntryFacts } from '../../model/record.ts'
import type {
  Capabilities,
  ChangeToken,
  Entry,
  Store,
  Stray,
  WriteOperation,
  WriteOutcome,
} from '../contract.ts'
import { Slices, throwIfCancelled } from '../slices.ts'
import { keyFacts } from './call-key.ts'
import { deleteRows } from './delete.ts'
import { shardOfKey, storedKey } from './keys.ts'
import type { StoredKey } from './keys.ts'
import type { CacheRow, Rows } from './rows.ts'
import { startOfRows } from './shard.ts'
import type { ListedEntry, Shard } from './shard.ts'
import { listFileStrays } from './strays.ts'
import { readFromFile, readInRow } from './values.ts'

const defaultBatchSize = 1_000

const noPuts =
  'diskcache keeps values and counters its own way, which only diskcache should write: entries can be deleted here, not added.'

/**
 * A Cache of diskcache, or a FanoutCache with its shards as parts. Values that diskcache leaves unpickled are handed
 * out as pickles (`native-pickle.ts`); what keys are is told in `keys.ts`. Opened for writing, it deletes; it never puts.
 */
export class DiskcacheStore implements Store {
  readonly kind = 'diskcache'
  readonly location: string
  readonly label: string
  readonly capabilities: Capabilities
  readonly notes: readonly string[] = [noPuts]
  readonly #shards: readonly Shard[]

  /** Takes the shards over. `folder` is canonical. */
  constructor(folder: string, shards: readonly Shard[], deletes: boolean) {
    this.#shards = shards
    this.location = `diskcache:${folder}`
    this.label = basename(folder)
    this.capabilities = {
      write: false,
      deletes,
      rangeRead: true,
      sizes: 'exact',
      stamps: 'mtime',
      keys: 'bytes',
      order: 'none',
      values: 'pickle',
    }
  }

  async *entries(
    options: { batchSize?: number; signal?: AbortSignal } = {},
  ): AsyncGenerator<Entry[], void, void> {
    const { batchSize = defaultBatchSize, signal } = options
    const slices = new Slices(signal)
    for (const shard of this.#shards) yield* this.#entriesIn(shard, batchSize, slices, signal)
  }

  async *entriesOf(
    part: string,
    options: { signal?: AbortSignal } = {},
  ): AsyncGenerator<Entry[], void, void> {
    const shard = this.#shards.find(({ name }) => name === part)
    if (!shard) throw new AppError('USAGE', `${part} is no part of the cache ${this.location}.`)
    yield* this.#entriesIn(shard, defaultBatchSize, new Slices(options.signal), options.signal)
  }

  async *#entriesIn(
    shard: Shard,
    batchSize: number,
    slices: Slices,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Entry[], void, void> {
    let isAtEnd = false
    for (let after = startOfRows; !isAtEnd;) {
      const listing = await shard.list(after, batchSize)
      const found = await this.#found(shard, listing.entries)
      if (found.length > 0) yield found.map(({ entry }) => entry)
      throwIfCancelled(signal)
      if (slices.isOver) await slices.next()
      after = listing.last
      isAtEnd = listing.isAtEnd
    }
  }

  /** Without those that Python does not find here: another shard, looked into before this one, has the key too. */
  async #found(shard: Shard, entries: readonly ListedEntry[]): Promise<ListedEntry[]> {
    if (this.#shards.length === 1) return [...entries]
    const found: ListedEntry[] = []
    for (const listed of entries) if (!(await this.#isHidden(shard, listed.key))) found.push(listed)
    return found
  }

  async #isHidden(shard: Shard, key: StoredKey): Promise<boolean> {
    for (const before of this.#shardsFor(key)) {
      if (before === shard) return false
      if (await before.read((rows) => rows.has(key), 'any')) return true
    }
    return false
  }

  /** The shard where Python looks for a key, then the others: the number of shards may have been another once. */
  #shardsFor(key: StoredKey): Shard[] {
    const first = shardOfKey(key, this.#shards.length)
    return [...this.#shards.slice(first), ...this.#shards.slice(0, first)]
  }

  async getMany(
    keys: readonly Uint8Array[],
    options: { range?: readonly [start: number, end: number]; signal?: AbortSignal } = {},
  ): Promise<(Uint8Array | Problem | undefined)[]> {
    const range = options.range ?? ([0, Number.MAX_SAFE_INTEGER] as const)
    const slices = new Slices(options.signal)
    const stored = keys.map(storedKey)
    const results = await this.#forEach(stored, slices, (row, rows, shard) => ({
      row,
      shard,
      value: readInRow(row, rows, range),
    }))
    const values: (Uint8Array | Problem | undefined)[] = []
    for (const [index, result] of results.entries()) {
      const value = result && (result.value ?? (await this.#readFile(stored[index]!, result, range, slices)))
      values.push(value)
      if (slices.isOver) await slices.next()
    }
    return values
  }

  /** A file that is not there belongs to a row that was deleted, or stored anew, meanwhile; or it is lost. */
  async #readFile(
    key: StoredKey,
    { row, shard }: { row: CacheRow; shard: Shard },
    range: readonly [start: number, end: number],
    slices: Slices,
  ): Promise<Uint8Array | Problem | undefined> {
    const value = readFromFile(row, shard.folder, range)
    if (value) return value
    const [again] = await shard.forEach([key], slices, (now, rows) => ({
      now,
      inRow: readInRow(now, rows, range),
    }))
    if (!again) return undefined
    return (
      again.inRow ??
      readFromFile(again.now, shard.folder, range) ?? {
        code: 'UNREADABLE',
        sentence: `The file of the value, ${again.now.filename}, is gone from ${shard.folder}.`,
      }
    )
  }

  async facts(
    keys: readonly Uint8Array[],
    options: { signal?: AbortSignal } = {},
  ): Promise<(EntryFacts | undefined)[]> {
    const stored = keys.map(storedKey)
    const found = await this.#forEach(stored, new Slices(options.signal), (row) => row)
    return found.map((row, index) => row && factsOf(row, stored[index]!))
  }

  async apply(
    operations: readonly WriteOperation[],
    options: { signal?: AbortSignal } = {},
  ): Promise<WriteOutcome[]> {
    const slices = new Slices(options.signal)
    this.#shards[0]!.reader.throwIfClosed()
    if (this.capabilities.deletes !== true) {
      throw new AppError(
        'READ_ONLY',
        `The cache ${this.location} is open for reading only; unlock it to change it.`,
      )
    }
    const keys = operations.map(({ kind, key }) => (kind === 'delete' ? storedKey(key) : undefined))
    const places = await this.#forEach(keys, slices, (_row, _rows, shard) => shard)
    const outcomes = operations.map(refusalOf)
    for (const shard of new Set(places.filter((place) => place !== undefined))) {
      const wanted = [...places.keys()].filter((index) => places[index] === shard)
      const done = await deleteRows(
        shard.folder,
        wanted.map((index) => operations[index]!.key),
      )
      await shard.reader.afterWrite()
      for (const [order, index] of wanted.entries()) outcomes[index] = done[order]!
    }
    return outcomes
  }

  async changeToken(signal?: AbortSignal): Promise<ChangeToken> {
    throwIfCancelled(signal)
    const tokens = this.#shards.map(({ name, reader }) => [name, reader.state().token] as const)
    if (tokens.length === 1 && tokens[0]![0] === undefined) return { whole: tokens[0]![1] }
    const whole = createHash('sha1').update(JSON.stringify(tokens)).digest('base64')
    return { whole, parts: new Map(tokens as [string, string][]) }
  }

  /** Files that no row names, rows that are no entries, and keys that a FanoutCache has twice. */
  async strays(limit: number): Promise<Stray[]> {
    const slices = new Slices()
    const found: Stray[] = []
    for (const shard of this.#shards) {
      await this.#addRowStrays(shard, found, limit)
      const names = await shard.read((rows) => new Set(rows.filenames()), 'any')
      for (const stray of listFileStrays(shard.folder, shard.name, names)) {
        if (found.length >= limit) return found
        found.push(stray)
        if (slices.isOver) await slices.next()
      }
    }
    return found.slice(0, limit)
  }

  async #addRowStrays(shard: Shard, found: Stray[], limit: number): Promise<void> {
    const where = shard.name === undefined ? '' : `${shard.name}: `
    let isAtEnd = false
    for (let after = startOfRows; !isAtEnd && found.length < limit;) {
      const listing = await shard.list(after, defaultBatchSize)
      for (const rowid of listing.strays)
        found.push({ name: `${where}row ${rowid}`, reason: 'its key is none that diskcache makes' })
      const visible = new Set(await this.#found(shard, listing.entries))
      for (const listed of listing.entries) {
        if (visible.has(listed)) continue
        found.push({
          name: where + showKey(listed.entry.key),
          reason: 'another shard has this key, and Python looks there',
        })
      }
      if (listing.damage !== undefined)
        found.push({ name: `${where}rows`, reason: `some cannot be read: ${listing.damage}` })
      after = listing.last
      isAtEnd = listing.isAtEnd
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { reader } of this.#shards) await reader.close()
  }

  /** What an action makes of the row of each key; `undefined` where there is none, in no shard. */
  async #forEach<Result>(
    keys: readonly (StoredKey | undefined)[],
    slices: Slices,
    action: (row: CacheRow, rows: Rows, shard: Shard) => Result,
  ): Promise<(Result | undefined)[]> {
    this.#shards[0]!.reader.throwIfClosed()
    const results = Array.from({ length: keys.length }, (): Result | undefined => undefined)
    let missing = [...keys.keys()].filter((index) => keys[index] !== undefined)
    for (let attempt = 0; attempt < this.#shards.length && missing.length > 0; attempt++) {
      for (const [number, shard] of this.#shards.entries()) {
        const here = missing.filter(
          (index) =>
            (shardOfKey(keys[index]!, this.#shards.length) + attempt) % this.#shards.length === number,
        )
        const found = await shard.forEach(
          here.map((index) => keys[index]!),
          slices,
          (row, rows) => action(row, rows, shard),
        )
        for (const [order, index] of here.entries()) results[index] = found[order]
      }
      missing = missing.filter((index) => results[index] === undefined)
    }
    return results
  }
}

function factsOf(row: CacheRow, key: StoredKey): EntryFacts {
  return { ...row.facts, ...keyFacts(key) }
}

/** The outcome of what is not done: a put, a key that cannot be, an entry that is not there. */
function refusalOf({ kind, key }: WriteOperation): WriteOutcome {
  if (!storedKey(key)) {
    const sentence = `The key ${showKey(key)} is none of diskcache's: one that is no text is written as int:…, float:…, bytes:… or pickle:….`
    return { done: false, reason: 'BAD_KEY', sentence }
  }
  if (kind === 'put') return { done: false, reason: 'REFUSED', sentence: noPuts }
  return { done: false, reason: 'ABSENT', sentence: `There is no entry ${showKey(key)}.` }
}
