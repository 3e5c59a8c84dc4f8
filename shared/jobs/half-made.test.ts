import BetterSqlite3 from 'better-sqlite3'
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseKey } from '../model/keys.ts'
import { planJob, runPlanned } from './jobs.ts'
import { openStore, resolveStore } from '../stores/registry.ts'

// What a program leaves that is killed while it makes a new cache: the next one that opens it for writing makes it whole.

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashcache-half-made-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const empty = (path: string): void => closeSync(openSync(path, 'wx'))
const places: readonly (readonly [
  left: string,
  url: (path: string) => string,
  leave: (path: string) => void,
])[] = [
  ['an empty SQLite file', (path) => `sqlite:${path}`, empty],
  ['an empty archive', (path) => `archive:${path}`, empty],
  ['an empty dbm.sqlite3', (path) => `shelve:${path}?format=sqlite3`, empty],
  ['dbm.dumb with a .dat alone', (path) => `shelve:${path}?format=dumb`, (path) => empty(`${path}.dat`)],
  ['LMDB without its file', (path) => `lmdb:${path}`, (path) => mkdirSync(path)],
  [
    'LMDB with an empty file',
    (path) => `lmdb:${path}`,
    (path) => {
      mkdirSync(path)
      empty(join(path, 'data.mdb'))
    },
  ],
  ['an empty folder', (path) => `json:${path}`, (path) => mkdirSync(path)],
  [
    'a folder with an empty Filestore.json',
    (path) => `json:${path}`,
    (path) => {
      mkdirSync(path)
      empty(join(path, 'Filestore.json'))
    },
  ],
]
const key = 'a'.repeat(40)
const pickle = Buffer.from('\u0080\u0004N.', 'latin1')

describe.each(places)('%s', (_left, url, leave) => {
  it('is made whole by the next that writes there', async () => {
    const path = join(folder, 'cache')
    leave(path)
    const isJson = url(path).startsWith('json:')
    const value = isJson ? Buffer.from('{}') : pickle
    {
      await using store = await openStore(url(path), { write: true })
      expect(await store.apply([{ kind: 'put', key: parseKey(key), value }])).toEqual([{ done: true }])
    }
    await using store = await openStore(url(path))
    expect(await store.getMany([parseKey(key)])).toEqual([new Uint8Array(value)])
  })

  it('is a target of a migration like one that is not there', async () => {
    const path = join(folder, 'cache')
    leave(path)
    const from = `fs:${join(folder, 'from')}`
    {
      await using source = await openStore(from, { write: true })
      await source.apply([{ kind: 'put', key: parseKey(key), value: pickle }])
    }
    const options = { dataFolder: join(folder, 'data') }
    const planned = await planJob(
      {
        kind: 'migrate',
        from: await resolveStore(from),
        to: await resolveStore(url(path)),
        selection: {},
        onConflict: 'fail',
      },
      options,
    )
    expect(await runPlanned(planned.id, options)).toMatchObject({ state: 'done', outcomes: { done: 1 } })
  })
})

it.each([
  ['an archive', 'archive', '', 'CREATE TABLE entries'],
  ['a dbm.sqlite3', 'shelve', '?format=sqlite3', 'CREATE TABLE Dict (key BLOB'],
])(
  'a transaction that was cut off in making %s is rolled back and made again',
  async (_, scheme, query, table) => {
    const path = join(folder, 'cache')
    // A file that has pages (with the id of archives), and a journal which says that it had none.
    const database = new BetterSqlite3(path)
    database.exec('BEGIN; CREATE TABLE half (a); PRAGMA application_id = 1751343474; COMMIT')
    database.close()
    writeFileSync(`${path}-journal`, journalOfEmptyFile())
    {
      await using store = await openStore(`${scheme}:${path}${query}`, { write: true })
      expect(await store.apply([{ kind: 'put', key: parseKey(key), value: pickle }])).toEqual([
        { done: true },
      ])
    }
    expect(existsSync(`${path}-journal`)).toBe(false)
    const made = new BetterSqlite3(path, { readonly: true })
    const schema = made.prepare<[], string>('SELECT group_concat(sql) FROM sqlite_schema').pluck().get()
    expect(schema).toContain(table)
    expect(schema).not.toContain('half')
    made.close()
  },
)

describe('a journal of somebody who is writing', () => {
  it.each([
    ['archive', 'INSERT INTO entries (key) VALUES (1)'],
    ['shelve', 'INSERT INTO Dict VALUES (1, 2)'],
  ])('is no half-made %s: it is opened, and written when that is done', async (kind, statement) => {
    const path = join(folder, 'cache')
    const url = `${kind}:${path}${kind === 'shelve' ? '?format=sqlite3' : ''}`
    await (await openStore(url, { write: true }))[Symbol.asyncDispose]()
    const other = new BetterSqlite3(path)
    other.exec('BEGIN IMMEDIATE')
    other.exec(statement)
    expect(existsSync(`${path}-journal`)).toBe(true)
    await using store = await openStore(url, { write: true })
    other.exec('ROLLBACK')
    other.close()
    expect(await store.apply([{ kind: 'put', key: parseKey(key), value: pickle }])).toEqual([{ done: true }])
  })
})

/** The header of a rollback journal (https://sqlite.org/fileformat2.html#the_rollback_journal): no pages are kept, the file had none. */
function journalOfEmptyFile(): Uint8Array {
  const header = Buffer.alloc(512)
  Buffer.from('d9d505f920a163d7', 'hex').copy(header)
  header.writeUInt32BE(0, 8)
  header.writeUInt32BE(1, 12)
  header.writeUInt32BE(0, 16)
  header.writeUInt32BE(512, 20)
  header.writeUInt32BE(4_096, 24)
  return header
}
