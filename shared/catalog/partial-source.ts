import type { ByteSource } from '../model/source.ts'
import { MissingBytes, readAhead } from '../model/source.ts'

/**
 * A source of which some ranges are here: asking for others throws `MissingBytes`. Whoever decodes gets
 * them by some asynchronous way, adds them, and starts again.
 */
export class PartialSource implements ByteSource {
  readonly byteLength: number
  readonly #pieces: { readonly start: number; readonly bytes: Uint8Array }[] = []

  constructor(byteLength: number) {
    this.byteLength = byteLength
  }

  add(start: number, bytes: Uint8Array): void {
    this.#pieces.push({ start, bytes })
  }

  read(offset: number, length: number): Uint8Array {
    const end = Math.min(offset + length, this.byteLength)
    if (offset >= end) return new Uint8Array(0)
    for (const { start, bytes } of this.#pieces) {
      if (offset >= start && end <= start + bytes.length) return bytes.subarray(offset - start, end - start)
    }
    throw new MissingBytes([[offset, end - offset]])
  }
}

/** A stretch of another source as a source of its own. */
export class SliceSource implements ByteSource {
  readonly byteLength: number
  readonly #inner: ByteSource
  readonly #offset: number

  constructor(inner: ByteSource, offset: number, length: number) {
    this.#inner = inner
    this.#offset = Math.min(offset, inner.byteLength)
    this.byteLength = Math.min(length, inner.byteLength - this.#offset)
  }

  get problem(): ByteSource['problem'] {
    return this.#inner.problem
  }

  get isFar(): boolean {
    return this.#inner.isFar === true
  }

  read(offset: number, length: number): Uint8Array {
    const end = Math.min(offset + length, this.byteLength)
    return offset >= end ? new Uint8Array(0) : this.#inner.read(this.#offset + offset, end - offset)
  }

  ahead<Answer>(reading: () => Answer): Answer {
    return readAhead(this.#inner, reading)
  }
}
