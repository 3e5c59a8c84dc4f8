import type { EntryStates } from '../api/inside.ts'
import type { Columns } from './columns.ts'
import type { ColumnSource } from './column-source.ts'
import { insideFlags } from './inside-values.ts'
import type { Packed } from './packed.ts'
import { entryStates } from './query/ast.ts'
import type { EntryState } from './query/ast.ts'
import type { RankColumn } from './ranks.ts'

/** The name under which they are kept. */
export const keptStates = 'states'

/** Bits of a state in the mask of an entry. */
const bits: Readonly<Record<EntryState, number>> = {
  superseded: 1,
  'maybe-superseded': 2,
  duplicate: 4,
  'maybe-duplicate': 8,
  misplaced: 16,
}

/**
 * What comparing all entries with each other tells: calls of which there is a newer entry, outputs that a newer entry
 * has too, entries under a wrong key. Made in one go for one revision: a few passes over a million digests. The newest
 * of equal calls is the one that ran last; of those that ran at one time the first by key. Entries whose digests are
 * equal, of which not everything was read, are only `maybe`.
 */
export class States {
  readonly #columns: Columns
  /** By id. */
  readonly #bits: Uint8Array

  private constructor(columns: Columns, bitsById: Uint8Array) {
    this.#columns = columns
    this.#bits = bitsById
  }

  /** As they were kept, if no entry changed since: one can change what others are. */
  static kept(source: ColumnSource, columns: Columns): States | undefined {
    const kept = source.readKept(keptStates)
    if (kept?.width !== 1 || kept.changed.length > 0) return undefined
    const bitsById = new Uint8Array(source.idsEnd)
    bitsById.set(kept.bytes.subarray(0, bitsById.length))
    return new States(columns, bitsById)
  }

  static made(source: ColumnSource, columns: Columns): States {
    const states = new States(columns, new Uint8Array(source.idsEnd))
    states.#make(source)
    return states
  }

  /** By id, to be kept. */
  packed(): Packed {
    return { width: 1, bytes: this.#bits }
  }

  #make(source: ColumnSource): void {
    const flags = source.flags()
    for (const id of this.#columns.idsByKey)
      if (flags[id]! & insideFlags.misplaced) this.#bits[id]! |= bits.misplaced
    this.#markOlder(source.digestRanks('call'), flags, insideFlags.callIsWhole, 'superseded')
    this.#markOlder(source.digestRanks('output'), flags, insideFlags.outputIsWhole, 'duplicate')
  }

  /** By id: 1 for entries in one of the states, else 0. */
  mask(states: readonly EntryState[]): Uint8Array {
    const wanted = states.reduce((sum, state) => sum | bits[state], 0)
    const mask = new Uint8Array(this.#bits.length)
    for (let id = 0; id < mask.length; id++) mask[id] = (this.#bits[id]! & wanted) === 0 ? 0 : 1
    return mask
  }

  sums(): EntryStates {
    const [sizes, seconds] = [this.#columns.numbers('size'), this.#columns.numbers('elapsed')]
    const sumsOf = (state: EntryState): EntryStates[EntryState] => {
      const sums = { entries: 0, bytes: 0, computeSeconds: 0 }
      for (const id of this.#columns.idsByKey) {
        if ((this.#bits[id]! & bits[state]) === 0) continue
        sums.entries++
        sums.bytes += sizes[id] || 0
        sums.computeSeconds += seconds[id] || 0
      }
      return sums
    }
    return Object.fromEntries(entryStates.map((state) => [state, sumsOf(state)])) as EntryStates
  }

  /** Marks all but the newest of those whose digests are equal. */
  #markOlder(
    { ranks, count }: RankColumn,
    flags: Float64Array,
    wholeFlag: number,
    state: 'superseded' | 'duplicate',
  ): void {
    const runs = this.#columns.numbers('run_at')
    const newest = new Int32Array(count).fill(-1)
    const runAt = (id: number): number => (Number.isNaN(runs[id]!) ? Number.NEGATIVE_INFINITY : runs[id]!)
    for (const id of this.#columns.idsByKey) {
      const rank = ranks[id]!
      if (rank === count) continue
      const other = newest[rank]!
      if (other < 0) {
        newest[rank] = id
        continue
      }
      const isNewer = runAt(id) > runAt(other)
      if (isNewer) newest[rank] = id
      const isWhole = (flags[id]! & flags[other]! & wholeFlag) !== 0
      this.#bits[isNewer ? other : id]! |= bits[isWhole ? state : (`maybe-${state}` as const)]
    }
  }
}
