import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { filterPieces, requiredValue, withClause } from './filter-text.ts'

describe('filterPieces', () => {
  it('tells clauses, words and operators apart', () => {
    const pieces = filterPieces('func:relax cutoff>400 and (user:"ana b" or "free text" 42)')
    expect(
      pieces.filter((piece) => piece.kind !== 'space').map((piece) => `${piece.kind} ${piece.text}`),
    ).toEqual([
      'clause func:relax',
      'clause cutoff>400',
      'operator and',
      'operator (',
      'clause user:"ana b"',
      'operator or',
      'word "free text"',
      'word 42',
      'operator )',
    ])
  })

  it('takes a list of values as part of its clause', () => {
    expect(filterPieces('element:(Cu, Ag) x').map((piece) => piece.kind)).toEqual(['clause', 'space', 'word'])
  })

  it('takes a regular expression with spaces as one piece', () => {
    const texts = filterPieces('/step (1|2)/i args:/a b/ (cwd:/tmp) x/ -/c d/').map((piece) => piece.text)
    expect(texts.filter((text) => text !== ' ')).toEqual([
      '/step (1|2)/i',
      'args:/a b/',
      '(',
      'cwd:/tmp',
      ')',
      'x/',
      '-/c d/',
    ])
  })

  it('loses nothing, whatever is typed', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', ':', '>', '"', '\\', ' ', '(', 'ü', '-', '=', '!', '/') }),
        (text) => {
          expect(
            filterPieces(text)
              .map((piece) => piece.text)
              .join(''),
          ).toBe(text)
        },
      ),
    )
  })
})

describe('clauses', () => {
  it('are put in, replaced and taken out without touching the rest', () => {
    expect(withClause('', 'func', 'relax')).toBe('func:relax')
    expect(withClause('cutoff>400', 'func', 'relax')).toBe('func:relax cutoff>400')
    expect(withClause('func:relax cutoff>400', 'func', 'eos')).toBe('func:eos cutoff>400')
    expect(withClause('cutoff>400 func:relax words', 'func', undefined)).toBe('cutoff>400 words')
  })

  it('can be read back, whatever the value', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (value) => {
        expect(requiredValue(withClause('user:ana', 'func', value), 'func')).toBe(value)
      }),
    )
  })

  it('are required only where nothing weakens them', () => {
    expect(requiredValue('func:a user:b', 'func')).toBe('a')
    expect(requiredValue('func:a or user:b', 'func')).toBeUndefined()
    expect(requiredValue('func:a func:b', 'func')).toBeUndefined()
    expect(requiredValue('not func:a', 'func')).toBeUndefined()
    expect(requiredValue('-func:a', 'func')).toBeUndefined()
    expect(requiredValue('func>a', 'func')).toBeUndefined()
  })
})
