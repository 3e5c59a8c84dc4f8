import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Catalog } from './catalog.ts'
import { KeptColumns } from './kept-columns.ts'
import { packNumbers, packWhole, unpackNumbers, unpackWhole } from './packed.ts'
import { parseQuery } from './query/parse.ts'
import { arbitraryEntries, arbitraryQuery, arbitrarySort } from './testing/arbitraries.ts'
import { keysOf, relax } from './testing/entries.ts'
import { naiveSearch } from './testing/naive-search.ts'
import type { CatalogEntry } from './writer.ts'

const always = { entriesAtLeast: 0, changesAtLeast: 1 }

function keepAll(catalog: Catalog): number {
  let kept = 0
  while (catalog.keepColumn(always)) kept++
  return kept
}

/** Names of kept columns and the number of entries noted as changed, as they stand in the file. */
function storedIn(file: string): { names: string[]; changed: number; from: number | undefined } {
  using database = new Closing(file)
  const pluck = (sql: string): unknown[] => database.sqlite.prepare(sql).pluck().all()
  return {
    names: pluck('SELECT name FROM kept ORDER BY name') as string[],
    changed: pluck('SELECT count(*) FROM changed')[0] as number,
    from: pluck(`SELECT value FROM meta WHERE name = 'changesFrom'`)[0] as number | undefined,
  }
}

class Closing {
  readonly sqlite
  constructor(file: string) {
    this.sqlite = new Database(file)
  }
  [Symbol.dispose](): void {
    this.sqlite.close()
  }
}

class TemporaryFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'kept-'))
  get file(): string {
    return join(this.path, 'index.sqlite')
  }
  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true })
  }
}

