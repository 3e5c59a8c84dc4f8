import { ProblemError } from '../model/errors.ts'
import type { ByteSource } from '../model/source.ts'
import { decodeText } from './decode-text.ts'
import { fault } from './faults.ts'

const smallestWindow = 4 * 1024
const largestWindow = 256 * 1024
const firstWindow = 16 * 1024

/**
 * Reads a source forward through a window of its bytes. The window grows while
 * reading goes on in sequence and starts small again after a jump, so that a
 * record around large arrays costs little more than its own bytes. Whatever asks
 * for bytes that do not exist throws a `TRUNCATED` problem before anything is
 * allocated.
 */
export class Cursor {
  readonly source: ByteSource
  readonly byteLength: number
  #window: Uint8Array = new Uint8Array(0)
  #view: DataView | undefined
  /** Offset of the window's first byte. */
  #base: number
  #position = 0
  #nextWindow = firstWindow

  constructor(source: ByteSource, offset = 0) {
    this.source = source
    this.byteLength = source.byteLength
    this.#base = offset
  }

  /** Offset of the next byte. */
  get offset(): number {
    return this.#base + this.#position
  }

  get remaining(): number {
    return this.byteLength - this.offset
  }

  u1(): number {
    if (this.#position >= this.#window.length) this.#fill(1)
    return this.#window[this.#position++]!
  }

  u2(): number {
    const at = this.#take(2)
    const window = this.#window
    return window[at]! | (window[at + 1]! << 8)
  }

  i4(): number {
    const at = this.#take(4)
    const window = this.#window
    return window[at]! | (window[at + 1]! << 8) | (window[at + 2]! << 16) | (window[at + 3]! << 24)
  }

  u4(): number {
    return this.i4() >>> 0
  }

  /** A length of eight bytes; one beyond 2^53 answers some number beyond it, which no source has. */
  u8(): number {
    const low = this.u4()
    const high = this.u4()
    // A product would make this and all offsets after it floating-point numbers, which take more memory.
    return high === 0 ? low : low + high * 2 ** 32
  }

  f8(): number {
    const at = this.#take(8)
    const window = this.#window
    this.#view ??= new DataView(window.buffer, window.byteOffset, window.byteLength)
    return this.#view.getFloat64(at, false)
  }

  /** The next `length` bytes, valid until the next call of any method. */
  bytes(length: number): Uint8Array {
    const at = this.#take(length)
    return this.#window.subarray(at, at + length)
  }

  /** The next `length` bytes as a text, see `decodeText`. */
  text(length: number): string {
    const at = this.#take(length)
    return decodeText(this.#window, at, at + length)
  }

  /** Steps over bytes that exist, without reading them. */
  skip(length: number): void {
    this.expect(length)
    this.#position += length
    if (this.#position > this.#window.length) this.seek(this.offset)
  }

  /** Goes on at another offset. */
  seek(offset: number): void {
    this.#base = offset
    this.#position = 0
    this.#replaceWindow(new Uint8Array(0))
    this.#nextWindow = smallestWindow
  }

  /** Throws unless `length` more bytes exist. */
  expect(length: number): void {
    const { remaining } = this
    if (length > remaining) throw this.#truncated(length, remaining)
  }

  /** Bytes of a line without its newline, which is stepped over. */
  line(limitBytes: number): Uint8Array {
    const length = this.#lineLength(limitBytes)
    const bytes = this.bytes(length + 1)
    return bytes.subarray(0, length)
  }

  #lineLength(limitBytes: number): number {
    const inWindow = this.#window.indexOf(10, this.#position)
    if (inWindow >= 0) return this.#checkedLine(inWindow - this.#position, limitBytes)
    const start = this.offset
    let scanned = this.#window.length - this.#position
    while (start + scanned < this.byteLength) {
      this.#checkedLine(scanned, limitBytes)
      const chunk = this.source.read(start + scanned, firstWindow)
      if (chunk.length === 0) break
      const found = chunk.indexOf(10)
      if (found >= 0) return this.#checkedLine(scanned + found, limitBytes)
      scanned += chunk.length
    }
    throw this.source.problem
      ? new ProblemError(this.source.problem)
      : fault('TRUNCATED', 'The bytes end within a line of text.')
  }

  #checkedLine(length: number, limitBytes: number): number {
    if (length > limitBytes) {
      throw fault('LIMIT_SIZE', `A line of text is longer than ${limitBytes} bytes.`)
    }
    return length
  }

  /** Position in the window of the next `length` bytes, which are then behind the cursor. */
  #take(length: number): number {
    if (this.#position + length > this.#window.length) this.#fill(length)
    const at = this.#position
    this.#position += length
    return at
  }

  #fill(length: number): void {
    this.expect(length)
    const { offset } = this
    const size = Math.max(length, Math.min(this.#nextWindow, this.byteLength - offset))
    this.#nextWindow = Math.min(this.#nextWindow * 2, largestWindow)
    const window = this.source.read(offset, size)
    this.#base = offset
    this.#position = 0
    this.#replaceWindow(window)
    if (window.length < length) throw this.#truncated(length, window.length)
  }

  #replaceWindow(window: Uint8Array): void {
    this.#window = window
    this.#view = undefined
  }

  #truncated(wanted: number, present: number): ProblemError {
    if (this.source.problem) return new ProblemError(this.source.problem)
    return fault(
      'TRUNCATED',
      wanted === 1
        ? 'The bytes end before the value does.'
        : `The bytes end before the value does: ${wanted} more are needed, ${present} are here.`,
    )
  }
}
