import { expect, it } from 'vitest'
import { parseQuery, queryLimits } from '../../../shared/catalog/query/parse.ts'
import { keysFilter } from './keys-filter.ts'

it('is a filter that can be read, however many keys there are and whatever is in them', () => {
  expect(keysFilter(['ab'])).toEqual({ filter: 'key="ab"', count: 1 })
  expect(keysFilter(['a"b', 'c\\d e'])).toEqual({ filter: 'key=("a\\"b", "c\\\\d e")', count: 2 })
  expect(keysFilter(['a'.repeat(9_000), 'b'])).toEqual({ filter: '', count: 0 })
  const many = keysFilter(Array.from({ length: 1_000 }, (_, i) => String(i).padStart(40, '0')))
  expect(many.count).toBeGreaterThan(190)
  expect(many.filter.length).toBeLessThan(queryLimits.characters)
  expect(parseQuery(many.filter)).toMatchObject({ kind: 'compare' })
})
