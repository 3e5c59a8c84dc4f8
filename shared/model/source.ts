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
}

/** Thrown by a source that has not all its bytes yet: get these, then start again. */
export class MissingBytes extends Error {
  readonly offset: number
  readonly length: number

  constructor(offset: number, length: number) {
    super(`bytes ${offset} to ${offset + length} are not here yet`)
    this.name = 'MissingBytes'
    this.offset = offset
    this.length = length
  }
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
