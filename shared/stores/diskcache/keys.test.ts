import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { showKey } from '../../model/keys.ts'
import { entryKey, storedKey } from './keys.ts'
import type { StoredKey } from './keys.ts'

const encoder = new TextEncoder()
const bytes = fc.uint8Array({ maxLength: 20 })
const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .tuple(fc.constantFrom('str', 'int', 'float', 'bytes', 'pickle'), fc.string())
    .map((parts) => parts.join(':')),
)
const anyKey: fc.Arbitrary<StoredKey> = fc.oneof(
  texts.map((text) => ({ kind: 'str' as const, bytes: encoder.encode(text) })),
  fc
    .tuple(fc.constantFrom('bytes' as const, 'pickle' as const), bytes)
    .map(([kind, content]) => ({ kind, bytes: content })),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((number) => ({ kind: 'int' as const, number })),
  fc
    .double({ noNaN: true })
    .filter((number) => !Object.is(number, -0))
    .map((number) => ({ kind: 'float' as const, number })),
)

describe('the keys of entries', () => {
  test('say the stored key, which is read back', () => {
    fc.assert(
      fc.property(anyKey, (key) => {
        expect(storedKey(entryKey(key))).toEqual(key)
      }),
    )
  })

  test('are different for different stored keys', () => {
    fc.assert(
      fc.property(anyKey, anyKey, (one, other) => {
        const isSame = one.kind === other.kind && JSON.stringify(plain(one)) === JSON.stringify(plain(other))
        expect(showKey(entryKey(one)) === showKey(entryKey(other))).toBe(isSame)
      }),
    )
  })

  test('of bytes that are no form of a key there is none; of all others there is one form', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          bytes,
          texts.map((text) => encoder.encode(text)),
        ),
        (key) => {
          const stored = storedKey(key)
          expect(stored && entryKey(stored)).toEqual(stored && key)
        },
      ),
    )
  })

  function plain(key: StoredKey): unknown {
    return 'number' in key ? String(key.number) : [...key.bytes]
  }
})
