import { AppError } from '../model/errors.ts'
import type { ByteSource } from '../model/source.ts'
import { MissingBytes } from '../model/source.ts'
import { spool, type Spooled } from './spool.ts'

const blockBytes = 256 * 1024
/** Beyond so many bytes of ranges, or so many times that something was missing, a value goes into a file. */
const mostHeldBytes = 48 * 1024 * 1024
const mostRounds = 48

export type ReadRange = (from: number, to: number) => Promise<Uint8Array>

/**
 * A value that a store hands out by ranges, asynchronously: what was asked for before is here, asking for more throws
 * `MissingBytes`. `answer` gets what is missing and asks again; a question that wants much of the value has all of it
 * put into a file first. Either way only some of it is in memory.
 */
export class RangedSource implements ByteSource, Disposable {
  readonly byteLength: number
  readonly #readRange: ReadRange
  readonly #blocks = new Map<number, Uint8Array>()
  #file: Spooled | undefined

  constructor(byteLength: number, readRange: ReadRange) {
    this.byteLength = byteLength
    this.#readRange = readRange
  }

  read(offset: number, length: number): Uint8Array {
    const end = Math.min(offset + length, this.byteLength)
    if (offset >= end) return new Uint8Array(0)
    if (this.#file) return this.#file.read(offset, end - offset)
    const first = Math.floor(offset / blockBytes)
    const last = Math.floor((end - 1) / blockBytes)
    for (let block = first; block <= last; block++)
      if (!this.#blocks.has(block)) throw new MissingBytes(offset, end - offset)
    if (first === last)
      return this.#blocks.get(first)!.subarray(offset - first * blockBytes, end - first * blockBytes)
    const bytes = new Uint8Array(end - offset)
    for (let block = first; block <= last; block++) {
      const start = block * blockBytes
      const piece = this.#blocks.get(block)!.subarray(Math.max(0, offset - start), end - start)
      bytes.set(piece, Math.max(start, offset) - offset)
    }
    return bytes
  }

  /** Asks until nothing is missing. The question must change nothing, as it is asked from its start each time. */
  async answer<Answer>(question: () => Answer | Promise<Answer>): Promise<Answer> {
    for (let round = 1; ; round++) {
      try {
        return await question()
      } catch (thrown) {
        if (!(thrown instanceof MissingBytes)) throw thrown
        if (this.#file) throw thrown
        const [from, to] = blocksAround(thrown, this.byteLength)
        const held = this.#blocks.size * blockBytes
        if (round > mostRounds || held + to - from > mostHeldBytes) await this.#spool()
        else await this.#fetch(from, to)
      }
    }
  }

  [Symbol.dispose](): void {
    this.#file?.[Symbol.dispose]()
    this.#blocks.clear()
  }

  async #fetch(from: number, to: number): Promise<void> {
    const bytes = await this.#whole(from, to)
    for (let at = from; at < to; at += blockBytes)
      this.#blocks.set(at / blockBytes, bytes.subarray(at - from, Math.min(at + blockBytes, to) - from))
  }

  async #spool(): Promise<void> {
    this.#blocks.clear()
    this.#file = await spool(this.byteLength, (from, to) => this.#whole(from, to))
  }

  async #whole(from: number, to: number): Promise<Uint8Array> {
    const bytes = await this.#readRange(from, to)
    if (bytes.length === to - from) return bytes
    throw new AppError('CANCELLED', 'The value was changed while it was read; open it again.')
  }
}

function blocksAround({ offset, length }: MissingBytes, byteLength: number): readonly [number, number] {
  const from = Math.floor(offset / blockBytes) * blockBytes
  const to = Math.ceil((offset + length) / blockBytes) * blockBytes
  return [from, Math.min(to, byteLength)]
}
