import { describe, expect, it } from 'vitest'
import { readJoblib } from '../joblib/read.ts'
import { readNpy } from '../joblib/npy.ts'
import { MemorySource } from '../model/source.ts'
import { readJson } from '../json/read.ts'
import type { Parts } from '../pickle/testing/assemble.ts'
import { sourceOf } from '../pickle/testing/assemble.ts'
import type { TrustReport } from './trust.ts'
import { trustOf } from './trust.ts'

function trust(...parts: Parts): TrustReport {
  return trustOf(readJoblib(sourceOf(...parts), { trace: true }))
}

/** GLOBAL of one name. */
function named(module: string, name: string): Parts {
  return ['GLOBAL', `${module}\n${name}\n`]
}

function text(value: string): Parts {
  return ['SHORT_BINUNICODE', value.length, value]
}

/** `{key: None}` as a dict on the stack. */
function dictOf(...keys: string[]): Parts {
  return ['EMPTY_DICT', ...keys.flatMap((key) => text(key).concat('NONE', 'SETITEM'))]
}

const wrapper = named('joblib.numpy_pickle', 'NumpyArrayWrapper')

/** `numpy.dtype(type, False, True)` with the state that numpy gives it, but for its flags. */
function dtypeOf(type: string, flags: number): Parts {
  const minusOne: Parts = ['BININT', 255, 255, 255, 255]
  const order = text(type === 'O8' ? '|' : '<')
  const made: Parts = [...named('numpy', 'dtype'), ...text(type), 'NEWFALSE', 'NEWTRUE', 'TUPLE3', 'REDUCE']
  const state: Parts = ['MARK', 'BININT1', 3, ...order, 'NONE', 'NONE', 'NONE', ...minusOne, ...minusOne]
  return [...made, ...state, 'BININT1', flags, 'TUPLE', 'BUILD']
}

const simple: Parts = [...named('types', 'SimpleNamespace'), 'EMPTY_TUPLE', 'REDUCE']

