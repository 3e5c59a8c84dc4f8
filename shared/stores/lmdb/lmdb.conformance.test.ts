import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { describe } from 'vitest'

import { keyOf } from '../conformance/harness.ts'
import type { Harness } from '../conformance/harness.ts'
import { storeConformance } from '../conformance/suite.ts'
import { unchangedLaw } from '../conformance/unchanged.ts'
import { openStore } from '../registry.ts'

const corpus = new URL('../../testing/corpus/', import.meta.url).pathname
const encoder = new TextEncoder()

/** An empty environment made by the native library, in a process of its own. */
function makeByLibrary(library: 'lmdb' | 'lmdb-v2', path: string, isFile: boolean): void {
  const script = `
    const { open } = require(${JSON.stringify(library)})
    open({ path: ${JSON.stringify(path)}, noSubdir: ${isFile}, encoding: 'binary', keyEncoding: 'binary' }).close()`
  execFileSync(process.execPath, ['-e', script], { cwd: import.meta.dirname })
}

function harness(prepare: (path: string) => void, database?: string): Harness {
  return {
    badKeys: [new Uint8Array(0), new Uint8Array(512)],
    oddKeys: [
      Uint8Array.of(0),
      Uint8Array.of(0, 0),
      Uint8Array.of(255, 254, 0, 1),
      encoder.encode('../../etc/passwd'),
      encoder.encode('réversé'),
      new Uint8Array(511).fill(7),
      keyOf('usual'),
    ],
    async create() {
      const folder = mkdtempSync(join(tmpdir(), 'hashcache-test-'))
      const path = join(folder, 'cache.lmdb')
      prepare(path)
      const location = `lmdb:${path}${database === undefined ? '' : `?db=${encodeURIComponent(database)}`}`
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

storeConformance(
  'LMDB, a new folder',
  harness(() => {}),
)
storeConformance(
  'LMDB, a single file',
  harness((path) => makeByLibrary('lmdb', path, true)),
)
storeConformance(
  'LMDB, format 2',
  harness((path) => makeByLibrary('lmdb-v2', path, false)),
)

storeConformance(
  'LMDB, a named sub-database',
  harness(() => {}, 'nämé'),
)

describe('LMDB caches of Python', () => {
  for (const name of ['lmdb-dir', 'lmdb-file', 'lmdb-named', 'lmdb-16k']) {
    unchangedLaw(name, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'hashcache-test-'))
      cpSync(join(corpus, name), folder, { recursive: true })
      const path = join(folder, 'cache.lmdb')
      return {
        folder,
        open: () => openStore(name === 'lmdb-named' ? `lmdb:${path}?db=bulk_metals` : path),
        async [Symbol.asyncDispose]() {
          rmSync(folder, { recursive: true })
        },
      }
    })
  }
})
