import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseBytes, parseSpan, writeBytes, writeSpan } from './units.ts'

describe('sizes and spans', () => {
  it('are read as they were written', () => {
    const numbers = fc.oneof(
      fc.nat(),
      fc.nat(1e6).map((n) => n * 86_400),
      fc.nat(1e6).map((n) => n * 1e9),
    )
    fc.assert(
      fc.property(numbers, (number) => {
        expect(parseBytes(writeBytes(number))).toBe(number)
        expect(parseSpan(writeSpan(number))).toBe(number)
      }),
    )
  })

  it.each([
    ['20GB', 2e10],
    ['1.5kb', 1_500],
    ['2GiB', 2 ** 31],
    ['7', 7],
    ['7 kB', undefined],
    ['-1', undefined],
    ['1e3', undefined],
    ['', undefined],
  ])('%j bytes', (text, bytes) => expect(parseBytes(text)).toBe(bytes))

  it.each([
    ['1y', 31_536_000],
    ['90D', 7_776_000],
    ['.5h', 1_800],
    ['7', undefined],
    ['7m', undefined],
  ])('%j', (text, seconds) => expect(parseSpan(text)).toBe(seconds))
})