describe('trustOf', () => {
  it('calls data what imports and calls nothing', () => {
    expect(trust('EMPTY_LIST', 'BININT1', 3, 'APPEND', 'STOP')).toMatchObject({
      verdict: 'data',
      imports: [],
      calls: [],
      warnings: [],
      unknownCount: 0,
    })
    expect(trustOf(readJson(new MemorySource(new TextEncoder().encode('{"a": 1}')))).verdict).toBe('data')
  })

  it('tells what is imported and called, with arguments and offsets', () => {
    const report = trust(...named('os', 'system'), ...text('rm x'), 'TUPLE1', 'REDUCE', 'POP', 'NONE', 'STOP')
    expect(report).toEqual({
      verdict: 'unknown',
      sentence: 'Loading this would import 1 name and make 1 call; 2 of these are not known safe.',
      imports: [
        {
          module: 'os',
          name: 'system',
          what: 'unknown',
          why: 'it can run programs and change files',
          count: 1,
          offset: 0,
        },
      ],
      calls: [
        {
          callee: 'os.system',
          how: 'call',
          args: "'rm x'",
          what: 'unknown',
          why: 'it can run programs and change files',
          offset: 0,
        },
      ],
      warnings: [],
      importCount: 1,
      callCount: 1,
      unknownCount: 2,
      problem: undefined,
    })
  })

  it('counts an import that is never called: importing a module runs it', () => {
    expect(trust(...named('my_module', 'Thing'), 'POP', 'NONE', 'STOP')).toMatchObject({
      verdict: 'unknown',
      callCount: 0,
      imports: [{ module: 'my_module', what: 'unknown' }],
    })
  })

  it('lists what is unknown first, each import once', () => {
    const list = [...named('builtins', 'set'), ...named('b', 'C'), ...named('builtins', 'set')]
    const { imports } = trust('MARK', ...list, 'TUPLE', 'STOP')
    expect(imports.map(({ name, count }) => [name, count])).toEqual([
      ['C', 1],
      ['set', 2],
    ])
  })

  it('bounds what it lists, not what it counts', () => {
    const call = [...named('a', 'B'), 'EMPTY_TUPLE', 'REDUCE', 'POP']
    const report = trust(...Array.from({ length: 600 }, () => call).flat(), 'NONE', 'STOP')
    expect([report.calls.length, report.callCount, report.unknownCount]).toEqual([500, 600, 601])
  })

  it('knows names of Python 2', () => {
    expect(trust(...named('__builtin__', 'set'), 'EMPTY_LIST', 'TUPLE1', 'REDUCE', 'STOP').verdict).toBe(
      'known',
    )
  })

  it('is not fooled by names with spaces, dots or other modules', () => {
    for (const [module, name] of [
      ['builtins set', 'x'],
      ['builtins', 'set.__class__'],
      ['builtins.set', '__class__'],
      ['evil.builtins', 'set'],
      ['numpy', 'core.multiarray._reconstruct'],
      ['evil.joblib.numpy_pickle', 'NumpyArrayWrapper'],
    ] as const) {
      expect([name, trust(...named(module, name), 'STOP').verdict]).toEqual([name, 'unknown'])
    }
  })

  const harmful: [what: string, parts: Parts][] = [
    ['numpy.memmap opens files', [...named('numpy', 'memmap'), ...text('f'), 'TUPLE1', 'REDUCE']],
    [
      'so does its __new__, by way of copyreg',
      [...named('copyreg', '__newobj__'), ...named('numpy', 'memmap'), ...text('f'), 'TUPLE2', 'REDUCE'],
    ],
    [
      'getattr reaches everywhere from what is known',
      [
        ...named('builtins', 'getattr'),
        ...named('builtins', 'set'),
        ...text('__subclasses__'),
        'TUPLE2',
        'REDUCE',
      ],
    ],
    ['type makes classes', [...named('builtins', 'type'), ...text('x'), 'TUPLE1', 'REDUCE']],
    [
      'encodings are imported',
      [...named('_codecs', 'encode'), ...text('x'), ...text('evil'), 'TUPLE2', 'REDUCE'],
    ],
    [
      'numpy calls the maker of a bit generator',
      [
        ...named('numpy.random._pickle', '__generator_ctor'),
        ...text('x'),
        ...named('builtins', 'getattr'),
        'TUPLE2',
        'REDUCE',
      ],
    ],
    ['a state may set what APPEND calls', [...simple, ...dictOf('append'), 'BUILD']],
    ['a state may set what BUILD calls', [...simple, ...dictOf('a', '__setstate__'), 'BUILD']],
    ['a state of slots may too', [...simple, 'NONE', ...dictOf('extend'), 'TUPLE2', 'BUILD']],
    [
      'nobody sees the keys of a state that a call makes',
      [...simple, ...named('builtins', 'dict'), 'EMPTY_LIST', 'TUPLE1', 'REDUCE', 'BUILD'],
    ],
    ['a second state', [...simple, ...dictOf('a'), 'BUILD', ...dictOf('a'), 'BUILD']],
    ['a state of a class', [...named('builtins', 'set'), ...dictOf('a'), 'BUILD']],
    ['a call of what a call gave', [...simple, 'EMPTY_TUPLE', 'REDUCE']],
    ['a persistent id', [...text('x'), 'BINPERSID']],
    ['a persistent id that is thrown away', [...text('x'), 'BINPERSID', 'POP', 'NONE']],
    ['an extension code', ['EXT1', 7]],
    [
      'a wrapper whose class is called: joblib reads what follows, a plain reader does not',
      [...wrapper, 'EMPTY_TUPLE', 'REDUCE', ...dictOf('shape'), 'BUILD'],
    ],
    [
      'a wrapper that copyreg calls with arguments',
      [
        ...named('copyreg', '__newobj_ex__'),
        ...wrapper,
        'EMPTY_TUPLE',
        ...dictOf('shape'),
        'TUPLE3',
        'REDUCE',
      ],
    ],
    [
      'a wrapper whose method is set',
      [...wrapper, 'EMPTY_TUPLE', 'NEWOBJ', 'EMPTY_TUPLE', ...dictOf('read'), 'TUPLE2', 'BUILD'],
    ],
    [
      'a dtype of floats with the flag of objects: joblib goes on with a pickle, a plain reader with floats',
      dtypeOf('f8', 63),
    ],
    ['a dtype of objects without the flag', dtypeOf('O8', 0)],
    [
      'a wrapper whose fields are slots: joblib reads what follows, a plain reader does not',
      [...wrapper, 'EMPTY_TUPLE', 'NEWOBJ', 'NONE', ...dictOf('shape'), 'TUPLE2', 'BUILD'],
    ],
  ]
  it.each(harmful)('%s', (_what, parts) => {
    const report = trust(...parts, 'STOP')
    expect(report.problem).toBeUndefined()
    expect(report.verdict).toBe('unknown')
    const doubts = [...report.imports, ...report.calls].filter(({ what }) => what === 'unknown')
    for (const { why } of doubts) expect(why).toMatch(/^[a-z]/)
  })

  it('knows a dtype and a wrapper as numpy and joblib write them', () => {
    for (const parts of [dtypeOf('f8', 0), dtypeOf('O8', 63), [...wrapper, 'EMPTY_TUPLE', 'NEWOBJ']]) {
      expect(trust(...parts, 'STOP').verdict).toBe('known')
    }
  })

  it('shows both the object and the change of it', () => {
    const { calls } = trust(...simple, ...dictOf('a'), 'BUILD', ...dictOf('b'), 'BUILD', 'STOP')
    expect(calls.map(({ how, what }) => [how, what])).toEqual([
      ['change', 'unknown'],
      ['call', 'known'],
    ])
  })

  it('names keyword arguments', () => {
    const { calls } = trust(
      ...named('a', 'B'),
      'BININT1',
      1,
      'TUPLE1',
      'EMPTY_DICT',
      ...text('key'),
      'BININT1',
      2,
      'SETITEM',
      'NEWOBJ_EX',
      'STOP',
    )
    expect(calls).toMatchObject([{ callee: 'a.B', how: 'new', args: '1, key=2' }])
  })

  it('goes on with pickles behind the first one', () => {
    const report = trust('NONE', 'STOP', ...named('os', 'system'), 'EMPTY_TUPLE', 'REDUCE', 'STOP')
    expect(report).toMatchObject({ verdict: 'unknown', calls: [{ callee: 'os.system' }] })
    expect(trust('NONE', 'STOP', 'NONE', 'STOP').verdict).toBe('data')
  })

  it('calls broken what is cut or goes on with other bytes', () => {
    expect(trust('NONE', 'TUPLE1')).toMatchObject({ verdict: 'broken', problem: { code: 'TRUNCATED' } })
    expect(trust('NONE', 'STOP', '<html>')).toMatchObject({ verdict: 'broken', problem: { offset: 2 } })
    expect(trust(...named('os', 'system'), 'EMPTY_TUPLE', 'REDUCE')).toMatchObject({
      verdict: 'unknown',
      problem: { code: 'TRUNCATED' },
    })
    expect(trustOf(readJson(new MemorySource(new TextEncoder().encode('{"a"')))).verdict).toBe('broken')
    expect(trustOf(readNpy(new MemorySource(new Uint8Array(3)), { trace: true })).verdict).toBe('broken')
  })

  it('needs the trace: without it a value would look innocent', () => {
    expect(() => trustOf(readJoblib(sourceOf('NONE', 'STOP')))).toThrow(/trace/)
  })
})
