import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { python } from '../../testing/python.ts'
import type { Store } from '../contract.ts'
import { unchangedLaw } from '../conformance/unchanged.ts'
import { openStore } from '../registry.ts'

/** As in LMDB's test: values say whose they are, old ones are overwritten and never deleted, new ones come and go. */
const writerScript = String.raw`
import hashlib, itertools, os, random, sqlite3, sys
path, mode = sys.argv[1], sys.argv[2]
random.seed(7)
def value(key, version):
    head = b'%s|%d|' % (key.encode(), version)
    pattern = hashlib.sha256(head).digest()
    size = random.choice([10, 100, 3000, 20000])
    return head + (pattern * (size // 32 + 1))[:size]
db = sqlite3.connect(path)
db.execute('PRAGMA journal_mode = ' + mode)
db.execute('PRAGMA synchronous = OFF')
db.execute('CREATE TABLE cache(hash TEXT unique, value BLOB)')
for i in range(400):
    key = 'old-%04d' % i
    db.execute('INSERT INTO cache VALUES (?, ?)', (key, value(key, 0)))
db.commit()
print('ready', flush=True)
for n in itertools.count():
    if n % 10 == 0 and os.path.exists(path + '.stop'): break
    key = 'old-%04d' % random.randrange(400)
    db.execute('REPLACE INTO cache VALUES (?, ?)', (key, value(key, n + 1)))
    key = 'new-%03d' % random.randrange(100)
    if random.random() < 0.5: db.execute('REPLACE INTO cache VALUES (?, ?)', (key, value(key, n + 1)))
    else: db.execute('DELETE FROM cache WHERE hash = ?', (key,))
    db.commit()
db.close()
`

let folder: string
let path: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashcache-test-'))
  path = join(folder, 'cache.sqlite')
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

function runPython(script: string, ...parameters: string[]): string {
  return execFileSync(python, ['-c', script, ...parameters])
    .toString()
    .trim()
}

/** A writer that goes on until it is stopped; `stop` gives its exit code. */
async function startWriter(mode: string): Promise<{ stop: () => Promise<number | null> }> {
  const child = spawn(python, ['-c', writerScript, path, mode], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve))
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve())
    child.once('exit', () => reject(new Error('the writer ended too early')))
  })
  return {
    stop: () => {
      writeFileSync(`${path}.stop`, '')
      return ended
    },
  }
}

function expectOwnValue(key: Uint8Array, bytes: Uint8Array): void {
  const value = Buffer.from(bytes)
  const head = value.subarray(0, value.indexOf('|', value.indexOf('|') + 1) + 1)
  expect(head.toString()).toMatch(new RegExp(`^${Buffer.from(key).toString()}\\|\\d+\\|$`))
  const body = value.subarray(head.length)
  expect(body.subarray(32).equals(body.subarray(0, Math.max(0, body.length - 32)))).toBe(true)
}

async function readAll(store: Store): Promise<string[]> {
  const names: string[] = []
  for await (const batch of store.entries({ batchSize: 50 })) {
    const keys = batch.map(({ key }) => key)
    names.push(...keys.map((key) => Buffer.from(key).toString()))
    for (const [index, value] of (await store.getMany(keys)).entries()) {
      if (value === undefined) continue
      if (!(value instanceof Uint8Array)) throw new Error(value.sentence)
      expectOwnValue(keys[index]!, value)
    }
  }
  return names
}

describe.each(['DELETE', 'TRUNCATE', 'PERSIST', 'WAL'])('journal mode %s', (mode) => {
  test('beside a live writer: no wrong value, none of the old missed, the writer not locked out', async () => {
    const writer = await startWriter(mode)
    {
      await using store = await openStore(`sqlite:${path}`)
      for (let pass = 0; pass < 5; pass++) {
        const names = await readAll(store)
        // A row that is replaced moves to the table's end, where the listing meets it once more.
        expect(new Set(names.filter((name) => name.startsWith('old-'))).size).toBe(400)
      }
    }
    // Python gives up on a lock after five seconds, and would end with another code.
    expect(await writer.stop()).toBe(0)
  })

  test('what we write, Python reads', async () => {
    const writer = await startWriter(mode)
    {
      await using store = await openStore(`sqlite:${path}`, { write: true })
      const outcomes = await store.apply([
        { kind: 'put', key: Buffer.from('ours'), value: Buffer.alloc(100_000, 5) },
        { kind: 'put', key: Buffer.from('ours'), value: Buffer.alloc(9), expect: 'absent' },
        { kind: 'delete', key: Buffer.from('nobody') },
      ])
      expect(outcomes.map((outcome) => outcome.done || outcome.reason)).toEqual([true, 'EXISTS', 'ABSENT'])
    }
    expect(await writer.stop()).toBe(0)
    const script = `import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute("SELECT typeof(hash), typeof(value), value = zeroblob(100000) OR hex(value) = '05' || replace(hex(zeroblob(99999)), '00', '05') FROM cache WHERE hash = 'ours'").fetchall())`
    expect(runPython(script, path)).toBe("[('text', 'blob', 1)]")
  })
})

