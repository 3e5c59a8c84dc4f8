import { describe, expect, it } from 'vitest'
import type { ProblemCode } from '../model/errors.ts'
import type { ByteSource } from '../model/source.ts'
import { readPickle } from './read.ts'
import { assemble, sourceOf } from './testing/assemble.ts'
import type { Parts } from './testing/assemble.ts'
import { outline } from './testing/outline.ts'

const huge = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]

/** Code, opcode and offset of the problem of each pickle; `PROTO 4` comes first. */
const refusals: readonly (readonly [Parts, ProblemCode, string | undefined, number])[] = [
  // Cut short
  [[], 'TRUNCATED', undefined, 2],
  [['BININT', 1, 2], 'TRUNCATED', 'BININT', 2],
  [['BINFLOAT', 1], 'TRUNCATED', 'BINFLOAT', 2],
  [['SHORT_BINUNICODE', 5, 'abc'], 'TRUNCATED', 'SHORT_BINUNICODE', 2],
  [['UNICODE', 'no newline'], 'TRUNCATED', 'UNICODE', 2],
  [['GLOBAL', 'm\nC'], 'TRUNCATED', 'GLOBAL', 2],
  [['NONE'], 'TRUNCATED', undefined, 3],
  // Lengths beyond the bytes
  [['BINBYTES8', ...huge], 'TRUNCATED', 'BINBYTES8', 2],
  [['BINUNICODE8', ...huge], 'TRUNCATED', 'BINUNICODE8', 2],
  [['BYTEARRAY8', ...huge], 'TRUNCATED', 'BYTEARRAY8', 2],
  [['BINBYTES', 0xff, 0xff, 0xff, 0xff], 'TRUNCATED', 'BINBYTES', 2],
  [['LONG4', 0xff, 0xff, 0xff, 0x7f], 'TRUNCATED', 'LONG4', 2],
  [['FRAME', ...huge, 'NONE', 'STOP'], 'TRUNCATED', 'FRAME', 2],
  // Arguments
  [['LONG4', 0xff, 0xff, 0xff, 0xff], 'BAD_ARGUMENT', 'LONG4', 2],
  [['BINSTRING', 0xff, 0xff, 0xff, 0xff], 'BAD_ARGUMENT', 'BINSTRING', 2],
  [['INT', 'x\n'], 'BAD_ARGUMENT', 'INT', 2],
  [['INT', '\n'], 'BAD_ARGUMENT', 'INT', 2],
  [['INT', `${'9'.repeat(4301)}\n`], 'BAD_ARGUMENT', 'INT', 2],
  [['LONG', `${'9'.repeat(4301)}L\n`], 'BAD_ARGUMENT', 'LONG', 2],
  [['LONG', `0x${'f'.repeat(70_000)}\n`], 'LIMIT_SIZE', 'LONG', 2],
  [['FLOAT', '1e999\n'], 'BAD_ARGUMENT', 'FLOAT', 2],
  [['FLOAT', ' 1\n'], 'BAD_ARGUMENT', 'FLOAT', 2],
  [['STRING', 'abc\n'], 'BAD_ARGUMENT', 'STRING', 2],
  [['STRING', "'\\x4'\n"], 'BAD_ARGUMENT', 'STRING', 2],
  [['STRING', "'a\\'\n"], 'BAD_ARGUMENT', 'STRING', 2],
  [['UNICODE', '\\u12\n'], 'BAD_ARGUMENT', 'UNICODE', 2],
  [['UNICODE', '\\U00110000\n'], 'BAD_ARGUMENT', 'UNICODE', 2],
  [['SHORT_BINUNICODE', 1, 0xff], 'BAD_ARGUMENT', 'SHORT_BINUNICODE', 2],
  [['GLOBAL', '\n\n'], 'BAD_ARGUMENT', 'GLOBAL', 2],
  [['GLOBAL', 'm\n\xff\n'], 'BAD_ARGUMENT', 'GLOBAL', 2],
  [['MARK', 'INST', 'm\n\xc3\xa9\n'], 'BAD_ARGUMENT', 'INST', 3],
  [['PERSID', '\xe9\n'], 'BAD_ARGUMENT', 'PERSID', 2],
  [['EXT1', 0], 'BAD_ARGUMENT', 'EXT1', 2],
  [['EXT4', 0, 0, 0, 0x80], 'BAD_ARGUMENT', 'EXT4', 2],
  [['PROTO', 6], 'BAD_ARGUMENT', 'PROTO', 2],
  [['NONE', 'PUT', '-1\n'], 'BAD_ARGUMENT', 'PUT', 3],
  [['NONE', 'PUT', '99999999999999999999\n'], 'BAD_ARGUMENT', 'PUT', 3],
  // The stack
  [['POP'], 'STACK', 'POP', 2],
  [['DUP'], 'STACK', 'DUP', 2],
  [['STOP'], 'STACK', 'STOP', 2],
  [['MARK', 'STOP'], 'STACK', 'STOP', 3],
  [['TUPLE'], 'STACK', 'TUPLE', 2],
  [['TUPLE1'], 'STACK', 'TUPLE1', 2],
  [['NONE', 'MARK', 'TUPLE1'], 'STACK', 'TUPLE1', 4],
  [['MEMOIZE'], 'STACK', 'MEMOIZE', 2],
  [['NONE', 'APPEND'], 'STACK', 'APPEND', 3],
  [['MARK', 'NONE', 'APPENDS'], 'STACK', 'APPENDS', 4],
  [['MARK', 'NONE', 'ADDITEMS'], 'STACK', 'ADDITEMS', 4],
  [['NONE', 'MARK', 'BUILD'], 'STACK', 'BUILD', 4],
  [['MARK', 'OBJ'], 'STACK', 'OBJ', 3],
  [['EMPTY_DICT', 'MARK', 'NONE', 'SETITEMS'], 'STACK', 'SETITEMS', 5],
  [['MARK', 'NONE', 'DICT'], 'STACK', 'DICT', 4],
  [['BINPERSID'], 'STACK', 'BINPERSID', 2],
  [['READONLY_BUFFER'], 'STACK', 'READONLY_BUFFER', 2],
  // The memo
  [['BINGET', 0], 'MEMO', 'BINGET', 2],
  [['NONE', 'BINPUT', 1, 'BINGET', 0], 'MEMO', 'BINGET', 5],
  [['GET', '-1\n'], 'MEMO', 'GET', 2],
  // Operations on what cannot take them
  [['NONE', 'NONE', 'APPEND'], 'BAD_OPERATION', 'APPEND', 4],
  [['EMPTY_TUPLE', 'NONE', 'APPEND'], 'BAD_OPERATION', 'APPEND', 4],
  [['EMPTY_LIST', 'MARK', 'NONE', 'ADDITEMS'], 'BAD_OPERATION', 'ADDITEMS', 5],
  [['EMPTY_LIST', 'NONE', 'NONE', 'SETITEM'], 'BAD_OPERATION', 'SETITEM', 5],
  [['NONE', 'NONE', 'NONE', 'SETITEM'], 'BAD_OPERATION', 'SETITEM', 5],
  [['EMPTY_DICT', 'EMPTY_LIST', 'NONE', 'SETITEM'], 'BAD_OPERATION', 'SETITEM', 5],
  [['EMPTY_DICT', 'EMPTY_LIST', 'TUPLE1', 'NONE', 'SETITEM'], 'BAD_OPERATION', 'SETITEM', 6],
  [['MARK', 'EMPTY_DICT', 'FROZENSET'], 'BAD_OPERATION', 'FROZENSET', 4],
  [['NONE', 'EMPTY_DICT', 'BUILD'], 'BAD_OPERATION', 'BUILD', 4],
  [['NONE', 'EMPTY_TUPLE', 'REDUCE'], 'BAD_OPERATION', 'REDUCE', 4],
  [['GLOBAL', 'm\nC\n', 'NONE', 'REDUCE'], 'BAD_OPERATION', 'REDUCE', 8],
  [['GLOBAL', 'm\nC\n', 'EMPTY_TUPLE', 'NONE', 'NEWOBJ_EX'], 'BAD_OPERATION', 'NEWOBJ_EX', 9],
  [['NONE', 'NONE', 'STACK_GLOBAL'], 'BAD_OPERATION', 'STACK_GLOBAL', 4],
  [['NONE', 'READONLY_BUFFER'], 'BAD_OPERATION', 'READONLY_BUFFER', 3],
  // Opcodes
  [[0xff], 'UNKNOWN_OPCODE', undefined, 2],
  [['NONE', 0], 'UNKNOWN_OPCODE', undefined, 3],
]

