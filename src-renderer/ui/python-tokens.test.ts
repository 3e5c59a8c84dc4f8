import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pythonTokens } from './python-tokens.ts'

function kinds(text: string): string[] {
  return pythonTokens(text)
    .filter((token) => token.kind !== 'space' && token.kind !== 'punctuation')
    .map((token) => `${token.kind} ${token.text}`)
}

describe('pythonTokens', () => {
  it('colours a call', () => {
    expect(kinds("relax(element='Cu', cutoff=-4.5e2, spin=None, cell=ase.Cell([1j]))")).toEqual([
      'callee relax',
      'argument element',
      "string 'Cu'",
      'argument cutoff',
      'number -4.5e2',
      'argument spin',
      'keyword None',
      'argument cell',
      'callee ase.Cell',
      'number 1j',
    ])
  })

  it('knows escapes, prefixes and strings that were cut off', () => {
    expect(kinds(String.raw`f(b'it\'s', "open…`)).toEqual([
      'callee f',
      String.raw`string b'it\'s'`,
      'string "open…',
    ])
    expect(kinds('größe(α=1)')).toEqual(['callee größe', 'argument α', 'number 1'])
  })

  it('never loses or adds a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const joined = pythonTokens(text).map((token) => token.text)
        expect(joined.join('')).toBe(text)
      }),
    )
  })
})
