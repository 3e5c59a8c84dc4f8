import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import { toHex } from '../../model/bytes.ts'
import { keyText } from '../../model/keys.ts'
import { collect } from '../conformance/plain.ts'
import type { Store } from '../contract.ts'
import { openStore } from '../registry.ts'
import { LmdbStore } from './store.ts'

const corpus = new URL('../../testing/corpus/', import.meta.url).pathname

interface Row {
  key: string
  size: number
  sha256: string
}

interface Named {
  databases: Record<string, { entries: Row[] }>
  other_databases: Record<string, { flags: Record<string, boolean>; rows_hex_in_order: [string, string][] }>
}

function expectedOf(folder: string): unknown {
  return JSON.parse(readFileSync(join(corpus, folder, 'expected.json'), 'utf8'))
}

function sorted(rows: readonly Row[]): Row[] {
  return rows
    .map(({ key, size, sha256 }) => ({ key, size, sha256 }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
}

async function rowsOf(store: Store): Promise<Row[]> {
  const entries = await collect(store.entries({ batchSize: 7 }))
  const values = await store.getMany(entries.map(({ key }) => key))
  return sorted(
    entries.map(({ key, sizeBytes }, index) => ({
      key: keyText(key)!,
      size: sizeBytes!,
      sha256: createHash('sha256')
        .update(values[index] as Uint8Array)
        .digest('hex'),
    })),
  )
}

describe('caches that Python made', () => {
  test.each(['lmdb-dir', 'lmdb-file', 'lmdb-16k'])('%s', async (folder) => {
    await using store = await openStore(join(corpus, folder, 'cache.lmdb'))
    expect(await rowsOf(store)).toEqual(sorted((expectedOf(folder) as { entries: Row[] }).entries))
  })

  const { databases, other_databases: others } = expectedOf('lmdb-named') as Named
  const named = (name: string): Promise<Store> =>
    openStore(`lmdb:${join(corpus, 'lmdb-named/cache.lmdb')}?db=${encodeURIComponent(name)}`)

  test.each(Object.keys(databases))('lmdb-named, %s', async (name) => {
    await using store = await named(name)
    expect(await rowsOf(store)).toEqual(sorted(databases[name]!.entries))
  })

  test.each(Object.keys(others))('lmdb-named, %s: every row in LMDB’s order', async (name) => {
    await using store = await named(name)
    const rows = store instanceof LmdbStore ? await store.rows(10_000) : []
    expect(rows.map(({ key, value }) => [toHex(key), toHex(value)])).toEqual(others[name]!.rows_hex_in_order)
  })

  test.each(Object.keys(others))('lmdb-named, %s: keys once each, the first value found', async (name) => {
    await using store = await named(name)
    const first = new Map(others[name]!.rows_hex_in_order.toReversed())
    const entries = await collect(store.entries())
    expect(entries.map(({ key }) => toHex(key)).toSorted()).toEqual([...first.keys()].toSorted())
    const values = await store.getMany(entries.map(({ key }) => key))
    expect(values.map((value) => toHex(value as Uint8Array))).toEqual(
      entries.map(({ key }) => first.get(toHex(key))),
    )
    const total = entries.reduce((sum, { valueCount = 1 }) => sum + valueCount, 0)
    expect(total).toBe(others[name]!.rows_hex_in_order.length)
  })

  test('lmdb-named: the names, their entries and what is special about them', async () => {
    await using store = await openStore(join(corpus, 'lmdb-named/cache.lmdb'))
    const found = await store.databases!()
    expect(found.map(({ name }) => name)).toEqual([undefined, ...found.slice(1).map(({ name }) => name)])
    const counts = Object.fromEntries(found.slice(1).map(({ name, entries }) => [name, entries]))
    expect(counts).toEqual({
      ...Object.fromEntries(Object.entries(databases).map(([name, { entries }]) => [name, entries.length])),
      ...Object.fromEntries(
        Object.entries(others).map(([name, { rows_hex_in_order: rows }]) => [name, rows.length]),
      ),
    })
    expect(found.find(({ name }) => name === 'index-fixed')?.flags).toEqual([
      'DUPSORT',
      'DUPFIXED',
      'INTEGERDUP',
    ])
    expect(await store.strays!(100)).toHaveLength(found.length - 1)
  })

  test('a database with flags of its own is not written to', async () => {
    await using store = await openStore(`lmdb:${join(corpus, 'lmdb-named/cache.lmdb')}?db=index-by-func`, {
      write: true,
    })
    expect(store.capabilities.write).toBe(false)
    await expect(store.apply([])).rejects.toMatchObject({ code: 'READ_ONLY' })
  })

  test('a name that is not there', async () => {
    await expect(named('nothing')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})