describe('readPickle on damaged streams', () => {
  it.each(refusals)('%j is %s at %s', (parts, code, opcode, offset) => {
    const { problem, root, format } = readPickle(sourceOf('PROTO', 4, ...parts))
    expect({ code: problem?.code, opcode: problem?.opcode, offset: problem?.offset }).toEqual({
      code,
      opcode,
      offset,
    })
    expect(problem!.sentence).toMatch(/^[A-Z].*\.$/)
    expect(format).toBe('pickle')
    expect(outline(root)).not.toBe('')
  })

  it('tells no bytes from no pickle', () => {
    expect(readPickle(sourceOf())).toMatchObject({ format: 'unknown', problem: { code: 'EMPTY' } })
    for (const text of ['<html>', '\x89PNG\r\n\x1a\n', '\x1f\x8b\x08', 'Read me']) {
      expect(readPickle(sourceOf(text))).toMatchObject({
        format: 'unknown',
        problem: { code: 'NOT_A_PICKLE' },
      })
    }
  })

  it('reads what a frame that is cut short still holds', () => {
    const { root, problem } = readPickle(
      sourceOf('PROTO', 4, 'FRAME', 99, 0, 0, 0, 0, 0, 0, 0, 'BININT1', 7, 'STOP'),
    )
    expect(outline(root)).toBe('7')
    expect(problem).toMatchObject({ code: 'TRUNCATED', opcode: 'FRAME', offset: 2 })
  })

  it("gives a broken source's own problem as the cause", () => {
    const bytes = assemble('EMPTY_LIST', 'BININT')
    const source: ByteSource = {
      byteLength: bytes.length,
      read: (offset, length) => bytes.subarray(offset, offset + length),
      problem: { code: 'BAD_COMPRESSION', sentence: 'The compressed stream is broken.' },
    }
    const { problem, root } = readPickle(source)
    expect(problem).toMatchObject({ code: 'BAD_COMPRESSION', offset: 1, opcode: 'BININT' })
    expect(outline(root)).toBe('[cut(BAD_COMPRESSION)]')
  })

  it('does not look far into a key for what cannot be hashed', () => {
    const doubled = Array.from({ length: 60 }, () => [...assemble('DUP', 'TUPLE2')]).flat()
    const { problem } = readPickle(sourceOf('EMPTY_DICT', 'NONE', doubled, 'NONE', 'SETITEM', 'STOP'))
    expect(problem).toBeUndefined()
  })
})

