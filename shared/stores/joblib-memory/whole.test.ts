import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test } from 'vitest'

import { corpusFolder } from '../../testing/corpus-folder.ts'
import { outcomesOf } from '../conformance/plain.ts'
import type { Store, WholeEntry } from '../contract.ts'
import { openStore } from '../registry.ts'

// What kills, other writers and odd things in a folder do to calls that are taken out and brought back whole.

const silver = 'lab/physics/relax/d43828e401f35521d70f7236f8d103a9'
const key = new TextEncoder().encode(silver)

let folder: string
let cache: string
let bin: string
const at = (...names: string[]): string => join(cache, silver, ...names)

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashcache-test-'))
  cache = join(folder, 'memory')
  bin = join(folder, 'bin')
  mkdirSync(bin)
  cpSync(join(corpusFolder('joblib-memory')!, 'path'), cache, { recursive: true, preserveTimestamps: true })
})
afterEach(() => rmSync(folder, { recursive: true }))

const open = (): Promise<Store> => openStore(`joblib:${cache}`, { write: true })
const wholeOf = async (store: Store): Promise<Uint8Array> =>
  ((await store.whole!.getMany([key]))[0] as WholeEntry).whole

test('what a killed deletion has left goes, and nothing of others', async () => {
  await using store = await open()
  const whole = await wholeOf(store)
  rmSync(at('output.pkl'))
  writeFileSync(at('output.pkl.thread-1-pid-1'), 'somebody writes')
  const remove = [{ kind: 'delete', key, ifValue: whole } as const]
  expect(outcomesOf(await store.whole!.apply(remove))).toEqual(['ABSENT'])
  expect(readdirSync(at()).toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
    'metadata.json',
    'output.pkl.thread-1-pid-1',
  ])
  rmSync(at('output.pkl.thread-1-pid-1'))
  expect(outcomesOf(await store.whole!.apply(remove))).toEqual(['ABSENT'])
  expect(existsSync(at())).toBe(false)
  expect(existsSync(join(cache, 'lab/physics/relax/func_code.py'))).toBe(true)
})

test('what a killed undo has written is used, and its temporary files are gone at the end', async () => {
  await using store = await open()
  const whole = await wholeOf(store)
  const output = readFileSync(at('output.pkl'))
  rmSync(at('output.pkl'))
  writeFileSync(at('output.pkl.hashcache-undo'), output.subarray(0, 7))
  expect(outcomesOf(await store.whole!.apply([{ kind: 'put', key, value: whole }]))).toEqual(['done'])
  expect(readdirSync(at())).toEqual(['metadata.json', 'output.pkl'])
  expect(readFileSync(at('output.pkl'))).toEqual(output)
})

test('arrays beside the result come along; a folder or a link in it is refused by copy, and moved by renaming', async () => {
  await using store = await open()
  writeFileSync(at('output.pkl_01.npy'), 'an array', { mode: 0o640 })
  const whole = await wholeOf(store)
  expect(outcomesOf(await store.whole!.apply([{ kind: 'delete', key, ifValue: whole }]))).toEqual(['done'])
  expect(outcomesOf(await store.whole!.apply([{ kind: 'put', key, value: whole }]))).toEqual(['done'])
  expect(readFileSync(at('output.pkl_01.npy'), 'utf8')).toBe('an array')
  expect(statSync(at('output.pkl_01.npy')).mode & 0o777).toBe(0o640)
  symlinkSync(folder, at('linked'))
  expect(await store.whole!.getMany([key])).toMatchObject([
    { code: 'UNREADABLE', sentence: expect.stringMatching(/linked, which is no file.*on its own disk/) },
  ])
  expect(outcomesOf(await store.setAside!([{ key }], bin))).toEqual(['done'])
  expect(outcomesOf(await store.bringBack!([key], bin))).toEqual(['done'])
  expect(readdirSync(at())).toContain('linked')
})

test('a folder that was renamed before a kill counts as gone, whatever was stored since', async () => {
  await using store = await open()
  const aside = [{ key }]
  expect(outcomesOf(await store.setAside!(aside, bin))).toEqual(['done'])
  mkdirSync(at())
  writeFileSync(at('output.pkl'), 'stored since')
  expect(outcomesOf(await store.setAside!(aside, bin))).toEqual(['done'])
  expect(outcomesOf(await store.bringBack!([key], bin))).toEqual(['EXISTS'])
  expect(readFileSync(at('output.pkl'), 'utf8')).toBe('stored since')
  expect(existsSync(join(bin, silver, 'output.pkl'))).toBe(true)
})

test('an undo that was killed between the files of a folder is brought to its end', async () => {
  await using store = await open()
  const [output, metadata] = ['output.pkl', 'metadata.json'].map((name) => readFileSync(at(name)))
  await store.setAside!([{ key }], bin)
  mkdirSync(at())
  writeFileSync(at('metadata.json'), 'left by somebody')
  expect(outcomesOf(await store.bringBack!([key], bin))).toEqual(['done'])
  expect([readFileSync(at('output.pkl')), readFileSync(at('metadata.json'))]).toEqual([output, metadata])
  expect(existsSync(join(bin, silver))).toBe(false)
  expect(outcomesOf(await store.bringBack!([key], bin))).toEqual(['ABSENT'])
})

test('a link in the way to a call leads nowhere', async () => {
  await using store = await open()
  const whole = await wholeOf(store)
  const outside = join(folder, 'outside')
  mkdirSync(outside)
  rmSync(join(cache, 'lab'), { recursive: true })
  symlinkSync(outside, join(cache, 'lab'))
  expect(await store.whole!.apply([{ kind: 'put', key, value: whole }])).toMatchObject([
    { done: false, reason: 'REFUSED', sentence: expect.stringContaining('is a link') },
  ])
  expect(readdirSync(outside)).toEqual([])
})

test('a folder in the trash that a killed undo has emptied is nothing to bring back, and takes no place', async () => {
  await using store = await open()
  expect(outcomesOf(await store.setAside!([{ key }], bin))).toEqual(['done'])
  const aside = join(bin, silver)
  // What is left of one that was filled up, file by file, when it is killed before its last step.
  cpSync(aside, at(), { recursive: true, preserveTimestamps: true })
  rmSync(aside, { recursive: true })
  mkdirSync(aside)
  expect(outcomesOf(await store.bringBack!([key], bin))).toEqual(['ABSENT'])
  expect([existsSync(aside), existsSync(at('output.pkl'))]).toEqual([false, true])

  mkdirSync(aside)
  rmSync(at(), { recursive: true })
  expect(outcomesOf(await store.bringBack!([key], bin))).toEqual(['ABSENT'])
  expect(existsSync(at())).toBe(false)
})
