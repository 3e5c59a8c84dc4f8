import { describe, expect, it } from 'vitest'
import { CountingSource, MemorySource } from '../model/source.ts'
import type { ByteSource } from '../model/source.ts'
import { readPickle } from '../pickle/read.ts'
import { assemble, sourceOf } from '../pickle/testing/assemble.ts'
import type { Parts } from '../pickle/testing/assemble.ts'
import { outline } from '../pickle/testing/outline.ts'
import type { ArrayValue } from '../value/value.ts'
import { readJoblib } from './read.ts'

const text = (value: string): Parts => ['SHORT_BINUNICODE', value.length, value]
const dtype = (name: string): Parts => [
  'GLOBAL',
  'numpy\ndtype\n',
  ...text(name),
  'NEWFALSE',
  'NEWTRUE',
  'TUPLE3',
  'REDUCE',
]
const three: Parts = ['BININT1', 3, 'TUPLE1']
const eight = [1, 2, 3, 4, 5, 6, 7, 8]
const data = [...eight, ...eight, ...eight]

/** An instance of a class of joblib with these attributes. */
function wrapper(
  name: string,
  attributes: Readonly<Record<string, Parts>>,
  module = 'joblib.numpy_pickle',
): Parts {
  const pairs = Object.entries(attributes).flatMap(([key, value]) => text(key).concat(value))
  return [
    'GLOBAL',
    `${module}\n${name}\n`,
    'EMPTY_TUPLE',
    'NEWOBJ',
    'EMPTY_DICT',
    'MARK',
    ...pairs,
    'SETITEMS',
    'BUILD',
  ]
}

function arrayWrapper(attributes: Readonly<Record<string, Parts>> = {}): Parts {
  return wrapper('NumpyArrayWrapper', {
    subclass: ['GLOBAL', 'numpy\nndarray\n'],
    shape: three,
    order: text('C'),
    dtype: dtype('f8'),
    allow_mmap: ['NEWTRUE'],
    ...attributes,
  })
}

