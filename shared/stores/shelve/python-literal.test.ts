import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatDirectoryLine, parseDirectoryLine } from './python-literal.ts'

test('what is written is read back, whatever bytes the key has', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.nat(), fc.nat(), (key, offset, sizeBytes) => {
      const line = formatDirectoryLine({ key, offset, sizeBytes })
      expect(line.endsWith('\n')).toBe(true)
      expect(parseDirectoryLine(line.trimEnd())).toEqual({ key, offset, sizeBytes })
    }),
  )
})

test.each([
  [`'a', (1, 2)`, 'a'],
  [`  "it's" ,( 1 , 2 , ) `, "it's"],
  [`'\\x41\\102\\u0043\\U00000044', (1, 2)`, 'ABCD'],
  [`'\\q\\'', (1, 2)`, "\\q'"],
  [`'\\0\\a\\b\\f\\n\\r\\t\\v', (1, 2)`, '\0\u0007\b\f\n\r\t\v'],
  [`'', (+1, 2)`, ''],
])('%s', (line, key) => {
  expect(parseDirectoryLine(line)).toEqual({
    key: Uint8Array.from(Buffer.from(key)),
    offset: 1,
    sizeBytes: 2,
  })
})

test.each([
  `b'a', (1, 2)`,
  `'a'`,
  `'a', (1, 2`,
  `'a' (1, 2)`,
  `'a', (1, 2), 3`,
  `'a', (1.5, 2)`,
  `'a', (0x10, 2)`,
  `'a', (1, 99999999999999999999)`,
  `'a', (1, f())`,
  `'\\u0100', (1, 2)`,
  `'\\400', (1, 2)`,
  `'\\N{DASH}', (1, 2)`,
  `'\\x4', (1, 2)`,
  `'a`,
  `'a\\`,
  '',
])('%s is refused with a reason', (line) => {
  expect(parseDirectoryLine(line)).toMatch(/\w/)
})
