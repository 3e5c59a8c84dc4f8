import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { MemorySource } from '../model/source.ts'
import { defaultLimits } from './limits.ts'
import { readPickle } from './read.ts'
import { assemble, sourceOf } from './testing/assemble.ts'
import type { Parts } from './testing/assemble.ts'
import { outline } from './testing/outline.ts'

/** A pickle of so many repetitions of a part. */
function repeated(head: Parts, part: Parts, times: number): MemorySource {
  const start = assemble(...head)
  const one = assemble(...part)
  const bytes = new Uint8Array(start.length + one.length * times)
  bytes.set(start)
  for (let i = 0; i < times; i++) bytes.set(one, start.length + i * one.length)
  return new MemorySource(bytes)
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Bytes of heap that a made thing keeps. */
function heapOf(make: () => object): number {
  collectGarbage()
  const before = process.memoryUsage().heapUsed
  const kept = new Set([make()])
  collectGarbage()
  const used = process.memoryUsage().heapUsed - before
  kept.clear()
  return used
}

describe('limits', () => {
  const few = { limits: { treeBytes: 10_000, treeBytesPerInputByte: 0 } }
  const bombs: readonly (readonly [string, Parts, Parts])[] = [
    ['values on the stack', [], ['NONE']],
    ['items of a list', ['EMPTY_LIST', 'MARK'], ['BININT1', 1]],
    ['lists', ['EMPTY_LIST', 'MARK'], ['EMPTY_LIST']],
    ['dicts', ['EMPTY_LIST', 'MARK'], ['EMPTY_DICT']],
    ['marks', ['NONE'], ['MARK']],
    ['duplicates', ['NONE'], ['DUP']],
    ['references', ['NONE', 'MEMOIZE'], ['BINGET', 0]],
    ['references in a list', ['NONE', 'MEMOIZE', 'EMPTY_LIST'], ['BINGET', 0, 'APPEND']],
    ['texts', ['EMPTY_LIST'], ['SHORT_BINUNICODE', 4, 'text', 'APPEND']],
    ['pairs', ['EMPTY_DICT'], ['NONE', 'NONE', 'SETITEM']],
    ['states', ['GLOBAL', 'm\nC\n', 'EMPTY_TUPLE', 'REDUCE'], ['NONE', 'BUILD']],
    ['calls thrown away', ['GLOBAL', 'm\nC\n', 'MEMOIZE'], ['BINGET', 0, 'EMPTY_TUPLE', 'REDUCE', 'POP']],
  ]

  it.each(bombs)('stops at too many %s', (_, head, part) => {
    const { problem, root } = readPickle(repeated(head, part, 2000), few)
    expect(problem?.code).toBe('LIMIT_NODES')
    expect(root).toBeDefined()
  })

  it('counts memo entries that were put, not their numbers', () => {
    const farApart = sourceOf(
      'NONE',
      'LONG_BINPUT',
      255,
      255,
      255,
      255,
      'LONG_BINGET',
      255,
      255,
      255,
      255,
      'TUPLE2',
      'STOP',
    )
    expect(outline(readPickle(farApart).root)).toBe('(None, None)')
    const many = repeated(['NONE'], ['MEMOIZE'], 100)
    expect(readPickle(many, { limits: { memoEntries: 50 } }).problem).toMatchObject({
      code: 'LIMIT_MEMO',
      opcode: 'MEMOIZE',
      offset: 51,
    })
  })

  it('refuses texts and integers beyond their limits', () => {
    const text = sourceOf('SHORT_BINUNICODE', 20, 'x'.repeat(20), 'STOP')
    expect(readPickle(text, { limits: { textBytes: 19 } }).problem?.code).toBe('LIMIT_SIZE')
    expect(readPickle(text, { limits: { textBytes: 20 } }).problem).toBeUndefined()
    const line = sourceOf('UNICODE', `${'x'.repeat(20)}\n`, 'STOP')
    expect(readPickle(line, { limits: { textBytes: 19 } }).problem?.code).toBe('LIMIT_SIZE')
    const integer = sourceOf('LONG1', 20, 'x'.repeat(20), 'STOP')
    expect(readPickle(integer, { limits: { integerBytes: 19 } }).problem?.code).toBe('LIMIT_SIZE')
  })

  it('lets a list of a million small integers pass', () => {
    const { root, problem } = readPickle(
      repeated(['PROTO', 4, 'EMPTY_LIST', 'MARK'], ['BININT1', 7], 600_000),
    )
    expect(problem?.code).toBe('TRUNCATED')
    expect(root).toMatchObject({ kind: 'list' })
  })

  it('keeps a tree below four times its input and 64 MB', () => {
    const hostile: readonly (readonly [Parts, Parts])[] = [
      [
        ['EMPTY_LIST', 'MARK'],
        ['EMPTY_DICT', 'NONE', 'NONE', 'SETITEM'],
      ],
      [
        ['EMPTY_LIST', 'MARK'],
        ['EMPTY_LIST', 'NONE', 'APPEND'],
      ],
      [['NONE'], ['DUP', 'DUP', 'TUPLE3']],
    ]
    for (const [head, part] of hostile) {
      const source = repeated(head, part, 1_000_000)
      const allowed = 4 * source.byteLength + 64 * 2 ** 20
      const used = heapOf(() => readPickle(source))
      expect(used).toBeGreaterThan(2 ** 20)
      expect(used).toBeLessThan(allowed)
    }
  })

  it('is frozen', () => {
    expect(Object.isFrozen(defaultLimits)).toBe(true)
  })
})
