import { expect, it } from 'vitest'
import { isSameRow, packRow, unpackRow, type StoredCell } from './stored-row.ts'

it.each<[string, StoredCell]>([
  ['minus zero', { type: 'real', value: -0 }],
  ['zero', { type: 'real', value: 0 }],
  ['an infinity', { type: 'real', value: Infinity }],
  ['a sum', { type: 'real', value: 0.1 + 0.2 }],
  ['the smallest number', { type: 'real', value: 5e-324 }],
  ['the least integer', { type: 'integer', value: -(2n ** 63n) }],
  ['a text that is no UTF-8', { type: 'text', value: Buffer.from([0xff, 0x00]) }],
])('a packed row has %s again', (_, cell) => {
  const row = new Map([['value', cell]])
  expect(isSameRow(unpackRow(packRow({ row })).row, row, new Set())).toBe(true)
})
