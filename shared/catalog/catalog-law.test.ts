import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Catalog } from './catalog.ts'
import { parseQuery } from './query/parse.ts'
import { arbitraryEntries, arbitraryQuery, arbitrarySort } from './testing/arbitraries.ts'
import { naiveSearch } from './testing/naive-search.ts'

describe('Catalog against the plain meaning of filters', () => {
  it('finds the same entries in the same order', () => {
    const now = 50
    fc.assert(
      fc.property(
        arbitraryEntries,
        fc.array(fc.tuple(arbitraryQuery, arbitrarySort), { minLength: 1, maxLength: 8 }),
        fc.nat(9),
        (all, searches, texts) => {
          using catalog = Catalog.open(':memory:')
          catalog.write({ put: all })
          catalog.indexTexts(texts)
          for (const [filter, order] of searches) {
            const { id, ...found } = catalog.search(filter, order, now)
            const wanted = naiveSearch(all, parseQuery(filter), order, now)
            expect(catalog.keys(id, [[0, found.entries]], 1000)).toEqual(wanted)
            expect(catalog.totals(id, [[0, found.entries]])).toMatchObject({
              entries: wanted.length,
              bytes: found.bytes,
            })
          }
          const { entries: count } = catalog.summary()
          expect(count).toBe(all.length)
        },
      ),
      { numRuns: 400 },
    )
  })
})
