import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { overview as overviewSchema } from '../api/overview.ts'
import type { Overview, OverviewMark } from '../api/overview.ts'
import { generatedEntry } from '../../bench/generated-entries.ts'
import { Catalog } from './catalog.ts'
import { entry } from './testing/entries.ts'

const nowSeconds = Date.UTC(2026, 5, 15, 12) / 1000
const day = 86_400

/**
 * The law: the filter of every mark finds as many entries, bytes and seconds as the mark says, and the marks of one
 * picture together are everything.
 */
describe('the overview', () => {
  let catalog: Catalog
  beforeEach(() => {
    catalog = Catalog.open(':memory:')
  })
  afterEach(() => catalog.close())

  const functionMarks = (overview: Overview): OverviewMark[] => [
    ...overview.functions,
    ...(overview.otherFunctions ? [overview.otherFunctions] : []),
  ]
  const userMarks = ({ users, otherUsers }: Overview): OverviewMark[] => [
    ...users,
    ...(otherUsers ? [otherUsers] : []),
  ]

  function checkLaw(query: string): Overview {
    const overview = overviewSchema.parse(catalog.overview(query, nowSeconds))
    const { total, couldGo, looks, time, ages, sizes, functions } = overview
    const versions = functions.flatMap(({ versions: own, otherVersions }) => [
      ...own,
      ...(otherVersions ? [otherVersions] : []),
    ])
    const all = [total, couldGo, ...looks, ...time.bars, time.without, ...ages, ...sizes, ...versions]
    for (const mark of [...all, ...functionMarks(overview), ...userMarks(overview)]) {
      const found = catalog.search(mark.filter, [], nowSeconds)
      expect([mark.filter, found.entries, found.bytes]).toEqual([mark.filter, mark.entries, mark.bytes])
      expect(found.computeSeconds).toBeCloseTo(mark.computeSeconds, 4)
    }
    const count = (marks: readonly OverviewMark[]): number =>
      marks.reduce((sum, { entries }) => sum + entries, 0)
    for (const part of [[...time.bars, time.without], functionMarks(overview), userMarks(overview)])
      expect(count(part)).toBe(total.entries)
    expect(count(versions)).toBe(count(functions))
    return overview
  }

  it('of generated entries is what its filters find', () => {
    catalog.write({ put: Array.from({ length: 5_000 }, (_, i) => generatedEntry(i)) })
    for (const query of ['', 'func:relax', 'func:md or user:ana', '-status:ok', 'took>1min age<1y', 'zzz'])
      checkLaw(query)
    const { total, functionCount, time, calls } = catalog.overview('', nowSeconds)
    expect([total.entries, functionCount, time.unit]).toEqual([5_000, 8, 'month'])
    expect([calls.keys.length, calls.total]).toEqual([2_000, 4_995])
    expect(new Set(calls.keys).size).toBe(2_000)
  })

  it('holds for names of any kind, many functions, many versions, many users', () => {
    const names = [
      'a b',
      'say "hi"',
      'back\\slash',
      '*',
      '(x)',
      'and',
      '',
      'ünï',
      '\u202Etxt',
      'x'.repeat(300),
    ]
    const put = Array.from({ length: 400 }, (_, i) =>
      entry(`k${i}`, {
        func: `${names[i % 10]}${i < 300 ? Math.floor(i / 4) : ''}`,
        ...(i % 7 !== 0 && { module: names[i % 9]! }),
        ...(i % 3 !== 0 && { version: `0.${i % 31}` }),
        ...(i % 5 !== 0 && { user: `u${i % 23}${names[i % 10]}` }),
        runAtSeconds: nowSeconds - i * day,
        elapsedSeconds: i,
      }),
    )
    catalog.write({ put })
    const overview = checkLaw('')
    expect(overview.functions).toHaveLength(40)
    expect(overview.otherFunctions).toBeDefined()
    const longFilter = Array.from({ length: 250 }, (_, i) => `-user:nobody${i}`).join(' ')
    const { functions, otherFunctions } = catalog.overview(longFilter, nowSeconds)
    expect(functions.length).toBeLessThan(40)
    expect(catalog.search(otherFunctions!.filter, [], nowSeconds).entries).toBe(otherFunctions!.entries)
  })

  it('has days, weeks, months or years, by the span', () => {
    for (const [days, unit] of [
      [10, 'day'],
      [200, 'week'],
      [900, 'month'],
      [9_000, 'year'],
    ] as const) {
      const put = [0, days / 3, days].map((ago, i) =>
        entry(`k${i}`, { func: 'f', runAtSeconds: nowSeconds - ago * day }),
      )
      catalog.write({ put })
      const { time } = checkLaw('')
      expect(time.unit).toBe(unit)
      expect(time.bars.length).toBeLessThanOrEqual(75)
      expect(time.bars[0]!.entries * time.bars.at(-1)!.entries).toBeGreaterThan(0)
    }
  })

  it('puts edges of ages and sizes where filters put them', () => {
    const put = [1, 7, 30, 90, 365].flatMap((days) =>
      [-1, 0, 1].map((off) =>
        entry(
          `${days}/${off}`,
          { runAtSeconds: nowSeconds - days * day + off, elapsedSeconds: 0.5 + off },
          { sizeBytes: 10 ** (days % 8) + off },
        ),
      ),
    )
    catalog.write({ put })
    const { ages } = checkLaw('')
    expect(ages.reduce((sum, { entries }) => sum + entries, 0)).toBe(15)
  })

  it('holds without times, with impossible ones, for one entry and for none', () => {
    expect(checkLaw('').time.bars).toEqual([])
    catalog.write({ put: [entry('a', {})] })
    expect(checkLaw('').time).toMatchObject({ bars: [], without: { entries: 1 } })
    const put = [-1e12, -1, 1e10, 1e15].map((runAtSeconds, i) => entry(`t${i}`, { runAtSeconds }))
    catalog.write({ put })
    expect(checkLaw('').time.without.entries).toBeGreaterThanOrEqual(4)
    catalog.write({ put: [entry('b', { runAtSeconds: nowSeconds })] })
    expect(checkLaw('').time.bars).toHaveLength(1)
  })

  it('is made anew when entries come, and refuses what is no filter', () => {
    expect(catalog.overview('', nowSeconds).total.entries).toBe(0)
    catalog.write({ put: [entry('a', {})] })
    expect(catalog.overview('', nowSeconds).total.entries).toBe(1)
    expect(() => catalog.overview('size>', nowSeconds)).toThrow(/expected/)
  })
})
