import { describe, expect, it } from 'vitest'
import { gapAfter } from './change-watch.ts'
import { RevisionPace } from './revision-pace.ts'

describe('the watch', () => {
  it('spends no more than a fiftieth of the time, and looks at least every five minutes', () => {
    expect(gapAfter(0, 2_000)).toBe(2_000)
    expect(gapAfter(40, 2_000)).toBe(2_000)
    expect(gapAfter(100, 2_000)).toBe(5_000)
    expect(gapAfter(60_000, 2_000)).toBe(300_000)
  })
})

describe('revisions of a running index', () => {
  it('show at once, then further and further apart', () => {
    let now = 0
    const pace = new RevisionPace(() => now)
    const shown: number[] = []
    for (; now < 60_000; now += 100) if (pace.isDue()) shown.push(now)
    expect(shown.slice(0, 4)).toEqual([0, 200, 500, 1_000])
    const gaps = shown.slice(1).map((time, i) => time - shown[i]!)
    expect(gaps).toEqual(gaps.toSorted((a, b) => a - b))
    expect(gaps.at(-1)).toBe(5_000)
  })
})