describe('kept columns', () => {
  it('find and sort as the rows do, whatever changed since', () => {
    const now = 50
    const change = fc.record({
      put: arbitraryEntries,
      remove: fc.array(fc.nat(7), { maxLength: 3 }),
      keep: fc.nat(40),
      removeLast: fc.nat(2),
    })
    fc.assert(
      fc.property(
        fc.array(change, { minLength: 2, maxLength: 4 }),
        fc.array(fc.tuple(arbitraryQuery, arbitrarySort), { minLength: 1, maxLength: 4 }),
        (changes, searches) => {
          using catalog = Catalog.open(':memory:')
          const all = new Map<string, CatalogEntry>()
          const expectFound = (): void => {
            for (const [filter, order] of searches) {
              const { id, entries } = catalog.search(filter, order, now)
              const wanted = naiveSearch([...all.values()], parseQuery(filter), order, now)
              expect(entries).toBe(wanted.length)
              expect(catalog.keys(id, [[0, entries]], 1000)).toEqual(wanted)
            }
          }
          for (const { put, remove, keep, removeLast } of changes) {
            const gone = [...all.values()].filter((_, i) => remove.includes(i))
            const left = put.filter((entry) => !gone.some(({ key }) => String(key) === String(entry.key)))
            catalog.write({ put: left, remove: gone.map(({ key }) => key) })
            for (const { key } of gone) all.delete(String(key))
            for (const entry of left) all.set(String(entry.key), entry)
            expectFound()
            for (let step = 0; step < keep && catalog.keepColumn(always); step++);
            if (removeLast === 0) continue
            // Those with the highest ids: columns are shorter then than they were kept.
            const last = [...all.values()].slice(-removeLast)
            catalog.write({ remove: last.map(({ key }) => key) })
            for (const { key } of last) all.delete(String(key))
            expectFound()
          }
        },
      ),
      { numRuns: 50 },
    )
  })

  it('know nothing any more of the entry with the highest id once that is gone', () => {
    using catalog = Catalog.open(':memory:')
    const put = [relax('1', 'Cu', 1), relax('2', 'Ag', 2), relax('3', 'Au', 3), relax('4', 'Cu', 1)]
    catalog.write({ put })
    keepAll(catalog)
    catalog.write({ remove: [put[3]!.key] })
    expect(catalog.search('').entries).toBe(catalog.count())
    expect(keysOf(catalog, '')).toEqual(['1', '2', '3'])
    for (const column of ['key', 'elapsedSeconds', 'call', 'func', 'arg:element'])
      expect(keysOf(catalog, '', [{ column, descending: true }]).toSorted()).toEqual(['1', '2', '3'])
    // And so it is when they are kept anew, and when another gets its id.
    keepAll(catalog)
    catalog.write({ put: [relax('5', 'Zn', 0)] })
    expect(keysOf(catalog, '', [{ column: 'elapsedSeconds', descending: false }])).toEqual([
      '5',
      '1',
      '2',
      '3',
    ])
  })

  it('are read instead of the rows', () => {
    using folder = new TemporaryFolder()
    using catalog = Catalog.open(folder.file)
    catalog.write({ put: [relax('1', 'Cu', 3), relax('2', 'Ag', 2), relax('3', 'Au', 1)] })
    expect(keepAll(catalog)).toBeGreaterThan(15)
    {
      // What stands in the rows is never asked for…
      using database = new Closing(folder.file)
      database.sqlite.exec(
        `UPDATE texts SET call = 'x'; UPDATE entries SET elapsed = 1; UPDATE arguments SET value = 1`,
      )
    }
    using again = Catalog.open(folder.file)
    expect(keysOf(again, '', [{ column: 'call', descending: false }])).toEqual(['2', '3', '1'])
    expect(keysOf(again, '', [{ column: 'elapsedSeconds', descending: false }])).toEqual(['3', '2', '1'])
    // …but of entries that changed.
    again.write({ put: [relax('3', 'Zn', 0), relax('4', 'Ag', 20)] })
    expect(keysOf(again, '', [{ column: 'elapsedSeconds', descending: true }])).toEqual(['4', '1', '2', '3'])
  })

  it('are made of what an index of the version before has', () => {
    using folder = new TemporaryFolder()
    {
      using catalog = Catalog.open(folder.file)
      catalog.write({ put: [relax('1', 'Cu', 3), relax('2', 'Ag', 2)], token: { whole: 't' } })
      using database = new Closing(folder.file)
      database.sqlite.exec('DROP TABLE kept; DROP TABLE changed; PRAGMA user_version = 3')
    }
    using catalog = Catalog.open(folder.file)
    expect(catalog.known.token()).toBe('t')
    expect(keepAll(catalog)).toBeGreaterThan(15)
    expect(keysOf(catalog, '', [{ column: 'call', descending: false }])).toEqual(['2', '1'])
  })

  it('are not made where there are few entries', () => {
    using catalog = Catalog.open(':memory:')
    catalog.write({ put: [relax('1', 'Cu', 1)] })
    expect(catalog.keepColumn()).toBe(false)
  })

  it('are made again once enough entries changed, and forget what changed before', () => {
    using folder = new TemporaryFolder()
    using catalog = Catalog.open(folder.file)
    catalog.write({ put: [relax('1', 'Cu', 1), relax('2', 'Ag', 2)] })
    const columns = keepAll(catalog)
    catalog.write({ put: [relax('1', 'Pt', 1)] })
    expect(storedIn(folder.file)).toMatchObject({ changed: 1, from: 1 })
    expect(catalog.keepColumn({ entriesAtLeast: 0, changesAtLeast: 2 })).toBe(false)
    expect(keepAll(catalog)).toBe(columns)
    expect(storedIn(folder.file)).toMatchObject({ changed: 0 })
    expect(keepAll(catalog)).toBe(0)
  })

  it('are thrown away when too much changes, and can be made again', () => {
    using folder = new TemporaryFolder()
    using catalog = Catalog.open(folder.file)
    const many = Array.from({ length: 7_000 }, (_, i) => relax(`k${i}`, 'Cu', i))
    catalog.write({ put: many })
    expect(keepAll(catalog)).toBeGreaterThan(15)
    catalog.write({ remove: many.slice(1).map(({ key }) => key) })
    expect(storedIn(folder.file)).toEqual({ names: [], changed: 0, from: undefined })
    catalog.write({ put: [relax('new', 'Ag', 5)] })
    expect(keysOf(catalog, '', [{ column: 'call', descending: false }])).toEqual(['new', 'k0'])
    expect(keepAll(catalog)).toBeGreaterThan(15)
    catalog.write({ put: [relax('k0', 'Zn', 5)] })
    expect(keysOf(catalog, '', [{ column: 'call', descending: false }])).toEqual(['new', 'k0'])
  })

  it('of arguments that no entry has any more are dropped', () => {
    using folder = new TemporaryFolder()
    using catalog = Catalog.open(folder.file)
    catalog.write({ put: [relax('1', 'Cu', 1), relax('2', 'Cu', 2, { args: [] })] })
    keepAll(catalog)
    const before = storedIn(folder.file).names
    catalog.write({ put: [relax('1', 'Cu', 1, { args: [] })] })
    keepAll(catalog)
    const { names } = storedIn(folder.file)
    expect(before.filter((name) => !names.includes(name))).toHaveLength(2)
  })

  it('are not kept if entries changed meanwhile that nobody noted', () => {
    using folder = new TemporaryFolder()
    using catalog = Catalog.open(folder.file)
    catalog.write({ put: [relax('1', 'Cu', 1)] })
    const madeAt = catalog.revision
    catalog.write({ put: [relax('1', 'Zn', 9)] })
    using database = new Closing(folder.file)
    const kept = new KeptColumns(database.sqlite)
    const column = { width: 1, bytes: Uint8Array.of(1, 0), count: 1 }
    expect(kept.write('call', column, madeAt)).toBe(false)
    expect(kept.write('call', column, catalog.revision)).toBe(true)
    // From here on changes are noted.
    catalog.write({ put: [relax('1', 'Cu', 1)] })
    expect(kept.write('output', column, catalog.revision - 1)).toBe(true)
    expect(kept.write('key', column, madeAt)).toBe(false)
    expect(storedIn(folder.file).names).toEqual(['call', 'output'])
  })

  it('are not kept if another process forgot meanwhile what changed', () => {
    using folder = new TemporaryFolder()
    using catalog = Catalog.open(folder.file)
    const [before, after] = [relax('1', 'Cu', 1), relax('1', 'Zn', 9)]
    catalog.write({ put: [before, relax('2', 'Ag', 2)] })
    keepAll(catalog)
    const madeAt = catalog.revision
    using database = new Closing(folder.file)
    const kept = new KeptColumns(database.sqlite)
    const old = kept.read('elapsed')!
    {
      using other = Catalog.open(folder.file)
      other.write({ put: [after] })
      keepAll(other)
    }
    expect(storedIn(folder.file)).toMatchObject({ changed: 0, from: catalog.revision })
    expect(kept.write('elapsed', old, madeAt)).toBe(false)
    using again = Catalog.open(folder.file)
    expect(keysOf(again, '', [{ column: 'elapsedSeconds', descending: true }])).toEqual(['1', '2'])
  })

  it('of a file that does not make sense are read from the rows', () => {
    using folder = new TemporaryFolder()
    using catalog = Catalog.open(folder.file)
    catalog.write({ put: [relax('1', 'Cu', 1), relax('2', 'Ag', 2)] })
    keepAll(catalog)
    using database = new Closing(folder.file)
    database.sqlite.exec('UPDATE kept SET width = 3')
    using again = Catalog.open(folder.file)
    expect(keysOf(again, 'element:Cu', [{ column: 'call', descending: false }])).toEqual(['1'])
    expect(keysOf(again, 'took>0.15', [{ column: 'call', descending: false }])).toEqual(['2'])
  })
})

