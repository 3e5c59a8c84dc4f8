import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { differences, parseExact } from '../../shared/testing/compare-json.ts'
import { corpusFolder } from '../../shared/testing/corpus-folder.ts'
import { loadCommands, startRedis } from '../../shared/testing/redis.ts'
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

/** What `show STORE --json` says differently from the truth; entries that it does not name may be there as well. */
async function shownDifferences(store: string, rows: readonly Row[]): Promise<string[]> {
  const { code, stdout, stderr } = await hashcache('show', store, '--json')
  const shown = new Map(linesOf(stdout).map((line) => [line.key, line]))
  const wrong: string[] = stderr ? [stderr] : []
  for (const row of rows) {
    const line = shown.get(row.key)
    if (!line) {
      wrong.push(`${row.key} is not shown (exit code ${code})`)
      continue
    }
    const { key, record, value, ...head } = line
    const metadata = { ...row.meta, ...row.extra }
    const whole = row.has_output ? { ...metadata, output: row.output } : metadata
    const expected = {
      sizeBytes: row.size,
      sha256: row.sha256,
      status: 'ok',
      ...inOrder({ record: metadata, value: whole }),
    }
    const found = differences({ ...head, ...inOrder({ record, value }) } as never, expected as never)
    for (const difference of found) wrong.push(`${key}${difference}`)
  }
  return wrong
}

interface Listed {
  readonly key: string
  readonly sizeBytes: unknown
  readonly sha256: unknown
}

async function listedWithDigest(store: string): Promise<Listed[]> {
  const { stdout } = await hashcache('ls', store, '--json', '--digest')
  return linesOf(stdout).map(({ key, sizeBytes, sha256 }) => ({ key, sizeBytes, sha256 }))
}

function digestsOf(rows: readonly Row[]): Listed[] {
  return rows.map(({ key, size, sha256 }) => ({ key, sizeBytes: size, sha256 }))
}

function byKey(entries: readonly Listed[]): Listed[] {
  return entries.toSorted((a, b) => (a.key < b.key ? -1 : 1))
}

describe.each(Object.entries(caches))('%s', (name, place) => {
  const folder = corpusFolder(name)!

  test('show --json has every entry, with its metadata, output and bytes, as Python did', async () => {
    expect(await shownDifferences(join(folder, place), truthOf(folder, 'entries'))).toEqual([])
  })

  test('ls --json --digest has every key with its size and digest, and no other', async () => {
    const listed = await listedWithDigest(join(folder, place))
    expect(byKey(listed)).toEqual(byKey(digestsOf(truthOf(folder, 'entries'))))
  })
})

describe('sqlite-variants', () => {
  const folder = corpusFolder('sqlite-variants')!
  const { files } = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as { files: object }

  test.each(Object.keys(files))('%s has the entries of all', async (file) => {
    expect(await shownDifferences(join(folder, file), truthOf(folder, 'entries'))).toEqual([])
  })
})

describe('lmdb-named', () => {
  const folder = corpusFolder('lmdb-named')!
  const text = readFileSync(join(folder, 'expected.json'), 'utf8')
  const { databases } = parseExact(text) as unknown as { databases: Record<string, { entries: Row[] }> }

  test.each(Object.keys(databases))('database %s has its entries', async (name) => {
    const store = `lmdb:${join(folder, 'cache.lmdb')}?db=${encodeURIComponent(name)}`
    expect(await shownDifferences(store, databases[name]!.entries)).toEqual([])
    expect(byKey(await listedWithDigest(store))).toEqual(byKey(digestsOf(databases[name]!.entries)))
  })
})

describe('redis', () => {
  test('has every entry beside the keys of others', async () => {
    const folder = corpusFolder('redis')!
    await using server = await startRedis()
    await loadCommands(server.port, readFileSync(join(folder, 'load.resp')))
    const store = `redis://127.0.0.1:${server.port}/0`
    const truth = truthOf(folder, 'entries')
    const wrong = await shownDifferences(store, truth)
    expect(wrong).toEqual([])
    const listed = await listedWithDigest(store)
    expect(listed).toEqual(expect.arrayContaining(digestsOf(truth)))
    expect(listed.map(({ key }) => key)).toContainEqual({ $hex: '62696e00ff0a6b6579' })
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
