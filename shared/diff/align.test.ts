import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { align } from './align.ts'

const letters = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 })

/** Length of a longest common subsequence, by the textbook's table. */
function commonLength(left: readonly string[], right: readonly string[]): number {
  const row = Array.from({ length: right.length + 1 }, () => 0)
  for (const item of left) {
    let diagonal = 0
    for (const [j, other] of right.entries()) {
      const above = row[j + 1]!
      row[j + 1] = item === other ? diagonal + 1 : Math.max(above, row[j]!)
      diagonal = above
    }
  }
  return row.at(-1)!
}

describe('align', () => {
  it('covers both lists in order, its same runs are the same and as long as can be', () => {
    fc.assert(
      fc.property(letters, letters, (left, right) => {
        let [x, y, same] = [0, 0, 0]
        for (const run of align(left, right)) {
          expect([run.leftFrom, run.rightFrom]).toEqual([x, y])
          x = run.leftTo
          y = run.rightTo
          if (!run.isSame) continue
          same += run.leftTo - run.leftFrom
          expect(left.slice(run.leftFrom, run.leftTo)).toEqual(right.slice(run.rightFrom, run.rightTo))
        }
        expect([x, y, same]).toEqual([left.length, right.length, commonLength(left, right)])
      }),
    )
  })

  it('gives swapped runs for swapped lists', () => {
    fc.assert(
      fc.property(letters, letters, (left, right) => {
        const swapped = align(right, left).map((run) => ({
          leftFrom: run.rightFrom,
          leftTo: run.rightTo,
          rightFrom: run.leftFrom,
          rightTo: run.leftTo,
          isSame: run.isSame,
        }))
        expect(align(left, right)).toEqual(swapped)
      }),
    )
  })

  it('gives up on lists that have next to nothing in common, soon', () => {
    const left = Array.from({ length: 200_000 }, (_, i) => `a${i}`)
    const right = Array.from({ length: 200_000 }, (_, i) => `b${i}`)
    const start = performance.now()
    expect(align(left, right)).toEqual([
      { leftFrom: 0, leftTo: 200_000, rightFrom: 0, rightTo: 200_000, isSame: false },
    ])
    expect(performance.now() - start).toBeLessThan(2000)
  })
})
