import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareShapes, compareTexts, compareVersions, foldFor, matchesPattern } from './text.ts'

describe('texts', () => {
  it('matches stars like a regular expression would', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '.', '\n') })
    fc.assert(
      fc.property(letters, letters, (pattern, text) => {
        const escaped = pattern.replaceAll('.', '\\.').replaceAll('*', '[^]*')
        expect(matchesPattern(pattern, text)).toBe(new RegExp(`^${escaped}$`).test(text))
      }),
    )
  })

  it('takes no exponential time', () => {
    const started = performance.now()
    expect(matchesPattern('*a'.repeat(2000) + 'b', 'a'.repeat(5000))).toBe(false)
    expect(performance.now() - started).toBeLessThan(2000)
  })

  it('orders versions by their parts', () => {
    const ordered = ['0.0.2', '0.0.3', '0.9', '0.10', '1.0rc1', '1.0', '1.0.1', '1.1', '2']
    const shuffled = ordered.toReversed()
    expect(shuffled.toSorted(compareVersions)).toEqual(ordered)
  })

  it('orders shapes axis by axis', () => {
    const ordered = ['', '0', '3', '3x4x5', '3x10', '10x3']
    expect(ordered.toReversed().toSorted(compareShapes)).toEqual(ordered)
  })

  it('orders texts by code point but for the case of A to Z', () => {
    expect(['b', 'B', 'a', 'Z', '_', 'é', '\u{1f600}', '\uff5e'].toSorted(compareTexts)).toEqual([
      '_',
      'a',
      'b',
      'B',
      'Z',
      'é',
      '\uff5e',
      '\u{1f600}',
    ])
  })

  it('ignores the case of all letters for a pattern beyond ASCII only', () => {
    expect(foldFor('müller')('MÜLLER')).toBe('müller')
    expect(foldFor('ana')('ÄNA')).toBe('Äna')
  })
})
