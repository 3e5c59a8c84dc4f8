import { createHash } from 'node:crypto'

import { AppError } from '../../model/errors.ts'
import type { Problem } from '../../model/errors.ts'
import { showKey } from '../../model/keys.ts'
import type { EntryFacts } from '../../model/record.ts'
import type {
  Capabilities,
  ChangeToken,
  Entry,
  Store,
  StoreLimits,
  Stray,
  WholeEntries,
  WriteOperation,
  WriteOutcome,
} from '../contract.ts'
import { changed, isOvertaken } from '../lock-pace.ts'
import { folderLabel } from '../paths.ts'
import { Slices, throwIfCancelled } from '../slices.ts'
import { openedForReading } from '../misuse.ts'
import { keyFacts } from './call-key.ts'
import { storedKey } from './keys.ts'
import type { StoredKey } from './keys.ts'
import type { CacheRow } from './rows.ts'
import { limitsOf } from './schema.ts'
import { startOfRows } from './shard.ts'
import type { ListedEntry, Shard } from './shard.ts'
import { Shards } from './shards.ts'
import { listFileStrays } from './strays.ts'
import { readFromFile, readInRow } from './values.ts'
import { noPuts, refusalOf, WholeRows } from './whole.ts'
import { DiskcacheWriter } from './writer.ts'

const defaultBatchSize = 1_000

/**
 * A Cache of diskcache, or a FanoutCache with its shards as parts. Values that diskcache leaves unpickled are handed
 * out as pickles (`native-pickle.ts`); what keys are is told in `keys.ts`. Opened for writing, it deletes and brings back; it never puts.
 */
export class DiskcacheStore implements Store {
  readonly kind = 'diskcache'
  readonly location: string
  readonly label: string
  readonly capabilities: Capabilities
  readonly notes: readonly string[] = [noPuts]
  readonly whole: WholeEntries | undefined
  readonly #shards: Shards
  /** Of one that is open for writing. */
  readonly #writer: DiskcacheWriter | undefined

  /** Takes the shards over. `folder` is canonical. */
  constructor(folder: string, shards: readonly Shard[], deletes: boolean) {
    this.#shards = new Shards(shards)
    if (deletes) {
      this.#writer = new DiskcacheWriter()
      this.whole = new WholeRows(this.#shards, this.#writer)
    }
    this.location = `diskcache:${folder}`
    this.label = folderLabel(folder)
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
    for (const shard of this.#shards.all) yield* this.#entriesIn(shard, batchSize, slices, signal)
  }

  async *entriesOf(
    part: string,
    options: { signal?: AbortSignal } = {},
  ): AsyncGenerator<Entry[], void, void> {
    const shard = this.#shards.all.find(({ name }) => name === part)
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
    if (this.#shards.all.length === 1) return [...entries]
    const found: ListedEntry[] = []
    for (const listed of entries) if (!(await this.#isHidden(shard, listed.key))) found.push(listed)
    return found
  }

  async #isHidden(shard: Shard, key: StoredKey): Promise<boolean> {
    for (const before of this.#shards.inOrderFor(key)) {
      if (before === shard) return false
      if (await before.read((rows) => rows.has(key), 'any')) return true
    }
    return false
  }

  async lookUp(
    keys: readonly Uint8Array[],
    options: { signal?: AbortSignal } = {},
  ): Promise<(Entry | undefined)[]> {
    const stored = keys.map(storedKey)
    const found = await this.#shards.forEach(stored, new Slices(options.signal), (row, _rows, shard) => ({
      row,
      shard,
    }))
    return found.map((each, i) => each?.shard.entryOf(each.row, stored[i]!))
  }

  async getMany(
    keys: readonly Uint8Array[],
    options: { range?: readonly [start: number, end: number]; signal?: AbortSignal } = {},
  ): Promise<(Uint8Array | Problem | undefined)[]> {
    const range = options.range ?? ([0, Number.MAX_SAFE_INTEGER] as const)
    const slices = new Slices(options.signal)
    const stored = keys.map(storedKey)
    const results = await this.#shards.forEach(stored, slices, (row, rows, shard) => ({
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
    const found = await this.#shards.forEach(stored, new Slices(options.signal), (row) => row)
    return found.map((row, index) => row && factsOf(row, stored[index]!))
  }

  async apply(
    operations: readonly WriteOperation[],
    options: { signal?: AbortSignal } = {},
  ): Promise<WriteOutcome[]> {
    this.#shards.throwIfClosed()
    const writer = this.#writer
    if (!writer) {
      throw openedForReading(this.location)
    }
    const keys = operations.map(({ kind, key }) => (kind === 'delete' ? storedKey(key) : undefined))
    const places = await this.#shards.forEach(keys, new Slices(options.signal), (_row, _rows, shard) => shard)
    const overtaken = await this.#overtaken(operations)
    const outcomes = operations.map((operation, i) => (overtaken[i] ? changed : refusalOf(operation)))
    await this.#shards.change(
      [...places.keys()].filter((i) => places[i] && overtaken[i] !== true),
      (i) => places[i]!,
      async (shard, indexes) => {
        const deletions = indexes.map((i) => ({ kind: 'delete', key: operations[i]!.key }) as const)
        const told = await writer.apply(shard.folder, deletions)
        for (const [order, i] of indexes.entries()) outcomes[i] = told[order]!
      },
    )
    return outcomes
  }

  /** Values that are not those expected, looked at just before they would be deleted. */
  async #overtaken(operations: readonly WriteOperation[]): Promise<boolean[]> {
    const guarded = operations.filter(({ ifValue }) => ifValue !== undefined)
    const values = await this.getMany(guarded.map(({ key }) => key))
    const now = new Map(guarded.map((operation, i) => [operation, values[i]]))
    return operations.map((operation) => isOvertaken(operation, () => now.get(operation)))
  }

  /** Of a FanoutCache that of the part with the least room: each drops its own. */
  async limits(): Promise<StoreLimits> {
    const each: StoreLimits[] = []
    for (const { reader } of this.#shards.all) each.push(await reader.read(limitsOf))
    const room = ({ maxBytes = Number.POSITIVE_INFINITY, usedBytes }: StoreLimits): number =>
      maxBytes - usedBytes
    return each.reduce((least, one) => (room(one) < room(least) ? one : least))
  }

  async changeToken(signal?: AbortSignal): Promise<ChangeToken> {
    throwIfCancelled(signal)
    const tokens = this.#shards.all.map(({ name, reader }) => [name, reader.state().token] as const)
    if (tokens.length === 1 && tokens[0]![0] === undefined) return { whole: tokens[0]![1] }
    const whole = createHash('sha1').update(JSON.stringify(tokens)).digest('base64')
    return { whole, parts: new Map(tokens as [string, string][]) }
  }

  /** Files that no row names, rows that are no entries, and keys that a FanoutCache has twice. */
  async strays(limit: number): Promise<Stray[]> {
    const slices = new Slices()
    const found: Stray[] = []
    for (const shard of this.#shards.all) {
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
    for (const { reader } of this.#shards.all) await reader.close()
    await this.#writer?.[Symbol.asyncDispose]()
  }
}

function factsOf(row: CacheRow, key: StoredKey): EntryFacts {
  return { ...row.facts, ...keyFacts(key) }
}
