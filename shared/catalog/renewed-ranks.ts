import type { RankColumn } from './ranks.ts'

/** What changed in a column since its ranks were made. */
export interface RankChanges {
  /** Ids of the entries that are new, different or gone. */
  readonly changed: readonly number[]
  /** Those of them that have a value now, in the order of their values; equal ones share a place. */
  readonly sorted: readonly (readonly [id: number, place: number])[]
  /** Below 0, 0 or above 0 as the value of one entry is before, equal to or after that of another. */
  readonly compare: (id: number, other: number) => number
}

/**
 * Ranks of now from earlier ones, which are used up: each changed value is looked for among the others in as many
 * comparisons as their number has bits. `ranks` is as long as it is to be, `count` where there was no entry.
 */
export function renewRanks(
  { ranks, count }: RankColumn,
  { changed, sorted, compare }: RankChanges,
): RankColumn {
  if (changed.length === 0) return { ranks, count }
  for (const id of changed) if (id < ranks.length) ranks[id] = count
  const examples = new Int32Array(count).fill(-1)
  for (let id = 0; id < ranks.length; id++) if (ranks[id]! < count) examples[ranks[id]!] = id
  /** Earlier ranks that some entry still has. */
  const left = new Uint32Array(count)
  let leftCount = 0
  for (let rank = 0; rank < count; rank++) if (examples[rank]! >= 0) left[leftCount++] = rank

  const newRanks = new Uint32Array(count + 1)
  const rankOfChanged = new Map<number, number>()
  let done = 0
  let inserted = 0
  const renumberTo = (end: number): void => {
    for (; done < end; done++) newRanks[left[done]!] = done + inserted
  }
  let last: { place: number; rank: number } | undefined
  for (const [id, place] of sorted) {
    if (last?.place !== place) {
      const at = firstNotBelow(done, leftCount, (i) => compare(examples[left[i]!]!, id))
      const isNew = at.index === leftCount || !at.isEqual
      renumberTo(at.index)
      last = { place, rank: at.index + inserted }
      if (isNew) inserted++
    }
    rankOfChanged.set(id, last.rank)
  }
  renumberTo(leftCount)
  newRanks[count] = leftCount + inserted
  for (let id = 0; id < ranks.length; id++) ranks[id] = newRanks[ranks[id]!]!
  for (const [id, rank] of rankOfChanged) ranks[id] = rank
  return { ranks, count: leftCount + inserted }
}

/** The first index in `[from, to)` whose comparison is not below 0, or `to`. */
function firstNotBelow(
  from: number,
  to: number,
  compare: (index: number) => number,
): { index: number; isEqual: boolean } {
  let [low, high] = [from, to]
  let isEqual = false
  while (low < high) {
    const middle = (low + high) >>> 1
    const difference = compare(middle)
    if (difference < 0) {
      low = middle + 1
    } else {
      high = middle
      isEqual = difference === 0
    }
  }
  return { index: low, isEqual }
}
