import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import BetterSqlite3 from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { collect } from '../conformance/plain.ts'
import { openStore } from '../registry.ts'
import { connect } from '../sqlite-file/connect.ts'
import type { ReadMode } from '../sqlite-file/connect.ts'
import { sqliteStoreType } from './index.ts'
import { WatchedFile } from '../sqlite-file/state.ts'

let folder: string
let path: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashcache-test-'))
  path = join(folder, 'cache.sqlite')
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

function make(schema: string): void {
  const database = new BetterSqlite3(path)
  database.exec(schema)
  database.close()
}

const put = (key: string): { kind: 'put'; key: Buffer; value: Buffer } => ({
  kind: 'put',
  key: Buffer.from(key),
  value: Buffer.from('v'),
})

test('a damaged page refuses its entries and no other', async () => {
  make('CREATE TABLE cache (hash TEXT unique, value BLOB)')
  const keys = Array.from({ length: 40 }, (_, i) => `key-${i}`)
  // As long as before: neighbours stay as they are.
  const puts = (end: string) =>
    keys.map((key) => ({ ...put(key), value: Buffer.from(`[${key}]`.padEnd(3_000, end)) }))
  {
    await using store = await openStore(`sqlite:${path}`, { write: true })
    await store.apply(puts('.'))
  }
  const bytes = readFileSync(path)
  const page = Math.floor(bytes.indexOf('[key-20]') / 4_096) * 4_096
  writeFileSync(path, bytes.fill(0xff, page, page + 4_096))
  await using store = await openStore(`sqlite:${path}`, { write: true })
  const outcomes = await store.apply(puts('!'))
  expect(outcomes.map((outcome) => (outcome.done ? '' : outcome.reason))).toEqual(
    keys.map((key) => (key === 'key-20' ? 'REFUSED' : '')),
  )
})

describe('triggers and constraints', () => {
  test.each(['ABORT', 'FAIL', 'ROLLBACK'])('RAISE(%s) refuses its operation and no other', async (kind) => {
    make(`CREATE TABLE cache (hash TEXT unique, value BLOB);
      INSERT INTO cache VALUES ('kept', 'v'), ('gone', 'v');
      CREATE TRIGGER t BEFORE DELETE ON cache WHEN old.hash = 'kept' BEGIN SELECT RAISE(${kind}, 'not this one'); END`)
    await using store = await openStore(`sqlite:${path}`, { write: true })
    const outcomes = await store.apply([
      put('first'),
      { kind: 'delete', key: Buffer.from('kept') },
      { kind: 'delete', key: Buffer.from('gone') },
    ])
    expect(outcomes).toMatchObject([{ done: true }, { done: false, reason: 'REFUSED' }, { done: true }])
    expect(outcomes[1]).toMatchObject({ sentence: expect.stringContaining('not this one') as string })
    const keys = (await collect(store.entries())).map(({ key }) => Buffer.from(key).toString())
    expect(keys.toSorted()).toEqual(['first', 'kept'])
  })

  test('a column that must be given', async () => {
    make('CREATE TABLE cache (hash TEXT unique, value BLOB, owner TEXT NOT NULL)')
    await using store = await openStore(`sqlite:${path}`, { write: true })
    expect(await store.apply([put('a')])).toMatchObject([{ done: false, reason: 'REFUSED' }])
  })
})

test('a digest in the stamp notices a value of equal length in the same row', async () => {
  make(`CREATE TABLE cache (hash TEXT unique, value BLOB); INSERT INTO cache VALUES ('a', x'0102')`)
  await using store = await openStore(`sqlite:${path}`)
  const stamp = async (): Promise<string | undefined> => (await collect(store.entries()))[0]?.stamp
  const before = await stamp()
  const other = new BetterSqlite3(path)
  other.exec(`UPDATE cache SET value = x'0103'`)
  other.close()
  expect(await stamp()).not.toBe(before)
})

describe('every way to read gives the same', () => {
  test.each(['descriptor', 'path', 'aside', 'immutable', 'joined'] as ReadMode[])('%s', async (mode) => {
    const isWal = mode === 'joined'
    const writer = new BetterSqlite3(path)
    if (isWal) writer.pragma('journal_mode = WAL')
    writer.exec(`CREATE TABLE cache (hash TEXT unique, value BLOB); INSERT INTO cache VALUES ('a', 'v')`)
    const names = readdirSync(folder)
    expect(names.length > 1).toBe(isWal)
    const file = new WatchedFile(path)
    const connection = await connect(file, file.state(), mode)
    expect(connection.database.prepare('SELECT hash FROM cache').pluck().all()).toEqual(['a'])
    expect(() => connection.database.exec(`INSERT INTO cache VALUES ('b', 'v')`)).toThrow(/readonly/)
    connection.close()
    file.close()
    expect(readdirSync(folder)).toEqual(names)
    writer.close()
  })
})

describe('recognising', () => {
  test('by content, whatever the name', async () => {
    make(`CREATE TABLE cache (hash TEXT unique, value BLOB); INSERT INTO cache VALUES ('a', x'80049500')`)
    expect(await sqliteStoreType.detect(path)).toMatchObject({ certainty: 0.95 })
  })

  test('tables of diskcache and of dbm.sqlite3 are left to those', async () => {
    make('CREATE TABLE Settings (key TEXT, value); CREATE TABLE Cache (key BLOB, value BLOB, filename TEXT)')
    expect((await sqliteStoreType.detect(path))?.certainty).toBeLessThan(0.5)
    rmSync(path)
    make('CREATE TABLE Dict (key BLOB UNIQUE NOT NULL, value BLOB NOT NULL)')
    expect((await sqliteStoreType.detect(path))?.certainty).toBeLessThanOrEqual(0.5)
  })

  test('impostors', async () => {
    for (const content of ['', 'SQLite', 'SQLite format 4\0', '{"a": 1}']) {
      writeFileSync(path, content)
      expect(await sqliteStoreType.detect(path)).toBeUndefined()
    }
    expect(await sqliteStoreType.detect(folder)).toBeUndefined()
    expect(await sqliteStoreType.detect(join(folder, 'nothing'))).toBeUndefined()
  })

  test.each([
    ['?table=nothing', 'NOT_FOUND'],
    ['?table=cache&key=nothing', 'NOT_FOUND'],
    ['?tabel=cache', 'USAGE'],
  ])('%s is %s', async (query, code) => {
    make('CREATE TABLE cache (hash TEXT unique, value BLOB)')
    await expect(openStore(`sqlite:${path}${query}`)).rejects.toMatchObject({ code })
  })
})
