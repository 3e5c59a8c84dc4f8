import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import BetterSqlite3 from 'better-sqlite3'
import { describe } from 'vitest'

import { keyOf } from '../conformance/harness.ts'
import type { Harness } from '../conformance/harness.ts'
import { storeConformance } from '../conformance/suite.ts'
import { unchangedLaw } from '../conformance/unchanged.ts'
import { openStore } from '../registry.ts'

const corpus = new URL('../../testing/corpus/', import.meta.url).pathname
const encoder = new TextEncoder()

function harness(schema: string, query = ''): Harness {
  return {
    badKeys: [new Uint8Array(0)],
    oddKeys: [
      Uint8Array.of(0),
      Uint8Array.of(0, 0),
      Uint8Array.of(255, 254, 0, 1),
      encoder.encode('../../etc/passwd'),
      encoder.encode(`'; DROP TABLE cache; --`),
      encoder.encode('réversé'),
      encoder.encode('12345'),
      encoder.encode('1.50'),
      new Uint8Array(2000).fill(97),
      keyOf('usual'),
    ],
    async create() {
      const folder = mkdtempSync(join(tmpdir(), 'hashcache-test-'))
      const path = join(folder, 'cache.sqlite')
      if (schema !== '') {
        const database = new BetterSqlite3(path)
        database.exec(schema)
        database.close()
      }
      const location = `sqlite:${path}${query}`
      const store = await openStore(location, { write: true })
      return {
        store,
        reopen: ({ write }) => openStore(location, { write }),
        async [Symbol.asyncDispose]() {
          await store[Symbol.asyncDispose]()
          rmSync(folder, { recursive: true })
        },
      }
    },
  }
}

storeConformance('SQLite, a new file', harness(''))
storeConformance('SQLite, columns of TEXT', harness('CREATE TABLE cache (hash TEXT unique, value TEXT)'))
storeConformance(
  'SQLite, write-ahead log',
  harness('PRAGMA journal_mode = WAL; CREATE TABLE cache (hash TEXT unique, value BLOB)'),
)
storeConformance(
  'SQLite, WITHOUT ROWID',
  harness('CREATE TABLE kv (k TEXT PRIMARY KEY, v BLOB) WITHOUT ROWID'),
)
storeConformance(
  'SQLite, UTF-16 and a key without an index',
  harness(`PRAGMA encoding = 'UTF-16le'; CREATE TABLE cache (hash, value)`),
)
storeConformance(
  'SQLite, odd names and further columns',
  harness(
    `CREATE TABLE "ca""che; x" ("ha sh" TEXT COLLATE NOCASE, "va]lue" BLOB, n INTEGER DEFAULT 3);
     CREATE INDEX i ON "ca""che; x" ("ha sh")`,
    `?table=${encodeURIComponent('ca"che; x')}&key=ha+sh&value=${encodeURIComponent('va]lue')}`,
  ),
)

describe('SQLite caches of Python', () => {
  const files = [
    'sqlite-blob/cache.sql',
    'sqlite-json/cache.sqlite',
    'sqlite-variants/wal.sqlite',
    'sqlite-variants/page65536.sqlite',
    'sqlite-variants/page512-utf16.sqlite',
    'sqlite-variants/autovacuum.sqlite',
    'sqlite-variants/without-rowid.sqlite',
    'sqlite-variants/extra-columns.sqlite',
    'sqlite-variants/blob-keys.sqlite',
  ]
  for (const name of files) {
    const [folderName, fileName] = name.split('/') as [string, string]
    unchangedLaw(name, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'hashcache-test-'))
      cpSync(join(corpus, folderName), folder, { recursive: true })
      return {
        folder,
        open: () => openStore(`sqlite:${join(folder, fileName)}`),
        async [Symbol.asyncDispose]() {
          rmSync(folder, { recursive: true })
        },
      }
    })
  }
})
