import fc from 'fast-check'
import { expect, test } from 'vitest'

import {
  bytesText,
  complexText,
  floatText,
  hexText,
  integerText,
  strText,
  visibleText,
} from './python-text.ts'

test.each([
  [2, '2.0'],
  [-0, '-0.0'],
  [0.1, '0.1'],
  [1e15, '1000000000000000.0'],
  [1e16, '1e+16'],
  [1.5e300, '1.5e+300'],
  [0.0001, '0.0001'],
  [0.00001, '1e-05'],
  [-1.25e-7, '-1.25e-07'],
  [5e-324, '5e-324'],
  [123456789012345680, '1.2345678901234568e+17'],
  [-Infinity, '-inf'],
])('float %s', (value, text) => {
  expect(floatText(value)).toBe(text)
})

test('floats read back as the same', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true }), (value) =>
      Object.is(Number(floatText(value).replace('inf', 'Infinity')), value),
    ),
  )
})

test('complex numbers', () => {
  expect([complexText(1, 2), complexText(0, -2), complexText(-1.5, 0.5), complexText(1, Number.NaN)]).toEqual(
    ['(1+2j)', '-2j', '(-1.5+0.5j)', '(1+nanj)'],
  )
})

test('long integers are hexadecimal', () => {
  expect(integerText(2n ** 64n)).toBe('18446744073709551616')
  expect(integerText(-(2n ** 10_000n)).slice(0, 5)).toBe('-0x10')
  expect(hexText(255n)).toBe('0xff')
})

test('quotes and escapes of texts and bytes', () => {
  expect(strText("it's")).toBe('"it\'s"')
  expect(strText('it\'s "x"\\')).toBe(String.raw`'it\'s "x"\\'`)
  expect(strText('\u00a0\u00ad\ud800\u{e0001}\u2029é')).toBe(String.raw`'\xa0\xad\ud800\U000e0001\u2029é'`)
  expect(bytesText(Uint8Array.of(0x27, 0x0a, 0x7f, 0x41))).toBe(String.raw`b"'\n\x7fA"`)
  expect(visibleText('a\u202eb c')).toBe(String.raw`a\u202eb c`)
})
