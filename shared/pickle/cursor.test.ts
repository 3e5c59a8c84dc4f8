import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CountingSource, MemorySource } from '../model/source.ts'
import { Cursor } from './cursor.ts'

function cursorOf(...bytes: number[]): Cursor {
  return new Cursor(new MemorySource(Uint8Array.from(bytes)))
}

describe('Cursor', () => {
  it('reads numbers in their byte orders', () => {
    expect(cursorOf(0xfe).u1()).toBe(0xfe)
    expect(cursorOf(1, 2).u2()).toBe(0x0201)
    expect(cursorOf(1, 0, 0, 0x80).i4()).toBe(-0x7fffffff)
    expect(cursorOf(1, 0, 0, 0x80).u4()).toBe(0x80000001)
    expect(cursorOf(1, 0, 0, 0, 2, 0, 0, 0).u8()).toBe(2 ** 33 + 1)
    expect(cursorOf(0x3f, 0xf0, 0, 0, 0, 0, 0, 0).f8()).toBe(1)
  })

  it('reads and skips any pieces of a source as if it were in memory', () => {
    const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7) & 255)
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(40_000)), { maxLength: 20 }), (steps) => {
        const cursor = new Cursor(new MemorySource(bytes))
        let offset = 0
        for (const [isSkip, wanted] of steps) {
          const length = Math.min(wanted, bytes.length - offset)
          const read = isSkip ? undefined : cursor.bytes(length)
          if (isSkip) cursor.skip(length)
          const expected = bytes.subarray(offset, offset + length)
          expect(read === undefined || Buffer.compare(read, expected) === 0).toBe(true)
          offset += length
          expect(cursor.offset).toBe(offset)
          expect(cursor.remaining).toBe(bytes.length - offset)
        }
      }),
      { numRuns: 50 },
    )
  })

  it('finds the end of a line beyond its window', () => {
    const bytes = new Uint8Array(100_000).fill(65)
    bytes[99_990] = 10
    const cursor = new Cursor(new MemorySource(bytes))
    expect(cursor.line(2 ** 20)).toHaveLength(99_990)
    expect(cursor.offset).toBe(99_991)
    expect(() => cursor.line(2 ** 20)).toThrow('within a line')
    expect(() => new Cursor(new MemorySource(bytes)).line(1000)).toThrow('longer than 1000')
  })

  it('asks the source for nothing that does not exist', () => {
    const source = new CountingSource(new MemorySource(new Uint8Array(10)))
    const cursor = new Cursor(source)
    expect(() => cursor.bytes(11)).toThrow('11 more are needed, 10 are here')
    expect(() => cursor.skip(2 ** 62)).toThrow('are needed')
    expect(source.bytesRead).toBe(0)
  })

  it('reads little after a jump, and more while it goes on in sequence', () => {
    const source = new CountingSource(new MemorySource(new Uint8Array(10_000_000)))
    const cursor = new Cursor(source)
    for (let i = 0; i < 10; i++) {
      cursor.skip(900_000)
      cursor.u1()
    }
    expect(source.bytesRead).toBeLessThan(50_000)
  })
})
