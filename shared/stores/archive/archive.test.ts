import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { WriteOperation } from '../contract.ts'
import { openStore } from '../registry.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashcache-archive-'))
  path = join(folder, 'results.hashcache')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const put = (key: string, value: Uint8Array): WriteOperation => ({
  kind: 'put',
  key: Buffer.from(key),
  value,
})
const sha256 = (value: Uint8Array): string => createHash('sha256').update(value).digest('hex')

function digests(): Record<string, string | null> {
  const database = new BetterSqlite3(path, { readonly: true })
  const rows = database
    .prepare<[], [string, string | null]>('SELECT CAST(key AS TEXT), sha256 FROM entries')
    .raw()
    .all()
  database.close()
  return Object.fromEntries(rows)
}

it('describes a large batch in several transactions, each as short as those of the values', async () => {
  await using store = await openStore(`archive:${path}`, { write: true })
  const values = new Map(
    Array.from({ length: 40 }, (_, i) => [`key-${i}`, Buffer.alloc(100_000, `value ${i} `)]),
  )
  const outcomes = await store.apply([...values].map(([key, value]) => put(key, value)))
  expect(outcomes.every(({ done }) => done)).toBe(true)
  expect(digests()).toEqual(Object.fromEntries([...values].map(([key, value]) => [key, sha256(value)])))
  // The first transaction of a pace takes 128 KiB, the next twice as much at most: 4 MB takes five or more, twice over.
  expect(store.lockTimes?.transactions).toBeGreaterThanOrEqual(10)
})

it('of an earlier version, which knew no trigger, gets it when it is opened for writing, and not before', async () => {
  {
    await using store = await openStore(`archive:${path}`, { write: true })
    await store.apply([put('a', Buffer.from('old'))])
  }
  const database = new BetterSqlite3(path)
  database.exec('DROP TRIGGER undescribed')
  database.close()
  const before = readFileSync(path)
  {
    await using store = await openStore(`archive:${path}`)
    expect(await store.getMany([Buffer.from('a')])).toEqual([new Uint8Array(Buffer.from('old'))])
  }
  expect(readFileSync(path)).toEqual(before)
  {
    await using _ = await openStore(`archive:${path}`, { write: true })
  }
  await using values = await openStore(`sqlite:${path}?table=entries&key=key&value=value`, { write: true })
  expect(await values.apply([put('a', Buffer.from('new'))])).toEqual([{ done: true }])
  expect(digests()).toEqual({ a: null })
})

it('a replaced value that nobody came to describe has no digest of the old one', async () => {
  await using store = await openStore(`archive:${path}`, { write: true })
  const [old, replacing] = [Buffer.from('old'), Buffer.from('new')]
  await store.apply([put('a', old), put('b', old)])
  {
    // What a program does that is killed behind the transaction of the values.
    await using values = await openStore(`sqlite:${path}?table=entries&key=key&value=value`, { write: true })
    expect(await values.apply([put('a', replacing)])).toEqual([{ done: true }])
  }
  expect(digests()).toEqual({ a: null, b: sha256(old) })
  await store.apply([put('a', replacing)])
  expect(digests()).toEqual({ a: sha256(replacing), b: sha256(old) })
})
