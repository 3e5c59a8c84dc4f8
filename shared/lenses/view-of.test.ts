import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { MemorySource } from '../model/source.ts'
import {
  bool,
  bytes,
  call,
  dict,
  float,
  int,
  list,
  named,
  none,
  record,
  str,
  tuple,
} from '../testing/nodes.ts'
import type { ObjectValue, Value } from '../value/value.ts'
import { viewOf } from './view-of.ts'

const source = new MemorySource(new Uint8Array(0))
const view = (node: Value) => viewOf(node, source)
const datetime = (...state: number[]) => call(named('datetime', 'datetime'), [bytes(...state)])

describe('times', () => {
  test('the first and the last', () => {
    expect(view(datetime(0, 1, 1, 1, 0, 0, 0, 0, 0, 0))).toMatchObject({
      iso: '0001-01-01T00:00:00',
      fold: 0,
    })
    expect(view(datetime(0x27, 0x0f, 12, 31, 23, 59, 59, 0x0f, 0x42, 0x3f))).toMatchObject({
      iso: '9999-12-31T23:59:59.999999',
    })
  })

  test('impossible ones stay objects', () => {
    expect(view(datetime(0, 0, 1, 1, 0, 0, 0, 0, 0, 0)).kind).toBe('object')
    expect(view(datetime(7, 234, 13, 1, 0, 0, 0, 0, 0, 0)).kind).toBe('object')
    expect(view(datetime(7, 234, 12, 1, 24, 0, 0, 0, 0, 0)).kind).toBe('object')
    expect(view(datetime(7, 234, 12)).kind).toBe('object')
    expect(view(call(named('datetime', 'timedelta'), [float(1)])).kind).toBe('object')
  })

  test('a state that Python 2 stored as text', () => {
    const node = call(named('datetime', 'date'), [str('\u0007\u00e8\u0002\u001d')])
    expect(view(node)).toEqual({ kind: 'date', iso: '2024-02-29' })
  })

  test('zones: fixed ones, those that do not exist', () => {
    const zone = (seconds: number) =>
      call(named('datetime', 'timezone'), [
        call(named('datetime', 'timedelta'), [int(-1), int(seconds), int(0)]),
      ])
    expect(view(zone(86_399))).toEqual({ kind: 'timezone', offsetSeconds: -1, name: 'UTC-00:00:01' })
    expect(view(zone(-5)).kind).toBe('object')
    const nowhere = call(named('zoneinfo', 'ZoneInfo._unpickle'), [str('Nowhere/__proto__'), bool(true)])
    const node = call(named('datetime', 'datetime'), [bytes(7, 234, 1, 1, 0, 0, 0, 0, 0, 0), nowhere])
    expect(view(node)).toMatchObject({ kind: 'datetime', iso: '2026-01-01T00:00:00', tzinfo: nowhere })
  })
})

describe('spelled as calls', () => {
  test.each<[string, Value, object]>([
    ['set of Python 2', call(named('__builtin__', 'set'), [list(int(1))]), { kind: 'set', items: [int(1)] }],
    [
      'xrange',
      call(named('__builtin__', 'xrange'), [int(0), int(3), int(1)]),
      { kind: 'range', start: 0, stop: 3, step: 1 },
    ],
    [
      'complex',
      call(named('builtins', 'complex'), [float(1), float(2)]),
      { kind: 'complex', real: 1, imaginary: 2 },
    ],
    [
      'bytes',
      call(named('_codecs', 'encode'), [str('\u00ff'), str('latin1')]),
      { kind: 'bytes', bytes: { length: 1 } },
    ],
    ['empty bytes', call(named('__builtin__', 'bytes'), []), { kind: 'bytes', bytes: { length: 0 } }],
    [
      'bytearray',
      call(named('__builtin__', 'bytearray'), [str('a\u00ff'), str('latin-1')]),
      { kind: 'bytearray', bytes: { length: 2 } },
    ],
    ['Decimal', call(named('decimal', 'Decimal'), [str('1.10')]), { kind: 'decimal', text: '1.10' }],
    [
      'Fraction',
      call(named('fractions', 'Fraction'), [int(-22), int(7)]),
      { kind: 'fraction', text: '-22/7' },
    ],
    ['whole Fraction', call(named('fractions', 'Fraction'), [str('3')]), { kind: 'fraction', text: '3/1' }],
    ['pandas NA', named('pandas._libs.missing', 'NA'), { kind: 'pandas-constant', name: 'NA' }],
    ['enum by value', call(named('labs', 'Phase'), [str('bcc')]), { kind: 'enum', value: str('bcc') }],
    [
      'a long-gone exception',
      call(named('exceptions', 'IOError'), [int(13), str('x')]),
      { kind: 'object', parts: { name: { module: 'builtins', name: 'PermissionError' } } },
    ],
  ])('%s', (_name, node, expected) => {
    expect(view(node)).toMatchObject(expected)
  })

  test('what only looks like it stays an object', () => {
    const strange = [
      call(named('_codecs', 'encode'), [str('\u0100'), str('latin1')]),
      call(named('_codecs', 'encode'), [str('a'), str('rot13')]),
      call(named('builtins', 'set'), [int(1)]),
      call(named('builtins', 'complex'), [str('1')]),
      call(named('builtins', 'range'), [str('a'), int(1)]),
      call(named('decimal', 'Decimal'), [int(1)]),
      call(named('fractions', 'Fraction'), [str('evil')]),
      call(named('uuid', 'UUID'), [], { made: 'newobj', state: record({ int: int(-1) }) }),
      call(named('uuid', 'UUID'), [], { made: 'newobj', state: record({ int: int(2n ** 200n) }) }),
      call(named('pathlib', 'PosixPath'), [int(1)]),
      call(named('collections', 'OrderedDict'), [list(list(int(1)))]),
      call(named('collections', 'deque'), [int(1)]),
      call(named('numpy', 'dtype'), [str('zz')]),
      call(named('numpy.core.multiarray', 'scalar'), [str('<f8'), bytes(1)]),
      call(named('pandas', 'DataFrame'), [], { made: 'newobj', state: record({ _mgr: int(1) }) }),
      call(named('ase.atoms', 'Atoms'), [], { made: 'newobj', state: none }),
      call(named('builtins', 'KeyError'), [str('k')]),
      call(named('labs', 'ConvergenceError'), [str('k')]),
    ]
    expect(strange.map((node) => view(node).kind)).toEqual(strange.map(() => 'object'))
  })
})

