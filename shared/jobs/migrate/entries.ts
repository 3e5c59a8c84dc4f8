import { existsSync } from 'node:fs'
import type { Row } from '../../api/contract.ts'
import { Catalog } from '../../catalog/catalog.ts'
import { indexFile } from '../../catalog/location.ts'
import { showKey } from '../../model/keys.ts'
import type { Entry, Store } from '../../stores/contract.ts'
import type { MigrateSpec } from '../contract.ts'
import { candidates, openUpToDate } from '../select.ts'

const batchEntries = 1_000
/** So many are put in the order of their keys before they are handed out: targets that are trees or folders like that. */
const sortedEntries = 100_000

/** An entry of the source as a plan needs it. */
export interface SourceEntry {
  readonly key: Uint8Array
  readonly stamp?: string
  readonly sizeBytes?: number
  /** Of the index, as far as it knows the entry. */
  readonly runAtSeconds?: number
  readonly elapsedSeconds?: number
  readonly call?: string
}

/** Which entries of the source a migration is about, in batches. Dispose it. */
export interface SourceEntries extends Disposable {
  batches(signal: AbortSignal | undefined): AsyncIterable<readonly SourceEntry[]>
}

/**
 * The entries of a migration. A filter, and rules that compare records, ask the index, which is brought up to date:
 * that reads every record. All others take what the store lists, and from the index what it happens to know.
 */
export async function sourceEntries(
  source: Store,
  { selection, onConflict }: MigrateSpec,
  dataFolder: string,
  signal: AbortSignal | undefined,
): Promise<SourceEntries> {
  const needsRecords =
    (selection.query ?? '').trim() !== '' ||
    onConflict === 'newest' ||
    onConflict === 'fastest' ||
    onConflict === 'ask'
  if (needsRecords) {
    const catalog = await openUpToDate(source, dataFolder, signal)
    return {
      async *batches() {
        for (const batch of candidates(catalog, selection))
          yield batch.map(({ key, stamp, row }) => sourceEntry({ key, stamp }, row))
      },
      [Symbol.dispose]: () => catalog.close(),
    }
  }
  const file = indexFile(source, dataFolder)
  const catalog = existsSync(file) ? Catalog.open(file) : undefined
  const keys = selection.keys && new Set(selection.keys)
  return {
    async *batches(stop) {
      for await (const entries of sorted(source, keys, stop))
        yield entries.map((entry) => sourceEntry(entry, catalog?.row(showKey(entry.key))))
    },
    [Symbol.dispose]: () => catalog?.close(),
  }
}

async function* sorted(
  source: Store,
  keys: ReadonlySet<string> | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<Entry[]> {
  let waiting: Entry[] = []
  for await (const batch of source.entries({ batchSize: batchEntries, signal, stamps: false })) {
    for (const entry of batch) if (!keys || keys.has(showKey(entry.key))) waiting.push(entry)
    if (waiting.length < sortedEntries) continue
    yield* inBatches(waiting)
    waiting = []
  }
  yield* inBatches(waiting)
}

function* inBatches(entries: Entry[]): Generator<Entry[]> {
  entries.sort((a, b) => Buffer.compare(a.key, b.key))
  for (let from = 0; from < entries.length; from += batchEntries)
    yield entries.slice(from, from + batchEntries)
}

function sourceEntry({ key, stamp, sizeBytes }: Entry, row: Row | undefined): SourceEntry {
  return {
    key,
    stamp,
    sizeBytes: sizeBytes ?? row?.sizeBytes,
    runAtSeconds: row?.runAtSeconds,
    elapsedSeconds: row?.elapsedSeconds,
    call: row?.call,
  }
}
