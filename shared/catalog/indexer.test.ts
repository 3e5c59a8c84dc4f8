import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '../model/errors.ts'
import type { Entry, Store } from '../stores/contract.ts'
import { openStore } from '../stores/registry.ts'
import { corpusFolder } from '../testing/corpus-folder.ts'
import { Catalog } from './catalog.ts'
import type { IndexOptions, IndexProgress } from './indexer.ts'
import { indexStore, indexTexts } from './indexer.ts'

/** A record as JSON: such values are read by the same way as pickles. */
function json(fields: Record<string, unknown>): string {
  return JSON.stringify({ func: 'f', module: 'm', 'run-at': 1e9, elapsed_time: 0.5, output: 1, ...fields })
}

describe('indexStore of a folder', () => {
  let folder: string
  let catalog: Catalog
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'indexer-'))
    mkdirSync(join(folder, 'cache'))
    writeFileSync(join(folder, 'cache', 'Filestore.json'), '[]')
    catalog = Catalog.open(join(folder, 'index.sqlite'))
  })
  afterEach(() => {
    catalog.close()
    rmSync(folder, { recursive: true })
  })

  const keyOf = (name: string | number): string => createHash('sha1').update(String(name)).digest('hex')
  const fileOf = (name: string | number): string => {
    const key = keyOf(name)
    return join(folder, 'cache', key.slice(0, 2), `${key}.json`)
  }
  function put(name: string | number, fields: Record<string, unknown> = {}): void {
    const file = fileOf(name)
    mkdirSync(join(file, '..'), { recursive: true })
    writeFileSync(file, json({ 'standardized-kwargs': { name }, ...fields }))
  }
  async function index(options: IndexOptions = {}) {
    await using store = await openStore(`json:${join(folder, 'cache')}`)
    return await indexStore(store, catalog, options)
  }
  const names = (query = '', sort = 'arg:name'): unknown[] => {
    const { id } = catalog.search(query, [{ column: sort, descending: false }])
    return catalog.rows(id, 0, 100_000, ['name']).rows.map(({ args }) => args?.name)
  }
  /** Files that were just written have stamps that count for once only; time passes by setting them back. */
  function settle(): void {
    for (const path of readdirSync(join(folder, 'cache'), { recursive: true, encoding: 'utf8' })) {
      utimesSync(join(folder, 'cache', path), 1e9, 1e9)
    }
  }

  it('reads what is new, and nothing of an unchanged store', async () => {
    for (let i = 0; i < 50; i++) put(i)
    const bytes = Array.from({ length: 50 }, (_, i) => statSync(fileOf(i)).size).reduce((a, b) => a + b)
    expect(await index()).toEqual({
      read: 50,
      unchanged: 0,
      removed: 0,
      bytesRead: bytes,
      bytesStored: bytes,
      damaged: 0,
    })
    expect(names()).toEqual(Array.from({ length: 50 }, (_, i) => String(i)))
    expect(catalog.summary()).toMatchObject({ entries: 50, bytes, computeSeconds: 25 })
    const { revision } = catalog
    expect(await index()).toEqual({
      read: 0,
      unchanged: 50,
      removed: 0,
      bytesRead: 0,
      bytesStored: 0,
      damaged: 0,
    })
    expect(catalog.revision).toBe(revision)
  })

  it('reads again what was added, overwritten in place with the same size, or moved away', async () => {
    for (let i = 10; i < 40; i++) put(i)
    settle()
    await index()
    put('new')
    put(20, { user: 'wei' })
    const size = statSync(fileOf(30)).size
    writeFileSync(fileOf(30), readFileSync(fileOf(30), 'utf8').replace('"f"', '"g"'))
    expect(statSync(fileOf(30)).size).toBe(size)
    utimesSync(fileOf(30), 1e9, 1e9)
    rmSync(fileOf(11))
    rmSync(join(fileOf(12), '..'), { recursive: true })
    const report = await index()
    expect(report).toMatchObject({ read: 3, unchanged: 26, removed: 2, damaged: 0 })
    expect(names('user:wei')).toEqual(['20'])
    expect(names('func:g')).toEqual(['30'])
    expect(names('name:(11,12)')).toEqual([])
    expect(names('name:new')).toEqual([`'new'`])
    expect(catalog.count()).toBe(29)
    expect(await index()).toMatchObject({ read: 0, removed: 0, bytesRead: 0 })
  })

  it('lists what cannot be read as damaged, and forgives it when it is mended', async () => {
    for (let i = 0; i < 5; i++) put(i)
    writeFileSync(fileOf(1), '')
    writeFileSync(fileOf(2), 'no json')
    writeFileSync(fileOf(3), readFileSync(fileOf(3)).subarray(0, 60))
    expect(await index()).toMatchObject({ read: 5, damaged: 2 })
    expect(catalog.summary()).toMatchObject({ entries: 5, damaged: 2, partial: 1 })
    const { id } = catalog.search('-status:ok', [{ column: 'status', descending: false }])
    const rows = catalog.rows(id, 0, 9).rows
    expect(rows.map(({ key }) => key)).toEqual([keyOf(3), ...[keyOf(1), keyOf(2)].toSorted()])
    expect(rows.every(({ problem }) => problem !== undefined)).toBe(true)
    put(1)
    put(2)
    rmSync(fileOf(3))
    expect(await index()).toMatchObject({ read: 2, damaged: 0, removed: 1 })
    expect(catalog.summary()).toMatchObject({ entries: 4, damaged: 0, partial: 0 })
  })

  it('indexes an empty store', async () => {
    expect(await index()).toEqual({
      read: 0,
      unchanged: 0,
      removed: 0,
      bytesRead: 0,
      bytesStored: 0,
      damaged: 0,
    })
    expect(catalog.count()).toBe(0)
    put(1)
    await index()
    rmSync(join(fileOf(1), '..'), { recursive: true })
    expect(await index()).toMatchObject({ removed: 1 })
    expect(catalog.count()).toBe(0)
  })

  it('stays valid when cancelled at any time, and goes on from there', async () => {
    for (let i = 0; i < 300; i++) put(i)
    settle()
    let read = 0
    for (const cancelAt of [1, 150, 50, 30]) {
      await using store = await openStore(`json:${join(folder, 'cache')}`)
      const abort = new AbortController()
      let seen = 0
      const watched = watchReads(store, (count) => {
        seen += count
        if (seen >= cancelAt) abort.abort()
      })
      await expect(indexStore(watched, catalog, { signal: abort.signal })).rejects.toThrow(AppError)
      expect(catalog.summary().entries).toBe(catalog.search('').entries)
      read = catalog.count()
      expect(read).toBeLessThan(300)
      expect(catalog.known.token()).toBeUndefined()
    }
    expect(read).toBeGreaterThan(0)
    const report = await index()
    expect(report.read + report.unchanged).toBe(300)
    expect(report.unchanged).toBeGreaterThan(0)
    expect(catalog.count()).toBe(300)
    expect(catalog.summary()).toMatchObject({ entries: 300, computeSeconds: 150 })
  })

  it('reads entries that were written just now once', async () => {
    for (let i = 0; i < 30; i++) put(i)
    // Such a stamp stays new for as long as the test takes.
    const soon = Date.now() / 1000 + 1.9
    utimesSync(fileOf(3), soon, soon)
    expect(await index()).toMatchObject({ read: 30, unchanged: 0, removed: 0 })
    expect(catalog.count()).toBe(30)
  })

  it('forgets first rows of a cancelled run whose entries went away', async () => {
    for (let i = 0; i < 20; i++) put(i)
    const abort = new AbortController()
    {
      await using store = await openStore(`json:${join(folder, 'cache')}`)
      const stopped: Store = Object.create(store, {
        // As stores are whose parts are not all files.
        scan: { value: undefined },
        changeToken: {
          value: () => {
            abort.abort()
            throw new AppError('CANCELLED', 'stopped')
          },
        },
      }) as Store
      await expect(indexStore(bound(stopped, store), catalog, { signal: abort.signal })).rejects.toThrow(
        'stopped',
      )
    }
    expect(catalog.count()).toBe(20)
    rmSync(fileOf(7))
    await index()
    expect(catalog.count()).toBe(19)
    expect(names('name:7')).toEqual([])
  })

  it('loses no rows when two processes begin at once', async () => {
    for (let i = 0; i < 40; i++) put(i)
    settle()
    await using store = await openStore(`json:${join(folder, 'cache')}`)
    // The first rows of one are ready when the other is done with everything.
    const overtaken = new Proxy(store, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name)
        if (name === 'entries')
          return async function* (...options: Parameters<Store['entries']>) {
            for await (const entries of target.entries(...options)) {
              await index()
              yield entries
            }
          }
        return typeof value === 'function' ? (value.bind(target) as unknown) : value
      },
    })
    using other = Catalog.open(join(folder, 'index.sqlite'))
    await indexStore(overtaken, other)
    expect(catalog.count()).toBe(40)
    // A change of one part: the rows of all others must still belong to theirs.
    put('new')
    await index()
    expect(catalog.count()).toBe(41)
  })

  it('lets another connection see growing counts, each a state that is whole', async () => {
    // More than one transaction takes, however fast it goes.
    for (let i = 0; i < 1300; i++) put(i)
    using reader = Catalog.open(catalog.file)
    const counts: number[] = []
    await using store = await openStore(`json:${join(folder, 'cache')}`)
    const watched = watchReads(store, () => {
      const { id, entries, computeSeconds } = reader.search('func:f')
      counts.push(entries)
      expect(computeSeconds).toBe(entries / 2)
      expect(reader.rows(id, 0, 400, ['name']).rows.every(({ args }) => args?.name !== undefined)).toBe(true)
    })
    await indexStore(watched, catalog, {})
    expect(counts).toEqual(counts.toSorted((a, b) => a - b))
    expect(new Set(counts).size).toBeGreaterThan(2)
    expect(counts.at(-1)).toBeLessThanOrEqual(1300)
    expect(reader.count()).toBe(1300)
  })

  it('tells its progress in rising numbers', async () => {
    for (let i = 0; i < 100; i++) put(i)
    const progress: IndexProgress[] = []
    await index({ onProgress: (each) => progress.push(each) })
    expect(progress.map(({ done }) => done)).toEqual(
      progress.map(({ done }) => done).toSorted((a, b) => a - b),
    )
    expect(progress.every(({ done, total }) => total === undefined || total >= done)).toBe(true)
    expect(progress.at(-1)).toEqual({ done: 100, total: 100 })
  })

  it('leaves the cache as it was', async () => {
    for (let i = 0; i < 10; i++) put(i)
    settle()
    const paths = () => readdirSync(join(folder, 'cache'), { recursive: true, encoding: 'utf8' }).toSorted()
    const times = () =>
      paths()
        .filter((path) => path.endsWith('.json'))
        .map((path) => statSync(join(folder, 'cache', path)))
        .map(({ mtimeMs, atimeMs, ctimeMs }) => [mtimeMs, atimeMs, ctimeMs])
    const before = { paths: paths(), times: times() }
    await index()
    expect({ paths: paths(), times: times() }).toEqual(before)
  })

  it('makes the text index without changing what is found', async () => {
    for (let i = 0; i < 30; i++) put(i, { user: `user${i}` })
    await index()
    const before = names('"name=2"')
    expect(before).toHaveLength(11)
    await indexTexts(catalog)
    expect(names('"name=2"')).toEqual(before)
    expect(catalog.indexTexts(10)).toBe(0)
  })
})

