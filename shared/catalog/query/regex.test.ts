import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RegexValue } from './ast.ts'
import { checkRegex, regexFinds, regexText, requiredText, startRegexClock } from './regex.ts'

const regex = (pattern: string, ignoresCase = false): RegexValue => ({
  kind: 'regex',
  pattern,
  ignoresCase,
  column: 1,
})

function isRegex(value: RegexValue): boolean {
  try {
    checkRegex(value)
    return true
  } catch {
    return false
  }
}

describe('requiredText', () => {
  it.each([
    ['needle', 'needle'],
    ['^step \\d+ failed$', ' failed'],
    ['abcd?', 'abc'],
    ['abcd*xyzw', 'xyzw'],
    ['abcd+x', 'abcd'],
    ['abcd{2,3}x', 'abc'],
    ['energy\\.total', 'energy.total'],
    ['ab[cd]efg', 'efg'],
    ['[]]abc', 'abc'],
    ['ab', undefined],
    ['abc|def', undefined],
    ['(abc)?', undefined],
    ['\\pLabc', undefined],
    ['\\x{41}abc', undefined],
    ['\\Qabc\\E', undefined],
    ['[[:alpha:]]abc', undefined],
    ['äöü', undefined],
  ])('of %s is %s', (pattern, expected) => {
    expect(isRegex(regex(pattern))).toBe(true)
    expect(requiredText(regex(pattern))).toBe(expected)
  })

  it('is in every text that is found', () => {
    const parts = [
      'a',
      'b',
      'C',
      '.',
      '*',
      '+',
      '?',
      '{2}',
      '{0,1}',
      '[ab]',
      '[^a]',
      '^',
      '$',
      '\\d',
      '\\.',
      '\\b',
    ]
    const pattern = fc
      .tuple(fc.array(fc.constantFrom(...parts), { minLength: 3, maxLength: 9 }), fc.boolean())
      .map(([all, ignoresCase]) => regex(all.join(''), ignoresCase))
      .filter(isRegex)
    const text = fc.array(fc.constantFrom('a', 'b', 'A', 'C', 'c', '1', '.'), { maxLength: 30 })
    startRegexClock()
    fc.assert(
      fc.property(pattern, fc.array(text, { minLength: 10, maxLength: 10 }), (value, texts) => {
        const required = requiredText(value)?.toLowerCase()
        return texts
          .map((all) => all.join(''))
          .filter((each) => regexFinds(each, regexText(value)))
          .every((each) => required === undefined || each.toLowerCase().includes(required))
      }),
      { numRuns: 2000 },
    )
  })
})
