import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RegexValue } from './ast.ts'
import { regexFinds, regexText, requiredTexts, startRegexClock } from './regex.ts'
import { isRegex } from './testing/is-regex.ts'

const regex = (pattern: string, ignoresCase = false): RegexValue => ({
  kind: 'regex',
  pattern,
  ignoresCase,
  column: 1,
})

describe('requiredTexts', () => {
  it.each([
    ['needle', ['needle']],
    ['^step \\d+ failed$', [' failed']],
    ['abcd?', ['abc']],
    ['abcd*xyzw', ['xyzw']],
    ['abcd+x', ['abcd']],
    ['abcd{2,3}x', ['abc']],
    ['energy\\.total', ['energy.total']],
    ['ab[cd]efg', ['efg']],
    ['[]]abc', ['abc']],
    ['ab', undefined],
    ['abc|def', ['abc', 'def']],
    ['^abc.|x*y[|]def\\|', ['abc', 'def|']],
    ['abc|de', undefined],
    ['abc|', undefined],
    ['aaa|bbb|ccc|ddd|eee|fff|ggg|hhh|iii', undefined],
    ['x(abc|def)', undefined],
    ['(abc)?', undefined],
    ['\\pLabc', undefined],
    ['\\x{41}abc', undefined],
    ['\\Qabc\\E', undefined],
    ['[[:alpha:]]abc', undefined],
    ['äöü', undefined],
  ])('of %s is %s', (pattern, expected) => {
    expect(isRegex(regex(pattern))).toBe(true)
    expect(requiredTexts(regex(pattern))).toEqual(expected)
  })

  it('has one of them in every text that is found', () => {
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
      '|',
    ]
    const pattern = fc
      .tuple(fc.array(fc.constantFrom(...parts), { minLength: 3, maxLength: 9 }), fc.boolean())
      .map(([all, ignoresCase]) => regex(all.join(''), ignoresCase))
      .filter(isRegex)
    const text = fc.array(fc.constantFrom('a', 'b', 'A', 'C', 'c', '1', '.'), { maxLength: 30 })
    startRegexClock()
    fc.assert(
      fc.property(pattern, fc.array(text, { minLength: 10, maxLength: 10 }), (value, texts) => {
        const required = requiredTexts(value)?.map((each) => each.toLowerCase())
        return texts
          .map((all) => all.join(''))
          .filter((each) => regexFinds(each, regexText(value)))
          .every((each) => required?.some((piece) => each.toLowerCase().includes(piece)) ?? true)
      }),
      { numRuns: 2000 },
    )
  })
})
