import type { ByteSource } from '../model/source.ts'

/** Metadata, and mostly all that is no array. */
const headBytes = 16 * 1024

/** Reads another source in few pieces, the head and then the ranges that are asked for, and counts what it asks for. */
export class MeteredSource implements ByteSource {
  readonly byteLength: number
  readonly #inner: ByteSource
  #head: Uint8Array | undefined
  bytesRead = 0

  constructor(inner: ByteSource) {
    this.#inner = inner
    this.byteLength = inner.byteLength
  }

  get problem(): ByteSource['problem'] {
    return this.#inner.problem
  }

  read(offset: number, length: number): Uint8Array {
    this.#head ??= this.#ask(0, Math.min(headBytes, this.byteLength))
    const end = Math.min(offset + length, this.byteLength)
    if (end <= this.#head.length) return this.#head.subarray(offset, end)
    return this.#ask(offset, end - offset)
  }

  #ask(offset: number, length: number): Uint8Array {
    if (length <= 0) return new Uint8Array(0)
    const bytes = this.#inner.read(offset, length)
    this.bytesRead += bytes.length
    return bytes
  }
}
