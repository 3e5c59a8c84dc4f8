import { describe, expect, it } from 'vitest'
import { CountingSource, MemorySource, MissingBytes } from '../model/source.ts'
import type { ByteSource } from '../model/source.ts'
import type { ListValue, Value } from '../value/value.ts'
import { readPickle } from './read.ts'
import { assemble, sourceOf } from './testing/assemble.ts'
import type { Parts } from './testing/assemble.ts'
import { outline } from './testing/outline.ts'

const global = ['GLOBAL', 'm\nC\n'] as const

/** What each pickle (STOP is added) reads as. */
const readings: Readonly<Record<string, readonly (readonly [Parts, string])[]>> = {
  'None and booleans': [
    [['NONE'], 'None'],
    [['NEWTRUE'], 'True'],
    [['NEWFALSE'], 'False'],
    [['INT', '01\n'], 'True'],
    [['INT', '00\n'], 'False'],
  ],
  integers: [
    [['BININT', 0xff, 0xff, 0xff, 0xff], '-1'],
    [['BININT', 0, 0, 0, 0x80], '-2147483648'],
    [['BININT1', 255], '255'],
    [['BININT2', 0, 1], '256'],
    [['INT', '-12\n'], '-12'],
    [['INT', '0x1f\n'], '31'],
    [['INT', '9223372036854775808\n'], '9223372036854775808n'],
    [['LONG', '5L\n'], '5'],
    [['LONG', '-9007199254740993L\n'], '-9007199254740993n'],
    [['LONG1', 0], '0'],
    [['LONG1', 1, 0xff], '-1'],
    [['LONG1', 2, 0xff, 0x00], '255'],
    [['LONG1', 6, 0, 0, 0, 0, 0, 0x80], '-140737488355328'],
    [['LONG1', 7, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f], '9007199254740991'],
    [['LONG1', 7, 0, 0, 0, 0, 0, 0, 0x20], '9007199254740992n'],
    [['LONG4', 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff], '-18446744073709551616n'],
  ],
  floats: [
    [['BINFLOAT', 0x3f, 0xf8, 0, 0, 0, 0, 0, 0], '1.5f'],
    [['BINFLOAT', 0x80, 0, 0, 0, 0, 0, 0, 0], '-0.0'],
    [['BINFLOAT', 0x7f, 0xf8, 0, 0, 0, 0, 0, 0], 'NaNf'],
    [['FLOAT', '-2.5e-3\n'], '-0.0025f'],
    [['FLOAT', '-inf\n'], '-Infinityf'],
    [['FLOAT', 'nan\n'], 'NaNf'],
  ],
  texts: [
    [['SHORT_BINUNICODE', 2, 'ab'], '"ab"'],
    [['BINUNICODE', 2, 0, 0, 0, 0xc3, 0xa9], '"é"'],
    [['BINUNICODE8', 4, 0, 0, 0, 0, 0, 0, 0, 0xf0, 0x9f, 0x98, 0x80], '"😀"'],
    [['SHORT_BINUNICODE', 4, 'a', 0xed, 0xa0, 0x80], String.raw`"a\ud800"`],
    [['SHORT_BINUNICODE', 3, 0xef, 0xbb, 0xbf], '"\uFEFF"'],
    [['UNICODE', 'a\\u00e9\xe9\\U0001f600\\x\n'], String.raw`"aéé😀\\x"`],
    [['UNICODE', '\n'], '""'],
  ],
  'texts of Python 2': [
    [['SHORT_BINSTRING', 2, 'ab'], '"ab"'],
    [['SHORT_BINSTRING', 2, 'a', 0xe9], 'bytes@2+2'],
    [['BINSTRING', 1, 0, 0, 0, 0xff], 'bytes@5+1'],
    [['STRING', String.raw`'a\x41\n\101\''` + '\n'], String.raw`"aA\nA'"`],
    [['STRING', '"\\xff"\n'], 'bytes<255>'],
  ],
  bytes: [
    [['SHORT_BINBYTES', 2, 1, 2], 'bytes@2+2'],
    [['BINBYTES', 1, 0, 0, 0, 7], 'bytes@5+1'],
    [['BINBYTES8', 1, 0, 0, 0, 0, 0, 0, 0, 7], 'bytes@9+1'],
    [['BYTEARRAY8', 1, 0, 0, 0, 0, 0, 0, 0, 7], 'bytearray@9+1'],
    [['NEXT_BUFFER'], 'buffer'],
    [['NEXT_BUFFER', 'READONLY_BUFFER'], 'readonly-buffer'],
    [['SHORT_BINBYTES', 0, 'READONLY_BUFFER'], 'bytes@2+0'],
  ],
  lists: [
    [['EMPTY_LIST', 'NONE', 'APPEND', 'NEWTRUE', 'APPEND'], '[None, True]'],
    [['EMPTY_LIST', 'MARK', 'NONE', 'NEWTRUE', 'APPENDS'], '[None, True]'],
    [['EMPTY_LIST', 'MARK', 'APPENDS'], '[]'],
    [['MARK', 'NONE', 'LIST'], '[None]'],
    [['EMPTY_LIST', 'NONE', 'APPEND', 'BININT1', 0, 'NEWTRUE', 'SETITEM'], '[True]'],
  ],
  tuples: [
    [['EMPTY_TUPLE'], '()'],
    [['NONE', 'TUPLE1'], '(None)'],
    [['NONE', 'NEWTRUE', 'TUPLE2'], '(None, True)'],
    [['NONE', 'NEWTRUE', 'NEWFALSE', 'TUPLE3'], '(None, True, False)'],
    [['MARK', 'NONE', 'TUPLE'], '(None)'],
  ],
  dicts: [
    [['EMPTY_DICT', 'NONE', 'NEWTRUE', 'SETITEM'], '{None: True}'],
    [['EMPTY_DICT', 'MARK', 'NONE', 'NEWTRUE', 'BININT1', 1, 'NONE', 'SETITEMS'], '{None: True, 1: None}'],
    [['MARK', 'NONE', 'NEWTRUE', 'DICT'], '{None: True}'],
    [
      ['EMPTY_DICT', 'NONE', 'NEWTRUE', 'SETITEM', 'NONE', 'NEWFALSE', 'SETITEM'],
      '{None: True, None: False}',
    ],
    [['EMPTY_DICT', 'SHORT_BINUNICODE', 9, '__proto__', 'EMPTY_DICT', 'SETITEM'], '{"__proto__": {}}'],
  ],
  sets: [
    [['EMPTY_SET', 'MARK', 'NONE', 'NEWTRUE', 'ADDITEMS'], 'set{None, True}'],
    [['MARK', 'NONE', 'FROZENSET'], 'frozenset{None}'],
  ],
  'the stack and the memo': [
    [['NONE', 'NEWTRUE', 'POP'], 'None'],
    [['NONE', 'MARK', 'POP'], 'None'],
    [['NONE', 'MARK', 'NEWTRUE', 'POP_MARK'], 'None'],
    [['NONE', 'DUP', 'TUPLE2'], '(None, None)'],
    [['NONE', 'BINPUT', 3, 'POP', 'BINGET', 3], 'None'],
    [['NONE', 'LONG_BINPUT', 0, 1, 0, 0, 'POP', 'LONG_BINGET', 0, 1, 0, 0], 'None'],
    [['NONE', 'PUT', '7\n', 'POP', 'GET', '7\n'], 'None'],
    [
      ['NONE', 'MEMOIZE', 'NEWTRUE', 'MEMOIZE', 'POP', 'BINGET', 1, 'BINGET', 0, 'TUPLE3'],
      '(None, True, None)',
    ],
    [['EMPTY_LIST', 'MEMOIZE', 'BINGET', 0, 'APPEND'], '[^1]'],
    // MEMOIZE counts the entries, whatever their numbers are.
    [['NONE', 'BINPUT', 9, 'NEWTRUE', 'MEMOIZE', 'BINGET', 1, 'TUPLE2', 'TUPLE2'], '(None, (True, True))'],
    [['FRAME', 2, 0, 0, 0, 0, 0, 0, 0, 'NONE'], 'None'],
  ],
  'classes and calls': [
    [global, 'm.C'],
    [['SHORT_BINUNICODE', 1, 'm', 'SHORT_BINUNICODE', 3, 'C.D', 'STACK_GLOBAL'], 'm.C.D'],
    [[...global, 'NONE', 'TUPLE1', 'REDUCE'], 'reduce:m.C(None)'],
    [[...global, 'NONE', 'TUPLE1', 'NEWOBJ'], 'newobj:m.C(None)'],
    [[...global, 'EMPTY_TUPLE', 'EMPTY_DICT', 'NEWOBJ_EX'], 'newobj_ex:m.C() kwargs={}'],
    [['MARK', 'NONE', 'INST', 'm\nC\n'], 'inst:m.C(None)'],
    [['MARK', ...global, 'NONE', 'OBJ'], 'obj:m.C(None)'],
    [[...global, 'EMPTY_TUPLE', 'REDUCE', 'EMPTY_DICT', 'BUILD'], 'reduce:m.C() state={}'],
    [[...global, 'EMPTY_TUPLE', 'REDUCE', 'NONE', 'APPEND'], 'reduce:m.C() list=[None]'],
    [[...global, 'EMPTY_TUPLE', 'REDUCE', 'MARK', 'NONE', 'ADDITEMS'], 'reduce:m.C() list=[None]'],
    [[...global, 'EMPTY_TUPLE', 'REDUCE', 'NONE', 'NONE', 'SETITEM'], 'reduce:m.C() dict={None: None}'],
    // Arguments that only running would tell.
    [[...global, ...global, 'EMPTY_TUPLE', 'REDUCE', 'REDUCE'], 'reduce:m.C(reduce:m.C())'],
    [['EXT1', 5], 'extension(5)'],
    [['EXT2', 0, 1], 'extension(256)'],
    [['EXT4', 0, 0, 1, 0], 'extension(65536)'],
    [['PERSID', 'abc\n'], 'persistent("abc")'],
    [['BININT1', 4, 'BINPERSID'], 'persistent(4)'],
  ],
  'changes of what the pickle did not make': [
    [[...global, 'EMPTY_DICT', 'BUILD'], 'build:m.C() state={}'],
    [[...global, 'NONE', 'APPEND'], 'build:m.C() list=[None]'],
    [[...global, 'NONE', 'NEWTRUE', 'SETITEM'], 'build:m.C() dict={None: True}'],
    [
      [...global, 'EMPTY_TUPLE', 'REDUCE', 'NONE', 'BUILD', 'NEWTRUE', 'BUILD'],
      'build:reduce:m.C() state=None() state=True',
    ],
    [['BININT1', 1, 'NONE', 'BUILD'], '1'],
  ],
}