describe('indexStore of stores of other kinds', () => {
  it('steps over arrays', async () => {
    const path = corpusFolder('fs-class')
    using catalog = Catalog.open(':memory:')
    await using store = await openStore(`fs:${join(path!, 'cache')}`)
    const { read, bytesRead, bytesStored, damaged } = await indexStore(store, catalog)
    expect({ read, damaged }).toEqual({ read: catalog.count(), damaged: 0 })
    expect(bytesRead).toBeLessThanOrEqual(bytesStored)
    expect(catalog.summary().dumps).toBe(6)
  })

  it('takes values by ranges where there are no files, and only those it needs', async () => {
    const key = Uint8Array.of(1)
    const value = Buffer.from(json({ output: 'x'.repeat(300_000), 'standardized-kwargs': { a: 1 } }))
    const ranges: (readonly [number, number] | undefined)[] = []
    using catalog = Catalog.open(':memory:')
    const store = memoryStore([[key, value]], (range) => ranges.push(range))
    const report = await indexStore(store, catalog)
    expect(report).toMatchObject({ read: 1, damaged: 0, bytesStored: value.length })
    expect(report.bytesRead).toBeGreaterThanOrEqual(65_536)
    expect(ranges[0]).toEqual([0, 65_536])
    expect(catalog.search('a:1').entries).toBe(1)
  })

  it('follows a store without parts, tokens and stamps', async () => {
    using catalog = Catalog.open(':memory:')
    const entries: [Uint8Array, Buffer][] = Array.from({ length: 20 }, (_, i) => [
      Uint8Array.of(255, i),
      Buffer.from(json({ 'standardized-kwargs': { i } })),
    ])
    await indexStore(memoryStore(entries), catalog)
    expect(catalog.count()).toBe(20)
    entries.splice(3, 5)
    entries.push([Uint8Array.of(255, 200), Buffer.from('')])
    const report = await indexStore(memoryStore(entries), catalog)
    expect(report).toMatchObject({ read: 16, unchanged: 0, removed: 5, damaged: 1 })
    expect(catalog.count()).toBe(16)
    expect(catalog.search('i:(3,4,5,6,7)').entries).toBe(0)
  })

  it('makes a damaged row of what the store cannot hand out, and none of what is gone', async () => {
    using catalog = Catalog.open(':memory:')
    const store = memoryStore([[Uint8Array.of(65), Buffer.from('1')]])
    const odd: Store = bound(
      Object.create(store, {
        getMany: { value: async () => [{ code: 'UNREADABLE', sentence: 'A page is broken.' }] },
      }) as Store,
      store,
    )
    expect(await indexStore(odd, catalog)).toMatchObject({ read: 1, damaged: 1 })
    expect(catalog.row('A')).toMatchObject({ status: 'damaged', problem: { sentence: 'A page is broken.' } })
    const gone = bound(Object.create(store, { getMany: { value: async () => [undefined] } }) as Store, store)
    expect(await indexStore(gone, catalog)).toMatchObject({ read: 0, removed: 1 })
    expect(catalog.count()).toBe(0)
  })
})

