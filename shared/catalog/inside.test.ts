import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { entryStates as statesSchema, insideColumn } from '../api/inside.ts'
import { findAlike } from '../jobs/alike.ts'
import { candidates } from '../jobs/select.ts'
import { openStore } from '../stores/registry.ts'
import { corpusFolder } from '../testing/corpus-folder.ts'
import { Catalog } from './catalog.ts'
import { indexStore } from './indexer.ts'

describe('what is inside entries', () => {
  let folder: string
  let catalog: Catalog
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'inside-'))
    mkdirSync(join(folder, 'cache'))
    writeFileSync(join(folder, 'cache', 'Filestore.json'), '[]')
    catalog = Catalog.open(join(folder, 'index.sqlite'))
  })
  afterEach(() => {
    catalog.close()
    rmSync(folder, { recursive: true })
  })

  const keyOf = (name: string): string => createHash('sha1').update(name).digest('hex')
  const fileOf = (name: string): string =>
    join(folder, 'cache', keyOf(name).slice(0, 2), `${keyOf(name)}.json`)
  function put(name: string, args: unknown, output: unknown, more: Record<string, unknown> = {}): void {
    mkdirSync(join(fileOf(name), '..'), { recursive: true })
    const fields = { func: 'f', module: 'm', 'standardized-kwargs': args, 'run-at': 1, elapsed_time: 2 }
    writeFileSync(fileOf(name), JSON.stringify({ ...fields, output, hash: keyOf(name), user: name, ...more }))
  }
  async function index(): Promise<void> {
    await using store = await openStore(`json:${join(folder, 'cache')}`)
    await indexStore(store, catalog)
  }
  /** Users, who are called as the entries. */
  const found = (query: string, column = 'user', descending = false): unknown[] => {
    const { id, entries } = catalog.search(query, [{ column, descending }])
    return catalog.rows(id, 0, entries).rows.map(({ user }) => user)
  }

  it('is found, sorted by, shown and counted', async () => {
    put('a', { params: { cutoff: 400 }, x: 1 }, { energy: -3.5, info: { steps: 12 }, 'free energy': 1 })
    put('b', { params: { cutoff: 300 }, x: 2 }, { energy: -1, info: { steps: 7 } })
    put('c', { params: { cutoff: 500, mode: 'fast' }, x: 3 }, { energy: 'none' })
    put('d', { params: null, x: 4 }, 2.5)
    await index()
    expect(found('output.energy<-3')).toEqual(['a'])
    expect(found('output.energy:none')).toEqual(['c'])
    expect(found('output.energy:*')).toEqual(['a', 'b', 'c'])
    expect(found('output.info.steps:5..10')).toEqual(['b'])
    expect(found('output."free energy"=1')).toEqual(['a'])
    expect(found('output>2')).toEqual(['d'])
    expect(found('params.cutoff>300')).toEqual(['a', 'c'])
    expect(found('params.mode:fast params.cutoff=500')).toEqual(['c'])
    expect(found('params:None')).toEqual(['d'])
    expect(found('', 'out:energy')).toEqual(['a', 'b', 'c', 'd'])
    expect(found('', 'out:energy', true)).toEqual(['c', 'b', 'a', 'd'])
    expect(found('', 'arg:params.cutoff')).toEqual(['b', 'a', 'c', 'd'])
    const { id } = catalog.search('user:a')
    expect(catalog.rows(id, 0, 1, ['x', 'params.cutoff', 'out:energy', 'out:none']).rows[0]?.args).toEqual({
      x: '1',
      'params.cutoff': '400',
      'out:energy': '-3.5',
    })
    const columns = catalog.insideColumns('f', 'm').map((column) => insideColumn.parse(column))
    expect(columns.map(({ field, column, entries, numbers }) => [field, column, entries, numbers])).toEqual(
      expect.arrayContaining([
        ['params.cutoff', 'arg:params.cutoff', 3, 3],
        ['output.energy', 'out:energy', 3, 2],
        ['output.info.steps', 'out:info.steps', 2, 2],
        ['output', 'out:', 1, 1],
      ]),
    )
    expect(catalog.argumentColumns('f', 'm').map(({ name }) => name)).toEqual(['params', 'x'])
    expect(catalog.insideColumns('g', 'm')).toEqual([])
  })

  it('goes when its entry changes or goes', async () => {
    put('a', { p: { q: 1 } }, { energy: 1 })
    put('b', {}, { energy: 2 })
    await index()
    put('a', {}, { steps: 3, more: 4 })
    rmSync(fileOf('b'))
    await index()
    expect(found('output.energy:*')).toEqual([])
    expect(found('p.q:*')).toEqual([])
    expect(catalog.insideColumns('f', 'm').map(({ field }) => field)).toEqual(['output.steps', 'output.more'])
  })

  it('does not fill the index with the keys of dicts that are data', async () => {
    for (let i = 0; i < 100; i++)
      put(String(i), {}, Object.fromEntries(Array.from({ length: 64 }, (_, j) => [`${i}/${j}`, j])))
    await index()
    expect(catalog.insideColumns('f', 'm')).toHaveLength(5000)
  })

  it('tells superseded calls, duplicates and misplaced entries, the newest left out', async () => {
    put('old', { x: 1, y: [1, 2] }, { e: 1 }, { 'run-at': 10 })
    put('new', { y: [1, 2], x: 1 }, { e: 2 }, { 'run-at': 30 })
    put('mid', { x: 1, y: [1, 2] }, { e: 3 }, { 'run-at': 20 })
    put('float', { x: 1, y: [1, 2.5] }, { e: 2 }, { 'run-at': 5 })
    put('other', { x: 1, y: [1, 2] }, { e: 4 }, { 'run-at': 5, func: 'g' })
    put('moved', { x: 9 }, { e: 9 }, { hash: 'elsewhere' })
    const long = Array.from({ length: 12_000 }, (_, i) => i)
    put('long1', { long }, 1, { 'run-at': 1 })
    put('long2', { long: [...long.slice(0, -1), 'not the same'] }, 2, { 'run-at': 2 })
    await index()
    expect(found('is:superseded')).toEqual(['mid', 'old'])
    expect(found('is:maybe-superseded')).toEqual(['long1'])
    expect(found('is:duplicate')).toEqual(['float'])
    expect(found('is:misplaced')).toEqual(['moved'])
    expect(found('is:(superseded,misplaced) -user:old')).toEqual(['mid', 'moved'])
    expect(found('is!=superseded func:f x:1')).toEqual(['float', 'new'])
    expect(statesSchema.parse(catalog.states())).toMatchObject({
      superseded: { entries: 2, computeSeconds: 4 },
      'maybe-superseded': { entries: 1 },
      duplicate: { entries: 1 },
      'maybe-duplicate': { entries: 0 },
      misplaced: { entries: 1 },
    })
    put('newest', { x: 1, y: [1, 2] }, { e: 5 }, { 'run-at': 40 })
    await index()
    expect(found('is:superseded')).toEqual(['mid', 'new', 'old'])
    // Nor is one superseded by what is gone, if that had the highest id in columns that were kept.
    while (catalog.keepColumn({ entriesAtLeast: 0, changesAtLeast: 1 }));
    rmSync(fileOf('newest'))
    await index()
    expect(found('is:superseded')).toEqual(['mid', 'old'])
  })

  it('is searched: texts, keys and numbers that the list leaves out, each side by itself', async () => {
    const log = 'step 1 converged; '.repeat(20) + "the needle isn't far"
    put(
      'a',
      { options: { note: 'x'.repeat(100) + ' Ångström', n: 12 } },
      { log, deep: [[{ residual: 0.0625 }]] },
    )
    put('b', { options: { note: 'short' } }, { residual: 1 })
    put('c', {}, { log: 'y'.repeat(9000) + 'beyond' })
    await index()
    const searches = (): unknown[] =>
      [
        'needle',
        'output:needle',
        'args:needle',
        'args:ångström',
        'output:ångström',
        'residual',
        'output:"\'residual\': 0.0625"',
        '/needle is.+far/',
        'output:/RESIDUAL.*[0-9]$/i',
        'output:/0\\.0625/',
        'args:f',
        'args:(short,needle)',
        'text:/step\\s\\d+\\sconv/',
        'output:/step\\s1/',
        'beyond',
        'yyyy',
      ].map((query) => found(query))
    const before = searches()
    expect(before).toEqual([
      ['a'],
      ['a'],
      [],
      ['a'],
      [],
      ['a', 'b'],
      ['a'],
      ['a'],
      [],
      ['a'],
      [],
      ['b'],
      ['a'],
      ['a'],
      [],
      ['c'],
    ])
    while (catalog.indexTexts(2) > 0);
    expect(searches()).toEqual(before)
    put('a', {}, { log: 'other' })
    rmSync(fileOf('c'))
    await index()
    expect(found('needle or yyyy')).toEqual([])
  })

  it('reads every entry of an older index again, and lists what it had until then', async () => {
    put('a', {}, { energy: 1 })
    await index()
    catalog.close()
    const { default: Database } = await import('better-sqlite3')
    const database = new Database(join(folder, 'index.sqlite'))
    database.exec(`DROP TABLE kept; DROP TABLE changed; DROP TABLE insides; ALTER TABLE entries DROP COLUMN shape; ALTER TABLE entries DROP COLUMN dtype;
      ALTER TABLE texts DROP COLUMN args_text; ALTER TABLE texts DROP COLUMN output_text; DELETE FROM arguments; DELETE FROM argument_sums`)
    database.pragma('user_version = 1')
    database.close()
    catalog = Catalog.open(join(folder, 'index.sqlite'))
    expect(found('')).toEqual(['a'])
    expect(found('output.energy=1')).toEqual([])
    await index()
    expect(found('output.energy=1')).toEqual(['a'])
  })
})

describe('states of a whole cache', () => {
  it('are those that comparing by values finds', async () => {
    using catalog = Catalog.open(':memory:')
    await using store = await openStore(`fs:${join(corpusFolder('fs-class')!, 'cache')}`)
    await indexStore(store, catalog)
    const all = [...candidates(catalog, {})].flat()
    const { superseded, duplicates } = await findAlike(store, all, { superseded: true, duplicates: true })
    const keys = (query: string): Set<string> => {
      const { id, entries } = catalog.search(query)
      return new Set(catalog.keys(id, [[0, entries]], 100_000))
    }
    expect(keys('is:superseded')).toEqual(superseded)
    const certain = keys('is:duplicate')
    const possible = keys('is:(duplicate,maybe-duplicate)')
    expect([...certain].filter((key) => !duplicates.has(key))).toEqual([])
    expect([...duplicates].filter((key) => !possible.has(key))).toEqual([])
    expect(certain.size).toBeGreaterThan(3)
    const arrays = catalog.search('shape:*x* dtype:float64')
    expect(arrays.entries).toBeGreaterThan(0)
    for (const { shape } of catalog.rows(arrays.id, 0, 100).rows) expect(shape).toMatch(/^\d+x\d+$/)
  })
})
