import { execFileSync } from 'node:child_process'
import { lstatSync, mkdtempSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { decodeValue } from '../../decode/decode.ts'
import { showKey } from '../../model/keys.ts'
import { MemorySource } from '../../model/source.ts'
import { python } from '../../testing/python.ts'
import { collect } from '../conformance/plain.ts'
import { openStore } from '../registry.ts'

const program = fileURLToPath(new URL('testing/memory.py', import.meta.url))
const encoder = new TextEncoder()

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashcache-test-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function run(action: 'make' | 'check', style: string, ...options: string[]): unknown {
  const output = execFileSync(python, [program, action, join(folder, 'memory'), style, ...options])
  return JSON.parse(output.toString())
}

interface Made {
  joblib: string
  calls: { func: string; key: string }[]
}

interface Checked {
  hits: boolean[]
  computed: string[]
}

describe.each([
  ['str', []],
  ['path', []],
  ['str', ['3']],
] as const)('a cache that joblib has just made (%s %j)', (style, options) => {
  test('is listed as joblib names its calls, with values that can be read', async () => {
    const { calls } = run('make', style, ...options) as Made
    await using store = await openStore(join(folder, 'memory'))
    const entries = await collect(store.entries())
    expect(entries.map(({ key }) => showKey(key)).toSorted()).toEqual(calls.map(({ key }) => key).toSorted())
    const keys = calls.map(({ key }) => encoder.encode(key))
    expect((await store.facts!(keys)).map((facts) => facts?.func)).toEqual(calls.map(({ func }) => func))
    for (const value of await store.getMany(keys)) {
      using decoded = await decodeValue(new MemorySource(value as Uint8Array))
      expect(decoded.problem).toBeUndefined()
    }
  })

  test('after a delete that call is computed again, and all others are hits', async () => {
    const { calls } = run('make', style, ...options) as Made
    expect(run('check', style, ...options) as Checked).toEqual({ hits: calls.map(() => true), computed: [] })
    await using store = await openStore(join(folder, 'memory'), { write: true })
    expect(await store.apply([{ kind: 'delete', key: encoder.encode(calls[2]!.key) }])).toEqual([
      { done: true },
    ])
    expect(run('check', style, ...options) as Checked).toEqual({
      hits: calls.map((_, index) => index !== 2),
      computed: ['relax'],
    })
    expect(await collect(store.entries())).toHaveLength(calls.length)
  })
})

test('joblib evicts the call that it used longest ago, whatever we looked at', async () => {
  const { calls } = run('make', 'path') as Made
  await using store = await openStore(join(folder, 'memory'))
  const keys = calls.map(({ key }) => encoder.encode(key))
  for (const [index, { key }] of calls.entries())
    utimesSync(join(folder, 'memory', key, 'output.pkl'), 1_500_000_000 + index, 1_700_000_000)
  await collect(store.entries())
  await store.getMany(keys)
  const facts = await store.facts!(keys)
  expect(facts.map((fact) => fact?.accessedAtMs)).toEqual(
    keys.map((_, index) => (1_500_000_000 + index) * 1_000),
  )
  const atimes = calls.map(({ key }) => lstatSync(join(folder, 'memory', key, 'output.pkl')).atimeMs)
  expect(atimes).toEqual(facts.map((fact) => fact?.accessedAtMs))
})
