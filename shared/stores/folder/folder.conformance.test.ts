import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { describe } from 'vitest'

import { keyOf } from '../conformance/harness.ts'
import type { Harness } from '../conformance/harness.ts'
import { storeConformance } from '../conformance/suite.ts'
import { unchangedLaw } from '../conformance/unchanged.ts'
import { fsStoreType } from '../fs/index.ts'
import { jsonStoreType } from '../json/index.ts'
import { openStore } from '../registry.ts'

const corpus = new URL('../../testing/corpus/', import.meta.url).pathname
const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0))

/** Names that leave the folder, that are no names, that are hashes in another writing, and files of the cache itself. */
const badKeys = [
  '',
  '.',
  '..',
  '../../etc/passwd',
  'ab/abcdef',
  '/etc/passwd',
  'Filestore.json',
  `${'a'.repeat(39)}\n`,
  'a'.repeat(41),
  'A'.repeat(40),
  'g'.repeat(40),
  `${'a'.repeat(35)}.json`,
  `../${'a'.repeat(37)}`,
  '\0'.repeat(32),
  '\u00ff'.repeat(40),
].map(bytesOf)

for (const type of [fsStoreType, jsonStoreType]) {
  const harness: Harness = {
    badKeys,
    oddKeys: [bytesOf('0'.repeat(40)), bytesOf('f'.repeat(32)), keyOf('usual')],
    async create() {
      const folder = mkdtempSync(join(tmpdir(), 'hashcache-test-'))
      const location = `${type.scheme}:${join(folder, 'cache')}`
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
  storeConformance(type.title, harness)
}

describe('folder caches of Python', () => {
  for (const name of ['fs-v002', 'fs-class', 'fs-compressed', 'json-class', 'hostile/fs-stray']) {
    unchangedLaw(name, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'hashcache-test-'))
      cpSync(join(corpus, name), folder, { recursive: true })
      return {
        folder,
        open: () => openStore(folder),
        async [Symbol.asyncDispose]() {
          rmSync(folder, { recursive: true })
        },
      }
    })
  }
})