describe('packed numbers', () => {
  it('are the same when they are unpacked, to any length', () => {
    const whole = fc.array(fc.oneof(fc.nat(300), fc.nat(70_000), fc.constant(0xffff_ffff)))
    fc.assert(
      fc.property(whole, fc.nat(12), (values, end) => {
        const wanted = Array.from({ length: end }, (_, i) => values[i] ?? 7)
        expect([...unpackWhole(packWhole(Uint32Array.from(values)), end, 7)!]).toEqual(wanted)
      }),
    )
    const number = fc.oneof(
      fc.nat(300),
      fc.constantFrom(Number.NaN, 65_534, 65_535, 0xffff_fffe, 0xffff_ffff, 2 ** 40, -1, 0.5, Infinity),
    )
    fc.assert(
      fc.property(fc.array(number), fc.nat(12), (values, end) => {
        const wanted = Array.from({ length: end }, (_, i) => values[i] ?? Number.NaN)
        expect([...unpackNumbers(packNumbers(Float64Array.from(values)), end)!]).toEqual(wanted)
      }),
    )
  })

  it('take as few bytes as hold all of them', () => {
    expect(packWhole(Uint32Array.of(0, 255)).width).toBe(1)
    expect(packWhole(Uint32Array.of(256)).width).toBe(2)
    expect(packNumbers(Float64Array.of(254, Number.NaN)).width).toBe(1)
    expect(packNumbers(Float64Array.of(255)).width).toBe(2)
    expect(packNumbers(Float64Array.of(0.5)).width).toBe(8)
  })
})
