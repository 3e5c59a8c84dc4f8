import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { row as rowSchema, rowPage, storeSummary } from '../api/contract.ts'
import { AppError } from '../model/errors.ts'
import { Catalog } from './catalog.ts'
import { entry, keysOf, relax, text } from './testing/entries.ts'

const encoder = new TextEncoder()

describe('Catalog', () => {
  let folder: string
  let catalog: Catalog
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'catalog-'))
    catalog = Catalog.open(join(folder, 'index.sqlite'))
  })
  afterEach(() => {
    catalog.close()
    rmSync(folder, { recursive: true })
  })

  it('writes batches of new and known entries, the later of two with one key', () => {
    const key = (i: number): string => String(i).padStart(3, '0')
    const many = (from: number, to: number, cutoff: number) =>
      Array.from({ length: to - from }, (_, i) => relax(key(from + i), 'Cu', cutoff))
    catalog.write({ put: many(0, 25, 1) })
    catalog.write({ put: [...many(25, 60, 2), ...many(20, 30, 3), ...many(60, 75, 4)] })
    const keys = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => key(from + i))
    expect(keysOf(catalog, 'cutoff=1')).toEqual(keys(0, 20))
    expect(keysOf(catalog, 'cutoff=3')).toEqual(keys(20, 30))
    expect(keysOf(catalog, 'text:"cutoff=4"')).toEqual(keys(60, 75))
    expect(catalog.summary()).toMatchObject({
      entries: 75,
      computeSeconds: expect.closeTo(2 + 6 + 3 + 6) as number,
    })
  })

  it('gives rows as the contract has them', () => {
    const problem = { code: 'TRUNCATED', offset: 7, sentence: 'It ends early.' } as const
    catalog.write({
      put: [
        relax('b', 'Cu', 400, {
          host: 'h',
          cwd: '/c',
          runAtSeconds: 1.5,
          outputType: 'float',
          outputPreview: '-3.5',
        }),
        entry('a', { kind: 'foreign', status: 'damaged', problem }, { sizeBytes: undefined }),
      ],
    })
    const { id, ...totals } = catalog.search('')
    expect(totals).toEqual({ entries: 2, bytes: 100, computeSeconds: 40, revision: 1 })
    const page = catalog.rows(id, 0, 10, ['cutoff', 'element', 'nothing'])
    expect(rowPage.parse(page)).toEqual({
      from: 0,
      entries: 2,
      rows: [
        { key: 'a', kind: 'foreign', status: 'damaged', problem, args: {} },
        {
          key: 'b',
          kind: 'call',
          status: 'ok',
          func: 'relax',
          module: 'alloys.bulk',
          user: 'ana',
          version: '0.1.0',
          host: 'h',
          cwd: '/c',
          call: `relax(element='Cu', cutoff=400)`,
          elapsedSeconds: 40,
          runAtSeconds: 1.5,
          sizeBytes: 100,
          outputType: 'float',
          outputPreview: '-3.5',
          args: { cutoff: '400', element: `'Cu'` },
        },
      ],
    })
    expect(rowSchema.parse(catalog.row('b'))).toMatchObject({ key: 'b', func: 'relax' })
    expect(catalog.row('zz')).toBeUndefined()
    expect(catalog.rows(id, 1, 2).rows.map(({ key }) => key)).toEqual(['b'])
    expect(catalog.rows(id, 5, 9).rows).toEqual([])
  })

  it('keeps running sums true through puts, changes and removals', () => {
    catalog.write({
      put: [
        relax('1', 'Cu', 400),
        relax('2', 'Ag', 300, { version: '0.0.10' }),
        relax('3', 'Ag', 300, {
          user: 'wei',
          version: '0.0.9',
          args: [text('element', 'Ag'), text('cutoff', 'auto')],
        }),
        entry('4', { kind: 'dump', func: 'dump' }),
        entry('5', { kind: 'foreign', status: 'damaged' }),
        entry('6', { kind: 'foreign', status: 'partial' }),
      ],
    })
    expect(storeSummary.omit({ strays: true }).parse(catalog.summary())).toEqual({
      entries: 6,
      bytes: 600,
      computeSeconds: 100,
      damaged: 1,
      partial: 1,
      dumps: 1,
      foreign: 1,
      functions: [
        {
          func: 'relax',
          module: 'alloys.bulk',
          entries: 3,
          bytes: 300,
          computeSeconds: 100,
          versions: ['0.0.9', '0.0.10', '0.1.0'],
        },
        { func: 'dump', module: '', entries: 1, bytes: 100, computeSeconds: 0, versions: [] },
      ],
      users: [
        { name: 'ana', entries: 2 },
        { name: 'wei', entries: 1 },
      ],
    })
    expect(catalog.argumentColumns('relax', 'alloys.bulk')).toEqual([
      { name: 'element', entries: 3, numeric: false, types: ['str'] },
      { name: 'cutoff', entries: 3, numeric: false, types: ['int', 'str'] },
    ])
    catalog.write({
      put: [relax('2', 'Au', 500, { func: 'eos' })],
      remove: ['1', '3', '6', 'never'].map((key) => encoder.encode(key)),
    })
    const { functions, users, ...rest } = catalog.summary()
    expect(rest).toEqual({
      entries: 3,
      bytes: 300,
      computeSeconds: 50,
      damaged: 1,
      partial: 0,
      dumps: 1,
      foreign: 0,
    })
    expect(functions.map(({ func, entries, versions }) => ({ func, entries, versions }))).toEqual([
      { func: 'dump', entries: 1, versions: [] },
      { func: 'eos', entries: 1, versions: ['0.1.0'] },
    ])
    expect(users).toEqual([{ name: 'ana', entries: 1 }])
    expect(catalog.argumentColumns('relax', 'alloys.bulk')).toEqual([])
    expect(catalog.argumentColumns('eos', 'alloys.bulk').map(({ numeric }) => numeric)).toEqual([false, true])
    expect(keysOf(catalog, 'cutoff>0')).toEqual(['2'])
    expect(keysOf(catalog, 'element:Ag or element:Cu')).toEqual([])
  })

  it('keeps selections of a result true while entries go and come', () => {
    catalog.write({ put: ['1', '2', '3'].map((key, i) => relax(key, 'Cu', 100 * i)) })
    const { id } = catalog.search('', [{ column: 'arg:cutoff', descending: true }])
    expect(catalog.position(id, '3')).toBe(0)
    catalog.write({ remove: [encoder.encode('3')] })
    catalog.write({ put: [relax('4', 'Ag', 1)] })
    expect(catalog.keys(id, [[0, 3]], 10)).toEqual(['2', '1'])
    expect(catalog.rows(id, 0, 3).rows.map(({ key, problem }) => [key, problem?.code])).toEqual([
      ['', 'UNREADABLE'],
      ['2', undefined],
      ['1', undefined],
    ])
    expect(catalog.position(id, '3')).toBeNull()
    expect(catalog.position(id, '4')).toBeNull()
    expect(catalog.totals(id, [[0, 2]])).toEqual({ entries: 2, bytes: 100, computeSeconds: 10 })
  })

  it('sums and names selections', () => {
    catalog.write({ put: Array.from({ length: 50 }, (_, i) => relax(String(100 + i), 'Cu', i)) })
    const { id } = catalog.search('cutoff<40')
    expect(
      catalog.totals(id, [
        [0, 2],
        [38, 99],
      ]),
    ).toEqual({ entries: 4, bytes: 400, computeSeconds: 7.8 })
    expect(
      catalog.keys(
        id,
        [
          [0, 2],
          [38, 99],
        ],
        3,
      ),
    ).toEqual(['100', '101', '138'])
    expect(catalog.totals(id, [])).toEqual({ entries: 0, bytes: 0, computeSeconds: 0 })
  })

  it('forgets the result that was not used longest', () => {
    const first = catalog.search('').id
    const second = catalog.search('').id
    for (let i = 0; i < 15; i++) {
      catalog.rows(first, 0, 1)
      catalog.search('')
    }
    expect(catalog.hasResult(first)).toBe(true)
    expect(() => catalog.rows(second, 0, 1)).toThrow(/search again/)
    expect(() => catalog.totals('nonsense', [])).toThrow(AppError)
  })

  it('finds texts alike with and without the text index, and after changes', () => {
    const put = [
      relax('1', 'Cu', 1, { outputPreview: 'energy "50%" _x' }),
      relax('2', 'Ag', 2, { user: 'Müller', cwd: '/home/Größe' }),
      relax('3', 'Au', 3, { call: 'f(größe=1)', func: undefined }),
    ]
    catalog.write({ put })
    const questions = [
      'relax',
      'ELEMENT',
      `"'Cu'"`,
      '"50%"',
      '"5_%"',
      '_x',
      'müller',
      'MÜLLER',
      'grösse',
      'größe',
      'GRÖßE',
      'nüll',
      '"\\"50"',
      'ana',
      'bulk',
      '3',
      '"element=\'Ag\', cutoff"',
    ]
    const answers = (): string[][] => questions.map((question) => keysOf(catalog, question))
    const before = answers()
    expect(before).toEqual([
      ['1', '2'],
      ['1', '2'],
      ['1'],
      ['1'],
      [],
      ['1'],
      ['2'],
      ['2'],
      [],
      ['2', '3'],
      ['2', '3'],
      [],
      ['1'],
      ['1', '3'],
      ['1', '2', '3'],
      ['3'],
      ['2'],
    ])
    expect(catalog.indexTexts(2)).toBe(2)
    expect(answers()).toEqual(before)
    expect(catalog.indexTexts(2)).toBe(1)
    expect(catalog.indexTexts(2)).toBe(0)
    expect(answers()).toEqual(before)
    catalog.write({
      put: [relax('1', 'Pt', 1, { call: 'changed(x=1)' }), relax('4', 'Cu', 1)],
      remove: [encoder.encode('2')],
    })
    expect(keysOf(catalog, 'energy')).toEqual([])
    expect(keysOf(catalog, 'changed')).toEqual(['1'])
    expect(keysOf(catalog, `"element='Ag'"`)).toEqual([])
    expect(keysOf(catalog, `"element='Cu'"`)).toEqual(['4'])
  })

  it('takes words of the user for words only', () => {
    catalog.write({ put: [relax('1', 'Cu', 1)] })
    for (const hostile of [
      `"'; DROP TABLE entries; --"`,
      `func:"x' OR '1'='1"`,
      `"x') OR 1=1 --":3`,
      `element:"\\") OR 1=1"`,
      'text:"* OR a NEAR b"',
      `key:"' OR ''='"`,
      'cwd:%*_*',
      '"\0"',
      'x:"\0"',
    ]) {
      expect(keysOf(catalog, hostile)).toEqual([])
    }
    expect(() => catalog.search('', [{ column: 'size; DROP TABLE entries', descending: false }])).toThrow(
      /no column to sort by/,
    )
    expect(() => catalog.search('', [{ column: 'constructor', descending: false }])).toThrow(
      /no column to sort by/,
    )
    expect(keysOf(catalog, '', [{ column: `arg:x' OR 1`, descending: true }])).toEqual(['1'])
    expect(keysOf(catalog, Array.from({ length: 300 }, (_, i) => `-x${i}:*a*`).join(' '))).toEqual(['1'])
    expect(keysOf(catalog, `element:(${Array.from({ length: 299 }, (_, i) => i).join(',')},cu)`)).toEqual([
      '1',
    ])
  })

  it.each([
    ['kind:record', 6, 'call, dump, foreign'],
    ['status>ok', 1, "takes ':'"],
    ['user:ana size>5xy', 15, 'a size was expected'],
    ['age:30d', 1, 'or a range'],
    ['age>30', 5, 'a time span'],
    ['run>someday', 5, 'a date was expected'],
    ['text>a', 1, "'text' takes"],
    ['text:(a,"")', 9, 'between the quotes'],
    ['size:(1,x)', 9, 'a size was expected'],
    ['took:1..x', 6, 'a time span'],
  ])('refuses %s', (query, column, sentence) => {
    expect(() => catalog.search(query)).toThrow(sentence)
    expect(() => catalog.search(query)).toThrow(
      expect.objectContaining({ code: 'BAD_QUERY', data: expect.objectContaining({ column }) }),
    )
  })

  it('compares moments with the spans that dates name', () => {
    const seconds = (...fields: [number, number, number]) => new Date(...fields).getTime() / 1000
    const put = [
      relax('0', 'Cu', 1, { runAtSeconds: seconds(2025, 4, 31) }),
      relax('1', 'Cu', 1, { runAtSeconds: seconds(2025, 5, 1) }),
      relax('2', 'Cu', 1, { runAtSeconds: seconds(2025, 5, 30) + 86_399 }),
      relax('3', 'Cu', 1, { runAtSeconds: seconds(2025, 6, 1) }),
      relax('4', 'Cu', 1),
    ]
    catalog.write({ put })
    expect(keysOf(catalog, 'run:2025-06')).toEqual(['1', '2'])
    expect(keysOf(catalog, 'run!=2025-06')).toEqual(['0', '3'])
    expect(keysOf(catalog, '-run:2025-06')).toEqual(['0', '3', '4'])
    expect(keysOf(catalog, 'run>2025-06')).toEqual(['3'])
    expect(keysOf(catalog, 'run>=2025-06')).toEqual(['1', '2', '3'])
    expect(keysOf(catalog, 'run<2025-06')).toEqual(['0'])
    expect(keysOf(catalog, 'run<=2025-06')).toEqual(['0', '1', '2'])
    expect(keysOf(catalog, 'run:2025-05-31..2025-06-01')).toEqual(['0', '1'])
    expect(keysOf(catalog, 'run:(2025-05,2025-07)')).toEqual(['0', '3'])
    expect(keysOf(catalog, 'run:2025-06-02..')).toEqual(['2', '3'])
  })

  it('finds keys by beginning, pattern and bytes', () => {
    const put = ['ab01', 'ab02', 'b?[x', 'hex:1'].map((key) => entry(key, {}))
    catalog.write({ put: [...put, { ...entry('', {}), key: Uint8Array.of(255, 255, 1) }] })
    expect(keysOf(catalog, 'key:ab')).toEqual(['ab01', 'ab02'])
    expect(keysOf(catalog, 'key:*02')).toEqual(['ab02'])
    expect(keysOf(catalog, 'key:b?[*')).toEqual(['b?[x'])
    expect(keysOf(catalog, 'key:a*2')).toEqual(['ab02'])
    expect(keysOf(catalog, 'key:h*:6*1')).toEqual(['hex:6865783a31'])
    expect(keysOf(catalog, 'key:hex:ff*')).toEqual(['hex:ffff01'])
    expect(keysOf(catalog, 'key=ab01')).toEqual(['ab01'])
    expect(keysOf(catalog, 'key:hex:ffff')).toEqual(['hex:ffff01'])
    expect(keysOf(catalog, 'key!=ab01 -key:hex:ff')).toEqual(['ab02', 'b?[x', 'hex:6865783a31'])
    expect(keysOf(catalog, 'key>=b')).toEqual(['b?[x', 'hex:6865783a31', 'hex:ffff01'])
  })
})
