import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { AppError } from '../../model/errors.ts'
import { indexTexts } from '../indexer.ts'
import { openTruthCatalog } from '../../testing/truth-catalog.ts'
import { parseQuery } from './parse.ts'
import { printQuery } from './print.ts'
import { truthEntries } from '../../testing/truth-entries.ts'

const lines = readFileSync(new URL('truth-table.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line): [query: string, expected: string] => {
    const [query, expected, ...rest] = line.split('  =>  ')
    if (query === undefined || expected === undefined || rest.length > 0)
      throw new Error(`This is no line of the truth table: ${line}`)
    return [query, expected]
  })
const answers = lines.filter(([, expected]) => !expected.startsWith('!'))
const refusals = lines.filter(([, expected]) => expected.startsWith('!'))
const now = Date.parse('2025-07-01T00:00:00Z') / 1000

const { catalog, close } = await openTruthCatalog()

describe('the truth table of filters', () => {
  afterAll(close)

  function found(query: string): string {
    const { id, entries } = catalog.search(query, [{ column: 'key', descending: false }], now)
    const keys = catalog.keys(id, [[0, entries]], 100)
    return keys.length === 0 ? '-' : keys.map((key) => key[0]).join(' ')
  }

  it('has more than 150 lines of each sort that matters', () => {
    expect(answers.length).toBeGreaterThan(150)
    expect(refusals.length).toBeGreaterThan(45)
    expect(new Set(lines.map(([query]) => query)).size).toBe(lines.length)
    expect(catalog.count()).toBe(Object.keys(truthEntries).length)
  })

  it.each(answers)('%s  =>  %s', (query, expected) => {
    expect(found(query)).toBe(expected)
    // The text that is written from its tree means the same.
    expect(found(printQuery(parseQuery(query)))).toBe(expected)
  })

  it.each(refusals)('%s  =>  %s', (query, expected) => {
    const [, column, sentence] = /^! (\d+) {2}(.*)$/.exec(expected)!
    let refused: unknown
    try {
      found(query)
    } catch (thrown) {
      refused = thrown
    }
    expect(refused).toBeInstanceOf(AppError)
    const { code, message, data } = refused as AppError
    expect({ code, column: data.column }).toEqual({ code: 'BAD_QUERY', column: Number(column) })
    expect(message).toContain(sentence)
  })

  it('holds with all texts in the index of words, and harms nothing', async () => {
    await indexTexts(catalog)
    for (const [query, expected] of answers) expect([query, found(query)]).toEqual([query, expected])
    expect(catalog.count()).toBe(Object.keys(truthEntries).length)
    expect(catalog.summary()).toMatchObject({ entries: 16, damaged: 1, dumps: 1, foreign: 1 })
  })
})