describe('arrays in the stream', () => {
  it('stand behind their wrapper, with padding from joblib 1.2 on', () => {
    const aligned = { numpy_array_alignment_bytes: ['BININT1', 16] as Parts }
    const padded = sourceOf('PROTO', 4, ...arrayWrapper(aligned), 3, 255, 255, 255, data, 'TUPLE1', 'STOP')
    const { root, problem, end } = readJoblib(padded)
    expect(problem).toBeUndefined()
    expect(end).toBe(padded.byteLength)
    expect(outline(root)).toBe(`(ndarray(3 C @${end - 26}+24))`)
    const bare = sourceOf('PROTO', 4, ...arrayWrapper(), data, 'TUPLE1', 'STOP')
    expect(outline(readJoblib(bare).root)).toBe(`(ndarray(3 C @${bare.byteLength - 26}+24))`)
  })

  it('are known by their span, class and dtype', () => {
    const { root, end } = readJoblib(sourceOf(...arrayWrapper({ order: text('F') }), data, 'STOP'))
    expect(root).toMatchObject({
      kind: 'ndarray',
      start: 0,
      end: end - 1,
      order: 'F',
      dtype: { kind: 'object' },
      subclass: { module: 'numpy', name: 'ndarray' },
    })
  })

  it('are found under every name that joblib has had, however the instance is made', () => {
    for (const module of [
      'joblib.numpy_pickle',
      'sklearn.externals.joblib.numpy_pickle',
      'joblib.numpy_pickle_compat',
    ]) {
      const parts = arrayWrapper().with(1, `${module}\nNumpyArrayWrapper\n`)
      expect(readJoblib(sourceOf(...parts, data, 'STOP')).root?.kind).toBe('ndarray')
    }
    const old: Parts = [
      'GLOBAL',
      'copy_reg\n_reconstructor\n',
      'GLOBAL',
      'joblib.numpy_pickle\nNumpyArrayWrapper\n',
    ]
    const rebuilt: Parts = [
      ...old,
      'GLOBAL',
      '__builtin__\nobject\n',
      'NONE',
      'TUPLE3',
      'REDUCE',
      ...arrayWrapper().slice(4),
    ]
    expect(readJoblib(sourceOf(...rebuilt, data, 'STOP')).root?.kind).toBe('ndarray')
    const other = arrayWrapper().with(1, 'my.numpy_pickle\nNumpyArrayWrapper\n')
    expect(readJoblib(sourceOf(...other, 'STOP')).root?.kind).toBe('object')
  })

  it('are stepped over', () => {
    const length = 4_000_000
    const shape: Parts = ['BININT', length & 255, (length >> 8) & 255, (length >> 16) & 255, 0, 'TUPLE1']
    const head = assemble('PROTO', 4, ...arrayWrapper({ shape }))
    const bytes = new Uint8Array(head.length + 8 * length + 2)
    bytes.set(head)
    bytes.set(assemble('TUPLE1', 'STOP'), head.length + 8 * length)
    const source = new CountingSource(new MemorySource(bytes))
    expect(readJoblib(source).problem).toBeUndefined()
    expect(source.bytesRead).toBeLessThan(20_000)
  })

  it('of objects are a pickle of their own', () => {
    const nested = assemble(
      ...([
        'PROTO',
        2,
        'GLOBAL',
        'numpy.core.multiarray\n_reconstruct\n',
        'GLOBAL',
        'numpy\nndarray\n',
      ] as Parts),
      ...([
        'BININT1',
        0,
        'TUPLE1',
        'SHORT_BINBYTES',
        1,
        'b',
        'TUPLE3',
        'REDUCE',
        'MARK',
        'BININT1',
        1,
      ] as Parts),
      ...([
        'BININT1',
        2,
        'BININT1',
        2,
        'TUPLE2',
        ...dtype('O8'),
        'NEWTRUE',
        'MARK',
        'NONE',
        ...text('x'),
      ] as Parts),
      ...(['BININT1', 7, 'EMPTY_TUPLE', 'LIST', 'TUPLE', 'BUILD', 'STOP'] as Parts),
    )
    const stream = sourceOf(
      'PROTO',
      4,
      ...arrayWrapper({ dtype: dtype('O8') }),
      [...nested],
      'NONE',
      'TUPLE2',
      'STOP',
    )
    const { root, problem } = readJoblib(stream)
    expect(problem).toBeUndefined()
    expect(outline(root)).toBe('(ndarray(2×2 F [None, "x", 7, ()]), None)')
  })

  it('of objects show whatever else the nested pickle holds', () => {
    const call = assemble('GLOBAL', 'os\nsystem\n', ...text('x'), 'TUPLE1', 'REDUCE', 'STOP')
    const stream = sourceOf(...arrayWrapper({ dtype: dtype('O8') }), [...call], 'TUPLE1', 'STOP')
    const { root, calls } = readJoblib(stream, { trace: true })
    expect(outline(root)).toBe('(reduce:os.system("x"))')
    expect(calls!.map(outline)).toContain('reduce:os.system("x")')
  })

  it('of objects end the reading where the nested pickle is damaged', () => {
    const stream = sourceOf(
      'EMPTY_LIST',
      ...arrayWrapper({ dtype: dtype('O8') }),
      'EMPTY_LIST',
      'NONE',
      'APPEND',
      0xff,
    )
    const { root, problem } = readJoblib(stream)
    expect(problem).toMatchObject({ code: 'UNKNOWN_OPCODE', offset: stream.byteLength - 1 })
    expect(outline(root)).toBe('[[None, cut(UNKNOWN_OPCODE), cut(UNKNOWN_OPCODE)]]')
  })

  const zeroTimesHuge: Parts = ['BININT1', 0, 'LONG1', 7, 0, 0, 0, 0, 0, 0, 4, 'TUPLE2']
  it('may be empty, whatever the other dimensions say', () => {
    const { root, problem } = readJoblib(sourceOf(...arrayWrapper({ shape: zeroTimesHuge }), 'STOP'))
    expect(problem).toBeUndefined()
    expect((root as ArrayValue).data).toMatchObject({ length: 0 })
  })

  const impossible: readonly (readonly [string, Readonly<Record<string, Parts>>])[] = [
    ['a shape of 2^62', { shape: ['LONG1', 8, 0, 0, 0, 0, 0, 0, 0, 0x40, 'TUPLE1'] }],
    ['a negative shape', { shape: ['BININT', 0xfd, 0xff, 0xff, 0xff, 'TUPLE1'] }],
    ['a shape of floats', { shape: ['BINFLOAT', 0x3f, 0xf0, 0, 0, 0, 0, 0, 0, 'TUPLE1'] }],
    ['a shape of texts', { shape: [...text('3'), 'TUPLE1'] }],
    ['a shape of None', { shape: ['NONE'] }],
    [
      '65 dimensions',
      { shape: ['MARK', ...Array.from({ length: 65 }, () => ['BININT1', 1] as const).flat(), 'TUPLE'] },
    ],
    ['no such dtype', { dtype: dtype('zz') }],
    ['a dtype of no bytes', { dtype: dtype('S0') }],
    ['a dtype that is none', { dtype: ['NONE'] }],
  ]
  it.each(impossible)('are refused with %s', (_, attributes) => {
    const { root, problem } = readJoblib(
      sourceOf('EMPTY_LIST', ...arrayWrapper(attributes), data, 'APPEND', 'STOP'),
    )
    expect(problem).toMatchObject({ code: 'BAD_ARRAY', opcode: 'BUILD' })
    expect(outline(root)).toMatch(/^\[newobj:joblib\.numpy_pickle\.NumpyArrayWrapper/)
  })

  it('say so when bytes are missing', () => {
    const { root, problem } = readJoblib(sourceOf('EMPTY_LIST', ...arrayWrapper(), 'only these'))
    expect(problem).toMatchObject({
      code: 'BAD_ARRAY',
      sentence: expect.stringContaining('24 bytes and 10 are left') as string,
    })
    expect(outline(root)).toBe('[ndarray(3 C BAD_ARRAY)]')
    const huge: Parts = ['LONG1', 6, 0, 0, 0, 0, 0, 1, 'TUPLE1']
    expect(readJoblib(sourceOf(...arrayWrapper({ shape: huge }), 'STOP')).problem?.code).toBe('BAD_ARRAY')
  })

  it('are objects to readPickle, which knows nothing of joblib', () => {
    expect(readPickle(sourceOf(...arrayWrapper(), 'STOP')).root?.kind).toBe('object')
  })
})

const npy = (header: string, ...bytes: number[]) =>
  new MemorySource(assemble('\x93NUMPY', 1, 0, header.length, 0, header, bytes))
const good = npy("{'descr': '<f8', 'fortran_order': True, 'shape': (1, 3)}", ...data)

describe('arrays in side files', () => {
  const files = (known: Readonly<Record<string, ByteSource>>) => ({
    sideFile: (name: string) => known[name],
  })
  const side = (name: string) =>
    wrapper('NDArrayWrapper', { filename: text(name), subclass: ['GLOBAL', 'numpy\nmatrix\n'] })

  it('are read from a .npy file', () => {
    const { root, problem } = readJoblib(sourceOf(...side('a_01.npy'), 'STOP'), files({ 'a_01.npy': good }))
    expect(problem).toBeUndefined()
    expect(outline(root)).toBe(`ndarray(1×3 F <${data.join(' ')}>)`)
    expect(root).toMatchObject({ sideFile: 'a_01.npy', subclass: { name: 'matrix' } })
  })

  it('are read from raw bytes by what the pickle says', () => {
    const state: Parts = ['MARK', 'BININT1', 1, ...three, ...dtype('f8'), 'NEWFALSE', 'TUPLE']
    const init: Parts = ['GLOBAL', 'numpy\nndarray\n', 'EMPTY_TUPLE', ...text('b'), 'TUPLE3']
    const parts = wrapper('ZNDArrayWrapper', { filename: text('a.z'), state, init_args: init })
    const known = files({ 'a.z': new MemorySource(Uint8Array.from(data)) })
    expect(outline(readJoblib(sourceOf(...parts, 'STOP'), known).root)).toBe(
      `ndarray(3 C <${data.join(' ')}>)`,
    )
    const cut = files({ 'a.z': new MemorySource(Uint8Array.from(eight)) })
    expect(outline(readJoblib(sourceOf(...parts, 'STOP'), cut).root)).toBe('ndarray(3 C BAD_ARRAY)')
    expect(outline(readJoblib(sourceOf(...parts, 'STOP')).root)).toBe('ndarray(3 C SIDE_FILE)')
  })

  it('have no elements while skimming', () => {
    const { root } = readJoblib(sourceOf(...side('a'), 'STOP'), { ...files({ a: good }), skim: true })
    expect(outline(root)).toBe('ndarray(1×3 F)')
  })

  it('that are missing are a problem of the array only', () => {
    const { root, problem } = readJoblib(sourceOf(...side('gone.npy'), 'NONE', 'TUPLE2', 'STOP'), files({}))
    expect(problem).toBeUndefined()
    expect(outline(root)).toBe('(ndarray( C SIDE_FILE), None)')
  })

  it('that are damaged are a problem of the array only', () => {
    const { root, problem } = readJoblib(sourceOf(...side('a'), 'STOP'), files({ a: sourceOf('no npy') }))
    expect(problem).toBeUndefined()
    expect(outline(root)).toBe('ndarray( C NOT_A_PICKLE)')
  })

  it('hold objects with copies of their bytes', () => {
    const header = "{'descr': '|O', 'fortran_order': False, 'shape': (1,)}"
    const nested = assemble('EMPTY_LIST', 'SHORT_BINBYTES', 2, 8, 9, 'APPEND', 'STOP')
    const { root } = readJoblib(sourceOf(...side('a'), 'STOP'), files({ a: npy(header, ...nested) }))
    expect(outline(root)).toBe('ndarray(1 C [[bytes<8 9>]])')
  })

  it.each([
    '../x.npy',
    '/etc/passwd',
    '',
    '.',
    '..',
    'a\0b',
    'c:\\x',
    '\\\\server\\x',
    'http://host/x',
    'a/b',
  ])('are never asked for by the name %j', (name) => {
    const asked: string[] = []
    const { root } = readJoblib(sourceOf(...side(name), 'STOP'), {
      sideFile: (one) => {
        asked.push(one)
        return good
      },
    })
    expect(asked).toEqual([])
    expect(outline(root)).toBe('ndarray( C SIDE_FILE)')
  })
})