/** Trees of pickles that break off. */
const partials: readonly (readonly [string, Parts, string])[] = [
  ['a list being filled', ['EMPTY_LIST', 'MARK', 'NONE', 'NEWTRUE'], '[None, True, cut(TRUNCATED)]'],
  [
    'a dict before a value',
    ['EMPTY_DICT', 'MARK', 'NONE', 'NEWTRUE', 'BININT1', 1],
    '{None: True, 1: cut(TRUNCATED)}',
  ],
  [
    'a dict before a key',
    ['EMPTY_DICT', 'MARK', 'NONE', 'NEWTRUE'],
    '{None: True, cut(TRUNCATED): cut(TRUNCATED)}',
  ],
  [
    'nested containers',
    ['EMPTY_DICT', 'MARK', 'BININT1', 1, 'EMPTY_LIST', 'MARK', 'NONE'],
    '{1: [None, cut(TRUNCATED)]}',
  ],
  [
    'a tuple in a dict',
    ['EMPTY_DICT', 'MARK', 'BININT1', 1, 'MARK', 'NONE', 'NONE', 'NONE', 'NONE'],
    '{1: (None, None, None, None, cut(TRUNCATED))}',
  ],
  [
    'protocol 0, which has no marks for items',
    ['MARK', 'DICT', 'BININT1', 1, 'MARK', 'LIST', 'NONE', 'APPEND', 'MARK', 'DICT', 'BININT1', 2],
    '{1: [None, {2: cut(TRUNCATED)}]}',
  ],
  ['the arguments of a call', ['GLOBAL', 'm\nC\n', 'MARK', 'NONE'], 'reduce:m.C(None, cut(TRUNCATED))'],
  [
    'the state of an object in a dict',
    [
      'EMPTY_DICT',
      'MARK',
      'BININT1',
      1,
      'GLOBAL',
      'm\nC\n',
      'EMPTY_TUPLE',
      'NEWOBJ',
      'EMPTY_DICT',
      'MARK',
      'NONE',
    ],
    '{1: newobj:m.C() state={None: cut(TRUNCATED)}}',
  ],
  [
    'a state that is a tuple',
    ['GLOBAL', 'm\nC\n', 'EMPTY_TUPLE', 'REDUCE', 'MARK', 'NONE', 'NONE'],
    'reduce:m.C() state=(None, None, cut(TRUNCATED))',
  ],
  [
    'the items of an object',
    [
      'GLOBAL',
      'm\nC\n',
      'EMPTY_TUPLE',
      'REDUCE',
      'MARK',
      'SHORT_BINUNICODE',
      1,
      'k',
      'NONE',
      'SHORT_BINUNICODE',
      1,
      'l',
    ],
    'reduce:m.C() dict={"k": None, "l": cut(TRUNCATED)}',
  ],
  [
    'a key that Python cannot hash',
    ['EMPTY_DICT', 'MARK', 'NONE', 'NONE', 'EMPTY_LIST', 'NONE', 'SETITEMS'],
    '{None: None, []: None, cut(BAD_OPERATION): cut(BAD_OPERATION)}',
  ],
  ['values without a container', ['NONE', 'NEWTRUE'], 'None'],
  ['nothing', [], 'nothing'],
  ['marks alone', ['MARK', 'MARK'], 'nothing'],
]

