import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatPlace, parsePlace, start } from '../../app/place.ts'
import {
  allSections,
  formatTolerance,
  parseTolerance,
  readComparePlace,
  relationGroups,
  withComparePlace,
  type ComparePlace,
} from './compare-place.ts'

const text = fc.option(fc.string({ minLength: 1 }), { nil: undefined })
const amount = fc.double({ min: 0, max: 1e6, noNaN: true }).map((value) => value + 0)
const tolerance = fc.record({ absolute: amount, relative: amount, ulp: amount }, { requiredKeys: [] })
const places: fc.Arbitrary<ComparePlace> = fc.record({
  left: text,
  right: text,
  leftKey: text,
  rightKey: text,
  about: fc.constantFrom('entries', 'caches'),
  by: fc.constantFrom('key', 'call'),
  tolerance,
  sections: fc.subarray([...allSections]),
  find: fc.string(),
  group: fc.option(fc.constantFrom(...relationGroups), { nil: undefined }),
  change: text,
  asText: fc.boolean(),
})

describe('the place of a comparison', () => {
  it('comes back out of the address', () => {
    fc.assert(
      fc.property(places, (place) => {
        const address = formatPlace({ ...start, view: 'compare', options: withComparePlace({}, place) })
        expect(readComparePlace(parsePlace(address).options)).toEqual(place)
      }),
    )
  })

  it('reads tolerances as the command line writes them, and nothing else', () => {
    fc.assert(
      fc.property(tolerance, (amounts) => {
        expect(parseTolerance(formatTolerance(amounts))).toEqual(amounts)
      }),
    )
    expect(parseTolerance('absolute=-1,relative=x,ulp=,other=3,absolute')).toEqual({})
  })
})
