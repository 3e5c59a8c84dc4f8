import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EntrySummary } from '../model/record.ts'
import { MemorySource } from '../model/source.ts'
import {
  bool,
  bytes,
  call,
  dict,
  dtype,
  float,
  int,
  list,
  named,
  none,
  record,
  str,
  tuple,
} from '../testing/nodes.ts'
import type { Decoded, Value } from '../value/value.ts'
import { recordFields, recordPaths } from './fields.ts'
import { damagedSummary, summarize } from './summarize.ts'

const source = new MemorySource(new Uint8Array(0))
const problem = { code: 'TRUNCATED', offset: 3, sentence: 'It ends early.' } as const
const decoded = (root: Value | undefined, rest: Partial<Decoded> = {}): Decoded => ({
  root,
  format: 'pickle',
  source,
  end: 0,
  ...rest,
})
const summaryOf = (fields: Record<string, Value>): EntrySummary => summarize(decoded(record(fields)))

const fields = {
  func: str('relax'),
  module: str('alloys.bulk'),
  args: tuple(str('Cu')),
  kwargs: record({ cutoff: int(400) }),
  'standardized-kwargs': record({
    element: str('Cu'),
    cutoff: int(400),
    kpoints: tuple(int(8), int(8), int(8)),
  }),
  version: str('0.1.0'),
  cwd: str('/home/ana'),
  user: str('ana'),
  hostname: str('node7'),
  'run-at': float(1_760_000_000.5),
  elapsed_time: float(12.25),
  output: float(-3.5),
}

