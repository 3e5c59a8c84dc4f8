import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Row } from '../api/contract.ts'
import { AppError } from '../model/errors.ts'
import type { Policy } from './contract.ts'
import { judge, parsePolicy, type CatalogFacts } from './policy.ts'
import type { Candidate } from './select.ts'

const now = 2_000_000_000
const facts: CatalogFacts = {
  superseded: new Set(),
  duplicates: new Set(),
  isProtected: () => false,
  lastReadMs: () => undefined,
  nowSeconds: now,
}

function entry(key: string, change: Partial<Row> = {}): Candidate {
  const row: Row = { key, kind: 'call', status: 'ok', func: 'f', module: 'm', sizeBytes: 100, ...change }
  return { key: new TextEncoder().encode(key), row }
}

const gone = (entries: readonly Candidate[], policy: Policy, change: Partial<CatalogFacts> = {}): string[] =>
  judge(entries, policy, { ...facts, ...change }).map(({ row }) => row.key)

describe('a policy', () => {
  it('takes what is older than it allows, and not what does not say when it ran', () => {
    const entries = [
      entry('a', { runAtSeconds: now - 100 }),
      entry('b', { runAtSeconds: now - 10 }),
      entry('c'),
    ]
    expect(gone(entries, { maxAgeSeconds: 50 })).toEqual(['a'])
  })

  it('keeps the newest of each function and what is protected, whatever else it says', () => {
    const entries = [1, 2, 3, 4].map((age) => entry(`e${age}`, { runAtSeconds: now - age * 100 }))
    expect(gone(entries, { maxAgeSeconds: 1, keepLastPerFunction: 2 })).toEqual(['e3', 'e4'])
    expect(gone(entries, { maxAgeSeconds: 1 }, { isProtected: (key) => key === 'e4' })).toEqual([
      'e1',
      'e2',
      'e3',
    ])
    expect(gone(entries, { maxBytes: 0, keepLastPerFunction: 1 }).toSorted()).toEqual(['e2', 'e3', 'e4'])
  })

  it('that only says what stays takes all else of what was chosen', () => {
    const entries = [1, 2, 3].map((age) => entry(`e${age}`, { runAtSeconds: now - age * 100 }))
    expect(gone(entries, { keepLastPerFunction: 1, order: 'value' })).toEqual(['e2', 'e3'])
    expect(gone(entries, { protect: 'x' }, { isProtected: (key) => key === 'e2' })).toEqual(['e1', 'e3'])
  })

  it('loses the least compute time for the bytes it frees', () => {
    const entries = [
      entry('dear', { sizeBytes: 100, elapsedSeconds: 1_000 }),
      entry('cheap and large', { sizeBytes: 10_000, elapsedSeconds: 1 }),
      entry('cheap', { sizeBytes: 100, elapsedSeconds: 1 }),
    ]
    expect(gone(entries, { maxBytes: 200, order: 'value' })).toEqual(['cheap and large'])
    expect(gone(entries, { maxBytes: 100, order: 'value' })).toEqual(['cheap and large', 'cheap'])
  })

  it('combines its rules: an entry goes if one of them says so, and says which', () => {
    const entries = [
      entry('bad', { status: 'damaged' }),
      entry('old', { runAtSeconds: now - 100 }),
      entry('twin'),
    ]
    const judged = judge(
      entries,
      { damaged: true, duplicates: true, maxAgeSeconds: 50 },
      {
        ...facts,
        duplicates: new Set(['twin']),
      },
    )
    expect(judged.map(({ row, reason }) => [row.key, reason])).toEqual([
      ['bad', 'damaged'],
      ['old', 'older than the policy allows'],
      ['twin', 'the same output is kept under another key'],
    ])
  })

  const entries = fc.uniqueArray(
    fc.record({
      key: fc.stringMatching(/^[a-z]{1,6}$/),
      sizeBytes: fc.nat(1_000),
      elapsedSeconds: fc.option(fc.nat(1_000), { nil: undefined }),
      runAtSeconds: fc.option(fc.integer({ min: now - 1_000, max: now }), { nil: undefined }),
      func: fc.constantFrom('f', 'g'),
    }),
    { selector: ({ key }) => key, maxLength: 40 },
  )

  it('keeps its size: no more stays than it says, and nothing goes that need not', () => {
    fc.assert(
      fc.property(
        entries,
        fc.nat(20_000),
        fc.constantFrom('oldest' as const, 'largest' as const, 'value' as const),
        (rows, maxBytes, order) => {
          const candidates = rows.map(({ key, ...row }) => entry(key, row))
          const left = new Set(gone(candidates, { maxBytes, order }))
          const sizeOf = (of: readonly Candidate[]): number =>
            of.reduce((sum, { row }) => sum + (row.sizeBytes ?? 0), 0)
          const staying = candidates.filter(({ row }) => !left.has(row.key))
          expect(sizeOf(staying)).toBeLessThanOrEqual(maxBytes)
          // The last that went was needed: with it there was too much.
          const last = [...left].at(-1)
          const withLast = candidates.filter(({ row }) => row.key === last || !left.has(row.key))
          expect(left.size === 0 || sizeOf(withLast) > maxBytes).toBe(true)
        },
      ),
    )
  })

  it('leaves so many entries of each function', () => {
    fc.assert(
      fc.property(entries, fc.nat(10), (rows, most) => {
        const candidates = rows.map(({ key, ...row }) => entry(key, row))
        const left = new Set(gone(candidates, { maxEntriesPerFunction: most }))
        for (const func of ['f', 'g']) {
          const all = candidates.filter(({ row }) => row.func === func)
          const staying = all.filter(({ row }) => !left.has(row.key))
          expect(staying.length).toBe(Math.min(most, all.length))
        }
      }),
    )
  })
})

describe('retention.json', () => {
  it.each([
    [{ maxAge: 3 }, 'maxAge'],
    [{ maxAgeSeconds: 'soon' }, 'maxAgeSeconds'],
    [{ keepLastPerFunction: 1.5 }, 'keepLastPerFunction'],
    [{ order: 'random' }, 'order'],
  ])('is refused with the field that is wrong: %j', (policy, field) => {
    expect(() => parsePolicy(policy, 'retention.json')).toThrow(AppError)
    expect(() => parsePolicy(policy, 'retention.json')).toThrow(`retention.json: "${field}"`)
  })

  it('is taken as it is', () => {
    const policy = { maxAgeSeconds: 86_400, superseded: true, protect: 'user:ana', order: 'value' }
    expect(parsePolicy(policy, 'retention.json')).toEqual(policy)
  })
})
