import { expect, it } from 'vitest'
import { isSameRow, packRow, unpackRow, type StoredCell } from './stored-row.ts'

it.each<StoredCell>([
  { type: 'real', value: -0 },
  { type: 'real', value: 0 },
  { type: 'real', value: Infinity },
  { type: 'real', value: 0.1 + 0.2 },
  { type: 'real', value: 5e-324 },
  { type: 'integer', value: -(2n ** 63n) },
  { type: 'text', value: Buffer.from([0xff, 0x00]) },
])('a packed row has its cell again: %j', (cell) => {
  const row = new Map([['value', cell]])
  expect(isSameRow(unpackRow(packRow({ row })).row, row, new Set())).toBe(true)
})
