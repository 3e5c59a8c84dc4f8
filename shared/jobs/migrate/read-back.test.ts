import fc from 'fast-check'
import { expect, it } from 'vitest'
import { AppError } from '../../model/errors.ts'
import type { Store } from '../../stores/contract.ts'
import { ReadBack } from './read-back.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const keyOf = (i: number): Uint8Array => bytes(`key ${i}`)
const valueOf = (i: number): Uint8Array => bytes(`value ${i}`)

/** As much of a store as is read back from; `content` is what stands there by key. */
function storeOf(
  content: ReadonlyMap<string, Uint8Array>,
  holds: 'yes' | 'no' | 'fails meanwhile',
  during = { writing: false },
): Store {
  const find = (key: Uint8Array): Uint8Array | undefined => content.get(new TextDecoder().decode(key))
  return {
    getMany: async (keys: readonly Uint8Array[]) => keys.map(find),
    ...(holds === 'no'
      ? {}
      : {
          holds: async (keys: readonly Uint8Array[], values: readonly Uint8Array[]) => {
            if (holds === 'fails meanwhile' && during.writing)
              throw new AppError('REFUSED', 'The server is gone.')
            return keys.map((key, i) => Buffer.compare(find(key) ?? bytes(''), values[i]!) === 0)
          },
        }),
  } as unknown as Store
}

const puts = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ kind: 'put' as const, key: keyOf(i), value: valueOf(i) }))

it('what stands there after the writing is told, whatever was written when, in parts or at once', async () => {
  const what = fc.constantFrom('written', 'other bytes', 'nothing')
  const part = fc.record({
    length: fc.integer({ min: 1, max: 300 }),
    waits: fc.boolean(),
    isTold: fc.boolean(),
  })
  const holds = fc.constantFrom('yes' as const, 'no' as const, 'fails meanwhile' as const)
  await fc.assert(
    fc.asyncProperty(
      fc.array(part, { maxLength: 8 }),
      fc.infiniteStream(what),
      holds,
      async (parts, kinds, how) => {
        const operations = puts(parts.reduce((sum, { length }) => sum + length, 0))
        const content = new Map<string, Uint8Array>()
        const during = { writing: true }
        const back = new ReadBack(storeOf(content, how, during), operations)
        const expected: boolean[] = []
        for (const { length, waits, isTold } of parts) {
          const from = expected.length
          for (let i = from; i < from + length; i++) {
            const { value: kind } = kinds.next()
            if (kind !== 'nothing') content.set(`key ${i}`, kind === 'written' ? valueOf(i) : bytes('other'))
            expected.push(kind === 'written')
          }
          if (isTold) back.wrote(from, from + length)
          if (waits) await new Promise((resolve) => setTimeout(resolve, 1))
        }
        during.writing = false
        expect(await back.finish()).toEqual(expected)
      },
    ),
    { numRuns: 100 },
  )
})

it('what appears only after its part was looked at counts in the end, and nothing counts before it is there', async () => {
  const content = new Map<string, Uint8Array>()
  const back = new ReadBack(storeOf(content, 'yes'), puts(10))
  back.wrote(0, 5)
  await new Promise((resolve) => setTimeout(resolve, 5))
  content.set('key 2', valueOf(2))
  content.set('key 7', valueOf(7))
  expect(await back.finish()).toEqual(Array.from({ length: 10 }, (_, i) => i === 2 || i === 7))
})

it('a store that cannot be read in the end says so', async () => {
  const gone = async (): Promise<never> => {
    throw new AppError('REFUSED', 'The server is gone.')
  }
  const back = new ReadBack({ holds: gone, getMany: gone } as unknown as Store, puts(3))
  back.wrote(0, 2)
  await expect(back.finish()).rejects.toThrow('The server is gone.')
})
