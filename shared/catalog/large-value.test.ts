import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asArray } from '../lenses/arrays.ts'
import { readAhead } from '../model/source.ts'
import { downsampleLine } from '../numpy/downsample-line.ts'
import { windowOf } from '../numpy/ndarray.ts'
import { numberReader } from '../numpy/numbers.ts'
import { lineOf, numbersAlong } from '../numpy/sections.ts'
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

/** The bytes that a store hands out from now on, and how often it is asked. */
function metered(store: Store): { store: Store; read: () => number; fetches: () => number } {
  let bytes = 0
  let times = 0
  const getMany: Store['getMany'] = async (...asked) => {
    times++
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
  return { store: counting, read: () => bytes, fetches: () => times }
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

  it('is drawn from ranges spread over it, fetched together', async () => {
    await using opened = await openStore(join(work, 'lmdb'))
    const { store, read, fetches } = metered(opened)
    using document = await openEntryDocument(store, 'k', { byRanges: true })
    const inAll = { from: 0, to: 10 * million, buckets: 300 }
    const summary = await document.answer!(() => {
      const array = arrayIn(document)
      const line = numbersAlong(lineOf(array, 0, [])!, numberReader(array.dtype)!)
      const budget = { exactBytes: 1 << 20, sampleBytes: 1 << 21 }
      return readAhead(document.decoded.source, () => downsampleLine(line, inAll, budget))
    })
    // Of numbers that count up the middle of each bucket is its mean.
    const width = (10 * million) / 300
    for (const [b, mean] of summary.mean.entries())
      expect(Math.abs(mean - (b + 0.5) * width)).toBeLessThan(width / 100)
    expect(read()).toBeLessThan(30 * million)
    const rounds = fetches() - summary.buckets * 4
    // What it took to open it, and one round more than there are places.
    expect(rounds).toBeLessThan(50)
    expect(spooled()).toEqual([])
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
  const bytes = Uint8Array.from({ length: 1_000_000 }, (_, i) => (i * 7919) >> 3)
  const isSame = (found: Uint8Array, offset: number, length: number): boolean =>
    Buffer.compare(found, bytes.subarray(offset, offset + length)) === 0

  /** A source that takes its time, and how often it was asked. */
  function sourceOf(value: Uint8Array): { source: RangedSource; fetches: () => number } {
    let times = 0
    const source = new RangedSource(value.length, async (from, to) => {
      times++
      await Promise.resolve()
      return value.slice(from, to)
    })
    return { source, fetches: () => times }
  }

  it('are those of the value, whichever are asked for, one by one and many at once', async () => {
    const ask = fc.tuple(fc.nat(1_100_000), fc.nat(600_000))
    const place = fc.tuple(fc.nat(1_100_000), fc.nat(9_000))
    await fc.assert(
      fc.asyncProperty(
        fc.array(ask, { maxLength: 6 }),
        fc.array(place, { maxLength: 80 }),
        async (questions, places) => {
          const { source } = sourceOf(bytes)
          using _ = source
          for (const [offset, length] of questions)
            expect(isSame(await source.answer(() => source.read(offset, length)), offset, length)).toBe(true)
          const all = await source.answer(() =>
            readAhead(source, () => places.map(([at, length]) => source.read(at, length).slice())),
          )
          for (const [i, [at, length]] of places.entries()) expect(isSame(all[i]!, at, length)).toBe(true)
        },
      ),
      { numRuns: 50 },
    )
  })

  it('that depend on what is in them are found, also where zeros lead astray', async () => {
    // Each tells where the next one is; zeros are no place.
    const chain = new Uint8Array(3_000_000)
    const places = Array.from({ length: 20 }, (_, i) => 1000 + ((i * 1_299_709) % 2_900_000))
    const view = new DataView(chain.buffer)
    for (const [i, at] of places.entries()) view.setUint32(at, places[i + 1] ?? 7)
    const { source } = sourceOf(chain)
    using _ = source
    const follow = (): number[] => {
      const seen: number[] = []
      for (let at = places[0]!; at !== 7; at = new DataView(source.read(at, 4).slice().buffer).getUint32(0)) {
        if (at === 0) throw new RangeError('no place')
        seen.push(at)
      }
      return seen
    }
    expect(await source.answer(() => readAhead(source, follow))).toEqual(places)
    expect(await source.answer(follow)).toEqual(places)
  })

  it('are fetched at once where they are told ahead, and what fails with all of them fails', async () => {
    const { source, fetches } = sourceOf(bytes)
    using _ = source
    let asked = 0
    const sum = await source.answer(() => {
      asked++
      return readAhead(source, () =>
        Array.from({ length: 100 }, (__, i) => source.read(i * 9_999, 8)[0]!).reduce((a, b) => a + b),
      )
    })
    expect(sum).toBe(Array.from({ length: 100 }, (__, i) => bytes[i * 9_999]!).reduce((a, b) => a + b))
    expect([asked, fetches() <= 100]).toEqual([2, true])
    const failing = source.answer(() =>
      readAhead(source, () => {
        source.read(5_555, 1)
        throw new RangeError('so it is')
      }),
    )
    await expect(failing).rejects.toThrow('so it is')
    // Nobody gets zeros from now on.
    expect(isSame(await source.answer(() => source.read(500_000, 300)), 500_000, 300)).toBe(true)
  })

  it('of many questions are let go of: no more is held than one question may want', async () => {
    const length = 400 * 1024 * 1024
    let fetched = 0
    using source = new RangedSource(length, (from, to) => {
      fetched += to - from
      return Promise.resolve(new Uint8Array(to - from).fill(Math.floor(from / 1e6)))
    })
    const piece = 30 * 1024 * 1024
    for (let at = 0; at < length - piece; at += piece)
      expect(await source.answer(() => source.read(at, piece).length)).toBe(piece)
    // The last is still here, the first is not.
    const until = fetched
    await source.answer(() => source.read(length - 2 * piece, 10).length)
    expect(fetched).toBe(until)
    await source.answer(() => source.read(0, 10).length)
    expect(fetched).toBeGreaterThan(until)
    expect(spooled()).toEqual([])
    expect(source.isFar).toBe(true)
  })

  it('of a value that became shorter are an error with the next step', async () => {
    using source = new RangedSource(1_000_000, () => Promise.resolve(new Uint8Array(10)))
    await expect(source.answer(() => source.read(0, 100))).rejects.toThrow(
      /changed while it was read; open it again/,
    )
  })
})
