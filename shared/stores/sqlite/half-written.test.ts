import { copyFileSync, mkdtempSync, openSync, closeSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openStore } from '../registry.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashcache-half-written-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const count = 50
/** In the header of a database: how many pages it has. */
const pageCountAt = 28

/** What a program leaves that is killed when it has written the first page of a transaction that makes the file grow. */
function killedInCommit(path: string): void {
  const whole = join(folder, 'whole.sqlite')
  const database = new BetterSqlite3(whole)
  try {
    database.exec('CREATE TABLE cache (hash TEXT UNIQUE, value BLOB)')
    const insert = database.prepare('INSERT INTO cache VALUES (?, ?)')
    for (let i = 0; i < count; i++) insert.run(`key ${i}`, Buffer.from(`value ${i}`))
    copyFileSync(whole, path)
    // Pages that do not fit into memory make SQLite force the journal to the disk.
    database.pragma('cache_size = 1')
    database.exec('BEGIN')
    for (let i = 0; i < 200; i++) insert.run(`later ${i}`, Buffer.alloc(5_000))
    copyFileSync(`${whole}-journal`, `${path}-journal`)
    database.exec('ROLLBACK')
  } finally {
    database.close()
  }
  const file = openSync(path, 'r+')
  writeSync(file, Buffer.from([0, 0, 1, 0]), 0, 4, pageCountAt)
  closeSync(file)
}

it('a transaction that was cut off by a kill is no damage: what was there before is read, and written to', async () => {
  const path = join(folder, 'cache.sqlite')
  killedInCommit(path)
  {
    await using store = await openStore(`sqlite:${path}`)
    const entries = []
    for await (const batch of store.entries()) entries.push(...batch)
    expect(entries).toHaveLength(count)
    const values = await store.getMany(entries.map(({ key }) => key))
    expect(values.every((value) => value instanceof Uint8Array)).toBe(true)
  }
  await using store = await openStore(`sqlite:${path}`, { write: true })
  const key = Buffer.from('key 7')
  expect(await store.apply([{ kind: 'put', key, value: Buffer.from('new') }])).toEqual([{ done: true }])
  expect(await store.getMany([key, Buffer.from('key 8')])).toEqual([
    new Uint8Array(Buffer.from('new')),
    new Uint8Array(Buffer.from('value 8')),
  ])
})
