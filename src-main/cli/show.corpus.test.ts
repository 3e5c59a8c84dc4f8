import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { differences, parseExact } from '../../shared/testing/compare-json.ts'
import { corpusFolder } from '../../shared/testing/corpus-folder.ts'
import { isUnknowable } from '../../shared/testing/unknowable.ts'
import { hashcache } from './testing/run.ts'

/** Values are those of `parseExact`. */
interface Row {
  readonly key: string
  readonly file: string
  readonly meta: object
  readonly extra?: object
  readonly has_output?: boolean
  readonly [field: string]: unknown
}

interface Shown {
  readonly key: string
  readonly file: string
  readonly record: object
  readonly value: object
  readonly [field: string]: unknown
}

function truthOf(folder: string, list: 'files' | 'entries'): Row[] {
  const text = readFileSync(join(folder, 'expected.json'), 'utf8')
  return (parseExact(text) as unknown as Record<string, Row[]>)[list]!
}

function linesOf(text: string): Shown[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => parseExact(line) as unknown as Shown)
}

/** The fields of a record stand in the order of the store, in the truth in another. */
function inOrder({ record, value }: { record: object; value: object }): { record: object; value: object } {
  const sorted = (fields: object): object =>
    Object.fromEntries(Object.entries(fields).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  return { record: sorted(record), value: sorted(value) }
}

/** Caches of the corpus with one list of entries, by their place in its folders. */
const caches: Record<string, string> = {
  'fs-v002': 'cache',
  'fs-class': 'cache',
  'fs-compressed': 'cache',
  'fs-py38': 'cache',
  'json-class': 'cache',
  'sqlite-blob': 'cache.sql',
  'sqlite-json': 'cache.sqlite',
  'lmdb-dir': 'cache.lmdb',
  'lmdb-file': 'cache.lmdb',
  'lmdb-16k': 'cache.lmdb',
  'shelve-dumb': 'cache.shlv',
  'shelve-gnu': 'cache.shlv',
  'shelve-ndbm': 'cache.shlv.db',
  'shelve-bsd185': 'cache.shlv.db',
  'shelve-sqlite3': 'cache.shlv',
  'shelve-direct': 'cache.shlv',
}

describe.each(Object.entries(caches))('%s', (name, place) => {
  const folder = corpusFolder(name)

  test.skipIf(!folder)(
    'show --json has every entry, with its metadata, output and bytes, as Python did',
    async () => {
      const truth = new Map(truthOf(folder!, 'entries').map((row) => [row.key, row]))
      const { code, stdout, stderr } = await hashcache('show', join(folder!, place), '--json')
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      const lines = linesOf(stdout)
      expect(lines.map(({ key }) => key).toSorted()).toEqual([...truth.keys()].toSorted())
      const wrong: string[] = []
      for (const { key, record, value, ...head } of lines) {
        const row = truth.get(key)!
        const metadata = { ...row.meta, ...row.extra }
        const whole = row.has_output ? { ...metadata, output: row.output } : metadata
        const expected = {
          sizeBytes: row.size,
          sha256: row.sha256,
          status: 'ok',
          ...inOrder({ record: metadata, value: whole }),
        }
        const shown = { ...head, ...inOrder({ record, value }) }
        for (const difference of differences(shown as never, expected as never))
          wrong.push(`${key}${difference}`)
      }
      expect(wrong).toEqual([])
    },
  )

  test.skipIf(!folder)('ls --json --digest has every key with its size and digest', async () => {
    const { code, stdout } = await hashcache('ls', join(folder!, place), '--json', '--digest')
    const listed = linesOf(stdout).map(({ key, sizeBytes, sha256 }) => ({ key, sizeBytes, sha256 }))
    const truth = truthOf(folder!, 'entries').map(({ key, size, sha256 }) => ({
      key,
      sizeBytes: size,
      sha256,
    }))
    const byKey = (a: { key: string }, b: { key: string }): number => (a.key < b.key ? -1 : 1)
    expect(code).toBe(0)
    expect(listed.toSorted(byKey)).toEqual(truth.toSorted(byKey))
  })
})

describe('show FILE… --json', () => {
  const folder = corpusFolder('pickles')!

  test('has the value of every loose file as Python did', async () => {
    const truth = truthOf(folder, 'files')
    const files = truth.map(({ file }) => join(folder, file))
    const { code, stdout, stderr } = await hashcache('show', ...files, '--json')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const lines = linesOf(stdout)
    expect(lines.map(({ file }) => file)).toEqual(files)
    const wrong: string[] = []
    for (const [i, line] of lines.entries()) {
      const { size, sha256, value } = truth[i]!
      const head = { sizeBytes: line.sizeBytes, sha256: line.sha256, status: line.status, value: line.value }
      const expected = { sizeBytes: size, sha256, status: 'ok', value }
      for (const difference of differences(head as never, expected as never)) {
        wrong.push(`${basename(line.file)}${difference.replace(/^\/value/, '')}`)
      }
    }
    expect(wrong.filter((line) => !isUnknowable(line))).toEqual([])
  })
})
