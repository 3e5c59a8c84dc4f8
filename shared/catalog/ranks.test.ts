import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RankColumn } from './ranks.ts'
import { rankNumbers, sortByRank } from './ranks.ts'

/** Ranks written plainly. */
function plainRanks(numbers: readonly number[]): RankColumn {
  const different = [
    ...new Set(numbers.filter((number) => !Number.isNaN(number)).map((number) => number + 0)),
  ]
  const sorted = different.toSorted((a, b) => a - b)
  const ranks = numbers.map((number) => (Number.isNaN(number) ? sorted.length : sorted.indexOf(number + 0)))
  return { ranks: Uint32Array.from(ranks), count: sorted.length }
}

const numbers = fc.array(
  fc.oneof(
    fc.double(),
    fc.integer({ min: -3, max: 3 }),
    fc.constantFrom(0, -0, Infinity, -Infinity, Number.NaN),
  ),
)

describe('rankNumbers', () => {
  it('gives the place among the different numbers', () => {
    fc.assert(
      fc.property(numbers, (all) => {
        expect(rankNumbers(Float64Array.from(all))).toEqual(plainRanks(all))
      }),
    )
  })

  it('gives the same for small whole numbers', () => {
    const small = fc.array(fc.constantFrom(0, -0, 1, 2, 7, 254, 255, Number.NaN))
    const almost = fc.array(fc.constantFrom(0, 1, 255, 256, -1, 0.5), { maxLength: 4 })
    fc.assert(
      fc.property(small, almost, (all, others) => {
        for (const each of [all, [...all, ...others]])
          expect(rankNumbers(Float64Array.from(each))).toEqual(plainRanks(each))
      }),
    )
  })

  it('gives the same for many numbers, which are sorted by their bits', () => {
    fc.assert(
      fc.property(numbers, (all) => {
        // Enough of them, and each as often.
        const times = Math.ceil(20_000 / Math.max(1, all.length))
        const many = Array.from({ length: times }, () => all).flat()
        const { ranks, count } = rankNumbers(Float64Array.from(many))
        const few = plainRanks(all)
        expect(count).toBe(few.count)
        expect(ranks.every((rank, i) => rank === few.ranks[i % all.length])).toBe(true)
      }),
      { numRuns: 30 },
    )
  })
})

describe('sortByRank', () => {
  it('is stable and puts absent values last in both directions, of few ids and of many', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(200), { minLength: 1 }),
        fc.nat(2000),
        fc.boolean(),
        (all, more, descending) => {
          const count = Math.max(...all) + more
          const column = { ranks: Uint32Array.from(all, (rank) => (rank === 0 ? count : rank)), count }
          const ids = Int32Array.from(all.keys())
          const wanted = [...ids].toSorted((a, b) => {
            const [left, right] = [column.ranks[a]!, column.ranks[b]!]
            if (left === count || right === count) return Number(left === count) - Number(right === count)
            return descending ? right - left : left - right
          })
          expect([...sortByRank(ids, column, descending)]).toEqual(wanted)
        },
      ),
    )
  })
})
