import { AppError } from '../model/errors.ts'
import type { ShownKey } from '../model/keys.ts'
import { parseKey } from '../model/keys.ts'
import type { Store } from '../stores/contract.ts'
import type { ReadRange } from './ranged-source.ts'

/** A value up to this size is read whole; larger ones by ranges, or into a file. */
const wholeBytes = 8 * 1024 * 1024

export type ReadValue =
  | { readonly kind: 'whole'; readonly bytes: Uint8Array }
  | { readonly kind: 'large'; readonly byteLength: number; readonly readRange: ReadRange }

/**
 * The value of a key: all of it where it is small, else its size and a way to its ranges. `undefined` if it is not
 * there; throws `REFUSED` with the reason where its bytes cannot be had, with `data.key` if that is so of this value only.
 */
export async function readValue(
  store: Store,
  key: ShownKey,
  signal?: AbortSignal,
): Promise<ReadValue | undefined> {
  const { rangeRead, rangeCost } = store.capabilities
  const read = async (range?: readonly [number, number]): Promise<Uint8Array | undefined> => {
    const [value] = await store.getMany([parseKey(key)], { range, signal })
    if (value === undefined || value instanceof Uint8Array) return value
    throw new AppError('REFUSED', `${key} in ${store.location} cannot be read: ${value.sentence}`, {
      data: { key },
    })
  }
  const isRanged = rangeRead && rangeCost !== 'value'
  const head = await read(isRanged ? [0, wholeBytes] : undefined)
  if (!head) return undefined
  if (!isRanged) return head.length <= wholeBytes ? { kind: 'whole', bytes: head } : inMemory(head)
  if (head.length < wholeBytes) return { kind: 'whole', bytes: head }
  const has = async (at: number): Promise<boolean> => (await read([at, at + 1]))?.length === 1
  const byteLength = await sizeFrom(wholeBytes, has)
  const readRange: ReadRange = async (from, to) => (await read([from, to])) ?? new Uint8Array(0)
  return { kind: 'large', byteLength, readRange }
}

/** Of a store whose every range costs as much as the value: it is read once, and can be let go of after. */
function inMemory(bytes: Uint8Array): ReadValue {
  return {
    kind: 'large',
    byteLength: bytes.length,
    readRange: (from, to) => Promise.resolve(bytes.subarray(from, to)),
  }
}

/** The size of a value that has at least `least` bytes, found by asking for single ones: some 40 times for 2 GB. */
async function sizeFrom(least: number, has: (at: number) => Promise<boolean>): Promise<number> {
  let [low, high] = [least, 2 * least]
  while (await has(high - 1)) [low, high] = [high, 2 * high]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (await has(middle)) low = middle + 1
    else high = middle
  }
  return low
}
