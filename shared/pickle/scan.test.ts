import { describe, expect, it } from 'vitest'
import { scanPickle } from './scan.ts'
import { sourceOf } from './testing/assemble.ts'

describe('scanPickle', () => {
  it('lists opcodes with their arguments and places', () => {
    const source = sourceOf(
      'PROTO',
      2,
      'GLOBAL',
      'm\nC\n',
      'LONG1',
      1,
      255,
      'SHORT_BINBYTES',
      2,
      'ab',
      'FLOAT',
      '1.5\n',
      'STOP',
    )
    const { operations, problem, end } = scanPickle(source)
    expect(problem).toBeUndefined()
    expect(end).toBe(source.byteLength)
    expect(operations.map(({ opcode, offset, argument }) => [offset, opcode.name, argument])).toEqual([
      [0, 'PROTO', 2],
      [2, 'GLOBAL', 'm C'],
      [7, 'LONG1', -1],
      [10, 'SHORT_BINBYTES', 2],
      [14, 'FLOAT', 1.5],
      [19, 'STOP', undefined],
    ])
  })

  it('says where and why it ends early', () => {
    expect(scanPickle(sourceOf('NONE', 'BININT', 1))).toMatchObject({
      operations: [{ offset: 0 }],
      end: 1,
      problem: { code: 'TRUNCATED', offset: 1, opcode: 'BININT' },
    })
    expect(scanPickle(sourceOf('NONE', 0)).problem).toMatchObject({ code: 'UNKNOWN_OPCODE', offset: 1 })
  })

  it('goes on from where a page ends', () => {
    const source = sourceOf('NONE', 'NONE', 'TUPLE2', 'STOP')
    const first = scanPickle(source, { maxOperations: 3 })
    expect(first.operations).toHaveLength(3)
    expect(first.problem).toBeUndefined()
    const rest = scanPickle(source, { start: first.end })
    expect(rest.operations.map(({ offset }) => offset)).toEqual([3])
  })
})
