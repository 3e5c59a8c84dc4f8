import fc from 'fast-check'
import { RE2JS, RE2JSException } from 're2js'
import { describe, expect, it } from 'vitest'
import { plainRegex } from './plain-regex.ts'

describe('plainRegex', () => {
  it.each([
    'run-4[0-4]2\\d\\d\\d',
    'Error|Warning',
    '^a.c$',
    '[^ab]x',
    '\\.',
    "element='Pd'",
    '[\\]\\-.,]',
    '',
  ])('of %s is made', (pattern) => {
    expect(plainRegex(pattern)).toBeInstanceOf(RegExp)
  })

  it.each([
    'a*',
    'a+',
    'a?',
    'a{2}',
    '(a|b)',
    '\\w',
    '\\s',
    '\\b',
    '\\pL',
    '[a-]',
    '[b-a]',
    '[[:alpha:]]',
    'ä',
    '[',
    ']',
    '\\x41',
  ])('of %s is not', (pattern) => {
    expect(plainRegex(pattern)).toBeUndefined()
  })

  it('finds what the engine of all expressions finds', () => {
    const parts = fc.constantFrom(
      'a',
      'b',
      'B',
      '.',
      '|',
      '^',
      '$',
      '\\d',
      '\\.',
      '\\-',
      '\\|',
      '-',
      ' ',
      '[ab]',
      '[^a]',
      '[a-c]',
      '[^b-d\\d]',
      '[\\].]',
      '[.|$]',
      '[]a]',
      '[a^]',
      '/',
      "'",
      '#',
      '&',
      '~',
      '[ -a]',
      '[\\d-a]',
      '[Z-a]',
      '\\\\',
    )
    const texts = fc.array(
      fc.string({
        unit: fc.constantFrom(
          'a',
          'b',
          'B',
          'd',
          '1',
          '.',
          '-',
          ' ',
          '\n',
          '\r',
          '\u2028',
          'ä',
          '😀',
          '|',
          '^',
          ']',
          '\\',
          '$',
        ),
      }),
    )
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 6 }), texts, (pieces, all) => {
        const pattern = pieces.join('')
        const plain = plainRegex(pattern)
        if (!plain) return
        const engine = RE2JS.compile(pattern)
        for (const text of all)
          expect([pattern, text, plain.test(text)]).toEqual([pattern, text, engine.test(text)])
      }),
      { numRuns: 3_000 },
    )
  })

  it('is not made of what is no expression', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom('a', 'b', '[', ']', '^', '-', '\\', 'd', '|', '.', '$', '(', ')'),
          maxLength: 8,
        }),
        (pattern) => {
          if (!plainRegex(pattern)) return
          expect(() => RE2JS.compile(pattern)).not.toThrow(RE2JSException)
        },
      ),
      { numRuns: 3_000 },
    )
  })
})
