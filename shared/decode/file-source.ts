import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs'
import type { BigIntStats } from 'node:fs'

import { AppError } from '../model/errors.ts'
import type { ByteSource } from '../model/source.ts'
import { scratch } from './scratch.ts'

export interface FileSourceOptions {
  /** First byte of the file that belongs to the source; 0. */
  readonly offset?: number
  /** Bytes from there on; to the end of the file if absent or beyond it. */
  readonly length?: number
  /** `false`: a link in place of the file is refused. */
  readonly follow?: boolean
}

/** The head of a file is read at once: most records fit, and whoever sniffs reads it twice. */
const headBytes = 16 * 1024

/** The system reads less than 2 GiB at a time. */
const mostBytesPerRead = 2 ** 30

/** Windows has neither; elsewhere opening a FIFO that nobody writes to must not wait for ever. */
const readFlags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)
const noAtime: number | undefined = constants.O_NOATIME
const noFollow = constants.O_NOFOLLOW ?? 0

/**
 * Opens a regular file for reading by range; anything else (folder, FIFO, device) is refused.
 *
 * @throws AppError `NOT_FOUND`, `REFUSED`
 */
export function openFileSource(path: string, options: FileSourceOptions = {}): FileSource {
  const { file, size } = openRegular(path, options)
  const offset = Math.min(options.offset ?? 0, size)
  const length = Math.min(options.length ?? size, size - offset)
  return new FileSource(path, file, offset, length)
}

/** What a slab holds, and the largest file that is read into one. */
const slabBytes = 128 * 1024
const smallFileBytes = 16 * 1024
let slab = new Uint8Array(0)
let slabUsed = 0

/**
 * All bytes of a small file, links not followed, without asking for its status first. `undefined` for whatever
 * is not that simple (large, empty, no regular file, not there): ask `openFileSource`, which tells what it is.
 *
 * Neighbours share memory, as an allocation costs as much as the reading.
 */
export function readSmallFile(path: string): Uint8Array | undefined {
  if (slab.length - slabUsed <= smallFileBytes) {
    slab = new Uint8Array(slabBytes)
    slabUsed = 0
  }
  let file
  let length = 0
  try {
    file = openSync(path, readFlags | noFollow | (noAtime ?? 0))
    // Reading at a position fails where there are no positions: a FIFO, a folder.
    for (let count = -1; count !== 0 && length <= smallFileBytes; length += count)
      count = readSync(file, slab, slabUsed + length, smallFileBytes + 1 - length, length)
  } catch (error) {
    if (errnoOf(error) === undefined) throw error
    return undefined
  } finally {
    if (file !== undefined) closeSync(file)
  }
  if (length === 0 || length > smallFileBytes) return undefined
  const bytes = slab.subarray(slabUsed, slabUsed + length)
  slabUsed += length
  return bytes
}

const comparedBytes = 1024 * 1024

/** Whether a file, links not followed, has exactly these bytes. `false` too where it is larger than is compared so. */
export function isFileOf(path: string, bytes: Uint8Array): boolean {
  if (bytes.length > comparedBytes) return false
  // One more is asked for: what is there is told by how much comes, and only the end of a file ends a reading early.
  const read = scratch(bytes.length + 1)
  let file
  let length = 0
  try {
    file = openSync(path, readFlags | noFollow | (noAtime ?? 0))
    length = readSync(file, read, 0, read.length, 0)
  } catch (error) {
    if (errnoOf(error) === undefined) throw error
    return false
  } finally {
    if (file !== undefined) closeSync(file)
  }
  return length === bytes.length && Buffer.compare(read.subarray(0, length), bytes) === 0
}

/**
 * A descriptor of a regular file for reading, whoever closes it.
 *
 * Looking changes nothing: on Linux files of our own are opened with `O_NOATIME`.
 * Files of others and other systems keep to the mount's way with access times: setting
 * them back afterwards is no way out, as Node's `utimes` rounds to microseconds and so
 * would shift the modification time, which matters more.
 *
 * @throws AppError `NOT_FOUND`, `REFUSED`
 */
