import { closeSync, fstatSync, readSync, statSync } from 'node:fs'
import { concatBytes } from '../../model/bytes.ts'
import type { FileRange } from '../contract.ts'
import { namedStatus, openQuietly } from '../../decode/file-source.ts'

/** An ordinary file read by range, its access time left as it is where the system allows. */
export class QuietFile implements Disposable {
  readonly path: string
  readonly #descriptor: number

  private constructor(path: string, descriptor: number) {
    this.path = path
    this.#descriptor = descriptor
  }

  /** Throws `NOT_FOUND`, or `REFUSED` where the system says no. */
  static open(path: string): QuietFile {
    return new QuietFile(path, openQuietly(path))
  }

  get sizeBytes(): number {
    return fstatSync(this.#descriptor).size
  }

  /** Bytes `[offset, offset + length)`, shorter at the file's end; allocates no more than the file has. */
  read(offset: number, length: number): Uint8Array {
    const present = Math.max(0, Math.min(length, this.sizeBytes - offset))
    return this.readWithin(offset, present)
  }

  /** Like `read` for a range that was checked against the file's size already: saves asking the system again. */
  readWithin(offset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length)
    let done = 0
    while (done < length) {
      const count = readSync(this.#descriptor, bytes, done, length - done, offset + done)
      if (count === 0) break
      done += count
    }
    return done === length ? bytes : bytes.subarray(0, done)
  }

  [Symbol.dispose](): void {
    closeSync(this.#descriptor)
  }
}

/** Bytes `[start, end)` of a value that lies in pieces of files. */
export function readPieces(
  open: (path: string) => QuietFile,
  pieces: readonly FileRange[],
  start: number,
  end: number,
): Uint8Array {
  const parts: Uint8Array[] = []
  let position = 0
  for (const piece of pieces) {
    const from = Math.max(start, position)
    const to = Math.min(end, position + piece.length)
    if (from < to) parts.push(open(piece.path).read(piece.offset + from - position, to - from))
    position += piece.length
    if (position >= end) break
  }
  if (parts.length === 1) return parts[0]!
  return concatBytes(parts)
}

/** Changes with every write to the files, as far as size, inode and modification time (to the nanosecond) tell. */
export function filesToken(paths: readonly string[]): string {
  return paths
    .map((path) => {
      const stats = namedStatus(path)
      return stats === undefined ? '-' : `${stats.dev}.${stats.ino}.${stats.size}.${stats.mtimeNs}`
    })
    .join(' ')
}

/** The kernel's clock for files ticks every 1 to 10 ms. */
const tickMs = 20

/** Whether a file was written just now: another write may come that leaves the same time. */
export function isFresh(paths: readonly string[]): boolean {
  const now = Date.now()
  return paths.some((path) => {
    const ageMs = now - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0)
    return ageMs > -tickMs && ageMs < tickMs
  })
}
