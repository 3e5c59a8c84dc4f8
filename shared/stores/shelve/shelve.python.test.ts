import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { showKey } from '../../model/keys.ts'
import { MemorySource } from '../../model/source.ts'
import { python } from '../../testing/python.ts'
import { collect } from '../conformance/plain.ts'
import type { Store, WriteOperation } from '../contract.ts'
import { sqliteStoreType } from '../sqlite/index.ts'
import { makeShelveStoreType } from './index.ts'
import { innerPickle, wrapPickle } from './inner.ts'

const shelve = makeShelveStoreType(sqliteStoreType)

let folder: string
let count = 0
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'shelf-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const newPath = (): string => join(folder, `cache ${count++}.shlv`)

function runPython(script: string, ...args: string[]): unknown {
  const output = execFileSync(python, ['-c', script, ...args], { maxBuffer: 1 << 28 }).toString()
  return JSON.parse(output)
}

/** Opens a shelf of one format as Python's shelve does; Python 3.11 has no dbm.sqlite3, so its few lines stand here. */
const opener = `
import dbm.dumb, dbm.gnu, json, pickle, shelve, sqlite3, sys
from collections.abc import MutableMapping
class Sqlite(MutableMapping):
    def __init__(self, path):
        self.db = sqlite3.connect(path, autocommit=True) if sys.version_info >= (3, 12) else sqlite3.connect(path, isolation_level=None)
        self.db.execute('PRAGMA journal_mode = wal')
        self.db.execute('CREATE TABLE IF NOT EXISTS Dict (key BLOB UNIQUE NOT NULL, value BLOB NOT NULL)')
    def __getitem__(self, key):
        row = self.db.execute('SELECT value FROM Dict WHERE key = CAST(? AS BLOB)', (key,)).fetchone()
        if not row: raise KeyError(key)
        return row[0]
    def __setitem__(self, key, value):
        self.db.execute('REPLACE INTO Dict (key, value) VALUES (CAST(? AS BLOB), CAST(? AS BLOB))', (key, value))
    def __delitem__(self, key):
        assert self.db.execute('DELETE FROM Dict WHERE key = CAST(? AS BLOB)', (key,)).rowcount == 1
    def __iter__(self): return iter([k for (k,) in self.db.execute('SELECT key FROM Dict').fetchall()])
    def __len__(self): return self.db.execute('SELECT COUNT (key) FROM Dict').fetchone()[0]
    def close(self): self.db.close()
def open_dbm(path, format, flag='w'):
    return Sqlite(path) if format == 'sqlite3' else getattr(dbm, format).open(path, flag)
path, format = sys.argv[1:3]
shelf = shelve.Shelf(open_dbm(path, format, sys.argv[3] if len(sys.argv) > 3 else 'w'))
`

function open(path: string, format: string, write = true): Promise<Store> {
  return shelve.open({ kind: 'shelve', path, options: { format } }, { write })
}

async function contentOf(store: Store): Promise<Record<string, string>> {
  const keys = (await collect(store.entries())).map(({ key }) => key)
  const values = await store.getMany(keys)
  return Object.fromEntries(
    keys.map((key, index) => {
      const value = values[index] as Uint8Array
      const inner = store.innerValue!(new MemorySource(value))!
      return [
        showKey(key),
        Buffer.from(inner.inline ?? value.subarray(inner.at, inner.at + inner.length)).toString(),
      ]
    }),
  )
}

const operation = fc.oneof(
  fc.tuple(fc.nat(40), fc.constantFrom(0, 10, 700, 40_000)).map(([key, length]) => ({ key, length })),
  fc.nat(40).map((key) => ({ key, length: undefined })),
)