export function openQuietly(path: string, options: Pick<FileSourceOptions, 'follow'> = {}): number {
  return openRegular(path, options).file
}

function openRegular(path: string, { follow }: FileSourceOptions): { file: number; size: number } {
  const file = openForReading(path, follow === false ? noFollow : 0)
  try {
    const status = fstatSync(file)
    if (!status.isFile()) throw new AppError('REFUSED', `${path} is no regular file; it is not read.`)
    return { file, size: status.size }
  } catch (error) {
    closeSync(file)
    throw error
  }
}

function openForReading(path: string, flags: number): number {
  try {
    if (noAtime !== undefined) {
      try {
        return openSync(path, readFlags | flags | noAtime)
      } catch (error) {
        if (errnoOf(error) !== 'EPERM') throw error
      }
    }
    return openSync(path, readFlags | flags)
  } catch (error) {
    throw fileError(path, error)
  }
}

/** What a path names now; `undefined`: nothing. @throws AppError `REFUSED` where one may not look */
export function namedStatus(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false })
  } catch (error) {
    throw fileError(path, error)
  }
}

/** What the system said about a file, as the program's error; an `AppError` as it is. */
export function fileError(path: string, error: unknown): AppError {
  if (error instanceof AppError) return error
  const errno = errnoOf(error)
  const options = { cause: error, data: { path } }
  if (errno === 'ENOENT' || errno === 'ENOTDIR') {
    return new AppError('NOT_FOUND', `There is no file ${path}; check the path.`, options)
  }
  if (errno === 'ELOOP') return new AppError('REFUSED', `${path} is a link; it is not followed.`, options)
  if (errno === 'EACCES' || errno === 'EPERM') {
    return new AppError('REFUSED', `${path} may not be opened: permission denied; ask its owner.`, options)
  }
  const reason = errno ?? (error instanceof Error ? error.message : String(error))
  return new AppError('REFUSED', `${path} cannot be opened (${reason}).`, options)
}

/** The operating system's name of what went wrong (`ENOENT`); `undefined` for errors of the program. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) return undefined
  return error.code.startsWith('E') && !error.code.startsWith('ERR_') ? error.code : undefined
}

/** A range of an open file. Dispose it. What was read is a copy and outlives it. */
export class FileSource implements ByteSource, Disposable {
  readonly byteLength: number
  readonly #path: string
  readonly #offset: number
  #file: number | undefined
  #head: Uint8Array | undefined

  /** Takes the open file over. `openFileSource` makes these. */
  constructor(path: string, file: number, offset: number, length: number) {
    this.#path = path
    this.#file = file
    this.#offset = offset
    this.byteLength = length
  }

  /** @throws AppError `REFUSED` if the system cannot read (a broken disk, a lost network) */
  read(offset: number, length: number): Uint8Array {
    const end = Math.min(offset + length, this.byteLength)
    if (offset >= end) return new Uint8Array(0)
    if (end > headBytes) return this.#readRange(offset, end - offset)
    this.#head ??= this.#readRange(0, Math.min(headBytes, this.byteLength))
    return this.#head.subarray(offset, end)
  }

  #readRange(offset: number, length: number): Uint8Array {
    if (this.#file === undefined)
      throw new AppError('INTERNAL', `${this.#path} was read after it was closed.`)
    let bytes
    let done = 0
    try {
      bytes = new Uint8Array(length)
      while (done < length) {
        const wanted = Math.min(length - done, mostBytesPerRead)
        const count = readSync(this.#file, bytes, done, wanted, this.#offset + offset + done)
        if (count === 0) break
        done += count
      }
    } catch (error) {
      // A RangeError: there is no memory for so many bytes at once.
      const reason = errnoOf(error) ?? (error instanceof RangeError ? error.message : undefined)
      if (reason === undefined) throw error
      throw new AppError('REFUSED', `${this.#path} cannot be read (${reason}).`, {
        cause: error,
      })
    }
    return done < length ? bytes.subarray(0, done) : bytes
  }

  [Symbol.dispose](): void {
    if (this.#file === undefined) return
    closeSync(this.#file)
    this.#file = undefined
  }
}
