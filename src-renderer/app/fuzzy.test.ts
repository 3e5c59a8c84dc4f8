import { expect, it } from 'vitest'
import { fuzzyScore } from './fuzzy.ts'

function best(typed: string, texts: readonly string[]): string[] {
  return texts
    .map((text) => ({ text, score: fuzzyScore(text, typed) }))
    .filter((each) => each.score !== undefined)
    .toSorted((a, b) => (b.score ?? 0) - (a.score ?? 0))
    .map((each) => each.text)
}

it('puts whole matches first, then word starts, and drops what does not fit', () => {
  const texts = ['Show or hide the inspector', 'band_structure', 'Show the keys', 'relax']
  expect(best('keys', texts)).toEqual(['Show the keys'])
  expect(best('bs', texts)[0]).toBe('band_structure')
  expect(best('show the', texts)[0]).toBe('Show the keys')
  expect(best('zz', texts)).toEqual([])
  expect(best('', texts)).toEqual(texts)
})
