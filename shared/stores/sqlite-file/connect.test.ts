import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import BetterSqlite3, { type Database } from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { connect } from './connect.ts'
import { WatchedFile } from './state.ts'

let folder: string
let path: string
let temporary: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashcache-connect-'))
  path = join(folder, 'cache.sqlite')
  temporary = join(folder, 'tmp')
  mkdirSync(temporary)
  vi.stubEnv('TMPDIR', temporary)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

const value = Buffer.alloc(5_000)
const insert = (database: Database, from: number, count: number): void => {
  const statement = database.prepare('INSERT INTO cache VALUES (?, ?)')
  const all = database.transaction(() => {
    for (let i = from; i < from + count; i++) statement.run(String(i), value)
  })
  all()
}

/** What stands at the path after a program has put 500 entries there, of which some need what is beside it. */
const left = {
  'with data in a WAL': (database) => {
    database.pragma('journal_mode = WAL')
    insert(database, 300, 200)
    for (const suffix of ['', '-wal']) copyFileSync(database.name + suffix, path + suffix)
  },
  'of WAL mode without a WAL': (database) => {
    insert(database, 300, 200)
    database.pragma('journal_mode = WAL')
    copyFileSync(database.name, path)
  },
  'with the journal of a killed transaction': (database) => {
    insert(database, 300, 200)
    // Pages that do not fit into memory are written before the end.
    database.pragma('cache_size = 1')
    database.exec('BEGIN; DELETE FROM cache')
    insert(database, 1_000, 200)
    for (const suffix of ['', '-journal']) copyFileSync(database.name + suffix, path + suffix)
    database.exec('ROLLBACK')
  },
} satisfies Record<string, (database: Database) => void>

function make(rest: (database: Database) => void): void {
  const database = new BetterSqlite3(join(folder, 'made.sqlite'))
  try {
    database.exec('CREATE TABLE cache (hash TEXT UNIQUE, value BLOB)')
    insert(database, 0, 300)
    rest(database)
  } finally {
    database.close()
  }
}

describe('the copy of a database', () => {
  it.skipIf(process.platform === 'win32').each(Object.entries(left))(
    '%s has no name while it is read, so that nothing that ends can leave it behind',
    async (_, rest) => {
      make(rest)
      const files = readdirSync(folder)
      const file = new WatchedFile(path)
      const connection = await connect(file, file.state(), 'aside')
      const { database } = connection
      expect(readdirSync(temporary)).toEqual([])
      for (let time = 0; time < 2; time++) {
        database.exec('BEGIN')
        const found = database.prepare('SELECT sum(length(value)), count(*) FROM cache').raw().get()
        expect(found).toEqual([500 * value.length, 500])
        expect(database.prepare('SELECT hash FROM cache WHERE hash = ?').pluck().get('499')).toBe('499')
        database.exec('ROLLBACK')
      }
      connection.close()
      file.close()
      expect(readdirSync(temporary)).toEqual([])
      expect(readdirSync(folder)).toEqual(files)
    },
  )

  it('that is damaged goes when it is closed', async () => {
    writeFileSync(path, Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(4_096, 0xff)]))
    const file = new WatchedFile(path)
    const connection = await connect(file, file.state(), 'aside')
    const { database } = connection
    expect(() => database.prepare('SELECT 1 FROM sqlite_schema').get()).toThrow(/not a database|malformed/)
    connection.close()
    file.close()
    expect(readdirSync(temporary)).toEqual([])
  })
})