describe('names are seen through', () => {
  const partsOf = (node: Value) => {
    const seen = view(node)
    return seen.kind === 'object' ? seen.parts : undefined
  }

  test('copyreg and partial', () => {
    const job = named('labs', 'Job')
    const object = named('__builtin__', 'object')
    expect(partsOf(call(named('copy_reg', '_reconstructor'), [job, object, none]))).toMatchObject({
      how: 'class',
      args: [],
    })
    expect(
      partsOf(call(named('copy_reg', '_reconstructor'), [job, named('__builtin__', 'str'), str('s')])),
    ).toMatchObject({ args: [str('s')] })
    expect(
      partsOf(call(named('copyreg', '__newobj_ex__'), [job, tuple(int(1)), record({ a: int(2) })])),
    ).toMatchObject({ args: [int(1)], kwargs: record({ a: int(2) }) })
    const make = call(named('builtins', 'getattr'), [job, str('__new__')])
    const partial = call(named('functools', 'partial'), [make], {
      state: tuple(make, tuple(job, int(1)), record({ a: int(2) }), none),
    })
    expect(partsOf(call(partial, []))).toMatchObject({ how: 'class', name: { name: 'Job' }, args: [int(1)] })
  })

  test('nested classes, and getattr without an end', () => {
    const getattr = (target: Value, name: string): ObjectValue =>
      call(named('__builtin__', 'getattr'), [target, str(name)])
    const inner = getattr(named('labs', 'Outer'), 'Inner')
    expect(partsOf(call(inner, [], { made: 'newobj' }))).toMatchObject({
      name: { module: 'labs', name: 'Outer.Inner' },
    })
    const own = getattr(none, 'x')
    own.args[0] = own
    expect(view(own).kind).toBe('object')
    expect(view(call(own, [], { made: 'newobj' })).kind).toBe('object')
  })

  test('enum members by name, combined too', () => {
    const member = (name: string) => call(named('builtins', 'getattr'), [named('labs', 'Flag'), str(name)])
    expect(view(member('FCC'))).toMatchObject({ kind: 'enum', names: ['FCC'] })
    expect(view(call(named('_operator', 'or_'), [member('C'), member('A')]))).toMatchObject({
      kind: 'enum',
      names: ['C', 'A'],
    })
    const own = call(named('_operator', 'or_'), [none, none])
    own.args.splice(0, 2, own, own)
    expect(view(own).kind).toBe('object')
  })
})