/** The store, telling of each `getMany` how many keys it is asked for. */
function watchReads(store: Store, onRead: (count: number) => void): Store {
  const watched = Object.create(store, {
    getMany: {
      value: async (keys: Uint8Array[], options: object) => {
        onRead(keys.length)
        return store.getMany(keys, options)
      },
    },
  }) as Store
  return bound(watched, store)
}

/** Methods of classes with private fields work on the object itself only. */
function bound(changed: Store, store: Store): Store {
  return new Proxy(changed, {
    get(target, name) {
      if (Object.hasOwn(target, name)) return Reflect.get(target, name) as unknown
      const value = Reflect.get(store, name) as unknown
      return typeof value === 'function' ? (value.bind(store) as unknown) : value
    },
  })
}

/** A store in memory that knows neither parts nor stamps. */
function memoryStore(
  values: [Uint8Array, Buffer][],
  onRange?: (range?: readonly [number, number]) => void,
): Store {
  let tokens = 0
  return {
    kind: 'sqlite',
    location: 'memory:',
    label: 'memory',
    capabilities: {
      write: false,
      rangeRead: true,
      sizes: 'exact',
      stamps: 'none',
      keys: 'bytes',
      order: 'none',
      values: 'any',
    },
    async *entries(): AsyncGenerator<Entry[], void, void> {
      yield values.map(([key, value]) => ({ key, sizeBytes: value.length }))
    },
    async getMany(keys, options = {}) {
      return keys.map((wanted) => {
        onRange?.(options.range)
        const value = values.find(([key]) => Buffer.compare(key, wanted) === 0)?.[1]
        return value?.subarray(...(options.range ?? []))
      })
    },
    apply: async () => [],
    changeToken: async () => ({ whole: `${Date.now()} ${tokens++} ${Math.random()}` }),
    async [Symbol.asyncDispose]() {},
  }
}
