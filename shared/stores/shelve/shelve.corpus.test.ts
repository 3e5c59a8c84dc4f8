import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { showKey } from '../../model/keys.ts'
import { MemorySource } from '../../model/source.ts'
import { corpusFolder } from '../../testing/corpus-folder.ts'
import { collect } from '../conformance/plain.ts'
import { unchangedLaw } from '../conformance/unchanged.ts'
import type { Store } from '../contract.ts'
import { sqliteStoreType } from '../sqlite/index.ts'
import { makeShelveStoreType } from './index.ts'

const shelve = makeShelveStoreType(sqliteStoreType)
const shelves = [
  'shelve-dumb',
  'shelve-direct',
  'shelve-gnu',
  'shelve-ndbm',
  'shelve-bsd185',
  'shelve-sqlite3',
]

interface Expected {
  readonly key: string
  readonly size: number
  readonly sha256: string
  readonly inner_size?: number
  readonly inner_sha256?: string
}

const folders: string[] = []
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })))

/** A copy, so that nothing of the corpus can change. */
function copyOf(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'shelf-'))
  folders.push(folder)
  cpSync(corpusFolder(name)!, folder, { recursive: true, filter: (path) => !path.endsWith('expected.json') })
  return folder
}

function expectedOf(name: string): Expected[] {
  const text = readFileSync(join(corpusFolder(name)!, 'expected.json'), 'utf8')
  return (JSON.parse(text) as { entries: Expected[] }).entries
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const open = (path: string): Promise<Store> => shelve.open({ kind: 'shelve', path, options: {} })

describe.each(shelves)('%s', (name) => {
  test('has the keys, sizes and bytes that Python wrote, and the bytes within', async () => {
    await using store = await open(join(copyOf(name), 'cache.shlv'))
    const expected = expectedOf(name)
    const entries = await collect(store.entries())
    const sizes = entries.map(({ key, sizeBytes }) => [showKey(key), sizeBytes])
    expect(Object.fromEntries(sizes)).toEqual(
      Object.fromEntries(expected.map(({ key, size }) => [key, size])),
    )
    expect(sizes).toHaveLength(expected.length)
    expect(await store.strays!(10)).toEqual([])
    const values = await store.getMany(expected.map(({ key }) => Buffer.from(key)))
    for (const [index, value] of values.entries()) expectValue(store, value as Uint8Array, expected[index]!)
  })

  test('is known by any of its names, by content', async () => {
    const folder = copyOf(name)
    const base = join(folder, 'cache.shlv')
    const names = ['', '.dat', '.dir', '.bak', '.db'].map((suffix) => base + suffix)
    const locations = new Set<string>()
    for (const path of [base, folder, ...names.filter((file) => existsSync(file))]) {
      const found = await shelve.detect(path)
      expect(found).toMatchObject({ kind: 'shelve', path: base })
      await using store = await open(found!.path)
      locations.add(store.location)
    }
    expect(locations.size).toBe(1)
  })

  unchangedLaw(name, async () => {
    const folder = copyOf(name)
    return {
      folder,
      open: () => open(join(folder, 'cache.shlv')),
      [Symbol.asyncDispose]: async () => undefined,
    }
  })
})

function expectValue(store: Store, value: Uint8Array, expected: Expected): void {
  expect([value.length, sha256(value)]).toEqual([expected.size, expected.sha256])
  const inner = store.innerValue!(new MemorySource(value))
  const bytes = inner && value.subarray(inner.at, inner.at! + inner.length)
  expect(bytes && [bytes.length, sha256(bytes)]).toEqual(
    expected.inner_sha256 === undefined ? undefined : [expected.inner_size, expected.inner_sha256],
  )
}
