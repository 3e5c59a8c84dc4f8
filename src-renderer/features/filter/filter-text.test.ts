import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fieldTypes } from '../../../shared/catalog/query/ast.ts'
import {
  excluding,
  filterPieces,
  isNegated,
  narrowed,
  requiredValue,
  withClause,
  withNegation,
  withoutTerm,
  withTerm,
} from './filter-text.ts'
import { cellTerm, literalTerm } from './filter-value.ts'

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
    expect(withClause('func:relax and x', 'func', undefined)).toBe('x')
    expect(withClause('x and func:relax and y', 'func', 'eos')).toBe('func:eos x and y')
    expect(withClause('func:a "two  spaces" func:b', 'func', undefined)).toBe('"two  spaces"')
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

describe('terms', () => {
  const at = (text: string, term: string) => ({
    from: text.indexOf(term),
    to: text.indexOf(term) + term.length,
  })

  it.each([
    ['a b c', 'b', 'a c'],
    ['a and b', 'b', 'a'],
    ['b and a', 'b', 'a'],
    ['x and b and c', 'b', 'x and c'],
    ['(a or x) -b', '-b', '(a or x)'],
    ['(a or x) -b', '(a or x)', '-b'],
    ['b', 'b', ''],
    ['band x', 'x', 'band'],
  ])('%s without %s is %s', (text, term, expected) => {
    expect(withoutTerm(text, at(text, term))).toBe(expected)
  })

  it.each([
    ['user:ana x', 'user:ana', '-user:ana x'],
    ['-user:ana x', '-user:ana', 'user:ana x'],
    ['not (a b) x', 'not (a b)', '(a b) x'],
    ['a or b', 'a or b', '-(a or b)'],
    ['(a or b) c', '(a or b)', '-(a or b) c'],
  ])('%s with the opposite of %s is %s', (text, term, expected) => {
    expect(withNegation(text, at(text, term))).toBe(expected)
    expect(isNegated(expected)).toBe(expected.startsWith('-'))
  })

  it('are put beside the rest, or in place of the same field', () => {
    expect(withTerm('a or b', 'user:ana')).toBe('(a or b) user:ana')
    expect(withTerm('(a or b)', 'user:ana')).toBe('(a or b) user:ana')
    expect(withTerm('x user:ana', 'user:ana')).toBe('x user:ana')
    expect(narrowed('user:bo x', 'user:ana')).toBe('user:ana x')
    expect(narrowed('cutoff>3 cutoff<9', 'cutoff:5')).toBe('cutoff>3 cutoff<9 cutoff:5')
    expect(narrowed('-user:bo', 'user:ana')).toBe('-user:bo user:ana')
    expect(narrowed('user:bo or x', 'user:ana')).toBe('(user:bo or x) user:ana')
    expect(excluding('user:ana x', 'user:ana')).toBe('x -user:ana')
    expect(excluding('user:ana and x', 'user:ana')).toBe('x -user:ana')
    expect(excluding('x and user:ana', 'user:ana')).toBe('x -user:ana')
    expect(excluding('', 'user:ana')).toBe('-user:ana')
    expect(withClause('(func:a or user:b)', 'func', undefined)).toBe('(func:a or user:b)')
    expect(withClause('a or b', 'func', 'x')).toBe('(a or b) func:x')
  })

  it('of values are written so that they mean just these', () => {
    expect(literalTerm('element', "'Cu'")).toBe('element:Cu')
    expect(literalTerm('label', "'400'")).toBe('label:"400"')
    expect(literalTerm('cutoff', '400')).toBe('cutoff:400')
    expect(literalTerm('kpoints', '(8, 8, 8)')).toBe('kpoints:"(8, 8, 8)"')
    expect(literalTerm('size', '4')).toBe('"size":4')
    for (const field of Object.keys(fieldTypes)) expect(literalTerm(field, '4')).toBe(`"${field}":4`)
    expect(literalTerm('output.free energy', '-3.25')).toBe('output."free energy":-3.25')
    expect(literalTerm('output.a', 'None')).toBe('output.a:None')
    expect(literalTerm('path', "'/tmp/'")).toBe('path:"/tmp/"')
    expect(literalTerm('long', `'${'x'.repeat(70)}'`)).toBeUndefined()
    const row = { key: 'k', kind: 'dump', status: 'ok', args: { 'out:energy': '-3.5' } } as const
    expect(cellTerm(row, { id: 'out:energy', asks: 'out:energy' })).toBe('output.energy:-3.5')
    expect(cellTerm(row, { id: 'func' })).toBe('kind:dump')
    expect(cellTerm(row, { id: 'user' })).toBeUndefined()
  })
})
