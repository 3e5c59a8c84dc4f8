import { orderedChunks, storedChunks } from '../numpy/chunks.ts'
import type { NdArray } from '../numpy/ndarray.ts'

/** Hands out the bytes of elements, so many at a time. */
export class ElementReader {
  readonly #chunks: Iterator<Uint8Array>
  readonly #itemsize: number
  #rest: Uint8Array = new Uint8Array(0)

  constructor(array: NdArray, order: 'C' | 'F') {
    this.#chunks = order === 'F' ? storedChunks(array) : orderedChunks(array)
    this.#itemsize = array.dtype.itemsize
  }

  take(elements: number): Uint8Array {
    const needed = elements * this.#itemsize
    while (this.#rest.length < needed) {
      const next = this.#chunks.next()
      if (next.done) break
      this.#rest = this.#rest.length === 0 ? next.value : joined(this.#rest, next.value)
    }
    const taken = this.#rest.subarray(0, needed)
    this.#rest = this.#rest.subarray(needed)
    return taken
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const whole = new Uint8Array(first.length + second.length)
  whole.set(first)
  whole.set(second, first.length)
  return whole
}
