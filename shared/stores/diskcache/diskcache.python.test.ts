import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { fromHex, toHex } from '../../model/bytes.ts'
import { python } from '../../testing/python.ts'
import { collect } from '../conformance/plain.ts'
import { unchangedLaw } from '../conformance/unchanged.ts'
import { openStore } from '../registry.ts'

const program = fileURLToPath(new URL('testing/caches.py', import.meta.url))

/** Holds the write lock of a database until its input ends. */
const holdLock = `
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.read()
`

interface Made {
  entries: { key: string; value: string }[]
}

interface Checked {
  warnings: string[]
  length: number
  count: number
  size: number
  keys: string[]
}

describe.each(['cache', 'fanout'])('a %s that diskcache has just made', (kind) => {
  let folder: string
  let made: Made
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hashcache-test-'))
    made = run('make') as Made
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  function run(action: string, input = ''): unknown {
    const output = execFileSync(python, [program, action, join(folder, 'made'), kind], { input })
    return JSON.parse(output.toString())
  }

  const open = (write = false) => openStore(join(folder, 'made'), { write })

  test('is read as Python reads it: every key, and every value unpickled', async () => {
    await using store = await open()
    const entries = await collect(store.entries())
    const keys = entries.map(({ key }) => toHex(key)).toSorted()
    expect(keys).toEqual((run('check') as Checked).keys)
    expect(keys).toEqual(made.entries.map(({ key }) => key).toSorted())
    const values = await store.getMany(entries.map(({ key }) => key))
    const shown = Object.fromEntries(
      entries.map(({ key }, index) => [toHex(key), toHex(values[index] as Uint8Array)]),
    )
    expect(run('load', JSON.stringify(shown))).toEqual({ wrong: [], unknown: [] })
  })

  test('after deletes diskcache finds nothing wrong, its counters are right, and the other calls are hits', async () => {
    const before = run('check') as Checked
    expect(run('call')).toEqual([])
    await using store = await open(true)
    const entries = await collect(store.entries())
    const calls = made.entries.slice(-4).map(({ key }) => key)
    const gone = entries.filter(
      ({ key }, index) => toHex(key) === calls[1] || (index % 2 === 0 && !calls.includes(toHex(key))),
    )
    const outcomes = await store.apply(gone.map(({ key }) => ({ kind: 'delete', key })))
    expect(outcomes.every(({ done }) => done)).toBe(true)
    const after = run('check') as Checked
    expect(after).toMatchObject({
      warnings: [],
      length: entries.length - gone.length,
      count: entries.length - gone.length,
    })
    const files = readdirSync(join(folder, 'made'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.val'),
    )
    expect(after.size < before.size).toBe(files.length < 4)
    expect(after.keys).toEqual(before.keys.filter((key) => !gone.some((entry) => toHex(entry.key) === key)))
    expect(run('call')).toEqual(['Ag'])
    expect((await store.getMany([fromHex(calls[1]!)!]))[0]).toBeInstanceOf(Uint8Array)
  })

  test('beside a Python that holds the write lock: what is told is read, nothing is deleted', async () => {
    const database = join(folder, 'made', kind === 'cache' ? '' : '000', 'cache.db')
    const holder = spawn(python, ['-c', holdLock, database], { stdio: ['pipe', 'pipe', 'inherit'] })
    await once(holder.stdout, 'data')
    await using store = await open(true)
    const key = (await collect(store.entries()))[0]!.key
    const outcomes = await store.apply([{ kind: 'delete', key }])
    expect(outcomes).toMatchObject([
      { done: false, reason: 'UNWRITABLE', sentence: expect.stringContaining('locked') },
    ])
    holder.stdin.end()
    await once(holder, 'exit')
    expect(run('check') as Checked).toMatchObject({ warnings: [], length: made.entries.length })
    expect(await store.apply([{ kind: 'delete', key }])).toEqual([{ done: true }])
  })

  test('that died is read with what stands in its write-ahead log alone', async () => {
    execFileSync(python, [program, 'crash', join(folder, 'made'), kind])
    expect(readdirSync(folder, { recursive: true, encoding: 'utf8' }).join()).toContain('cache.db-wal')
    await using store = await open()
    const [value] = await store.getMany([new TextEncoder().encode('last')])
    expect(String.fromCharCode(...(value as Uint8Array))).toContain('in the log')
  })

  unchangedLaw('with a write-ahead log left behind', async () => {
    execFileSync(python, [program, 'crash', join(folder, 'made'), kind])
    return { folder, open: () => open(), async [Symbol.asyncDispose]() {} }
  })
})
