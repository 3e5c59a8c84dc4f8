import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MemorySource } from '../../model/source.ts'
import { innerPickle, wrapPickle } from './inner.ts'

function unwrap(pickle: Uint8Array): Uint8Array | undefined {
  const ref = innerPickle(new MemorySource(pickle))
  if (!ref) return undefined
  return ref.inline ?? pickle.subarray(ref.at, ref.at + ref.length)
}

test('what was wrapped is found again, by place', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 1000 }), (inner) => {
      const wrapped = wrapPickle(inner)
      expect(innerPickle(new MemorySource(wrapped))?.at).toBeGreaterThan(0)
      expect(unwrap(wrapped)).toEqual(inner)
    }),
  )
})

test('other objects, and bytes with more behind them, are not unwrapped', () => {
  for (const pickle of [
    '80045d942e',
    '8004430161',
    '80044301612e2e',
    '4300',
    '63',
    '635f636f646563730a656e636f64650a',
    '',
  ])
    expect(unwrap(Buffer.from(pickle, 'hex'))).toBeUndefined()
})

test('a length beyond the bytes present reads nothing', () => {
  for (const head of ['8004428fffffff', '80048effffffffffffffff', '80048e0000000000000080'])
    expect(unwrap(Buffer.from(head + '2e', 'hex'))).toBeUndefined()
})

test('only the frame around the bytes is read', () => {
  let bytesRead = 0
  const wrapped = wrapPickle(new Uint8Array(1 << 20))
  const memory = new MemorySource(wrapped)
  const source = {
    byteLength: wrapped.length,
    read: (offset: number, length: number) => {
      bytesRead += length
      return memory.read(offset, length)
    },
  }
  expect(innerPickle(source)).toEqual({ at: 7, length: 1 << 20 })
  expect(bytesRead).toBeLessThan(64)
})
