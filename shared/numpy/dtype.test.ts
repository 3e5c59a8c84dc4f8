import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { MemorySource } from '../model/source.ts'
import { bytes, call, dict, dtype, int, list, named, none, str, tuple } from '../testing/nodes.ts'
import type { Value } from '../value/value.ts'
import { dtypeJson, dtypeName, dtypeText, parseDType, parseDTypeText } from './dtype.ts'

const source = new MemorySource(new Uint8Array(0))
const parse = (node: Value) => parseDType(node, source)

/** A structured dtype as numpy pickles it. */
function structured(itemsize: number, ...fields: [string, Value, number][]): Value {
  return call(named('numpy', 'dtype'), [str(`V${itemsize}`), int(0), int(1)], {
    state: tuple(
      int(3),
      str('|'),
      none,
      tuple(...fields.map(([name]) => str(name))),
      dict(...fields.map(([name, type, offset]): [Value, Value] => [str(name), tuple(type, int(offset))])),
      int(itemsize),
      int(1),
      int(16),
    ),
  })
}

describe('texts', () => {
  test.each([
    ['<f8', '<f8', 'float64'],
    ['f8', '<f8', 'float64'],
    ['=i4', '<i4', 'int32'],
    ['>i2', '>i2', '>i2'],
    ['|b1', '|b1', 'bool'],
    ['?', '|b1', 'bool'],
    ['|u1', '|u1', 'uint8'],
    ['>u1', '|u1', 'uint8'],
    ['<U7', '<U7', '<U7'],
    ['U0', '<U0', '<U0'],
    ['a3', '|S3', '|S3'],
    ['|V16', '|V16', '|V16'],
    ['O8', '|O', 'object'],
    ['c16', '<c16', 'complex128'],
    ['<M8[ns]', '<M8[ns]', 'datetime64[ns]'],
    ['<M8[25s]', '<M8[25s]', 'datetime64[25s]'],
    ['m8', '<m8', 'timedelta64'],
    ['>M8[D]', '>M8[D]', '>M8[D]'],
  ])('%s', (text, plain, name) => {
    const parsed = parseDTypeText(text)!
    expect(dtypeJson(parsed)).toBe(plain)
    expect(dtypeText(parsed)).toBe(plain)
    expect(dtypeName(parsed)).toBe(name)
  })

  test.each([
    '',
    'f',
    'f3',
    'f80',
    'i16',
    'x4',
    'zz',
    '<<f8',
    'M8[parsec]',
    'M8[0s]',
    'f8[ns]',
    'U1073741824',
    'V99999999999',
    'f8 ',
  ])('%s is none', (text) => {
    expect(parseDTypeText(text)).toBeUndefined()
  })

  test('what is printed reads back as the same', () => {
    const letters = fc.constantFrom(
      'f8',
      'f4',
      'f2',
      'i8',
      'u4',
      'U5',
      'S3',
      'V9',
      'b1',
      'c8',
      'M8[us]',
      'm8[7D]',
    )
    fc.assert(
      fc.property(fc.constantFrom('<', '>'), letters, (order, text) => {
        const parsed = parseDTypeText(order + text)!
        expect(parseDTypeText(dtypeText(parsed))).toEqual(parsed)
      }),
    )
  })
})

describe('pickled', () => {
  test('byte order comes from the state', () => {
    expect(dtypeJson(parse(dtype('f8', '>'))!)).toBe('>f8')
    expect(dtypeJson(parse(dtype('i1', '|'))!)).toBe('|i1')
  })

  test('datetime unit and step', () => {
    const state = tuple(
      int(4),
      str('<'),
      none,
      none,
      none,
      int(-1),
      int(-1),
      int(0),
      tuple(dict(), tuple(bytes(0x73), int(25), int(1), int(1))),
    )
    const parsed = parse(call(named('numpy', 'dtype'), [str('M8'), int(0), int(1)], { state }))
    expect(dtypeJson(parsed!)).toBe('<M8[25s]')
  })

  test('structured, with padding, titles and a sub-array', () => {
    const pair = call(named('numpy', 'dtype'), [str('V16'), int(0), int(1)], {
      state: tuple(int(3), str('|'), tuple(dtype('f8'), tuple(int(2))), none, none, int(16), int(1), int(0)),
    })
    const parsed = parse(structured(32, ['a', dtype('i1', '|'), 0], ['b', pair, 8]))!
    expect(dtypeJson(parsed)).toEqual({
      fields: [
        { name: 'a', dtype: '|i1', offset: 0 },
        { name: 'b', dtype: ['<f8', [2]], offset: 8 },
      ],
      itemsize: 32,
    })
    expect(dtypeText(parsed)).toBe("[('a', '|i1'), ('b', '<f8', (2,))]")
    expect(parsed.hasObject).toBe(false)
  })

  test('of a record array and of a header', () => {
    const state = tuple(int(3), str('|'), none, none, none, int(12), int(1), int(0))
    expect(parse(call(named('numpy', 'dtype'), [named('numpy', 'record')], { state }))!.itemsize).toBe(12)
    const header = list(
      tuple(str('x'), str('<i4')),
      tuple(str(''), str('|V4')),
      tuple(str('y'), str('<f8'), tuple(int(3))),
    )
    expect(dtypeJson(parse(header)!)).toEqual({
      fields: [
        { name: 'x', dtype: '<i4', offset: 0 },
        { name: 'y', dtype: ['<f8', [3]], offset: 8 },
      ],
      itemsize: 32,
    })
  })
})

describe('impossible ones are undefined', () => {
  test('fields outside of the element', () => {
    expect(parse(structured(8, ['a', dtype('f8'), 4]))).toBeUndefined()
    expect(parse(structured(8, ['a', dtype('f8'), -4]))).toBeUndefined()
    expect(parse(structured(2 ** 40, ['a', dtype('f8'), 0]))).toBeUndefined()
  })

  test('sub-arrays too large, negative or of too many dimensions', () => {
    const of = (...shape: Value[]) =>
      call(named('numpy', 'dtype'), [str('V8')], {
        state: tuple(
          int(3),
          str('|'),
          tuple(dtype('f8'), tuple(...shape)),
          none,
          none,
          int(8),
          int(1),
          int(0),
        ),
      })
    expect(parse(of(int(-1)))).toBeUndefined()
    expect(parse(of(int(2 ** 20), int(2 ** 20)))).toBeUndefined()
    expect(parse(of(int(2n ** 70n)))).toBeUndefined()
    expect(parse(of(...Array.from({ length: 65 }, () => int(1))))).toBeUndefined()
  })

  test('a dtype within itself, and one that doubles with every level', () => {
    const own = call(named('numpy', 'dtype'), [])
    own.args.push(own)
    expect(parse(own)).toBeUndefined()
    let doubling: Value = structured(0, ['a', dtype('V0', '|'), 0])
    for (let i = 0; i < 30; i++) doubling = structured(0, ['a', doubling, 0], ['b', doubling, 0])
    expect(parse(doubling)).toBeUndefined()
  })

  test('other calls and other nodes', () => {
    expect(parse(call(named('os', 'dtype'), [str('f8')]))).toBeUndefined()
    expect(parse(named('numpy', '__proto__'))).toBeUndefined()
    expect(parse(named('os', 'float64'))).toBeUndefined()
    expect(parse(int(8))).toBeUndefined()
  })
})
