import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asArray } from '../lenses/arrays.ts'
import { windowOf } from '../numpy/ndarray.ts'
import { statisticsOf } from '../numpy/statistics.ts'
import type { Store } from '../stores/contract.ts'
import { openStore } from '../stores/registry.ts'
import { python } from '../testing/python.ts'
import { childAt } from '../value/walk.ts'
import type { Document } from './documents.ts'
import { openEntryDocument } from './documents.ts'
import { RangedSource } from './ranged-source.ts'

const work = mkdtempSync(join(tmpdir(), 'hashcache-large-'))
const million = 1_000_000

/** One record with an array of 80 MB that counts up, in an LMDB and an SQLite cache. */
const make = `
import io, joblib, lmdb, numpy as np, sqlite3, sys
out = io.BytesIO()
joblib.dump({'output': np.arange(10_000_000, dtype='f8'), 'func': 'count'}, out)
with lmdb.open(sys.argv[1] + '/lmdb', map_size=1 << 28) as env, env.begin(write=True) as txn:
    txn.put(b'k', out.getvalue())
db = sqlite3.connect(sys.argv[1] + '/cache.sqlite')
db.execute('CREATE TABLE cache (hash TEXT UNIQUE, value BLOB)')
db.execute('INSERT INTO cache VALUES (?, ?)', ('k', out.getvalue()))
db.commit()
`

const before = process.env['TMPDIR']

beforeAll(() => {
  execFileSync(python, ['-c', make, work])
  // Files of other programs are not looked at.
  process.env['TMPDIR'] = work
})
afterAll(() => {
  if (before === undefined) delete process.env['TMPDIR']
  else process.env['TMPDIR'] = before
  rmSync(work, { recursive: true, force: true })
})

function arrayIn({ decoded }: Document) {
  return asArray(childAt(decoded.root!, 0)!.value, decoded.source)!
}

/** The bytes that a store hands out from now on. */
function metered(store: Store): { store: Store; read: () => number } {
  let bytes = 0
  const getMany: Store['getMany'] = async (...asked) => {
    const values = await store.getMany(...asked)
    for (const value of values) if (value instanceof Uint8Array) bytes += value.length
    return values
  }
  const counting = new Proxy(store, {
    get: (target, name) => {
      if (name === 'getMany') return getMany
      const part: unknown = Reflect.get(target, name, target)
      return typeof part === 'function' ? part.bind(target) : part
    },
  })
  return { store: counting, read: () => bytes }
}

describe('a large value of a store without files', () => {
  it('is opened and looked at by ranges, far below its size', async () => {
    await using opened = await openStore(join(work, 'lmdb'))
    const { store, read } = metered(opened)
    using document = await openEntryDocument(store, 'k', { byRanges: true })
    const cells = await document.answer!(() =>
      windowOf(arrayIn(document), [], [9 * million, 9 * million + 2], [0, 1]),
    )
    expect(cells?.flat().map((cell) => (cell?.kind === 'float' ? cell.value : undefined))).toEqual([
      9e6,
      9e6 + 1,
    ])
    expect(document.stored.byteLength).toBeGreaterThan(80 * million)
    // The first look at its size, and some blocks.
    expect(read()).toBeLessThan(10 * million)
  })

  it('goes into a file where a question wants all of it, and the file goes away', async () => {
    await using store = await openStore(join(work, 'lmdb'))
    {
      using document = await openEntryDocument(store, 'k', { byRanges: true })
      const found = await document.answer!(() => statisticsOf(arrayIn(document)))
      expect([found?.count, found?.min, found?.max]).toEqual([10 * million, 0, 10 * million - 1])
    }
    expect(spooled()).toEqual([])
  })

  it.each(['lmdb', 'cache.sqlite'])('is in a file for whoever does not read by ranges: %s', async (name) => {
    await using store = await openStore(join(work, name))
    {
      using document = await openEntryDocument(store, 'k')
      expect(statisticsOf(arrayIn(document))?.mean).toBe((10 * million - 1) / 2)
      expect(document.answer).toBeUndefined()
    }
    expect(spooled()).toEqual([])
  })
})

function spooled(): string[] {
  return readdirSync(work).filter((name) => name.startsWith('hashcache-value-'))
}

describe('ranges of a value', () => {
  it('are those of the value, whichever are asked for', async () => {
    const bytes = Uint8Array.from({ length: 1_000_000 }, (_, i) => (i * 7919) >> 3)
    const ask = fc.tuple(fc.nat(1_100_000), fc.nat(600_000))
    await fc.assert(
      fc.asyncProperty(fc.array(ask, { maxLength: 6 }), async (questions) => {
        using source = new RangedSource(bytes.length, (from, to) => Promise.resolve(bytes.slice(from, to)))
        for (const [offset, length] of questions) {
          const found = await source.answer(() => source.read(offset, length))
          expect(Buffer.compare(found, bytes.subarray(offset, offset + length))).toBe(0)
        }
      }),
      { numRuns: 30 },
    )
  })

  it('of a value that became shorter are an error with the next step', async () => {
    using source = new RangedSource(1_000_000, () => Promise.resolve(new Uint8Array(10)))
    await expect(source.answer(() => source.read(0, 100))).rejects.toThrow(
      /changed while it was read; open it again/,
    )
  })
})
