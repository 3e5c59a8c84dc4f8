import { readFileSync } from 'node:fs'
import { afterAll, expect, it } from 'vitest'
import { openTruthCatalog } from '../testing/truth-catalog.ts'
import { termsCounted } from './filter-terms.ts'
import { printQuery } from './query/print.ts'
import { parseQuery, parseTerms } from './query/parse.ts'

const { catalog, close } = await openTruthCatalog()
afterAll(close)

const filters = readFileSync(new URL('query/truth-table.txt', import.meta.url), 'utf8')
  .split('\n')
  .map((line) => line.split('  =>  '))
  .filter(([, expected]) => expected !== undefined && !expected.startsWith('!'))
  .map(([filter]) => filter!)

it.each([
  ['func:relax user:ana', ['func:relax', 'user:ana']],
  ['  func:relax   and -user:ana  ', ['func:relax', '-user:ana']],
  ['a (b or c) not d', ['a', '(b or c)', 'not d']],
  ['a or b c', ['a or b c']],
  ['(a b)', ['(a b)']],
  ['/step 1/ cutoff > 400 element:(Cu, Ag)', ['/step 1/', 'cutoff > 400', 'element:(Cu, Ag)']],
  ['', []],
])('the terms of %s', (text, expected) => {
  expect(parseTerms(text).map(({ from, to }) => text.slice(from, to))).toEqual(expected)
})

it('of any filter, put together again, mean the same', () => {
  const canonical = (text: string): string => printQuery(parseQuery(text))
  for (const filter of filters) {
    const texts = parseTerms(filter).map(({ from, to }) => filter.slice(from, to))
    expect([filter, canonical(texts.join(' '))]).toEqual([filter, canonical(filter)])
  }
})

it('counts what each finds, and what the filter would find without it', () => {
  for (const filter of filters) {
    for (const term of catalog.terms(filter)) {
      const without = `${filter.slice(0, term.from)} ${filter.slice(term.to)}`
      const rest = without.trim().replace(/^and\b|\band$|\band\s+and\b/gi, ' ')
      const count = (text: string): number => catalog.search(text).entries
      expect([filter, term.entries, term.without]).toEqual([
        filter,
        count(filter.slice(term.from, term.to)),
        count(rest),
      ])
    }
  }
})

it('counts the first of many', () => {
  const many = Array.from({ length: termsCounted + 5 }, (_, i) => `-none${i}`).join(' ')
  expect(catalog.terms(many)).toHaveLength(termsCounted)
  expect(catalog.terms(`${many} user:nobody`)[0]).toMatchObject({ entries: 16, without: 0 })
})
