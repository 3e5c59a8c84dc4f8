import { openEntryDocument } from '../catalog/documents.ts'
import { AppError } from '../model/errors.ts'
import { showKey } from '../model/keys.ts'
import { recordFields } from '../records/fields.ts'
import type { Entry, Store } from '../stores/contract.ts'
import { throwIfCancelled } from '../stores/slices.ts'
import type { RepairSpec } from './contract.ts'
import { candidates, openUpToDate } from './select.ts'

/** The filter that finds what is told as `duplicate`. */
export const duplicatesQuery = 'is:duplicate'

/** All is damage of some kind, but `duplicate`: that is a sound entry whose output a newer one has too. */
type FindingKind = RepairSpec['findings'][number] | 'duplicate'

export interface Finding {
  readonly finding: FindingKind
  readonly key: Uint8Array
  /** Of a file that is no entry: its name. */
  readonly name?: string
  /** Of such a file that a repair can move. */
  readonly entry?: Entry
  readonly bytes: number
  readonly sentence: string
}

export interface VerifyProgress {
  readonly entries: number
  readonly bytes: number
}

interface VerifyOptions {
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: VerifyProgress) => void
  readonly dataFolder?: string
}

const straysLimit = 10_000

/**
 * Reads every value of a cache whole and says what is wrong with it, as it is found: what cannot be read, what is
 * damaged, what stands under another name than the one it was stored under, and what is no entry at all. Locks
 * nothing and writes nothing to the cache. One entry is in memory at a time. With `dataFolder`, the cache's index there
 * is brought up to date, and duplicates are told last.
 *
 * @throws AppError CANCELLED, and what listing the store throws
 */
export async function* verifyStore(store: Store, options: VerifyOptions = {}): AsyncGenerator<Finding> {
  const { signal, onProgress, dataFolder } = options
  let entries = 0
  let bytes = 0
  for await (const batch of store.entries({ signal })) {
    for (const entry of batch) {
      throwIfCancelled(signal)
      const finding = await findingOf(store, entry, signal)
      entries++
      bytes += entry.sizeBytes ?? 0
      if (finding) yield finding
    }
    onProgress?.({ entries, bytes })
  }
  for (const { name, reason, entry } of (await store.strays?.(straysLimit)) ?? []) {
    const key = entry?.key ?? new TextEncoder().encode(name)
    const stray = { finding: 'stray', key, name, bytes: entry?.sizeBytes ?? 0, sentence: reason } as const
    yield entry ? { ...stray, entry } : stray
  }
  onProgress?.({ entries, bytes })
  if (dataFolder !== undefined) yield* duplicatesOf(store, dataFolder, signal)
}

async function* duplicatesOf(
  store: Store,
  dataFolder: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Finding> {
  using catalog = await openUpToDate(store, dataFolder, signal)
  const sentence = 'A newer entry has the same output.'
  for (const batch of candidates(catalog, { query: duplicatesQuery })) {
    throwIfCancelled(signal)
    for (const { key, row } of batch) yield { finding: 'duplicate', key, bytes: row.sizeBytes ?? 0, sentence }
  }
}

async function findingOf(
  store: Store,
  { key, sizeBytes: bytes = 0 }: Entry,
  signal: AbortSignal | undefined,
): Promise<Finding | undefined> {
  const shown = showKey(key)
  try {
    using document = await openEntryDocument(store, shown, { signal })
    const { root, problem } = document.decoded
    if (problem) return { finding: 'damaged', key, bytes, sentence: problem.sentence }
    const hash = recordFields(root)?.find(({ name }) => name === 'hash')?.value
    // `dump` records and foreign values carry no hash of their own.
    if (hash?.kind !== 'str' || hash.value === shown) return undefined
    const sentence = `The record says that it was stored as ${hash.value}; under this name it is never found.`
    return { finding: 'misplaced', key, bytes, sentence }
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code === 'CANCELLED') throw thrown
    // It went away while the cache was read.
    if (thrown.code === 'NOT_FOUND') return undefined
    return { finding: 'unreadable', key, bytes, sentence: thrown.message }
  }
}
