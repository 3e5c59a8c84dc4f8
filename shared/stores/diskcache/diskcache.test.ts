import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { Catalog } from '../../catalog/catalog.ts'
import { indexStore } from '../../catalog/indexer.ts'
import { parseKey, showKey } from '../../model/keys.ts'
import { corpusFolder } from '../../testing/corpus-folder.ts'
import { collect, outcomesOf } from '../conformance/plain.ts'
import { detectStores } from '../detect.ts'
import { openStore } from '../registry.ts'

const corpus = corpusFolder('diskcache')!
const encoder = new TextEncoder()
const keyOf = (text: string): Uint8Array => encoder.encode(text)
const count = 33

let folder: string
let cache: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashcache-test-'))
  cache = join(folder, 'cache')
  cpSync(join(corpus, 'cache'), cache, { recursive: true })
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Changes the database as whoever wants us ill could, and leaves no WAL. */
function tamper(sql: string, database = join(cache, 'cache.db')): void {
  using connection = disposable(new DatabaseSync(database, { enableDoubleQuotedStringLiterals: true }))
  connection.value.exec(sql)
}

function disposable<Value extends { close(): void }>(value: Value): { value: Value } & Disposable {
  return { value, [Symbol.dispose]: () => value.close() }
}

const open = (deletes = false, place = cache) => openStore(`diskcache:${place}`, { write: deletes })

