import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { storeConformance } from '../conformance/suite.ts'
import type { Subject } from '../conformance/harness.ts'
import { sqliteStoreType } from '../sqlite/index.ts'
import { makeShelveStoreType } from './index.ts'

const shelveStoreType = makeShelveStoreType(sqliteStoreType)

const encoder = new TextEncoder()
const oddKeys = [
  new Uint8Array(0),
  Uint8Array.of(0),
  Uint8Array.of(0xff, 0xfe, 0x80),
  encoder.encode('\'quotes" and \\ and\r\nlines'),
  encoder.encode('schlüssel/../☃'),
  encoder.encode('x'.repeat(5_000)),
]

async function subjectOf(format: string): Promise<Subject> {
  const folder = mkdtempSync(join(tmpdir(), 'shelf-'))
  const open = (options: { write: boolean }) =>
    shelveStoreType.open({ kind: 'shelve', path: join(folder, 'cache.shlv'), options: { format } }, options)
  const store = await open({ write: true })
  return {
    store,
    reopen: open,
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true })
    },
  }
}

for (const format of ['dumb', 'gnu', 'sqlite3']) {
  // The store over SQLite keeps no empty key.
  const isRefused = (key: Uint8Array): boolean => format === 'sqlite3' && key.length === 0
  storeConformance(`shelve on dbm.${format}`, {
    create: () => subjectOf(format),
    badKeys: oddKeys.filter(isRefused),
    oddKeys: oddKeys.filter((key) => !isRefused(key)),
  })
}
