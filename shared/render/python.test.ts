import { describe, expect, test } from 'vitest'

import { MemorySource } from '../model/source.ts'
import {
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
  set,
  str,
  tuple,
} from '../testing/nodes.ts'
import type { Value } from '../value/value.ts'
import { previewOf } from './preview.ts'
import { pythonLiteral } from './python.ts'

const source = new MemorySource(new Uint8Array(0))
const literal = (node: Value, maxCharacters = 200) => pythonLiteral(node, { source, maxCharacters })

function array(text: string, shape: number[], numbers: ArrayBufferView): Value {
  const inline = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)
  return {
    kind: 'ndarray',
    dtype: dtype(text),
    shape,
    order: 'C',
    data: { inline, length: inline.length },
    start: 0,
    end: 0,
  }
}

describe('literals', () => {
  test.each<[Value, string]>([
    [tuple(int(1)), '(1,)'],
    [set(), 'set()'],
    [dict([str('a'), float(1e22)], [int(1), none]), "{'a': 1e+22, 1: None}"],
    [bytes(0, 39, 34, 255), String.raw`b'\x00\'"\xff'`],
    [str('it\'s "x"'), String.raw`'it\'s "x"'`],
    [str('\u202eabc\u200b\u0007'), String.raw`'\u202eabc\u200b\x07'`],
    [named('builtins', 'len'), 'len'],
    [named('labs.shapes', 'Job'), 'labs.shapes.Job'],
    [
      call(named('labs', 'Job'), [], { made: 'newobj', state: record({ name: str('a'), steps: int(5) }) }),
      "labs.Job(name='a', steps=5)",
    ],
    [
      call(named('labs', 'Slotted'), [], { made: 'newobj', state: tuple(none, record({ a: int(5) })) }),
      'labs.Slotted(a=5)',
    ],
    [
      call(named('labs', 'MyList'), [], { made: 'newobj', listItems: [int(1)], state: tuple(int(4)) }),
      'labs.MyList([1], (4,))',
    ],
    [
      call(named('collections', 'OrderedDict'), [], { dictKeys: [int(1)], dictValues: [int(2)] }),
      'OrderedDict({1: 2})',
    ],
    [array('<f8', [2, 2], Float64Array.of(1, 2, 3, 4.5)), 'array([[1.0, 2.0], [3.0, 4.5]])'],
    [array('<f4', [2], Float32Array.of(0.1, 2)), 'array([0.1, 2.0], dtype=float32)'],
    [array('<i8', [], BigInt64Array.of(7n)), 'array(7)'],
    [array('<f8', [0, 3], new Uint8Array(0)), 'array([], dtype=float64)'],
    [array('<f8', [1000], new Float64Array(1000)), 'array([0.0, 0.0, 0.0, …], shape=(1000,))'],
  ])('%#', (node, expected) => {
    expect(literal(node)).toBe(expected)
  })

  test('are cut to the length asked for', () => {
    expect(literal(list(...Array.from({ length: 1e5 }, (_, i) => int(i))), 20)).toBe('[0, 1, 2, 3, 4, 5, …')
    expect(literal(str('😀'.repeat(1e5)), 20)).toBe(`'${'😀'.repeat(9)}…`)
    for (const length of [1, 2, 10, 50])
      expect(literal(record({ key: str('x'.repeat(100)) }), length).length).toBeLessThanOrEqual(length)
  })

  test('do not follow cycles or depths', () => {
    const own = list(int(1))
    own.items.push(own)
    expect(literal(own)).toBe('[1, …]')
    let deep: Value = list()
    for (let i = 0; i < 100_000; i++) deep = list(deep)
    expect(literal(deep)).toBe('['.repeat(40) + '…' + ']'.repeat(40))
    let wide: Value = tuple(int(1))
    for (let i = 0; i < 120; i++) wide = tuple(wide, wide)
    expect(literal(wide).length).toBeLessThanOrEqual(200)
  })
})

describe('previews', () => {
  test.each<[Value, object]>([
    [none, { type: 'NoneType', family: 'scalar', preview: 'None' }],
    [str('a\nb'), { type: 'str', family: 'text', preview: String.raw`'a\nb'` }],
    [
      array('<f8', [240, 96], new Float64Array(240 * 96)),
      { type: 'ndarray', family: 'array', preview: 'float64 (240, 96)' },
    ],
    [array('<i2', [3], Int16Array.of(1, 2, 3)), { preview: 'int16 (3,) [1, 2, 3]' }],
    [array('<f8', [3], new Float64Array(1)), { preview: 'float64 (3,)' }],
    [
      call(named('labs', 'Job'), [], { made: 'newobj' }),
      { type: 'labs.Job', family: 'object', preview: 'labs.Job()' },
    ],
    [call(named('labs', 'rebuild'), []), { type: 'object', family: 'object', preview: 'labs.rebuild()' }],
    [named('os', 'system'), { type: 'function', family: 'reference' }],
    [named('\u202eevil', 'Na\u0000me'), { type: 'class', preview: String.raw`\u202eevil.Na\x00me` }],
    [
      { kind: 'cut', problem: { code: 'TRUNCATED', sentence: 'It ends.' }, start: 0, end: 0 },
      { type: 'cut', family: 'problem', preview: 'It ends.' },
    ],
  ])('%#', (node, expected) => {
    expect(previewOf(node, source)).toMatchObject(expected)
  })

  test('facts of an array', () => {
    expect(previewOf(array('<i2', [3], Int16Array.of(1, 2, 3)), source).facts).toEqual([
      ['dtype', 'int16'],
      ['shape', '(3,)'],
      ['order', 'C'],
      ['bytes', '6'],
    ])
  })

  test('have at most 200 characters', () => {
    const long = named('m'.repeat(5000), 'N')
    expect(previewOf(long, source).preview.length).toBeLessThanOrEqual(200)
    expect(previewOf(call(long, []), source).preview.length).toBeLessThanOrEqual(200)
  })
})
