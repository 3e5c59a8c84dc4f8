import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultLimits } from './limits.ts'
import { decodeInteger, parseFloatLine, parseIndex, parseInt0, parseLong } from './numbers.ts'

const bytesOf = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0))
const narrow = (value: bigint) => (Number.isSafeInteger(Number(value)) ? Number(value) : value)

describe('integers', () => {
  it('reads back any integer from its text and its bytes', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 300n), max: 2n ** 300n }), (value) => {
        expect(parseLong(bytesOf(`${value}L`), defaultLimits)).toBe(narrow(value))
        expect(parseLong(bytesOf(String(value)), defaultLimits)).toBe(narrow(value))
        const bytes = new Uint8Array(40)
        let rest = BigInt.asUintN(320, value)
        for (let i = 0; i < 40; i++, rest >>= 8n) bytes[i] = Number(rest & 255n)
        expect(decodeInteger(bytes)).toBe(narrow(value))
      }),
    )
  })

  it('reads back small integers from as few bytes as they need', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 47), max: 2 ** 47 - 1 }), (value) => {
        const bytes = Uint8Array.from({ length: 6 }, (_, i) =>
          Number(BigInt.asUintN(8, BigInt(value) >> BigInt(8 * i))),
        )
        expect(decodeInteger(bytes)).toBe(value)
      }),
    )
  })

  it.each([
    ['01', true],
    ['00', false],
    ['+1', true],
    ['1', 1],
    ['017', 15],
    ['0x10', 16],
    ['  5', 5],
    ['1_000', 1000],
    ['0b11', 3],
    ['5\0rest', 5],
    ['-0', false],
    ['\0x', false],
    ['\0xy', 0],
    ['-00', 0],
  ])('INT %j is %j', (text, expected) => {
    expect(parseInt0(bytesOf(text), defaultLimits)).toBe(expected)
  })

  it.each(['', '09', '1__0', '_1', '1.0', '0x', '5x', '٣', '--1'])('refuses %j', (text) => {
    expect(() => parseInt0(bytesOf(text), defaultLimits)).toThrow('not written as one')
    expect(() => parseLong(bytesOf(text), defaultLimits)).toThrow('not written as one')
  })

  it('reads hexadecimal integers longer than decimal ones may be', () => {
    const text = `0x${'f'.repeat(10_000)}`
    expect(parseLong(bytesOf(text), defaultLimits)).toBe(BigInt(text))
  })
})

describe('memo indices', () => {
  it('are decimal', () => {
    expect(parseIndex(bytesOf('012'))).toBe(12)
    expect(parseIndex(bytesOf('-3'))).toBe(-3)
    expect(() => parseIndex(bytesOf('0x1'))).toThrow('memo index')
  })
})

describe('floats', () => {
  it('reads back any finite float', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        // JavaScript writes -0 without its sign.
        expect(parseFloatLine(bytesOf(Object.is(value, -0) ? '-0.0' : String(value)))).toBe(value)
      }),
    )
  })

  it.each([
    ['inf', Infinity],
    ['-Infinity', -Infinity],
    ['NaN', Number.NaN],
    ['1.', 1],
    ['.5', 0.5],
    ['1.5\0x', 1.5],
  ])('%j is %j', (text, expected) => {
    expect(parseFloatLine(bytesOf(text))).toBe(expected)
  })

  it.each(['1e999', '1_0', '0x1', ' 1', '1 ', '.', 'e5', 'infinit'])('refuses %j', (text) => {
    expect(() => parseFloatLine(bytesOf(text))).toThrow('not written as one')
  })
})
