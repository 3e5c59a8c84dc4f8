import {
  closeSync,
  fstatSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test } from 'vitest'

import { openStore } from '../registry.ts'
import type { WriterTarget } from './writer-protocol.ts'
import { LmdbWriter } from './writer.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashcache-test-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

function targetWith(mapBytes: number): WriterTarget {
  const dataPath = join(folder, 'data.mdb')
  return { path: folder, isFile: false, dataPath, database: undefined, format: 1, mapBytes }
}

const writerWith = (mapBytes: number): LmdbWriter => new LmdbWriter(() => targetWith(mapBytes))

const put = (name: string, length: number): { kind: 'put'; key: Buffer; value: Buffer } => ({
  kind: 'put',
  key: Buffer.from(name),
  value: Buffer.alloc(length, name),
})

test('the map grows when it is full, and nothing of the batch is lost', async () => {
  {
    await using writer = writerWith(1024 * 1024)
    const operations = Array.from({ length: 40 }, (_, index) => put(`key-${index}`, 100_000))
    expect(await writer.apply(operations)).toEqual(operations.map(() => ({ done: true })))
  }
  await using store = await openStore(`lmdb:${folder}`)
  expect((await store.getMany([Buffer.from('key-39')]))[0]).toHaveLength(100_000)
})

test('the map grows no further than it may; what does not fit is told and what does is written', async () => {
  const mapBytes = 1024 * 1024
  const mostMapBytes = 3 * mapBytes
  await using writer = new LmdbWriter(() => ({ ...targetWith(mapBytes), mostMapBytes }))
  expect(await writer.apply([put('one', 1_500_000)])).toEqual([{ done: true }])
  const [outcome] = await writer.apply([put('two', 1_700_000)])
  expect(outcome).toMatchObject({ done: false, reason: 'NO_SPACE' })
  const { sentence } = outcome as { sentence: string }
  expect(sentence).toMatch(/may grow to 3.1 MB \(map_size\), and 1.7 MB more were to be written/)
  expect(sentence).toContain(`lmdb:${folder}?map_size=`)
  expect(await writer.apply([put('three', 10)])).toEqual([{ done: true }])
  expect(statSync(join(folder, 'data.mdb')).size).toBeLessThanOrEqual(mostMapBytes)
})

test('the death of the writing process fails one batch, and the next is written', async () => {
  await using writer = writerWith(1024 * 1024)
  await writer.apply([put('before', 10)])
  const batch = writer.apply([put('during', 10_000_000)])
  // The batch is under way in a later turn; the process is gone before it can answer.
  process.kill(writer.processId!, 'SIGKILL')
  const [outcome] = await batch
  expect(outcome).toMatchObject({
    done: false,
    reason: 'UNWRITABLE',
    sentence: expect.stringMatching(
      /^The process that was to write to \/.* ended in the middle \((?:SIGKILL|write EPIPE)\): .*try again\.$/,
    ),
  })
  expect(await writer.apply([put('after', 10)])).toEqual([{ done: true }])
  await using store = await openStore(`lmdb:${folder}`)
  const values = await store.getMany([Buffer.from('before'), Buffer.from('during'), Buffer.from('after')])
  expect(values.map((value) => value instanceof Uint8Array)).toEqual([true, false, true])
})

test('what LMDB says of a broken file is told, with the file and what to do', async () => {
  await using writer = writerWith(1024 * 1024)
  await writer.apply([put('one', 10), put('two', 100_000)])
  const file = openSync(join(folder, 'data.mdb'), 'r+')
  // All but the two pages that say where the others are.
  const { size } = fstatSync(file)
  writeSync(file, Buffer.alloc(size - 8_192, 0xa5), 0, size - 8_192, 8_192)
  closeSync(file)
  const [outcome] = await writer.apply([put('three', 10)])
  expect(outcome).toMatchObject({ done: false, reason: 'REFUSED' })
  const { sentence } = outcome as { sentence: string }
  expect(sentence).toMatch(
    /^LMDB refuses this entry of \/.*: MDB_.*; the file is damaged: restore it from a copy/,
  )
  expect(sentence).toContain(folder)
})

test('a file that is no LMDB is not said to lack permissions', async () => {
  writeFileSync(join(folder, 'data.mdb'), 'Dear Ana, '.repeat(2_000))
  await using writer = writerWith(1024 * 1024)
  await expect(writer.create()).rejects.toMatchObject({
    code: 'REFUSED',
    message: expect.stringMatching(/^LMDB could not open \/.* for writing, it says "MDB_INVALID/) as string,
  })
})

test('a refused entry leaves the others of its batch written', async () => {
  {
    await using named = await openStore(`lmdb:${folder}?db=sub`, { write: true })
    expect(await named.apply([put('in-sub', 5)])).toEqual([{ done: true }])
  }
  await using store = await openStore(`lmdb:${folder}`, { write: true })
  const outcomes = await store.apply([put('one', 5), put('sub', 5), put('two', 5)])
  expect(outcomes).toMatchObject([{ done: true }, { done: false, reason: 'REFUSED' }, { done: true }])
  await using named = await openStore(`lmdb:${folder}?db=sub`)
  expect((await named.getMany([Buffer.from('in-sub')]))[0]).toHaveLength(5)
})

test.each([
  ['below a file', () => join(folder, 'file', 'cache')],
  ['in /proc, where Node alone would try for ever', () => '/proc/nowhere/cache'],
])('a folder that cannot be made is an error with the path: %s', async (_where, pathOf) => {
  writeFileSync(join(folder, 'file'), '')
  for (const scheme of ['lmdb', 'sqlite']) {
    await expect(openStore(`${scheme}:${pathOf()}/new`, { write: true })).rejects.toMatchObject({
      code: 'REFUSED',
      message: expect.stringContaining(pathOf().split('/').slice(0, -1).join('/')) as string,
    })
  }
})

test('a value of many pieces is read whole and by range, also while it is replaced', async () => {
  await using store = await openStore(`lmdb:${folder}`, { write: true })
  const key = Buffer.from('large')
  const version = (number: number): Buffer => Buffer.alloc(13_000_001, number)
  await store.apply([{ kind: 'put', key, value: version(1) }])
  const [range] = await store.getMany([key], { range: [3_999_999, 12_345_678] })
  expect(Buffer.compare(range as Uint8Array, version(1).subarray(3_999_999, 12_345_678))).toBe(0)
  for (let number = 2; number < 8; number++) {
    const [values] = await Promise.all([
      store.getMany([key, Buffer.from('nothing'), key]),
      store.apply([{ kind: 'put', key, value: version(number) }]),
    ])
    const firstBytes = values.map((value) => (value as Uint8Array | undefined)?.[0])
    expect([undefined, number - 1, number]).toContain(firstBytes[0])
    expect(firstBytes[1]).toBeUndefined()
    for (const index of [0, 2]) {
      expect(Buffer.compare(values[index] as Uint8Array, version(firstBytes[index]!))).toBe(0)
    }
  }
})