/** Ends the process in the middle of a transaction whose pages are in the database already. */
const crashScript = String.raw`
import os, sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute('PRAGMA journal_mode = ' + sys.argv[2])
db.execute('PRAGMA cache_size = 2')
db.execute('CREATE TABLE cache(hash TEXT unique, value BLOB)')
for i in range(50): db.execute('INSERT INTO cache VALUES (?, ?)', ('old-%d' % i, b'old' * 500))
db.commit()
for i in range(50): db.execute('UPDATE cache SET value = ? WHERE hash = ?', (b'new' * 500, 'old-%d' % i))
if sys.argv[2] == 'WAL': db.commit()
os._exit(0)
`

describe.each([
  ['DELETE', 'old'],
  ['WAL', 'new'],
])('after a program died in journal mode %s', (mode, expected) => {
  test('what was committed is read', async () => {
    runPython(crashScript, path, mode)
    expect(readdirSync(folder).length).toBeGreaterThan(1)
    await using store = await openStore(`sqlite:${path}`)
    const keys = Array.from({ length: 50 }, (_, index) => Buffer.from(`old-${index}`))
    const values = await store.getMany(keys)
    const texts = values.map((value) => Buffer.from(value as Uint8Array).toString('latin1'))
    expect(new Set(texts)).toEqual(new Set([expected.repeat(500)]))
  })

  unchangedLaw('nothing is repaired in place', async () => {
    runPython(crashScript, path, mode)
    return { folder, open: () => openStore(`sqlite:${path}`), [Symbol.asyncDispose]: async () => {} }
  })
})

test('a database that is locked for long is an error that says so', async () => {
  runPython(crashScript.replace('os._exit(0)', 'db.rollback(); db.close()'), path, 'DELETE')
  const holder = spawn(
    python,
    [
      '-c',
      String.raw`
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute('BEGIN EXCLUSIVE')
print('locked', flush=True)
sys.stdin.read()`,
      path,
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  await new Promise((resolve) => holder.stdout.once('data', resolve))
  await expect(openStore(`sqlite:${path}`)).rejects.toMatchObject({
    code: 'REFUSED',
    message: expect.stringContaining('locked by another program') as string,
  })
  holder.stdin.end()
  await new Promise((resolve) => holder.once('exit', resolve))
  await using store = await openStore(`sqlite:${path}`)
  expect(await store.getMany([Buffer.from('old-1')], { range: [0, 3] })).toEqual([
    new Uint8Array(Buffer.from('old')),
  ])
})

test('a value that Python can store and SQLite cannot read here is its entry’s fault alone', async () => {
  runPython(
    `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute('PRAGMA page_size = 65536')
db.execute('PRAGMA journal_mode = OFF')
db.execute('PRAGMA synchronous = OFF')
db.execute('CREATE TABLE cache(hash TEXT unique, value BLOB)')
db.execute("INSERT INTO cache VALUES ('huge', zeroblob(540000000)), ('other', x'0102')")
db.commit()`,
    path,
  )
  await using store = await openStore(`sqlite:${path}`)
  const sizes = new Map<string, number | undefined>()
  for await (const batch of store.entries())
    for (const { key, sizeBytes } of batch) sizes.set(Buffer.from(key).toString(), sizeBytes)
  expect(sizes).toEqual(
    new Map([
      ['huge', 540_000_000],
      ['other', 2],
    ]),
  )
  const keys = [Buffer.from('huge'), Buffer.from('other')]
  const [huge, other] = await store.getMany(keys, { range: [0, 2] })
  expect(huge).toMatchObject({ code: 'UNREADABLE', sentence: expect.stringContaining('536 MB') as string })
  expect(other).toEqual(new Uint8Array([1, 2]))
})
