import fc from 'fast-check'
import { expect, test } from 'vitest'

import { MemorySource } from '../../model/source.ts'
import { readPickle } from '../../pickle/read.ts'
import { frameFor, numberPickle, readFramed } from './native-pickle.ts'

test('a number reads back as it is', () => {
  const read = (bytes: Uint8Array): unknown => {
    const { root, problem, end } = readPickle(new MemorySource(bytes))
    expect([problem, end]).toEqual([undefined, bytes.length])
    return root?.kind === 'int' ? BigInt(root.value) : root?.kind === 'float' ? root.value : root
  }
  fc.assert(
    fc.property(fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.double()), (number) => {
      expect(read(numberPickle(number))).toBe(number)
    }),
  )
  for (const number of [0n, 255n, 256n, -1n, 2n ** 31n - 1n, 2n ** 31n, -(2n ** 31n), -(2n ** 63n)])
    expect(read(numberPickle(number))).toBe(number)
})

test('a range of a framed content is that range of the whole, and reads no more than that', () => {
  const lengths = fc.constantFrom(0, 1, 255, 256, 300)
  const places = fc.tuple(fc.nat(320), fc.nat(320))
  fc.assert(
    fc.property(
      fc.constantFrom('str' as const, 'bytes' as const),
      lengths,
      places,
      (kind, length, [one, other]) => {
        const content = Uint8Array.from({ length }, (_, index) => 97 + (index % 26))
        const frame = frameFor(kind, length)
        const whole = Uint8Array.from([...frame.before, ...content, ...frame.after])
        const [from, to] = [Math.min(one, other), Math.max(one, other)]
        let read = 0
        const part = readFramed(
          frame,
          length,
          (start, end) => {
            read += end - start
            return content.subarray(start, end)
          },
          [from, to],
        )
        expect(part).toEqual(whole.slice(from, to))
        expect(read).toBeLessThanOrEqual(to - from)
        const { root } = readPickle(new MemorySource(whole))
        expect(root?.kind).toBe(kind)
      },
    ),
  )
})

test('lengths beyond 4 GiB have their own opcodes', () => {
  expect([...frameFor('bytes', 2 ** 32).before]).toEqual([0x80, 4, 0x8e, 0, 0, 0, 0, 1, 0, 0, 0])
  expect([...frameFor('str', 2 ** 32 - 1).before]).toEqual([0x80, 4, 0x58, 255, 255, 255, 255])
})
