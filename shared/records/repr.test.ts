import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { summarizeRepr } from './repr.ts'

describe('summarizeRepr', () => {
  test.each([
    ['400', { type: 'int', preview: '400', number: 400 }],
    ['-7', { type: 'int', preview: '-7', number: -7 }],
    ['1e-05', { type: 'float', preview: '1e-05', number: 1e-5 }],
    ['350.5', { type: 'float', preview: '350.5', number: 350.5 }],
    ['-inf', { type: 'float', preview: '-inf', number: Number.NEGATIVE_INFINITY }],
    ['nan', { type: 'float', preview: 'nan' }],
    ['True', { type: 'bool', preview: 'True', number: 1 }],
    ['False', { type: 'bool', preview: 'False', number: 0 }],
    ['None', { type: 'NoneType', preview: 'None' }],
    ["'Cu'", { type: 'str', preview: "'Cu'", text: 'Cu' }],
    ['"it\'s"', { type: 'str', preview: '"it\'s"', text: "it's" }],
    ["b'ab'", { type: 'bytes', preview: "b'ab'" }],
    ['(1+2j)', { type: 'complex', preview: '(1+2j)' }],
    ['2j', { type: 'complex', preview: '2j' }],
    ['()', { type: 'tuple', preview: '()' }],
    ['(1, 2)', { type: 'tuple', preview: '(1, 2)' }],
    ['[1, 2]', { type: 'list', preview: '[1, 2]' }],
    ['{}', { type: 'dict', preview: '{}' }],
    ["{'a,b': 1}", { type: 'dict', preview: "{'a,b': 1}" }],
    ['{1, 2}', { type: 'set', preview: '{1, 2}' }],
    ["{'a:b'}", { type: 'set', preview: "{'a:b'}" }],
    ['array([1., 2.])', { type: 'ndarray', preview: 'array([1., 2.])' }],
    ['array([[1.],\n       [2.]])', { type: 'ndarray', preview: 'array([[1.], [2.]])' }],
    ['np.float64(1.5)', { type: 'float64', preview: 'np.float64(1.5)', number: 1.5 }],
    ['np.int64(3)', { type: 'int64', preview: 'np.int64(3)', number: 3 }],
    ["PosixPath('/x')", { type: 'PosixPath', preview: "PosixPath('/x')" }],
    ['datetime.date(2024, 1, 2)', { type: 'date', preview: 'datetime.date(2024, 1, 2)' }],
    ['<lab.Thing object at 0x7f00>', { type: 'Thing', preview: '<lab.Thing object at 0x7f00>' }],
    ['   a  b\n0  1  2', { type: 'object', preview: ' a b 0 1 2' }],
    ['', { type: 'object', preview: '' }],
    ["'a' + 'b'", { type: 'str', preview: "'a' + 'b'" }],
    ['9'.repeat(400), { type: 'int', preview: `${'9'.repeat(79)}…` }],
  ])('%s', (repr, expected) => {
    expect(summarizeRepr('x', repr)).toEqual({ name: 'x', ...expected })
  })

  test('control characters do no harm, whatever the text', () => {
    expect(summarizeRepr('x', "'a\\x00b\\nc'").text).toBe('a\ufffdb\ufffdc')
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (repr) => {
        const { preview, text = '' } = summarizeRepr('x', repr)
        expect(preview.length).toBeLessThanOrEqual(80)
        // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
        expect(preview + text).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/)
      }),
    )
  })

  test('texts made to be slow are not', () => {
    const start = performance.now()
    for (const part of ["'", '\\', '(', '1', 'e', '.', '{', 'a.', '<a.', '-', 'j', 'np.f(', ' '])
      summarizeRepr('x', part.repeat(1_000_000))
    expect(performance.now() - start).toBeLessThan(2_000)
  })
})
