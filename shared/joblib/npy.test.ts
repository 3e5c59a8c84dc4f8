import { describe, expect, it } from 'vitest'
import { sourceOf } from '../pickle/testing/assemble.ts'
import { outline } from '../pickle/testing/outline.ts'
import { readNpy } from './npy.ts'

const header = (text: string, version = 1) => [
  ...Array.from('\x93NUMPY', (character) => character.charCodeAt(0)),
  version,
  0,
  text.length & 255,
  text.length >> 8,
  ...(version > 1 ? [0, 0] : []),
  ...Array.from(text, (character) => character.charCodeAt(0)),
]
const head = "{'descr': '<i2', 'fortran_order': False, 'shape': (2,)}"

describe('readNpy', () => {
  it.each([1, 2, 3])('reads version %i', (version) => {
    const start = header(head, version)
    const { root, problem, end } = readNpy(sourceOf(start, 1, 2, 3, 4))
    expect(problem).toBeUndefined()
    expect(outline(root)).toBe(`ndarray(2 C @${start.length}+4)`)
    expect(end).toBe(start.length + 4)
  })

  it('reads structured dtypes', () => {
    const text = "{'descr': [('a', '<i2'), ('b', '|S1', (2,))], 'fortran_order': True, 'shape': ()}"
    expect(outline(readNpy(sourceOf(header(text), 1, 2, 3, 4)).root)).toBe(
      `ndarray( F @${text.length + 10}+4)`,
    )
  })

  it.each([
    ['no magic', sourceOf('NUMPY'), 'NOT_A_PICKLE'],
    ['an unknown version', sourceOf(header(head, 4)), 'BAD_ARRAY'],
    ['a header that is cut short', sourceOf(header(head).slice(0, 30)), 'TRUNCATED'],
    ['a header that is no dict', sourceOf(header('[]')), 'BAD_ARRAY'],
    ['a header without order', sourceOf(header("{'descr': '<i2', 'shape': ()}")), 'BAD_ARRAY'],
    ['elements that are missing', sourceOf(header(head), 1, 2), 'BAD_ARRAY'],
    ['a header of code', sourceOf(header("exit(1) or {'descr': '<i2'}")), 'BAD_ARRAY'],
    ['nothing', sourceOf(), 'NOT_A_PICKLE'],
  ])('refuses %s', (_, source, code) => {
    expect(readNpy(source).problem?.code).toBe(code)
  })
})