describe('pandas', () => {
  const index = (name: string, fields: Record<string, Value>) =>
    call(named('pandas.core.indexes.base', '_new_Index'), [named('pandas', name), record(fields)])
  const range = (stop: number) =>
    index('RangeIndex', { name: none, start: int(0), stop: int(stop), step: int(1) })
  const objects = (...items: Value[]) =>
    call(
      named('numpy.core.multiarray', '_reconstruct'),
      [named('numpy', 'ndarray'), tuple(int(0)), bytes(98)],
      {
        state: tuple(int(1), tuple(int(items.length)), str('|O'), bool(false), list(...items)),
      },
    )

  test('a MultiIndex has tuples', () => {
    const codes = (...values: number[]): Value =>
      call(
        named('numpy.core.multiarray', '_reconstruct'),
        [named('numpy', 'ndarray'), tuple(int(0)), bytes(98)],
        {
          state: tuple(int(1), tuple(int(values.length)), str('|i1'), bool(false), bytes(...values)),
        },
      )
    const multi = index('MultiIndex', {
      levels: list(index('Index', { data: objects(str('a'), str('b')), name: none }), range(3)),
      codes: list(codes(0, 1, 255), codes(2, 0, 1)),
      names: list(str('x'), none),
    })
    const seen = view(multi)
    if (seen.kind !== 'index') throw new Error(seen.kind)
    expect(seen.index.names).toEqual([str('x'), none])
    expect(
      seen.index
        .cells(0, 9)
        .map((cell) =>
          cell.kind === 'tuple'
            ? cell.cells.map((part) =>
                part.kind === 'node' ? part.node : part.kind === 'element' ? part.element : part.kind,
              )
            : 0,
        ),
    ).toEqual([
      [str('a'), { kind: 'int', value: 2 }],
      [str('b'), { kind: 'int', value: 0 }],
      ['nan', { kind: 'int', value: 1 }],
    ])
  })

  test('frames whose parts do not fit are objects', () => {
    const frame = (blocks: Value[], axes: Value[]) =>
      call(named('pandas', 'DataFrame'), [], {
        made: 'newobj',
        state: record({
          _mgr: call(named('pandas.core.internals.managers', 'BlockManager'), [
            tuple(...blocks),
            list(...axes),
          ]),
        }),
      })
    const block = (...values: Value[]) =>
      call(named('pandas._libs.internals', '_unpickle_block'), [
        objects(...values),
        call(named('builtins', 'slice'), [int(0), int(1), int(1)]),
        int(2),
      ])
    expect(view(frame([], [range(0), range(5)])).kind).toBe('dataframe')
    expect(view(frame([block(int(1), int(2))], [range(1), range(2)])).kind).toBe('dataframe')
    expect(view(frame([block(int(1), int(2))], [range(1), range(3)])).kind).toBe('object')
    expect(view(frame([block(int(1), int(2))], [range(2), range(2)])).kind).toBe('object')
    expect(view(frame([], [range(2 ** 50), range(2)])).kind).toBe('object')
    const endless = index('MultiIndex', {})
    endless.args[1] = record({ levels: list(endless), codes: list(objects()), names: list() })
    expect(view(endless).kind).toBe('object')
  })
})

test('no lens throws, whatever it is given', () => {
  const callees = [
    ['builtins', 'set'],
    ['builtins', 'slice'],
    ['collections', 'Counter'],
    ['datetime', 'datetime'],
    ['datetime', 'time'],
    ['datetime', 'timezone'],
    ['numpy.core.multiarray', '_reconstruct'],
    ['numpy._core.multiarray', 'scalar'],
    ['numpy._core.numeric', '_frombuffer'],
    ['numpy.ma.core', '_mareconstruct'],
    ['pandas', 'Series'],
    ['pandas', '_new_Index'],
    ['pandas', '__pyx_unpickle_NDArrayBacked'],
    ['pandas', '_unpickle_timestamp'],
    ['pandas', '_timedelta_unpickle'],
    ['scipy.sparse', 'csr_matrix'],
    ['ase', 'Atoms'],
    ['cloudpickle', '_make_function'],
    ['copyreg', '_reconstructor'],
    ['functools', 'partial'],
    ['uuid', 'UUID'],
    ['pathlib', 'PosixPath'],
  ] as const
  const { node } = fc.letrec<{ node: Value }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.constantFrom<Value>(
        none,
        bool(true),
        int(-1),
        int(3),
        int(2n ** 80n),
        float(Number.NaN),
        bytes(),
        bytes(1, 2, 3, 4),
        str('f8'),
        str('|O'),
      ),
      fc.constantFrom(...callees).map(([module, name]): Value => named(module, name)),
      fc.array(tie('node'), { maxLength: 6 }).map((items): Value => tuple(...items)),
      fc.array(tie('node'), { maxLength: 6 }).map((items): Value => list(...items)),
      fc
        .array(
          fc.tuple(
            fc.constantFrom(
              'data',
              '_mgr',
              'tz',
              'codes',
              'levels',
              'names',
              'start',
              '_shape',
              'arrays',
              'int',
            ),
            tie('node'),
          ),
          { maxLength: 5 },
        )
        .map((pairs): Value => dict(...pairs.map(([key, value]): [Value, Value] => [str(key), value]))),
      fc
        .tuple(
          fc.constantFrom(...callees),
          fc.array(tie('node'), { maxLength: 5 }),
          fc.option(tie('node'), { nil: undefined }),
        )
        .map(([[module, name], args, state]): Value => call(named(module, name), args, { state })),
    ),
  }))
  fc.assert(
    fc.property(node, (value) => {
      expect(view(value).kind).toBeTypeOf('string')
    }),
    { numRuns: 3000 },
  )
})
