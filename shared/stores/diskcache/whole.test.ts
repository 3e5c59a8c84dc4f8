import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { afterEach, beforeEach, expect, test } from 'vitest'

import { corpusFolder } from '../../testing/corpus-folder.ts'
import { outcomesOf } from '../conformance/plain.ts'
import type { Store, WholeEntry } from '../contract.ts'
import { openStore } from '../registry.ts'

// What kills, other writers and odd things beside the rows do to entries that are taken out and brought back whole.

const key = new TextEncoder().encode('long text')

let folder: string
let cache: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashcache-test-'))
  cache = join(folder, 'cache')
  cpSync(join(corpusFolder('diskcache')!, 'cache'), cache, { recursive: true, preserveTimestamps: true })
})
afterEach(() => rmSync(folder, { recursive: true }))

const open = (): Promise<Store> => openStore(`diskcache:${cache}`, { write: true })
const wholeOf = async (store: Store): Promise<Uint8Array> =>
  ((await store.whole!.getMany([key]))[0] as WholeEntry).whole
const files = (): string[] =>
  readdirSync(cache, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.val'))

/** Rows of the key's columns, read by a connection of its own. */
function sql(statement: string): Record<string, unknown>[] {
  const database = new DatabaseSync(join(cache, 'cache.db'), { enableDoubleQuotedStringLiterals: true })
  try {
    return database.prepare(statement).all()
  } finally {
    database.close()
  }
}
const filename = (): string =>
  String(sql("SELECT filename FROM Cache WHERE key = 'long text'")[0]!['filename'])

test('a file that a killed deletion has left goes, and none that a row names', async () => {
  await using store = await open()
  const whole = await wholeOf(store)
  const name = filename()
  const content = readFileSync(join(cache, name))
  const remove = [{ kind: 'delete', key, ifValue: whole } as const]
  expect(outcomesOf(await store.whole!.apply(remove))).toEqual(['done'])
  const left = files()
  mkdirSync(dirname(join(cache, name)), { recursive: true })
  writeFileSync(join(cache, name), content)
  expect(outcomesOf(await store.whole!.apply(remove))).toEqual(['ABSENT'])
  expect(files()).toEqual(left)
  // Of the file itself, or of that and its own folder, nothing was left but what stands around it.
  for (const remains of [dirname(name), dirname(dirname(name))]) {
    mkdirSync(join(cache, remains), { recursive: true })
    expect(outcomesOf(await store.whole!.apply(remove))).toEqual(['ABSENT'])
    expect(existsSync(join(cache, dirname(dirname(name))))).toBe(false)
  }
  // As if another row had come to use it: it stays.
  writeFileSync(join(cache, left[0]!), content)
  sql(`UPDATE Cache SET filename = '${left[0]}' WHERE key = 'array'`)
  expect(outcomesOf(await store.whole!.apply(remove))).toEqual(['ABSENT'])
  expect(files()).toEqual(left)
})

test('a key that was stored anew keeps its row and its file; the file of the old one goes', async () => {
  await using store = await open()
  const whole = await wholeOf(store)
  const old = filename()
  mkdirSync(join(cache, 'ab/cd'), { recursive: true })
  writeFileSync(join(cache, 'ab/cd/new.val'), 'new')
  sql(
    "UPDATE Cache SET filename = 'ab/cd/new.val', store_time = store_time + 1, size = 3 WHERE key = 'long text'",
  )
  expect(outcomesOf(await store.whole!.apply([{ kind: 'delete', key, ifValue: whole }]))).toEqual(['CHANGED'])
  expect(existsSync(join(cache, old))).toBe(false)
  expect(readFileSync(join(cache, 'ab/cd/new.val'), 'utf8')).toBe('new')
  expect(outcomesOf(await store.whole!.apply([{ kind: 'put', key, value: whole }]))).toEqual(['EXISTS'])
  expect(existsSync(join(cache, old))).toBe(false)
  expect(filename()).toBe('ab/cd/new.val')
})

test('a place in the table or of a file that was taken since is left; the entry gets another', async () => {
  await using store = await open()
  const whole = await wholeOf(store)
  const name = filename()
  const content = readFileSync(join(cache, name))
  const [{ rowid }] = sql("SELECT rowid FROM Cache WHERE key = 'long text'") as [{ rowid: number }]
  await store.whole!.apply([{ kind: 'delete', key, ifValue: whole }])
  mkdirSync(dirname(join(cache, name)), { recursive: true })
  writeFileSync(join(cache, name), 'of somebody else')
  sql(`INSERT INTO Cache (rowid, key, raw, size, mode, value) VALUES (${rowid}, 'taken', 1, 0, 1, 'x')`)
  expect(outcomesOf(await store.whole!.apply([{ kind: 'put', key, value: whole }]))).toEqual(['done'])
  expect(readFileSync(join(cache, name), 'utf8')).toBe('of somebody else')
  expect(filename()).toMatch(/^[0-9a-f]{2}\/[0-9a-f]{2}\/[0-9a-f]{28}\.val$/)
  expect(readFileSync(join(cache, filename()))).toEqual(content)
  // Done again, as by a run that was killed before it could note it: the file written for it goes again.
  const before = files()
  expect(outcomesOf(await store.whole!.apply([{ kind: 'put', key, value: whole }]))).toEqual(['done'])
  expect(files()).toEqual(before)
  const [{ count }] = sql("SELECT value AS count FROM Settings WHERE key = 'count'") as [{ count: number }]
  expect(sql('SELECT count(*) AS rows FROM Cache')).toEqual([{ rows: count }])
})

test('a name that leads out of the cache is neither read nor written', async () => {
  writeFileSync(join(folder, 'secret'), 'secret')
  sql("UPDATE Cache SET filename = '../secret' WHERE key = 'long text'")
  await using store = await open()
  const whole = await wholeOf(store)
  expect(Buffer.from(whole).toString('latin1')).not.toContain('"file":')
  expect(outcomesOf(await store.whole!.apply([{ kind: 'delete', key, ifValue: whole }]))).toEqual(['done'])
  expect(readFileSync(join(folder, 'secret'), 'utf8')).toBe('secret')
  expect(outcomesOf(await store.whole!.apply([{ kind: 'put', key, value: whole }]))).toEqual(['done'])
  expect(filename()).toBe('../secret')
})

test('columns of later versions and texts that are no UTF-8 come back as they were', async () => {
  sql('ALTER TABLE Cache ADD COLUMN "later ""one""" BLOB DEFAULT 7')
  sql("UPDATE Cache SET tag = CAST(X'ff00fe' AS TEXT) WHERE key = 'long text'")
  const row = (): unknown =>
    sql(`SELECT rowid, typeof(tag) AS type, hex(tag) AS tag, "later ""one""" AS later, store_time, expire_time, access_time,
      access_count, size, mode, filename FROM Cache WHERE key = 'long text'`)
  const before = row()
  await using store = await open()
  const whole = await wholeOf(store)
  await store.whole!.apply([{ kind: 'delete', key, ifValue: whole }])
  expect(row()).toEqual([])
  expect(outcomesOf(await store.whole!.apply([{ kind: 'put', key, value: whole }]))).toEqual(['done'])
  expect(row()).toEqual(before)
  expect(before).toMatchObject([{ type: 'text', tag: 'FF00FE', later: 7 }])
})

test('what is no entry of the trash, or one of another key, is refused', async () => {
  await using store = await open()
  const whole = await wholeOf(store)
  await store.whole!.apply([{ kind: 'delete', key, ifValue: whole }])
  const other = new TextEncoder().encode('another key')
  const outcomes = await store.whole!.apply([
    { kind: 'put', key, value: whole.subarray(0, 40) },
    { kind: 'put', key, value: Uint8Array.of(1, 2, 3) },
    { kind: 'put', key: other, value: whole },
  ])
  expect(outcomes).toMatchObject([
    { reason: 'REFUSED', sentence: expect.stringContaining('no entry of diskcache') },
    { reason: 'REFUSED', sentence: expect.stringContaining('no entry of diskcache') },
    { reason: 'REFUSED', sentence: expect.stringContaining('another entry than another key') },
  ])
  expect(await store.getMany([key, other])).toEqual([undefined, undefined])
})
