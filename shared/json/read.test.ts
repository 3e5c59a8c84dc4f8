import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MemorySource } from '../model/source.ts'
import type { ByteSource } from '../model/source.ts'
import type { Value } from '../value/value.ts'
import { readJson } from './read.ts'

const encoder = new TextEncoder()
const read = (text: string | Uint8Array, options = {}) =>
  readJson(new MemorySource(typeof text === 'string' ? encoder.encode(text) : text), options)

/** A JavaScript value as `JSON.parse` would make it, but for exact integers and dicts as pairs. */
function plain(value: Value | undefined): unknown {
  switch (value?.kind) {
    case 'list':
      return value.items.map(plain)
    case 'dict':
      return { pairs: value.keys.map((key, i) => [plain(key), plain(value.values[i])]) }
    case 'none':
      return null
    case 'cut':
      return value.problem.code
    case 'float':
      return { float: value.value }
    case 'bool':
    case 'int':
    case 'str':
      return value.value
    default:
      return undefined
  }
}

function pairsOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pairsOf)
  if (typeof value === 'number' && !Number.isSafeInteger(value)) return { float: value }
  if (typeof value !== 'object' || value === null) return value
  return { pairs: Object.entries(value).map(([key, one]) => [key, pairsOf(one)]) }
}

describe('readJson', () => {
  it('reads what JSON.parse reads', () => {
    // Objects whose keys are whole numbers do not keep their order in JavaScript.
    const key = fc.string({ unit: 'binary' }).filter((text) => !/^\d+$/.test(text) && text !== '__proto__')
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom(null, true, false),
        fc.string({ unit: 'binary' }),
        fc.maxSafeInteger(),
        fc.double({ noNaN: true, noDefaultInfinity: true }).filter((one) => /[.]/.test(JSON.stringify(one))),
        fc.array(tie('value')),
        fc.dictionary(key, tie('value')),
      ),
    }))
    fc.assert(
      fc.property(value, fc.constantFrom(undefined, 1, '\t\r\n '), (one, indent) => {
        const { root, problem, end } = read(JSON.stringify(one, null, indent))
        expect(problem).toBeUndefined()
        expect(plain(root)).toEqual(pairsOf(one))
        expect(end).toBe(encoder.encode(JSON.stringify(one, null, indent)).length)
      }),
    )
  })

  it.each([
    ['2', 2],
    ['2.0', { float: 2 }],
    ['-0', 0],
    ['-0.0', { float: -0 }],
    ['1e3', { float: 1000 }],
    ['1e999', { float: Infinity }],
    ['9007199254740993', 9007199254740993n],
    ['-123456789012345678901234567890', -123456789012345678901234567890n],
    ['NaN', { float: Number.NaN }],
    ['[Infinity, -Infinity]', [{ float: Infinity }, { float: -Infinity }]],
    [String.raw`"\ud800\u00e9\/\b"`, '\ud800é/\b'],
    ['"\uFEFF"', '\uFEFF'],
    ['\uFEFF[1]', [1]],
    [
      '{"a":1,"b":2,"a":3}',
      {
        pairs: [
          ['a', 3],
          ['b', 2],
        ],
      },
    ],
    ['{"__proto__":{"x":1}}', { pairs: [['__proto__', { pairs: [['x', 1]] }]] }],
  ])('reads %s', (text, expected) => {
    const { root, problem } = read(text)
    expect(problem).toBeUndefined()
    expect(plain(root)).toEqual(expected)
  })

  it('lets the last of equal keys count among many keys', () => {
    const names = Array.from({ length: 100 }, (_, i) => `"k${i % 50}": ${i}`)
    const { root } = read(`{${names.join()}}`)
    expect(plain(root)).toEqual({ pairs: Array.from({ length: 50 }, (_, i) => [`k${i}`, i + 50]) })
  })

  it('gives every node its span', () => {
    const { root } = read(' {"a": [10, "é"]} ')
    const spans = (value: Value): unknown => {
      const own = [value.start, value.end]
      if (value.kind === 'list') return [own, value.items.map(spans)]
      return value.kind === 'dict' ? [own, value.keys.map(spans), value.values.map(spans)] : own
    }
    expect(spans(root!)).toEqual([
      [1, 18],
      [[2, 5]],
      [
        [
          [7, 17],
          [
            [8, 10],
            [12, 16],
          ],
        ],
      ],
    ])
  })

  const refusals: readonly (readonly [string, string, number, unknown])[] = [
    ['', 'EMPTY', 0, undefined],
    ['[1, 2', 'TRUNCATED', 5, [1, 2, 'TRUNCATED']],
    [
      '{"a": 1, "b',
      'TRUNCATED',
      11,
      {
        pairs: [
          ['a', 1],
          ['TRUNCATED', 'TRUNCATED'],
        ],
      },
    ],
    [
      '{"a": 1, "b":',
      'TRUNCATED',
      13,
      {
        pairs: [
          ['a', 1],
          ['b', 'TRUNCATED'],
        ],
      },
    ],
    ['[[1, [2, tru', 'TRUNCATED', 9, [[1, [2, 'TRUNCATED']]]],
    ['[1,]', 'BAD_JSON', 3, [1, 'BAD_JSON']],
    [
      '{"a":1,}',
      'BAD_JSON',
      7,
      {
        pairs: [
          ['a', 1],
          ['BAD_JSON', 'BAD_JSON'],
        ],
      },
    ],
    ['[1 2]', 'BAD_JSON', 3, [1, 'BAD_JSON']],
    ['[1}', 'BAD_JSON', 2, [1, 'BAD_JSON']],
    ['{1: 2}', 'BAD_JSON', 1, { pairs: [['BAD_JSON', 'BAD_JSON']] }],
    ['1 2', 'BAD_JSON', 2, 1],
    ['"\n"', 'BAD_JSON', 1, undefined],
    [String.raw`"\x41"`, 'BAD_JSON', 0, undefined],
    [String.raw`"\u12g4"`, 'BAD_JSON', 0, undefined],
    ['01', 'BAD_JSON', 0, undefined],
    ['1.', 'BAD_JSON', 0, undefined],
    ['.5', 'BAD_JSON', 0, undefined],
    ['+1', 'BAD_JSON', 0, undefined],
    ['nil', 'BAD_JSON', 0, undefined],
    ['-Info', 'BAD_JSON', 1, undefined],
    ["'a'", 'BAD_JSON', 0, undefined],
    [`[${'9'.repeat(4301)}]`, 'BAD_JSON', 1, ['BAD_JSON']],
  ]
  it.each(refusals)('says what is wrong with %j', (text, code, offset, tree) => {
    const { root, problem } = read(text)
    expect([problem?.code, problem?.offset]).toEqual([code, offset])
    expect(problem!.sentence).toMatch(/^[A-Z].*\.$/)
    expect(plain(root)).toEqual(tree)
  })

  it('refuses what is not UTF-8', () => {
    expect(read(Uint8Array.of(0x5b, 0x22, 0xff, 0x22, 0x5d)).problem).toMatchObject({
      code: 'BAD_JSON',
      offset: 1,
    })
  })

  it('reads 100,000 levels', () => {
    const { root, problem } = read('['.repeat(100_000) + ']'.repeat(100_000))
    expect(problem).toBeUndefined()
    let levels = 0
    for (let node = root; node?.kind === 'list'; node = node.items[0]) levels++
    expect(levels).toBe(100_000)
    expect(read('{"":'.repeat(50_000)).problem?.code).toBe('TRUNCATED')
  })

  it('keeps to its limits', () => {
    expect(read(`[${'1,'.repeat(1000)}1]`, { limits: { treeBytes: 10_000 } }).problem?.code).toBe(
      'LIMIT_NODES',
    )
    expect(read('"abc"', { limits: { textBytes: 4 } }).problem?.code).toBe('LIMIT_SIZE')
  })

  it("gives a broken source's own problem as the cause", () => {
    const bytes = encoder.encode('[1, ')
    const source: ByteSource = {
      byteLength: bytes.length,
      read: (offset, length) => bytes.subarray(offset, offset + length),
      problem: { code: 'UNREADABLE', sentence: 'A page is broken.' },
    }
    expect(readJson(source).problem?.code).toBe('UNREADABLE')
  })
})