describe('detection', () => {
  test.each(['cache', 'cache/cache.db', 'fanout', 'fanout/001'])('%s', async (name) => {
    cpSync(join(corpus, 'fanout'), join(folder, 'fanout'), { recursive: true })
    const [best] = await detectStores(join(folder, name))
    const root = name === 'cache/cache.db' ? cache : join(folder, name)
    expect(best).toMatchObject({ kind: 'diskcache', path: root, certainty: 0.98 })
    expect(best!.reason).toMatch(/has diskcache's tables Cache and Settings, \d+ entries by its own count/)
    await using store = await openStore(join(folder, name))
    expect(store.location).toBe(`diskcache:${root}`)
  })

  test.each([
    ['another table', 'CREATE TABLE cache (hash TEXT unique, value BLOB)'],
    [
      'Cache without Settings',
      'CREATE TABLE Cache (rowid INTEGER PRIMARY KEY, key BLOB, raw INTEGER, value BLOB)',
    ],
    [
      'views of those names',
      'CREATE TABLE t (key, value); CREATE VIEW Cache AS SELECT * FROM t; CREATE VIEW Settings AS SELECT * FROM t',
    ],
    ['other columns', 'CREATE TABLE Cache (key, value); CREATE TABLE Settings (key, value)'],
  ])("a cache.db with %s is somebody else's", async (_, sql) => {
    mkdirSync(join(folder, 'other'))
    tamper(sql, join(folder, 'other/cache.db'))
    expect((await detectStores(join(folder, 'other'))).map(({ kind }) => kind)).not.toContain('diskcache')
    await expect(open(false, join(folder, 'other'))).rejects.toMatchObject({
      code: 'NOT_A_STORE',
      message: expect.stringContaining('sqlite:'),
    })
  })

  test.each([
    ['a text', 'hello'],
    ['nothing', ''],
    ['a head alone', 'SQLite format 3\0'],
  ])('a cache.db that is %s', async (_, content) => {
    mkdirSync(join(folder, 'other'))
    writeFileSync(join(folder, 'other/cache.db'), content)
    expect((await detectStores(join(folder, 'other'))).every(({ certainty }) => certainty <= 0.2)).toBe(true)
    await expect(open(true, join(folder, 'other'))).rejects.toMatchObject({ name: 'AppError' })
  })

  test('what cannot be opened says why, and nothing is made', async () => {
    await expect(open(true, join(folder, 'none'))).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(open(true, folder)).rejects.toMatchObject({ code: 'NOT_A_STORE' })
    await expect(open(true, `${cache}?table=x`)).rejects.toMatchObject({ code: 'USAGE' })
    expect(readdirSync(folder)).toEqual(['cache'])
  })
})

describe('facts', () => {
  const factsOf = async (query: string) => {
    await using store = await open()
    const [facts] = await store.facts!([keyOf(query)])
    return facts
  }

  test('times, counts and tag', async () => {
    tamper(
      "UPDATE Cache SET store_time = 1.6e9, access_time = 1.7e9, access_count = 3 WHERE tag = 'campaign 7'",
    )
    expect(await factsOf('tagged')).toEqual({
      runAtSeconds: 1.6e9,
      accessedAtMs: 1.7e12,
      accessCount: 3,
      expiresAtMs: expect.any(Number),
      tag: 'campaign 7',
    })
    expect((await factsOf('tagged'))!.expiresAtMs).toBeGreaterThan(4e12)
    expect(await factsOf('int:42')).toMatchObject({ keyText: '42' })
    expect(await factsOf('bytes:42')).toMatchObject({ keyText: "b'42'" })
  })

  test('columns of other types are left out', async () => {
    tamper(
      "UPDATE Cache SET store_time = 'x', access_time = x'00', expire_time = NULL, access_count = 'many', tag = 7 WHERE key = 'text'",
    )
    expect(await factsOf('text')).toEqual({ tag: '7' })
    await using store = await open()
    expect((await collect(store.entries())).length).toBe(count)
  })

  test('calls that memoize kept are calls, with their arguments and their tag', async () => {
    using catalog = disposable(Catalog.open(':memory:'))
    await using store = await open()
    expect(await indexStore(store, catalog.value)).toMatchObject({ read: count, damaged: 0 })
    const rows = (query: string) =>
      catalog.value
        .rows(catalog.value.search(query, []).id, 0, 100, [])
        .rows.map(({ call, kind, module, outputPreview }) => [kind, module, call, outputPreview])
    expect(rows('func:relax')).toEqual([
      ['call', 'lab.physics', "relax('Cu')".replace("'", "arg0='"), "{'energy': -1.5, 'element': 'Cu'}"],
      ['call', 'lab.physics', "relax(arg0='Ag', cutoff=500, spin=None)", "{'energy': -1.5, 'element': 'Ag'}"],
    ])
    expect(rows('func:energy')).toEqual([['call', 'lab.physics', 'energy(arg0=3, scale=2.5)', '7.5']])
    expect(rows('tag:dft')).toHaveLength(2)
    expect(rows('tag:"campaign 7"')).toEqual([['foreign', undefined, undefined, "'with a tag'"]])
    expect(rows('solve').map((row) => row[2])).toEqual(["('solve', 3, None)"])
    tamper("UPDATE Cache SET value = 'another', store_time = store_time + 1 WHERE key = 'text'")
    expect(await indexStore(store, catalog.value)).toMatchObject({ read: 1, unchanged: count - 1 })
    // Python looking moves access times, which is no change of an entry.
    tamper('UPDATE Cache SET access_time = access_time + 1, access_count = access_count + 1')
    expect(await indexStore(store, catalog.value)).toMatchObject({ read: 0, unchanged: count })
  })

  test('keys that are hostile pickles run nothing and stay', async () => {
    tamper("UPDATE Cache SET raw = 0, key = x'80045d942868000000' WHERE key = 'text'")
    tamper("UPDATE Cache SET raw = 0, key = CAST(zeroblob(70000) AS BLOB) WHERE key = 'empty'")
    await using store = await open()
    const entries = await collect(store.entries())
    expect(entries).toHaveLength(count - 1)
    const facts = await store.facts!(entries.map(({ key }) => key))
    expect(facts.every((fact) => fact !== undefined)).toBe(true)
    expect(await store.strays!(10)).toEqual([
      { name: expect.stringMatching(/^row \d+$/), reason: 'its key is none that diskcache makes' },
    ])
  })
})

describe('files', () => {
  test.each([
    ['out of the cache', '../secret.val'],
    ['out by a detour', 'ab/../../secret.val'],
    ['absolute', '/etc/passwd'],
    ['with separators of Windows', '..\\secret.val'],
    ['of a drive', 'C:secret.val'],
    ['the database', 'cache.db'],
    ['the database in capitals', 'Cache.DB'],
    ['a side file of the database', 'cache.db-wal'],
    ['the folder', '.'],
    ['nothing', ''],
    ['through a link', 'linked/secret.val'],
    ['a link itself', 'link.val'],
    ['a folder', 'sub'],
  ])('a name that leads %s is neither read nor removed', async (_, name) => {
    writeFileSync(join(folder, 'secret.val'), 'secret')
    mkdirSync(join(cache, 'sub'))
    symlinkSync(folder, join(cache, 'linked'))
    symlinkSync(join(folder, 'secret.val'), join(cache, 'link.val'))
    tamper(`UPDATE Cache SET filename = '${name}' WHERE key IN ('long text', 'array')`)
    const names = readdirSync(cache, { recursive: true, encoding: 'utf8' }).toSorted()
    await using store = await open(true)
    const keys = [keyOf('long text'), keyOf('array')]
    const values = await store.getMany(keys)
    expect(values).toMatchObject([{ code: 'UNREADABLE' }, { code: 'UNREADABLE' }])
    expect((await collect(store.entries())).filter(({ sizeBytes }) => sizeBytes === undefined)).toHaveLength(
      2,
    )
    expect(outcomesOf(await store.apply(keys.map((key) => ({ kind: 'delete', key }))))).toEqual([
      'done',
      'done',
    ])
    expect(readFileSync(join(folder, 'secret.val'), 'utf8')).toBe('secret')
    expect(readdirSync(cache, { recursive: true, encoding: 'utf8' }).toSorted()).toEqual(names)
    expect(existsSync('/etc/passwd')).toBe(true)
  })

  test('a file that is gone, a mode that nobody knows, a row without a value: problems of those entries', async () => {
    tamper("UPDATE Cache SET filename = 'aa/bb/gone.val' WHERE key = 'list'")
    tamper(
      "UPDATE Cache SET mode = 9 WHERE key = 'text'; UPDATE Cache SET value = NULL WHERE key = 'x255'; UPDATE Cache SET filename = NULL WHERE key = 'long text'",
    )
    await using store = await open()
    const entries = await collect(store.entries())
    const values = await store.getMany(entries.map(({ key }) => key))
    const problems = new Map(
      entries
        .map(({ key }, index) => [showKey(key), values[index]])
        .filter(([, value]) => !(value instanceof Uint8Array)) as [string, unknown][],
    )
    expect([...problems.keys()].toSorted()).toEqual(['list', 'long text', 'text', 'x255'])
    expect(problems.get('list')).toMatchObject({ sentence: expect.stringContaining('gone.val') })
    expect(problems.get('text')).toMatchObject({ sentence: expect.stringContaining('mode 9') })
    expect(problems.get('x255')).toMatchObject({ sentence: expect.stringContaining('no value') })
    expect(problems.get('long text')).toMatchObject({ sentence: expect.stringContaining('no file') })
    expect(
      [...problems.values()].every((problem) => (problem as { code: string }).code === 'UNREADABLE'),
    ).toBe(true)
  })

  test('what belongs to no row is told', async () => {
    writeFileSync(join(cache, 'notes.txt'), 'mine')
    mkdirSync(join(cache, 'ab/cd'), { recursive: true })
    writeFileSync(join(cache, 'ab/cd/left.val'), 'left')
    mkdirSync(join(cache, 'ee'))
    await using store = await open()
    expect(new Map((await store.strays!(10)).map(({ name, reason }) => [name, reason]))).toEqual(
      new Map([
        ['notes.txt', 'a file that no row of the database names'],
        ['ab/cd/left.val', 'a file that no row of the database names'],
        ['ee', 'an empty folder'],
      ]),
    )
  })

  test('a deleted value leaves no file and no empty folder', async () => {
    await using store = await open(true)
    for (const name of ['long text', 'long bytes', 'array', 'list'])
      expect(await store.apply([{ kind: 'delete', key: keyOf(name) }])).toEqual([{ done: true }])
    expect(readdirSync(cache)).toEqual(['cache.db'])
  })
})

describe('deleting', () => {
  test('many in one transaction; what a trigger refuses spoils nothing', async () => {
    await using store = await open(true)
    const entries = await collect(store.entries())
    tamper("CREATE TRIGGER keep BEFORE DELETE ON Cache WHEN OLD.key = 'text' BEGIN SELECT RAISE(IGNORE); END")
    const outcomes = await store.apply(entries.map(({ key }) => ({ kind: 'delete', key })))
    expect(outcomesOf(outcomes).filter((outcome) => outcome === 'done')).toHaveLength(count - 1)
    expect((await collect(store.entries())).map(({ key }) => showKey(key))).toEqual(['text'])
  })
})

describe('a FanoutCache', () => {
  beforeEach(() => {
    rmSync(cache, { recursive: true })
    cpSync(join(corpus, 'fanout'), cache, { recursive: true })
  })

  test('has its shards as parts, which change apart', async () => {
    await using store = await open(true)
    const before = (await store.changeToken()).parts!
    expect([...before.keys()]).toEqual(['000', '001', '002'])
    const entries = await collect(store.entriesOf!('001'))
    await store.apply([{ kind: 'delete', key: entries[0]!.key }])
    const after = (await store.changeToken()).parts!
    expect([...after].filter(([part, token]) => before.get(part) !== token).map(([part]) => part)).toEqual([
      '001',
    ])
    await expect(collect(store.entriesOf!('003'))).rejects.toMatchObject({ code: 'USAGE' })
  })

  test('that once had more shards: keys are found wherever they are, once each, where Python looks first', async () => {
    cpSync(join(cache, '000'), join(cache, '003'), { recursive: true })
    await using store = await open()
    const entries = await collect(store.entries())
    const keys = entries.map(({ key }) => showKey(key))
    expect(new Set(keys).size).toBe(keys.length)
    expect(keys).toHaveLength(count)
    const values = await store.getMany(keys.map(parseKey))
    expect(values.every((value) => value instanceof Uint8Array)).toBe(true)
    const hidden = (await store.strays!(100)).filter(({ reason }) => reason.includes('another shard'))
    expect(hidden.length).toBeGreaterThan(0)
  })

  test('folders that are no shards are left alone', async () => {
    mkdirSync(join(cache, '004'))
    mkdirSync(join(cache, 'cache/named'), { recursive: true })
    renameSync(join(cache, '002'), join(cache, '2'))
    await using store = await open()
    expect([...(await store.changeToken()).parts!.keys()]).toEqual(['000', '001'])
  })
})
