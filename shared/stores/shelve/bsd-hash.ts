import { AppError } from '../../model/errors.ts'
import type { Problem } from '../../model/errors.ts'
import type { Entry, FileRange, Stray } from '../contract.ts'
import { hashMagic, hashProof } from './bdb-hash.ts'
import { addStray } from './dbm.ts'
import type { DbmReader, FoundValue } from './dbm.ts'
import { QuietFile, readPieces } from './quiet-file.ts'

/** What may stand where the offset of a value is expected (db 1.85 hash/page.h). */
const overflowLink = 0
const partialKey = 1
const fullKey = 2
const fullKeyData = 3
const realKey = 4

const headerBytes = 260

interface Header {
  readonly littleEndianPages: boolean
  readonly pageBytes: number
  readonly maxBucket: number
  readonly highMask: number
  readonly lowMask: number
  readonly headerPages: number
  readonly spares: readonly number[]
  readonly isDefaultHash: boolean
}

interface Pair {
  readonly key: FoundValue
  readonly value: FoundValue
}

/**
 * A hash file of BSD's db 1.85, version 2: what `dbm.ndbm` makes on macOS
 * (`NAME.db`). Its header is big-endian, its pages are in the order of the
 * machine. Each bucket's chain is followed to its end, also behind a pair that
 * is larger than a page, where the library's own walk over the keys may stop.
 */
export class BsdHashReader implements DbmReader {
  readonly strays: Stray[] = []
  readonly #file: QuietFile
  readonly #header: Header
  readonly #pageCount: number

  constructor(path: string) {
    this.#file = QuietFile.open(path)
    try {
      this.#header = readHeader(this.#file)
    } catch (error) {
      this.#file[Symbol.dispose]()
      throw error
    }
    this.#pageCount = Math.floor(this.#file.sizeBytes / this.#header.pageBytes)
  }

  *entries(): Generator<Entry> {
    const seen = new Set<number>()
    for (let bucket = 0; bucket <= this.#header.maxBucket; bucket++) {
      for (const pair of this.#pairsOf(bucket, seen)) {
        yield { key: this.read(pair.key, 0, pair.key.sizeBytes), sizeBytes: pair.value.sizeBytes }
      }
    }
  }

  find(key: Uint8Array): FoundValue | Problem | undefined {
    const { isDefaultHash, highMask, lowMask, maxBucket } = this.#header
    const hash = torekHash(key)
    let own = (hash & highMask) >>> 0
    if (own > maxBucket) own = (own & lowMask) >>> 0
    const [first, last] = isDefaultHash ? [own, own] : [0, maxBucket]
    const seen = new Set<number>()
    for (let bucket = first; bucket <= last; bucket++) {
      for (const pair of this.#pairsOf(bucket, seen)) {
        if (pair.key.sizeBytes !== key.length) continue
        if (Buffer.compare(this.read(pair.key, 0, key.length), key) === 0) return pair.value
      }
    }
    return undefined
  }