describe('readPickle', () => {
  for (const [group, cases] of Object.entries(readings)) {
    it.each(cases)(`reads ${group}: %j`, (parts, expected) => {
      const decoded = readPickle(sourceOf(...parts, 'STOP'))
      expect(decoded.problem).toBeUndefined()
      expect(outline(decoded.root)).toBe(expected)
    })
  }

  it('keeps identity: a node from the memo is the same node', () => {
    const { root } = readPickle(sourceOf('EMPTY_LIST', 'MEMOIZE', 'BINGET', 0, 'TUPLE2', 'STOP'))
    expect(root).toMatchObject({ kind: 'tuple' })
    const [first, second] = (root as ListValue).items
    expect(second).toBe(first)
  })

  it('keeps the identity of an object that gets a second state', () => {
    const { root } = readPickle(
      sourceOf(
        ...global,
        'EMPTY_TUPLE',
        'REDUCE',
        'MEMOIZE',
        'NONE',
        'BUILD',
        'NONE',
        'BUILD',
        'BINGET',
        0,
        'TUPLE2',
        'STOP',
      ),
    )
    const [first, second] = (root as ListValue).items
    expect(second).toBe(first)
    expect(outline(first)).toBe('build:reduce:m.C() state=None() state=None')
  })

  it('gives every node the span of its own bytes', () => {
    // 0 PROTO 4, 2 MARK, 3 int, 5 [ 6 MARK 7 "a" 10 APPENDS, 11 int 13 int 15 TUPLE2, 16 TUPLE, 17 STOP
    const list: Parts = ['EMPTY_LIST', 'MARK', 'SHORT_BINUNICODE', 1, 'a', 'APPENDS']
    const pair: Parts = ['BININT1', 1, 'BININT1', 2, 'TUPLE2']
    const { root, end, protocol } = readPickle(
      sourceOf('PROTO', 4, 'MARK', 'BININT1', 5, ...list, ...pair, 'TUPLE', 'STOP'),
    )
    const spans = (value: Value): unknown =>
      'items' in value && value.items
        ? [value.start, value.end, value.items.map(spans)]
        : [value.start, value.end]
    expect(spans(root!)).toEqual([
      2,
      17,
      [
        [3, 5],
        [5, 11, [[7, 10]]],
        [
          11,
          16,
          [
            [11, 13],
            [13, 15],
          ],
        ],
      ],
    ])
    expect([end, protocol]).toEqual([18, 4])
  })

  it('says protocol 0 where the stream names none, and the first one where it names several', () => {
    expect(readPickle(sourceOf('NONE', 'STOP')).protocol).toBe(0)
    expect(readPickle(sourceOf('PROTO', 2, 'PROTO', 4, 'NONE', 'STOP')).protocol).toBe(2)
  })

  it('reads one pickle, wherever it starts, and not what follows', () => {
    const { root, end } = readPickle(sourceOf('xxx', 'BININT1', 5, 'STOP', 'garbage'), { start: 3 })
    expect(outline(root)).toBe('5')
    expect(end).toBe(6)
  })

  it('collects globals and calls whose results are thrown away', () => {
    const source = sourceOf(...global, 'EMPTY_TUPLE', 'REDUCE', 'POP', 'NONE', 'STOP')
    expect(readPickle(source).calls).toBeUndefined()
    const { root, calls, globals } = readPickle(source, { trace: true })
    expect(outline(root)).toBe('None')
    expect(calls!.map(outline)).toEqual(['reduce:m.C()'])
    expect(globals!.map(outline)).toEqual(['m.C'])
  })

  it('lets a hook replace an object and step over bytes', () => {
    const source = sourceOf(
      ...global,
      'EMPTY_TUPLE',
      'NEWOBJ',
      'EMPTY_DICT',
      'BUILD',
      'raw bytes',
      'TUPLE1',
      'STOP',
    )
    const { root } = readPickle(source, {
      onBuild: (target, { cursor }) => {
        cursor.skip(9)
        return { value: { kind: 'none', start: target.start, end: cursor.offset } }
      },
    })
    expect(outline(root)).toBe('(None)')
  })

  it('steps over bytes objects without reading them', () => {
    const size = 5_000_000
    const head = assemble('BINBYTES', [size & 255, (size >> 8) & 255, (size >> 16) & 255, size >> 24])
    const bytes = new Uint8Array(head.length + size + 2)
    bytes.set(head)
    bytes.set(assemble('TUPLE1', 'STOP'), head.length + size)
    const source = new CountingSource(new MemorySource(bytes))
    expect(outline(readPickle(source).root)).toBe(`(bytes@5+${size})`)
    expect(source.bytesRead).toBeLessThan(100_000)
  })

  it('reads the same through a source that hands out little at a time', () => {
    const parts: Parts = ['PROTO', 4, 'MARK']
    const texts = Array.from({ length: 3000 }, (_, i) => [
      ...assemble('SHORT_BINUNICODE', 20, String(i).padStart(20, 'x')),
    ])
    const whole = assemble(...parts, ...texts, 'LIST', 'STOP')
    const fromMemory = readPickle(new MemorySource(whole))
    const copying: ByteSource = {
      byteLength: whole.length,
      read: (offset, length) => whole.slice(offset, offset + length),
    }
    expect(outline(readPickle(copying).root)).toBe(outline(fromMemory.root))
    expect(fromMemory.root).toMatchObject({ kind: 'list' })
  })

  it('passes on that bytes are missing', () => {
    const source: ByteSource = {
      byteLength: 100,
      read: (offset, length) => {
        throw new MissingBytes([[offset, length]])
      },
    }
    expect(() => readPickle(source)).toThrow(MissingBytes)
  })

  it.each(['list', 'tuple', 'dict'] as const)('reads 100,000 nested %ss', (kind) => {
    const depth = 100_000
    const parts: Record<typeof kind, [open: Parts, close: Parts]> = {
      list: [['EMPTY_LIST'], ['APPEND']],
      tuple: [['MARK'], ['TUPLE']],
      dict: [['EMPTY_DICT', 'NONE'], ['SETITEM']],
    }
    const [open, close] = parts[kind].map((one) => Array.from(assemble(...one)))
    const bytes = assemble(
      Array.from({ length: depth }, () => open!).flat(),
      'NONE',
      Array.from({ length: depth }, () => close!).flat(),
      'STOP',
    )
    const { root, problem } = readPickle(new MemorySource(bytes))
    expect(problem).toBeUndefined()
    let levels = 0
    for (let node = root!; node.kind !== 'none'; levels++) {
      node = node.kind === 'dict' ? node.values[0]! : (node as ListValue).items[0]!
    }
    expect(levels).toBe(depth)
  })
})
