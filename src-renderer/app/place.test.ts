import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  defaultSort,
  formatPlace,
  inspectorTabs,
  nextSort,
  parsePlace,
  start,
  viewIds,
  type Place,
} from './place.ts'

const text = fc.string({ unit: 'grapheme', minLength: 1 })
const places: fc.Arbitrary<Place> = fc.record({
  store: fc.option(text, { nil: undefined }),
  query: fc.string({ unit: 'grapheme' }),
  sort: fc.array(fc.record({ column: text, descending: fc.boolean() }), { maxLength: 4 }),
  entry: fc.option(text, { nil: undefined }),
  tab: fc.constantFrom(...inspectorTabs),
  view: fc.constantFrom(...viewIds),
  options: fc.dictionary(text, text),
})

describe('the address', () => {
  it('leads back to where it was made', () => {
    fc.assert(
      fc.property(places, (place) => {
        expect(parsePlace(formatPlace(place))).toEqual(place)
      }),
    )
  })

  it('is empty at the start, and survives nonsense', () => {
    expect(formatPlace(start)).toBe('')
    expect(parsePlace('')).toEqual(start)
    const odd = parsePlace('?tab=nope&sort=-,%25zz,-a,b,c,d,e&q=%')
    expect(odd.tab).toBe('output')
    expect(odd.sort.map((key) => key.column)).toEqual(['%zz', 'a', 'b', 'c'])
  })
})

describe('nextSort', () => {
  it('sorts by the column alone, then turns', () => {
    const bySize = nextSort(defaultSort, 'sizeBytes', false)
    expect(bySize).toEqual([{ column: 'sizeBytes', descending: true }])
    expect(nextSort(bySize, 'sizeBytes', false)).toEqual([{ column: 'sizeBytes', descending: false }])
    expect(nextSort(bySize, 'user', false)).toEqual([{ column: 'user', descending: false }])
  })

  it('adds a key, turns it, drops it', () => {
    const added = nextSort(defaultSort, 'arg:cutoff', true)
    expect(added).toEqual([...defaultSort, { column: 'arg:cutoff', descending: false }])
    const turned = nextSort(added, 'arg:cutoff', true)
    expect(turned[1]).toEqual({ column: 'arg:cutoff', descending: true })
    expect(nextSort(turned, 'arg:cutoff', true)).toEqual(defaultSort)
  })
})
