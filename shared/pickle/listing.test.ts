import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readPickle } from './read.ts'
import { MemorySource } from '../model/source.ts'
import { OpcodeListing } from './listing.ts'
import type { ListedStream } from './listing.ts'
import { sourceOf } from './testing/assemble.ts'

function listed(stream: ListedStream): OpcodeListing {
  const listing = new OpcodeListing(stream)
  listing.extend(Number.MAX_SAFE_INTEGER)
  return listing
}

function read(...parts: (string | number)[]): ListedStream {
  return readPickle(sourceOf(...parts), { trace: true })
}

describe('the listing of a stream', () => {
  it('ends with STOP, and names what stands behind it', () => {
    const stream = read('NONE', 'STOP', 'NONE', 'NONE')
    const listing = listed(stream)
    expect(listing.isComplete).toBe(true)
    expect(listing.window(0, 9).map(({ kind, offset, end }) => [kind, offset, end])).toEqual([
      ['operation', 0, 1],
      ['operation', 1, 2],
      ['rest', 2, 4],
    ])
  })

  it('indents by open marks and counts what is memoized', () => {
    const rows = listed(
      read('EMPTY_LIST', 'MEMOIZE', 'MARK', 'NONE', 'EMPTY_LIST', 'MEMOIZE', 'APPENDS', 'STOP'),
    )
    expect(rows.window(0, 99).map((row) => [row.depth, row.kind === 'operation' && row.memo])).toEqual([
      [0, undefined],
      [0, 0],
      [0, undefined],
      [1, undefined],
      [1, undefined],
      [1, 1],
      [1, undefined],
      [0, undefined],
    ])
  })

  it('shows a stream that is cut up to where it ends', () => {
    const [first, fault, ...more] = listed(read('NONE', 'BININT', 1)).window(0, 9)
    expect(first).toMatchObject({ kind: 'operation', offset: 0 })
    expect(fault).toMatchObject({ kind: 'fault', offset: 1, end: 3, problem: { code: 'TRUNCATED' } })
    expect(more).toEqual([])
    expect(listed(read('NONE')).window(0, 9).at(-1)).toMatchObject({ kind: 'fault', offset: 1, end: 1 })
  })

  it('marks the opcode that cannot be, and reads no further', () => {
    const rows = listed(read('PROTO', 2, 'NONE', 'APPEND', 'NONE', 'STOP')).window(0, 9)
    expect(rows.map(({ kind, offset, problem }) => [kind, offset, problem?.code])).toEqual([
      ['operation', 0, undefined],
      ['operation', 2, undefined],
      ['operation', 3, 'STACK'],
      ['rest', 4, undefined],
    ])
  })
})

describe('rows by number and by offset', () => {
  const pickle = (count: number) => [
    'EMPTY_LIST',
    'MARK',
    ...Array.from({ length: count }, (_, i) => ['BININT', i, 0, 0, 0]).flat(),
    'APPENDS',
    'STOP',
  ]

  it('are the same however far apart they are asked for, and however the index was made', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2_000 }),
        fc.integer({ min: 1, max: 700 }),
        fc.nat(2_100),
        fc.nat(60),
        (count, step, from, length) => {
          const stream = read(...pickle(count % 255))
          const whole = listed(stream).window(0, 9_999)
          const listing = new OpcodeListing(stream)
          while (!listing.isComplete) listing.extend(step)
          expect(listing.rows).toBe(whole.length)
          expect(listing.window(from, from + length)).toEqual(whole.slice(from, from + length))
        },
      ),
      { numRuns: 60 },
    )
  })

  it('are found by any of their bytes', () => {
    const bytes = new Uint8Array(2 + 5 * 3_000 + 2)
    bytes.set([0x5d, 0x28])
    for (let i = 0; i < 3_000; i++) bytes[2 + 5 * i] = 0x4a
    bytes.set([0x65, 0x2e], bytes.length - 2)
    const listing = listed(readPickle(new MemorySource(bytes), { trace: true }))
    const rows = listing.window(0, listing.rows)
    expect(rows).toHaveLength(3_004)
    for (const [number, { offset, end }] of rows.entries()) {
      expect([listing.rowAt(offset), listing.rowAt(end - 1)]).toEqual([number, number])
    }
    expect(listing.rowAt(bytes.length)).toBeUndefined()
  })

  it('are known only as far as was counted', () => {
    const listing = new OpcodeListing(read(...pickle(200)))
    listing.extend(10)
    expect([listing.rows, listing.isComplete, listing.window(5, 50).length]).toEqual([10, false, 5])
    expect(listing.rowAt(listing.indexedBytes)).toBeUndefined()
    expect(listing.rowAt(listing.indexedBytes - 1)).toBe(9)
  })
})
