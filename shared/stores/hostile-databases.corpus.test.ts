import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

import { beforeAll, describe, expect, test } from 'vitest'

import type { StoreReport } from '../testing/read-stores.ts'

const corpus = new URL('../testing/corpus/hostile/', import.meta.url).pathname
const program = new URL('../testing/read-stores.ts', import.meta.url).pathname

function reportsOf(kind: 'sqlite' | 'lmdb'): Map<string, StoreReport> {
  const names = readdirSync(join(corpus, kind))
  const locations = names.map((name) => `${kind}:${join(corpus, kind, name)}`)
  const output = execFileSync(process.execPath, [program, ...locations], {
    cwd: join(corpus, kind),
    timeout: 100_000,
    maxBuffer: 64 * 1024 * 1024,
  })
  const reports = output
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as StoreReport)
  return new Map(names.map((name, index) => [name.replace(/\.\w+$/, ''), reports[index]!]))
}

/** The code of the error, or the number of entries and whether something was told as damaged or no entry. */
function outcome(report: StoreReport | undefined): string {
  if (!report) return 'no report'
  if (report.error) return report.error.code
  return `${report.keys!.length}${report.strays!.length > 0 ? ' and strays' : ''}${report.unreadable! > 0 ? `, ${report.unreadable} unreadable` : ''}`
}

describe.each(['sqlite', 'lmdb'] as const)('hostile %s files', (kind) => {
  let reports: Map<string, StoreReport>

  beforeAll(() => {
    reports = reportsOf(kind)
  }, 120_000)

  test('none crashes, hangs, takes much memory or runs anything', () => {
    expect(reports.size).toBeGreaterThan(20)
    for (const [name, { tookMs, peakBytes, error }] of reports) {
      expect([name, tookMs < 5_000, peakBytes < 512 * 1024 * 1024]).toEqual([name, true, true])
      expect([name, error?.code]).not.toEqual([name, 'INTERNAL'])
      expect(error === undefined || /[.]$/.test(error.message)).toBe(true)
    }
    expect(existsSync(join(corpus, kind, 'HASHCACHE_PWNED'))).toBe(false)
  })

  test('each is an error, or gives what can be read', () => {
    const outcomes = Object.fromEntries([...reports].map(([name, report]) => [name, outcome(report)]))
    expect(outcomes).toEqual(kind === 'sqlite' ? ofSqlite : ofLmdb)
  })
})

const ofSqlite = {
  control: '25',
  // The page that a pointer to itself took the place of is lost.
  'child-loop': '24 and strays',
  'empty-db': 'NOT_A_STORE',
  'evil-values': '5',
  'format-99': 'DAMAGED',
  generated: 'NOT_A_STORE',
  half: 'DAMAGED',
  'header-only': 'DAMAGED',
  'odd-values': '4 and strays',
  'other-schema': 'NOT_A_STORE',
  // Page 2 is the table's root, page 3 its index.
  'page-2-zero': '0 and strays',
  'page-3-garbage': '25',
  'page-size-7': 'DAMAGED',
  'quoted-names': '1',
  'random-header': 'NOT_A_STORE',
  'root-type': 'DAMAGED',
  'swapped-columns': '1',
  text: 'DAMAGED',
  'traversal-keys': '22',
  trigger: '3',
  view: 'NOT_A_STORE',
}

const ofLmdb = {
  control: '13',
  'branch-loop': '4 and strays',
  'datasize-huge': '12 and strays',
  // Depth, number of entries, flags and length of overflow pages are claims that nothing relies on.
  'depth-huge': '13',
  'dupsort-flag': '13',
  'entries-huge': '13',
  'overflow-count': '13',
  'keysize-huge': '12 and strays',
  'lower-upper': '4 and strays',
  'node-backwards': '12 and strays',
  'node-offset': '12 and strays',
  // The older state, which the file goes back to, is the empty one.
  'one-meta-bad': '0 and strays',
  'truncated-1-page': '0 and strays',
  'psize-0': 'DAMAGED',
  'psize-2g': 'DAMAGED',
  'psize-3': 'DAMAGED',
  'root-is-meta': 'DAMAGED',
  'root-outside': 'DAMAGED',
  'truncated-100': 'DAMAGED',
  'truncated-3-pages': 'DAMAGED',
  'truncated-half': 'DAMAGED',
  'version-2': 'DAMAGED',
  'version-999': 'DAMAGED',
  'wrong-magic': 'NOT_A_STORE',
  'zero-metas': 'NOT_A_STORE',
}