  read(value: FoundValue, start: number, end: number): Uint8Array {
    return readPieces(() => this.#file, value.pieces, start, end)
  }

  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]()
  }

  /** The pairs of one bucket; a page is never gone over twice. */
  *#pairsOf(bucket: number, seen: Set<number>): Generator<Pair> {
    let page = this.#readPage(this.#bucketPage(bucket), seen)
    while (page) {
      let next: Page | undefined
      let end = this.#header.pageBytes
      for (let index = 1; index + 1 <= page.count; index += 2) {
        const [first, second] = [page.word(index), page.word(index + 1)]
        if (second >= realKey) {
          if (first < second || first > end) {
            this.#strayPage(page, `item ${index} has no sound place`)
            break
          }
          yield { key: this.#onePiece(page, first, end), value: this.#onePiece(page, second, first) }
          end = second
        } else if (second === overflowLink) {
          next = this.#readPage(this.#overflowPage(first), seen)
        } else {
          const big = this.#bigPair(page, seen)
          if (big.pair) yield big.pair
          next = big.next
          break
        }
      }
      page = next
    }
  }

  /**
   * A pair larger than a page, which has pages of its own: key parts, then value
   * parts, one a page; the value may begin on the key's last page.
   */
  #bigPair(first: Page, seen: Set<number>): { pair?: Pair; next?: Page } {
    const { pageBytes } = this.#header
    const keys: FileRange[] = []
    const values: FileRange[] = []
    let page: Page | undefined = first
    while (page && page.word(2) === partialKey) {
      if (!this.#isPieceSound(page)) return {}
      keys.push(this.#range(page, page.word(1), pageBytes))
      const following = this.#following(page, seen)
      if (!following) break
      page = following
    }
    if (!page || page.count < 2 || !this.#isPieceSound(page)) return {}
    const kind = page.word(2)
    if (kind !== fullKey && kind !== fullKeyData) return this.#broken(page)
    keys.push(this.#range(page, page.word(1), pageBytes))
    if (kind === fullKeyData) {
      const valueAt = page.word(page.count)
      const keyAt = page.word(1)
      if (valueAt > keyAt) return this.#broken(page)
      values.push(this.#range(page, valueAt, keyAt))
      // A value that begins here and has more to come leaves no byte free on this page.
      if (page.freeBytes !== 0) return this.#finished(page, keys, values, seen)
    }
    for (;;) {
      page = this.#following(page, seen)
      if (!page || page.count < 2 || !this.#isPieceSound(page)) return {}
      const part = page.word(2)
      if (part !== fullKey && part !== fullKeyData) return this.#broken(page)
      values.push(this.#range(page, page.word(1), pageBytes))
      if (part === fullKeyData) return this.#finished(page, keys, values, seen)
    }
  }

  #finished(
    page: Page,
    keys: readonly FileRange[],
    values: readonly FileRange[],
    seen: Set<number>,
  ): { pair: Pair; next?: Page } {
    return { pair: { key: whole(keys), value: whole(values) }, next: this.#following(page, seen) }
  }

  #broken(page: Page): { pair?: Pair; next?: Page } {
    this.#strayPage(page, 'a large pair breaks off here')
    return {}
  }

  #isPieceSound(page: Page): boolean {
    const at = page.word(1)
    const isSound = at > 2 * page.count && at <= this.#header.pageBytes
    if (!isSound) this.#broken(page)
    return isSound
  }

  /** The page that a page of a large pair links to, in the last word but one. */
  #following(page: Page, seen: Set<number>): Page | undefined {
    if (page.count <= 2) return undefined
    return this.#readPage(this.#overflowPage(page.word(page.count - 1)), seen)
  }

  #readPage(number: number, seen: Set<number>): Page | undefined {
    const { pageBytes, littleEndianPages } = this.#header
    if (number < 1 || number >= this.#pageCount || seen.has(number)) {
      if (number < 1 || seen.has(number)) addStray(this.strays, `page ${number}`, 'two chains lead to it')
      return undefined
    }
    seen.add(number)
    const bytes = this.#file.readWithin(number * pageBytes, pageBytes)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    const word = (index: number): number => view.getUint16(2 * index, littleEndianPages)
    const count = word(0)
    if (count % 2 !== 0 || 2 * (count + 3) > pageBytes) {
      addStray(this.strays, `page ${number}`, `it claims ${count} words`)
      return undefined
    }
    return { number, count, word, freeBytes: word(count + 1) }
  }

  #bucketPage(bucket: number): number {
    const { headerPages, spares } = this.#header
    const spare = bucket === 0 ? 0 : (spares[31 - Math.clz32(bucket)] ?? 0)
    return bucket + headerPages + spare
  }

  /** An overflow page's address is the split it belongs to (5 bits) and its number there (11 bits). */
  #overflowPage(address: number): number {
    const split = address >> 11
    return this.#bucketPage(2 ** split - 1) + (address & 0x7ff)
  }

  #range(page: Page, start: number, end: number): FileRange {
    const offset = page.number * this.#header.pageBytes + start
    return { path: this.#file.path, offset, length: end - start }
  }

  #onePiece(page: Page, start: number, end: number): FoundValue {
    return whole([this.#range(page, start, end)])
  }

  #strayPage(page: Page, reason: string): void {
    addStray(this.strays, `page ${page.number}`, reason)
  }
}

interface Page {
  readonly number: number
  /** Words of the page's table behind the first. */
  readonly count: number
  word(index: number): number
  readonly freeBytes: number
}

function whole(pieces: readonly FileRange[]): FoundValue {
  return { sizeBytes: pieces.reduce((sum, piece) => sum + piece.length, 0), pieces }
}

function readHeader(file: QuietFile): Header {
  const head = file.read(0, headerBytes)
  const littleEndian = bsdByteOrder(head)
  if (littleEndian === undefined || head.length < headerBytes)
    throw new AppError('NOT_A_STORE', `${file.path} does not begin as a hash file of BSD's db 1.85.`)
  const view = new DataView(head.buffer, head.byteOffset, head.length)
  const field = (index: number): number => view.getInt32(4 * index, littleEndian)
  const [version, order, pageBytes] = [field(1), field(2), field(3)]
  const [maxBucket, headerPages] = [field(10), field(15)]
  const fault =
    version !== 2
      ? `version ${version}, where 2 is known`
      : order !== 1234 && order !== 4321
        ? `byte order ${order}`
        : pageBytes < 64 || pageBytes > 65536 || (pageBytes & (pageBytes - 1)) !== 0
          ? `pages of ${pageBytes} bytes`
          : headerPages < 1 || maxBucket < 0
            ? `${maxBucket} buckets behind ${headerPages} pages`
            : undefined
  if (fault !== undefined)
    throw new AppError('DAMAGED', `${file.path} is a hash file of BSD's db 1.85 with ${fault}.`)
  return {
    littleEndianPages: order === 1234,
    pageBytes,
    // More buckets than pages cannot be: a claim beyond is not followed.
    maxBucket: Math.min(maxBucket, Math.floor(file.sizeBytes / pageBytes)),
    highMask: field(11),
    lowMask: field(12),
    headerPages,
    spares: Array.from({ length: 32 }, (_, index) => field(17 + index)),
    isDefaultHash: torekHash(hashProof) === field(16) >>> 0,
  }
}

/** Whether the file begins as a db 1.85 hash, and if so whether its header is little-endian. */
export function bsdByteOrder(head: Uint8Array): boolean | undefined {
  if (head.length < 8) return undefined
  const view = new DataView(head.buffer, head.byteOffset, head.length)
  if (view.getUint32(0, false) === hashMagic) return false
  return view.getUint32(0, true) === hashMagic ? true : undefined
}

/** The default hash of db 1.85 (`__hash4`, by Chris Torek). */
function torekHash(key: Uint8Array): number {
  let hash = 0
  for (const byte of key) {
    const character = byte > 127 ? byte - 256 : byte
    hash = (Math.imul(hash, 33) + character) >>> 0
  }
  return hash
}