describe.each(['dumb', 'gnu', 'sqlite3'])('shelve on dbm.%s', (format) => {
  test('Python reads what was written here, and goes on writing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 60 }), async (operations) => {
        const path = newPath()
        await using store = await open(path, format)
        const model = new Map<string, string>()
        const writes = operations.map(({ key, length }, index): WriteOperation => {
          const name = `schlüssel ${key}`
          if (length === undefined) {
            model.delete(name)
            return { kind: 'delete', key: Buffer.from(name) }
          }
          const value = String(index).padEnd(length, '.')
          model.set(name, value)
          return { kind: 'put', key: Buffer.from(name), value: store.wrapValue!(Buffer.from(value)) }
        })
        await store.apply(writes)
        const seen = runPython(
          `${opener}
print(json.dumps({k: v.decode() for k, v in shelf.items()}))
for key in list(shelf)[::2]: del shelf[key]
for i in range(30): shelf['von python %d' % i] = b'p' * i * 50
shelf.close()`,
          path,
          format,
        )
        expect(seen).toEqual(Object.fromEntries(model))
        const after = runPython(
          `${opener}\nprint(json.dumps({k: v.decode() for k, v in shelf.items()}))`,
          path,
          format,
          'r',
        )
        expect(await contentOf(store)).toEqual(after)
      }),
      { numRuns: 6 },
    )
  })

  test('a shelf that Python made can be written here', async () => {
    const path = newPath()
    runPython(
      `${opener}
for i in range(500): shelf['%040d' % i] = b'v%d' % i
shelf.close(); print(1)`,
      path,
      format,
      'n',
    )
    {
      await using store = await open(path, format)
      const some = Array.from({ length: 400 }, (_, index) => Buffer.from(String(index).padStart(40, '0')))
      const outcomes = await store.apply([
        ...some.map((key): WriteOperation => ({ kind: 'delete', key })),
        { kind: 'put', key: Buffer.from('neu'), value: wrapPickle(Buffer.from('x'.repeat(100_000))) },
      ])
      expect(outcomes.every(({ done }) => done)).toBe(true)
    }
    const seen = runPython(
      `${opener}
if format == 'gnu': shelf.dict.reorganize()
print(json.dumps([len(shelf), len(shelf['neu']), sorted(shelf)[0], shelf['%040d' % 499].decode()]))`,
      path,
      format,
    )
    expect(seen).toEqual([101, 100_000, '400'.padStart(40, '0'), 'v499'])
  })
})

test('a gdbm file that Python has open is refused, and written when Python is done', async () => {
  const path = newPath()
  await using store = await open(path, 'gnu')
  const holder = spawn(python, [
    '-u',
    '-c',
    `import dbm.gnu; d = dbm.gnu.open(${JSON.stringify(path)}, 'w'); print('open'); input()`,
  ])
  await once(holder.stdout, 'data')
  const put: WriteOperation = { kind: 'put', key: Buffer.from('a'), value: wrapPickle(Buffer.from('b')) }
  await expect(store.apply([put])).rejects.toMatchObject({
    code: 'REFUSED',
    message: expect.stringContaining('open'),
  })
  holder.stdin.end('\n')
  await once(holder, 'exit')
  expect(await store.apply([put])).toEqual([{ done: true }])
})

test('no file is left beside a shelf', async () => {
  const path = newPath()
  await using store = await open(path, 'dumb')
  await store.apply([
    { kind: 'put', key: Buffer.from('a'), value: wrapPickle(Buffer.from('b')) },
    { kind: 'delete', key: Buffer.from('a') },
  ])
  expect(existsSync(`${path}.dat`) && existsSync(`${path}.bak`)).toBe(true)
  expect(
    runPython('import glob, json, sys; print(json.dumps(len(glob.glob(sys.argv[1] + "*"))))', path),
  ).toBe(3)
})

function unwrap(pickle: Uint8Array): Uint8Array | undefined {
  const ref = innerPickle(new MemorySource(pickle))
  return ref && (ref.inline ?? pickle.subarray(ref.at, ref.at + ref.length))
}

test('bytes of every length and protocol that Python pickles are found, and ours are as Python writes them', () => {
  const script = `
import json, pickle
samples = [b'', b'ab\\n\\\\\\x00\\x1a\\r\\xff', bytes(range(256)), b'x' * 300, b'y' * 70000, b'\\\\u0041']
print(json.dumps([[data.hex(), [pickle.dumps(data, p).hex() for p in range(6)]] for data in samples if data]))
`
  const samples = JSON.parse(execFileSync(python, ['-c', script]).toString()) as [string, string[]][]
  for (const [inner, pickles] of samples) {
    for (const pickle of pickles) {
      expect(Buffer.from(unwrap(Buffer.from(pickle, 'hex')) ?? []).toString('hex')).toBe(inner)
    }
    expect(Buffer.from(wrapPickle(Buffer.from(inner, 'hex'))).toString('hex')).toBe(pickles[4])
  }
})