describe('summarize', () => {
  it('tells what a record says', () => {
    expect(summaryOf(fields)).toEqual({
      kind: 'call',
      status: 'ok',
      func: 'relax',
      module: 'alloys.bulk',
      user: 'ana',
      host: 'node7',
      cwd: '/home/ana',
      version: '0.1.0',
      runAtSeconds: 1_760_000_000.5,
      elapsedSeconds: 12.25,
      args: [
        { name: 'element', type: 'str', preview: `'Cu'`, text: 'Cu' },
        { name: 'cutoff', type: 'int', preview: '400', number: 400 },
        { name: 'kpoints', type: 'tuple', preview: '(8, 8, 8)' },
      ],
      call: `relax(element='Cu', cutoff=400, kpoints=(8, 8, 8))`,
      outputType: 'float',
      outputPreview: '-3.5',
    })
  })

  it('takes arguments by place and keyword where they were not standardized', () => {
    for (const odd of [undefined, none, list(), str('x')]) {
      const { 'standardized-kwargs': _, ...rest } = fields
      const { args, call: text } = summaryOf({ ...rest, ...(odd && { 'standardized-kwargs': odd }) })
      expect(args.map(({ name }) => name)).toEqual(['arg0', 'cutoff'])
      expect(text).toBe(`relax(arg0='Cu', cutoff=400)`)
    }
    expect(summaryOf({ ...fields, 'standardized-kwargs': record({}) }).args).toEqual([])
  })

  it('reads an OrderedDict of arguments as protocols write it', () => {
    const ordered = call(named('collections', 'OrderedDict'), [], {
      dictKeys: [str('b'), int(1)],
      dictValues: [bool(true), none],
    })
    expect(summaryOf({ ...fields, 'standardized-kwargs': ordered }).args).toEqual([
      { name: 'b', type: 'bool', preview: 'True', number: 1 },
      { name: '1', type: 'NoneType', preview: 'None' },
    ])
  })

  it('gives numbers for sorting', () => {
    const scalar = call(named('numpy._core.multiarray', 'scalar'), [
      dtype('f8'),
      bytes(0, 0, 0, 0, 0, 0, 4, 64),
    ])
    const args = record({
      big: int(10n ** 40n),
      huge: int(10n ** 400n),
      not: float(Number.NaN),
      infinite: float(Number.NEGATIVE_INFINITY),
      numpy: scalar,
      none,
    })
    const numbers = summaryOf({ ...fields, 'standardized-kwargs': args }).args.map(({ name, number }) => [
      name,
      number,
    ])
    expect(numbers).toEqual([
      ['big', 1e40],
      ['huge', undefined],
      ['not', undefined],
      ['infinite', Number.NEGATIVE_INFINITY],
      ['numpy', 2.5],
      ['none', undefined],
    ])
  })

  it('knows a dump by its time of saving', () => {
    const summary = summaryOf({
      func: str('dump'),
      kwargs: record({ label: str('run 0') }),
      'saved-at': float(1_737_858_562.5),
      user: str('jordan'),
    })
    expect(summary).toEqual({
      kind: 'dump',
      status: 'ok',
      func: 'dump',
      user: 'jordan',
      runAtSeconds: 1_737_858_562.5,
      args: [{ name: 'label', type: 'str', preview: `'run 0'`, text: 'run 0' }],
      call: `dump(label='run 0')`,
    })
  })

  it.each([
    str('yesterday'),
    float(Number.POSITIVE_INFINITY),
    float(Number.NaN),
    float(1e300),
    bool(true),
    int(10n ** 40n),
    int(10n ** 400n),
    none,
    list(float(1)),
    float(-62_135_596_801),
    float(253_402_300_800),
    bytes(1),
  ])('leaves an absurd time out: %o', (time) => {
    expect(summaryOf({ ...fields, 'run-at': time }).runAtSeconds).toBeUndefined()
  })

  it('takes times of the years 1 to 9999', () => {
    for (const seconds of [-62_135_596_800, 0, 253_402_300_799.5]) {
      expect(summaryOf({ ...fields, 'run-at': float(seconds) }).runAtSeconds).toBe(seconds)
    }
    expect(summaryOf({ ...fields, 'run-at': int(5) }).runAtSeconds).toBe(5)
  })

  it('leaves an absurd duration out', () => {
    for (const elapsed of [float(-1), float(1e300), float(Number.NaN), bool(true), str('1')]) {
      expect(summaryOf({ ...fields, elapsed_time: elapsed }).elapsedSeconds).toBeUndefined()
    }
    expect(summaryOf({ ...fields, elapsed_time: int(0) }).elapsedSeconds).toBe(0)
  })

  it('leaves fields of other types out and keeps the rest', () => {
    const summary = summaryOf({
      ...fields,
      func: int(3),
      user: list(str('ana')),
      cwd: none,
      module: bytes(1),
      hostname: record(fields),
    })
    expect(summary).toMatchObject({
      kind: 'call',
      call: expect.stringMatching(/^\?\(element=/),
      version: '0.1.0',
    })
    for (const name of ['func', 'user', 'cwd', 'module', 'host'] as const)
      expect(summary[name]).toBeUndefined()
  })

  it('bounds hostile texts and makes control characters harmless', () => {
    const long = 'x'.repeat(100_000)
    const args = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`a${i}${long}`, str(long)]))
    const summary = summaryOf({
      ...fields,
      func: str(`f\u0000\n\ud800${long}`),
      user: str(long),
      'standardized-kwargs': record(args),
      output: str(long),
    })
    expect(summary.func).toMatch(/^f\ufffd\ufffd\ufffdxx/)
    expect(summary.func!.length).toBe(1000)
    expect(summary.args.length).toBe(100)
    expect(summary.call!.length).toBeLessThanOrEqual(300)
    expect(JSON.stringify(summary).length).toBeLessThan(60_000)
  })

  it('takes other values for foreign', () => {
    expect(summarize(decoded(int(3)))).toEqual({
      kind: 'foreign',
      status: 'ok',
      args: [],
      outputType: 'int',
      outputPreview: '3',
    })
    expect(summarize(decoded(dict([str('func'), str('f')]))).kind).toBe('foreign')
    expect(summarize(decoded(dict([str('args'), tuple()]))).kind).toBe('foreign')
    expect(summarize(decoded(dict([bytes(1), str('f')], [str('output'), none]))).kind).toBe('foreign')
  })

  it('keeps what was read before a cut', () => {
    const partial = summarize(decoded(record({ func: str('relax'), module: str('m') }), { problem }))
    expect(partial).toMatchObject({
      kind: 'call',
      status: 'partial',
      problem,
      func: 'relax',
      module: 'm',
      args: [],
    })
    expect(summarize(decoded(record({ func: str('relax') }), { problem }))).toMatchObject({
      kind: 'foreign',
      status: 'partial',
    })
  })

  it('calls damaged what has no root', () => {
    expect(summarize(decoded(undefined, { problem }))).toEqual(damagedSummary(problem))
    expect(summarize(decoded({ kind: 'cut', problem, start: 0, end: 0 }))).toEqual({
      kind: 'foreign',
      status: 'damaged',
      problem,
      args: [],
    })
    expect(summarize(decoded(undefined)).status).toBe('damaged')
  })

  it('answers for any tree', () => {
    const { value } = fc.letrec<{ value: Value }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.oneof(fc.double(), fc.integer()).map(float),
        fc.bigInt().map(int),
        fc.boolean().map(bool),
        fc.string({ unit: 'binary' }).map(str),
        fc.constant(none),
        fc.array(tie('value')).map((items) => list(...items)),
        fc.array(fc.tuple(tie('value'), tie('value'))).map((pairs) => dict(...pairs)),
        fc.tuple(tie('value'), fc.array(tie('value'))).map(([callee, args]) => call(callee, args)),
        fc.dictionary(fc.constantFrom(...Object.keys(fields), 'saved-at'), tie('value')).map(record),
      ),
    }))
    fc.assert(
      fc.property(value, fc.boolean(), (root, isCut) => {
        const summary = summarize(decoded(root, isCut ? { problem } : {}))
        return summary.status === (isCut ? 'partial' : 'ok')
      }),
    )
  })

  it('survives values within themselves', () => {
    const inner = list()
    inner.items.push(inner)
    const loop = record({ func: str('f') })
    loop.keys.push(str('standardized-kwargs'), str('output'))
    loop.values.push(loop, inner)
    expect(summarize(decoded(loop))).toMatchObject({ func: 'f', outputType: 'list' })
  })
})

describe('recordFields', () => {
  it('has the later of two fields of a name, and the numbers that a tree view gives', () => {
    const root = dict([str('func'), str('a')], [int(1), none], [str('output'), none], [str('func'), str('b')])
    const found = recordFields(root)!
    expect(found.map(({ name, index }) => [name, index])).toEqual([
      ['func', 3],
      ['output', 2],
    ])
    expect(recordPaths(found)).toEqual({ outputPath: '2' })
  })

  it('looks into an OrderedDict, behind the children that are no fields', () => {
    const root = call(named('collections', 'OrderedDict'), [], {
      state: record({}),
      dictKeys: [str('func'), str('kwargs')],
      dictValues: [str('f'), record({})],
    })
    expect(recordPaths(recordFields(root)!)).toEqual({ argumentsPath: '2' })
    expect(recordFields(call(named('other', 'Dict'), [], { dictKeys: [], dictValues: [] }))).toBeUndefined()
    expect(recordFields(undefined)).toBeUndefined()
  })
})
