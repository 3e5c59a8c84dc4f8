import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import { keyText } from '../../model/keys.ts'
import { collect } from '../conformance/plain.ts'
import { openStore } from '../registry.ts'

const corpus = new URL('../../testing/corpus/', import.meta.url).pathname

interface Expected {
  entries: { key: string; size: number; sha256: string }[]
}

function expectedOf(folder: string): Expected['entries'] {
  const { entries } = JSON.parse(readFileSync(join(corpus, folder, 'expected.json'), 'utf8')) as Expected
  return entries.map(({ key, size, sha256 }) => ({ key, size, sha256 })).toSorted(byKey)
}

function byKey(a: { key: string }, b: { key: string }): number {
  return a.key < b.key ? -1 : 1
}

async function seenIn(location: string): Promise<Expected['entries']> {
  await using store = await openStore(location)
  const entries = await collect(store.entries({ batchSize: 7 }))
  const values = await store.getMany(entries.map(({ key }) => key))
  return entries
    .map(({ key, sizeBytes }, index) => ({
      key: keyText(key)!,
      size: sizeBytes!,
      sha256: createHash('sha256')
        .update(values[index] as Uint8Array)
        .digest('hex'),
    }))
    .toSorted(byKey)
}

describe('caches that Python made', () => {
  test.each(['sqlite-blob/cache.sql', 'sqlite-json/cache.sqlite'])('%s', async (file) => {
    expect(await seenIn(join(corpus, file))).toEqual(expectedOf(file.split('/')[0]!))
  })

  test.each([
    'wal',
    'page65536',
    'page512-utf16',
    'autovacuum',
    'without-rowid',
    'extra-columns',
    'blob-keys',
  ])('sqlite-variants/%s', async (name) => {
    const location = `sqlite:${join(corpus, 'sqlite-variants', name)}.sqlite`
    expect(await seenIn(location)).toEqual(expectedOf('sqlite-variants'))
  })

  test('what values are is told by the rows', async () => {
    await using pickles = await openStore(join(corpus, 'sqlite-blob/cache.sql'))
    await using texts = await openStore(join(corpus, 'sqlite-json/cache.sqlite'))
    expect([pickles.capabilities.values, texts.capabilities.values]).toEqual(['pickle', 'json'])
  })

  test('the tables of a file', async () => {
    await using store = await openStore(join(corpus, 'sqlite-variants/extra-columns.sqlite'))
    const tables = await store.databases!()
    expect(Object.fromEntries(tables.map(({ name, problem }) => [name, problem]))).toEqual({
      notes: 'it has no key and value columns',
      recent: 'it is a view, which is a program',
      results: undefined,
    })
  })
})
