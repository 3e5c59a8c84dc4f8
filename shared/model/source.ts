/**
 * Bytes that can be read by range without having them all: a file, a buffer, a
 * mapped database value, a decompressed stream. Reading is synchronous so that
 * the pickle machine stays a plain loop; whoever has only asynchronous bytes
 * (a server) hands over a `PartialSource`.
 */
export interface ByteSource {
  /** Number of bytes that exist (for a stream that broke off: that could be had). */
  readonly byteLength: number
  /**
   * Bytes `[offset, offset + length)`, shorter only at the end of the source.
   * The result may share memory with the source and is not to be written to.
   */
  read(offset: number, length: number): Uint8Array
  /** Why the source ends early (a limit, a broken compressed stream), if it does. */
  readonly problem?: import('./errors.ts').Problem
  /** Its bytes have to be fetched first: whoever can tell much from a part of them reads only that. */
  readonly isFar?: boolean
  /** Of a source that has not all its bytes: see `readAhead`. */
  ahead?<Answer>(reading: () => Answer): Answer
}

/** From where on, and how many bytes. */
export type ByteRange = readonly [offset: number, length: number]

/** Thrown by a source that has not all its bytes yet: get these, then start again. */
export class MissingBytes extends Error {
  readonly ranges: readonly ByteRange[]

  constructor(ranges: readonly ByteRange[]) {
    const [[offset, length] = [0, 0]] = ranges
    const others = ranges.length > 1 ? ` and ${ranges.length - 1} more ranges` : ''
    super(`bytes ${offset} to ${offset + length}${others} are not here yet`)
    this.name = 'MissingBytes'
    this.ranges = ranges
  }
}

/**
 * What `reading` answers. It reads many places of the source that do not depend on one another and changes nothing
 * (summaries of large arrays do): a source that has not all of them throws `MissingBytes` once for all, instead of once
 * for each. It finds that out by handing out zeros for what is missing, and lets go of what is made of them.
 */
export function readAhead<Answer>(source: ByteSource, reading: () => Answer): Answer {
  return source.ahead ? source.ahead(reading) : reading()
}

export class MemorySource implements ByteSource {
  readonly byteLength: number
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.byteLength = bytes.length
  }

  read(offset: number, length: number): Uint8Array {
    if (offset === 0 && length >= this.byteLength) return this.#bytes
    return this.#bytes.subarray(offset, offset + length)
  }
}

/** Counts the bytes handed out: what skimming saves is measured with it. */
export class CountingSource implements ByteSource {
  readonly byteLength: number
  readonly #inner: ByteSource
  bytesRead = 0

  constructor(inner: ByteSource) {
    this.#inner = inner
    this.byteLength = inner.byteLength
  }

  get problem(): ByteSource['problem'] {
    return this.#inner.problem
  }

  read(offset: number, length: number): Uint8Array {
    const bytes = this.#inner.read(offset, length)
    this.bytesRead += bytes.length
    return bytes
  }
}
