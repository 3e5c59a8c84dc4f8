import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import { parseKey, showKey } from '../model/keys.ts'
import { openFileSource } from '../decode/file-source.ts'
import { corpusFolder } from '../testing/corpus-folder.ts'
import { collect } from './conformance/plain.ts'
import { openStore } from './registry.ts'

interface Expected {
  entries: { key: string; path: string; size: number; sha256: string }[]
}

const sha256 = (bytes: unknown): string =>
  createHash('sha256')
    .update(bytes as Uint8Array)
    .digest('hex')
const byKey = (a: { key: string }, b: { key: string }): number => (a.key < b.key ? -1 : 1)

describe.each([
  ['fs-v002', 'fs'],
  ['fs-class', 'fs'],
  ['fs-compressed', 'fs'],
  ['fs-py38', 'fs'],
  ['json-class', 'json'],
])('%s', (name, kind) => {
  const folder = corpusFolder(name)!
  const truth = (
    JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Expected
  ).entries.toSorted(byKey)

  test('keys, sizes and bytes are those that Python wrote', async () => {
    await using store = await openStore(folder)
    expect(store.kind).toBe(kind)
    const entries = await collect(store.entries())
    const values = await store.getMany(entries.map(({ key }) => key))
    const found = entries.map(({ key, sizeBytes }, index) => ({
      key: showKey(key),
      size: sizeBytes,
      sha256: sha256(values[index]),
    }))
    expect(found).toEqual(truth.map(({ key, size, sha256: digest }) => ({ key, size, sha256: digest })))
    expect(await store.strays?.(10)).toEqual([])
  })

  test('each value can be read from the file that is named', async () => {
    await using store = await openStore(folder)
    for (const { key, path, size, sha256: digest } of truth) {
      const place = store.locate?.(parseKey(key))
      expect(place).toEqual({ path: join(folder, path), offset: 0, length: size })
      using source = openFileSource(place!.path, place)
      expect(sha256(source.read(0, size))).toBe(digest)
    }
  })
})
