import { describe, expect, it } from 'vitest'
import { outline } from '../pickle/testing/outline.ts'
import { parseLiteral } from './npy-literal.ts'

describe('parseLiteral', () => {
  it.each([
    [
      "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }",
      '{"descr": "<f8", "fortran_order": False, "shape": (3, 4)}',
    ],
    ["{'shape': (3L,)}", '{"shape": (3)}'],
    ["[('a', '<i4'), ('b', '<f8', (2, 2))]", '[("a", "<i4"), ("b", "<f8", (2, 2))]'],
    ["(('title', 'a'), u'<i4')", '(("title", "a"), "<i4")'],
    ['()', '()'],
    ['(1)', '1'],
    ['[None, True, -5]', '[None, True, -5]'],
    [String.raw`'\'\\\x41\u00e9\n'`, String.raw`"'\\Aé\n"`],
    ['"it\'s"', `"it's"`],
    ['  [ ]  \n', '[]'],
    ['99999999999999999999', '99999999999999999999n'],
  ])('reads %s', (text, expected) => {
    expect(outline(parseLiteral(text, 0))).toBe(expected)
  })

  it('gives every node its span from the base on', () => {
    expect(parseLiteral("['a']", 10)).toMatchObject({ start: 10, end: 15, items: [{ start: 11, end: 14 }] })
  })

  it.each([
    '',
    "__import__('os').system('x')",
    '{1: 2} x',
    "{'a' 1}",
    '[1 2]',
    '[,]',
    '(1,,2)',
    "'abc",
    String.raw`'\x4'`,
    String.raw`'\q'`,
    '1 + 1',
    'nan',
    '['.repeat(40),
    '('.repeat(100_000),
  ])('refuses %j', (text) => {
    expect(() => parseLiteral(text, 0)).toThrow(/header/)
  })
})
