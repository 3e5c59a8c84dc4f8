import { expect, it } from 'vitest'
import { byteOptions, parseOffset, readBytePlace } from './byte-place.ts'

it('reads back what it writes, for the same entry only', () => {
  const place = { shows: 'opcodes', of: 'stored', at: 4_096 } as const
  const options = byteOptions('a@b', place)
  expect(readBytePlace(options, 'a@b')).toEqual(place)
  expect(readBytePlace(options, 'other')).toEqual({ ...place, at: undefined })
  expect(readBytePlace({ 'bytes.at': '12x@a', 'bytes.show': 'none' }, 'a')).toEqual({
    shows: 'hex',
    of: 'decoded',
    at: undefined,
  })
})

it.each([
  ['4096', 4_096],
  [' 0x1F ', 31],
  ['1,024', 1_024],
  ['', undefined],
  ['12k', undefined],
  ['-1', undefined],
])('takes %j for the offset %s', (text, offset) => {
  expect(parseOffset(text)).toBe(offset)
})
