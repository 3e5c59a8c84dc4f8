import { decodeSync, decodeValue } from '../decode/decode.ts'
import type { DecodeOptions } from '../decode/decode.ts'
import { openFileSource } from '../decode/file-source.ts'
import type { Problem } from '../model/errors.ts'
import { AppError } from '../model/errors.ts'
import type { EntryFacts, EntrySummary } from '../model/record.ts'
import type { ByteRange, ByteSource } from '../model/source.ts'
import { MemorySource, MissingBytes } from '../model/source.ts'
import { insideOf } from '../records/inside.ts'
import { damagedSummary, summarize } from '../records/summarize.ts'
import { withFacts } from '../records/with-facts.ts'
import type { Entry, FileRange, Store } from '../stores/contract.ts'
import { Slices } from '../stores/slices.ts'
import type { Decoded } from '../value/value.ts'
import { MeteredSource } from './metered-source.ts'
import { PartialSource, SliceSource } from './partial-source.ts'

/** Values above this are read by ranges, where the store can; smaller ones whole and many at once. */
const smallBytes = 64 * 1024
/** What is asked of a store at once. */
const requestKeys = 128
const requestBytes = 2 * 1024 * 1024
const rangeBytes = 64 * 1024
/** After so many ranges of one value the rest of it is read as a whole. */
const rangesAtMost = 64

/** `undefined`: the entry went away since it was listed. */
export type SummarizedEntry = readonly [entry: Entry, summary: EntrySummary | undefined]

/** Reads entries of one store for the index, stepping over arrays, and counts the bytes that it got. */
export class EntryReader {
  readonly #store: Store
  readonly #signal: AbortSignal | undefined
  readonly #decoding: DecodeOptions
  readonly #slices: Slices
  bytesRead = 0

  constructor(store: Store, signal?: AbortSignal) {
    this.#store = store
    this.#signal = signal
    this.#decoding = { values: store.capabilities.values, signal }
    this.#slices = new Slices(signal)
  }

  /**
   * Summaries of entries, some at once, in no certain order. What cannot be read has a damaged summary. Other
   * work gets its turn in between.
   */
  async *summaries(entries: readonly Entry[]): AsyncGenerator<SummarizedEntry[], void, void> {
    const together: Entry[] = []
    for (const entry of entries) {
      if (!this.#isLarge(entry)) {
        together.push(entry)
        continue
      }
      const summary = await this.#readLarge(entry)
      const [facts] = await this.#facts([entry])
      yield [[entry, summary && withFacts(summary, facts)]]
    }
    for (const request of requestsOf(together)) {
      const facts = await this.#facts(request)
      const summaries = await this.#readTogether(request)
      yield request.map((entry, i) => {
        const summary = summaries[i]
        return [entry, summary && withFacts(summary, facts[i])]
      })
    }
  }

  /** What the store keeps beside the values; empty where it keeps nothing. */
  async #facts(entries: readonly Entry[]): Promise<(EntryFacts | undefined)[]> {
    const keys = entries.map(({ key }) => key)
    return (await this.#store.facts?.(keys, { signal: this.#signal })) ?? []
  }

  #isLarge({ sizeBytes }: Entry): boolean {
    return this.#store.capabilities.rangeRead && sizeBytes !== undefined && sizeBytes > smallBytes
  }

  async #readLarge(entry: Entry): Promise<EntrySummary | undefined> {
    const place = this.#store.locate?.(entry.key)
    return place ? this.#readFile(place) : this.#readByRanges(entry)
  }

  async #readFile({ path, offset, length }: FileRange): Promise<EntrySummary | undefined> {
    try {
      using file = openFileSource(path, { offset, length })
      const source = new MeteredSource(file)
      try {
        return await this.#summarize(source)
      } finally {
        this.bytesRead += source.bytesRead
      }
    } catch (thrown) {
      if (!(thrown instanceof AppError) || thrown.code === 'CANCELLED') throw thrown
      return thrown.code === 'NOT_FOUND' ? undefined : unreadable(thrown.message)
    }
  }

  async #readTogether(entries: readonly Entry[]): Promise<(EntrySummary | undefined)[]> {
    const values = await this.#store.getMany(
      entries.map(({ key }) => key),
      { signal: this.#signal },
    )
    const summaries: (EntrySummary | undefined)[] = []
    for (const value of values) {
      if (value instanceof Uint8Array) {
        this.bytesRead += value.length
        const source = new MemorySource(value)
        summaries.push(this.#summarizeAtOnce(source) ?? (await this.#summarize(source)))
      } else {
        summaries.push(value && damagedSummary(value))
      }
      if (this.#slices.isOver) await this.#slices.next()
    }
    return summaries
  }

  async #readByRanges(entry: Entry): Promise<EntrySummary | undefined> {
    const source = new PartialSource(entry.sizeBytes!)
    let [offset, length]: ByteRange = [0, rangeBytes]
    for (let ranges = 1; ; ranges++) {
      const end = ranges < rangesAtMost ? offset + Math.max(length, rangeBytes) : source.byteLength
      const range = [offset, Math.min(end, source.byteLength)] as const
      const [bytes] = await this.#store.getMany([entry.key], { range, signal: this.#signal })
      if (!(bytes instanceof Uint8Array)) return bytes && damagedSummary(bytes)
      this.bytesRead += bytes.length
      source.add(range[0], bytes)
      // The value became shorter since it was listed: what is asked for will never come.
      if (bytes.length < range[1] - range[0])
        return this.#summarize(new MemorySource(await this.#readWhole(entry)))
      try {
        return await this.#summarize(source)
      } catch (thrown) {
        if (!(thrown instanceof MissingBytes)) throw thrown
        ;[offset, length] = thrown.ranges[0]!
      }
    }
  }

  async #readWhole(entry: Entry): Promise<Uint8Array> {
    const [bytes] = await this.#store.getMany([entry.key], { signal: this.#signal })
    if (!(bytes instanceof Uint8Array)) return new Uint8Array(0)
    this.bytesRead += bytes.length
    return bytes
  }

  async #summarize(stored: ByteSource): Promise<EntrySummary> {
    const atOnce = this.#summarizeAtOnce(stored)
    if (atOnce) return atOnce
    using decoded = await decodeValue(this.#unwrap(stored), this.#decoding)
    return wholeSummary(decoded)
  }

  /** `undefined` for what takes time to inflate. Without promises, which cost a tenth of a small value. */
  #summarizeAtOnce(stored: ByteSource): EntrySummary | undefined {
    using decoded = decodeSync(this.#unwrap(stored), this.#decoding)
    return decoded && wholeSummary(decoded)
  }

  #unwrap(stored: ByteSource): ByteSource {
    const inner = this.#store.innerValue?.(stored)
    if (!inner) return stored
    return inner.inline
      ? new MemorySource(inner.inline)
      : new SliceSource(stored, inner.at ?? 0, inner.length)
  }
}

function wholeSummary(decoded: Decoded): EntrySummary {
  const summary = summarize(decoded)
  return { ...summary, inside: insideOf(decoded, summary) }
}

function unreadable(sentence: string): EntrySummary {
  const problem: Problem = { code: 'UNREADABLE', sentence }
  return damagedSummary(problem)
}

function* requestsOf(entries: readonly Entry[]): Generator<Entry[], void, void> {
  let request: Entry[] = []
  let bytes = 0
  for (const entry of entries) {
    request.push(entry)
    bytes += entry.sizeBytes ?? 0
    if (request.length >= requestKeys || bytes >= requestBytes) {
      yield request
      request = []
      bytes = 0
    }
  }
  if (request.length > 0) yield request
}
