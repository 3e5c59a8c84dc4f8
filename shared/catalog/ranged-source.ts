import { AppError } from '../model/errors.ts'
import type { ByteRange, ByteSource } from '../model/source.ts'
import { MissingBytes } from '../model/source.ts'
import { spool, type Spooled } from './spool.ts'

const pageBytes = 4 * 1024
/** A single range that is missing is fetched with so much around it: what is asked for next is mostly near. */
const aroundBytes = 256 * 1024
/** At most so much is held. A question that wants more, or misses something more often, has the value put into a file. */
const mostHeldBytes = 80 * 1024 * 1024
const mostRounds = 48
/** So many ranges are fetched at the same time, and so many for one question. */
const fetchesAtOnce = 32
const mostFetches = 20_000

export type ReadRange = (from: number, to: number) => Promise<Uint8Array>

/** Numbers of pages `[first, last)`. */
type Pages = readonly [first: number, last: number]

/**
 * A value that a store hands out by ranges, asynchronously: what was asked for before is here, asking for more throws
 * `MissingBytes`. `answer` gets what is missing and asks again; a question that wants much of the value has all of it
 * put into a file first. Either way only some of it is in memory.
 */
export class RangedSource implements ByteSource, Disposable {
  readonly byteLength: number
  readonly #readRange: ReadRange
  /** The oldest first. */
  readonly #pages = new Map<number, Uint8Array>()
  #file: Spooled | undefined
  /** What was missing, while `ahead` finds out. */
  #missing: ByteRange[] | undefined

  constructor(byteLength: number, readRange: ReadRange) {
    this.byteLength = byteLength
    this.#readRange = readRange
  }

  get isFar(): boolean {
    return this.#file === undefined
  }

  read(offset: number, length: number): Uint8Array {
    const end = Math.min(offset + length, this.byteLength)
    if (offset >= end) return new Uint8Array(0)
    if (this.#file) return this.#file.read(offset, end - offset)
    const [first, last] = pagesOf(offset, end)
    for (let page = first; page < last; page++)
      if (!this.#pages.has(page)) return this.#missed([offset, end - offset])
    const inFirst = offset - first * pageBytes
    if (last - first === 1) return this.#pages.get(first)!.subarray(inFirst, inFirst + end - offset)
    const bytes = new Uint8Array(end - offset)
    for (let page = first; page < last; page++) {
      const start = page * pageBytes
      const piece = this.#pages.get(page)!.subarray(Math.max(0, offset - start), end - start)
      bytes.set(piece, Math.max(start, offset) - offset)
    }
    return bytes
  }

  ahead<Answer>(reading: () => Answer): Answer {
    // Within another one: that tells of all.
    if (this.#file || this.#missing) return reading()
    const missing: ByteRange[] = []
    this.#missing = missing
    try {
      const answer = reading()
      if (missing.length === 0) return answer
    } catch (thrown) {
      if (missing.length === 0) throw thrown
      // Zeros make no sense to it: what it wanted up to there is known.
    } finally {
      this.#missing = undefined
    }
    throw new MissingBytes(missing)
  }

  /** Asks until nothing is missing. The question must change nothing, as it is asked from its start each time. */
  async answer<Answer>(question: () => Answer | Promise<Answer>): Promise<Answer> {
    let fetchedBytes = 0
    for (let round = 1; ; round++) {
      const isInFile = this.#file !== undefined
      try {
        return await question()
      } catch (thrown) {
        if (!(thrown instanceof MissingBytes) || isInFile) throw thrown
        const wanted = this.#wanted(thrown.ranges)
        fetchedBytes += wanted.reduce((sum, [first, last]) => sum + (last - first) * pageBytes, 0)
        const isMuch = round > mostRounds || wanted.length > mostFetches || fetchedBytes > mostHeldBytes
        await (isMuch ? this.#spool() : this.#fetch(wanted))
      }
    }
  }

  [Symbol.dispose](): void {
    this.#file?.[Symbol.dispose]()
    this.#pages.clear()
  }

  #missed(range: ByteRange): Uint8Array {
    if (!this.#missing) throw new MissingBytes([range])
    this.#missing.push(range)
    return new Uint8Array(range[1])
  }

  /** The pages of what is missing, in order, near ones as one. */
  #wanted(ranges: readonly ByteRange[]): Pages[] {
    const [[offset, length] = [0, 0]] = ranges
    if (ranges.length === 1) {
      const from = Math.floor(offset / aroundBytes) * aroundBytes
      const to = Math.ceil((offset + length) / aroundBytes) * aroundBytes
      return [pagesOf(from, Math.min(to, this.byteLength))]
    }
    const wanted: [first: number, last: number][] = []
    const sorted = ranges.toSorted(([a], [b]) => a - b)
    for (const [from, count] of sorted) {
      const [first, last] = pagesOf(from, from + count)
      const before = wanted.at(-1)
      if (before && first <= before[1] + 1) before[1] = Math.max(before[1], last)
      else wanted.push([first, last])
    }
    return wanted
  }

  async #fetch(wanted: readonly Pages[]): Promise<void> {
    const read = async ([first, last]: Pages): Promise<void> => {
      const start = first * pageBytes
      const bytes = await this.#whole(start, Math.min(last * pageBytes, this.byteLength))
      for (let page = first; page < last; page++) {
        const at = page * pageBytes - start
        this.#pages.delete(page)
        this.#pages.set(page, bytes.subarray(at, at + pageBytes))
      }
    }
    for (let at = 0; at < wanted.length; at += fetchesAtOnce)
      await Promise.all(wanted.slice(at, at + fetchesAtOnce).map(read))
    // One question wants less than may be held: what goes is from those before.
    for (const page of this.#pages.keys()) {
      if (this.#pages.size * pageBytes <= mostHeldBytes) break
      this.#pages.delete(page)
    }
  }

  async #spool(): Promise<void> {
    this.#pages.clear()
    this.#file = await spool(this.byteLength, (from, to) => this.#whole(from, to))
  }

  async #whole(from: number, to: number): Promise<Uint8Array> {
    const bytes = await this.#readRange(from, to)
    if (bytes.length === to - from) return bytes
    throw new AppError('CANCELLED', 'The value was changed while it was read; open it again.')
  }
}

function pagesOf(from: number, to: number): Pages {
  return [Math.floor(from / pageBytes), Math.ceil(to / pageBytes)]
}
