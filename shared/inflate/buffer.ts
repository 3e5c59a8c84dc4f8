import { randomBytes } from 'node:crypto'
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { AppError, ProblemError } from '../model/errors.ts'
import type { Problem } from '../model/errors.ts'
import type { ByteSource } from '../model/source.ts'
import type { InflateLimits } from './limits.ts'

/**
 * The inflated bytes of a stream. With a `problem` the stream broke off or a limit
 * was hit; what was inflated before that is there. Dispose it: it may hold a file.
 */
export type InflatedSource = ByteSource & Disposable

const segmentBytes = 1024 * 1024
const smallestSegmentBytes = 16 * 1024

/**
 * Collects what a decompressor gives: the first `memoryBytes` in memory, the rest in
 * a temporary file that only its owner can read and that has no name once it is open.
 */
export class InflatedBuffer implements InflatedSource {
  byteLength = 0
  problem: Problem | undefined
  readonly #limits: InflateLimits
  readonly #firstSegmentBytes: number
  #segments: Uint8Array[] = []
  #memoryLength = 0
  #spill: SpillFile | undefined
  #disposed = false

  constructor(limits: InflateLimits, expectedBytes: number) {
    this.#limits = limits
    this.#firstSegmentBytes = Math.min(segmentBytes, Math.max(smallestSegmentBytes, expectedBytes))
  }

  /** Copies the bytes. Throws `ProblemError` (`LIMIT_INFLATED`) when they pass the limit, after taking those within. */
  append(bytes: Uint8Array): void {
    const room = this.#limits.inflatedBytes - this.byteLength
    this.#take(bytes.length > room ? bytes.subarray(0, room) : bytes)
    if (bytes.length > room) {
      throw new ProblemError({
        code: 'LIMIT_INFLATED',
        offset: this.byteLength,
        sentence: `The value inflates to more than the ${this.#limits.inflatedBytes} bytes allowed; only these were read.`,
      })
    }
  }

  #take(bytes: Uint8Array): void {
    let from = 0
    while (from < bytes.length && this.#memoryLength < this.#limits.memoryBytes) {
      from += this.#takeIntoMemory(bytes, from)
    }
    if (from < bytes.length) {
      this.#spill ??= new SpillFile(this.byteLength)
      this.#spill.append(from === 0 ? bytes : bytes.subarray(from))
      this.byteLength += bytes.length - from
    }
  }

  #takeIntoMemory(bytes: Uint8Array, from: number): number {
    const [index, at] = this.#place(this.#memoryLength)
    let segment = this.#segments[index]
    if (!segment) {
      segment = new Uint8Array(index === 0 ? this.#firstSegmentBytes : segmentBytes)
      this.#segments.push(segment)
    }
    const count = Math.min(
      bytes.length - from,
      segment.length - at,
      this.#limits.memoryBytes - this.#memoryLength,
    )
    segment.set(bytes.subarray(from, from + count), at)
    this.#memoryLength += count
    this.byteLength += count
    return count
  }

  #place(offset: number): [index: number, at: number] {
    if (offset < this.#firstSegmentBytes) return [0, offset]
    const behind = offset - this.#firstSegmentBytes
    return [1 + Math.floor(behind / segmentBytes), behind % segmentBytes]
  }

  read(offset: number, length: number): Uint8Array {
    if (this.#disposed) throw new AppError('INTERNAL', 'An inflated value was read after it was closed.')
    const end = Math.min(offset + length, this.byteLength)
    if (offset >= end) return new Uint8Array(0)
    const [index, at] = this.#place(offset)
    const segment = this.#segments[index]
    if (segment && end <= this.#memoryLength && at + end - offset <= segment.length) {
      return segment.subarray(at, at + end - offset)
    }
    return this.#gather(offset, end)
  }

  #gather(start: number, end: number): Uint8Array {
    const bytes = new Uint8Array(end - start)
    let offset = start
    while (offset < Math.min(end, this.#memoryLength)) {
      const [index, at] = this.#place(offset)
      const segmentEnd = Math.min(
        this.#segments[index]!.length,
        at + Math.min(end, this.#memoryLength) - offset,
      )
      const part = this.#segments[index]!.subarray(at, segmentEnd)
      bytes.set(part, offset - start)
      offset += part.length
    }
    if (offset < end) this.#spill!.read(offset, bytes.subarray(offset - start))
    return bytes
  }

  [Symbol.dispose](): void {
    this.#disposed = true
    this.#segments = []
    this.#spill?.[Symbol.dispose]()
    this.#spill = undefined
  }
}

/** The part of the inflated bytes from `base` on, in a file that is gone when it is closed. */
class SpillFile implements Disposable {
  readonly #base: number
  readonly #file: number
  #length = 0

  constructor(base: number) {
    this.#base = base
    const path = join(tmpdir(), `hashcache-inflated-${randomBytes(12).toString('hex')}`)
    try {
      this.#file = openSync(path, 'wx+', 0o600)
    } catch (error) {
      throw noRoom(base, error)
    }
    unlinkSync(path)
  }

  append(bytes: Uint8Array): void {
    let written = 0
    while (written < bytes.length) {
      try {
        written += writeSync(this.#file, bytes, written, bytes.length - written, this.#length + written)
      } catch (error) {
        throw noRoom(this.#base + this.#length, error)
      }
    }
    this.#length += bytes.length
  }

  read(offset: number, into: Uint8Array): void {
    let done = 0
    while (done < into.length) {
      const count = readSync(this.#file, into, done, into.length - done, offset - this.#base + done)
      if (count === 0)
        throw new AppError('INTERNAL', 'The temporary file of an inflated value became shorter.')
      done += count
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.#file)
  }
}

function noRoom(offset: number, error: unknown): ProblemError {
  const cause = error instanceof Error ? error.message : String(error)
  return new ProblemError({
    code: 'LIMIT_INFLATED',
    offset,
    sentence: `The inflated value finds no room in the folder for temporary files (${cause}); set TMPDIR to another one.`,
  })
}
