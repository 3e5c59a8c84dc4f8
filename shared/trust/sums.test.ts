import { expect, it } from 'vitest'
import { TrustSums } from './sums.ts'
import type { TrustReport } from './trust.ts'

function report(names: readonly string[]): TrustReport {
  return {
    verdict: 'unknown',
    sentence: '',
    imports: names.map((name) => ({ module: 'm', name, what: 'unknown', count: 1, offset: 0 })),
    importCount: names.length,
    calls: [],
    callCount: 0,
    unknownCount: names.length,
    warnings: [],
  }
}

it('counts each name once, also those that are too many to be listed', () => {
  const sums = new TrustSums()
  const names = Array.from({ length: 60_000 }, (_, i) => `name${i}`)
  sums.add('first', report(names))
  sums.add('second', report(names))
  expect(sums.importCount).toBe(60_000)
  expect(sums.imports).toHaveLength(10_000)
  expect(sums.imports[0]).toMatchObject({ name: 'name0', entries: 2, keys: ['first'] })
})

it('keeps so many entries and counts all', () => {
  const sums = new TrustSums({ notable: 2 })
  for (const key of ['a', 'b', 'c']) sums.add(key, report([]))
  expect(sums.notable.map(({ key }) => key)).toEqual(['a', 'b'])
  expect(sums.notableCount).toBe(3)
})