describe('the tree of a pickle that breaks off', () => {
  it.each(partials)('shows %s', (_, parts, expected) => {
    expect(outline(readPickle(sourceOf('PROTO', 4, ...parts)).root)).toBe(expected)
  })

  it('is there at every place where a record can break off', () => {
    const head: Parts = [
      'PROTO',
      4,
      'EMPTY_DICT',
      'MEMOIZE',
      'MARK',
      'SHORT_BINUNICODE',
      4,
      'func',
      'MEMOIZE',
    ]
    const fields: Parts = [
      'SHORT_BINUNICODE',
      5,
      'relax',
      'MEMOIZE',
      'SHORT_BINUNICODE',
      4,
      'args',
      'MEMOIZE',
    ]
    const list: Parts = ['EMPTY_LIST', 'MEMOIZE', 'MARK', 'BININT1', 1, 'BININT1', 2, 'APPENDS']
    const record = assemble(...head, ...fields, ...list, 'SETITEMS', 'STOP')
    for (let length = 22; length < record.length; length++) {
      const { root, problem } = readPickle(sourceOf([...record.subarray(0, length)]))
      expect(problem?.code).toBe('TRUNCATED')
      expect(outline(root)).toMatch(/^\{"func": "relax", /)
    }
  })

  it('holds 100,000 levels', () => {
    const { root } = readPickle(
      sourceOf(Array.from({ length: 100_000 }, () => [...assemble('EMPTY_LIST', 'MARK')]).flat()),
    )
    let levels = 0
    for (let node = root; node?.kind === 'list'; node = node.items[0]) levels++
    expect(levels).toBe(100_000)
  })
})
