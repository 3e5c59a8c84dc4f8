import { AppError } from '../../model/errors.ts'
import type { Problem } from '../../model/errors.ts'
import type { Entry, FileRange, Stray } from '../contract.ts'
import { addStray, isProblem } from './dbm.ts'
import type { DbmReader, FoundValue } from './dbm.ts'
import { QuietFile, readPieces } from './quiet-file.ts'

/** Page types and item types of Berkeley DB (dbinc/db_page.h). */
const pageHashUnsorted = 2
const pageOverflow = 7
const pageHashMeta = 8
const pageHash = 13
const itemKeyData = 1
const itemOffPage = 3

export const hashMagic = 0x061561
const pageHeaderBytes = 26
/** Both libraries store the hash of this text, its closing NUL included, to know their hash function again. */
export const hashProof = new TextEncoder().encode('%$sniglet^&\0')

interface Meta {
  readonly littleEndian: boolean
  readonly pageBytes: number
  readonly maxBucket: number
  readonly highMask: number
  readonly lowMask: number
  readonly spares: readonly number[]
  /** Where a page's list of items begins: behind the header, and behind the checksum if there is one. */
  readonly itemsAt: number
  readonly isDefaultHash: boolean
}

/**
 * A hash file of Berkeley DB 3 to 5 (`dbm.ndbm` on Debian: `NAME.db`). Listing
 * goes over the pages in the order of the file, so it needs no chain to be
 * whole; a key is looked up in its bucket, or by listing where the file was
 * made with a hash function that we do not know. Nothing is locked or written.
 */
export class BdbHashReader implements DbmReader {
  readonly strays: Stray[] = []
  readonly #file: QuietFile
  readonly #meta: Meta
  readonly #pageCount: number

  constructor(path: string) {
    this.#file = QuietFile.open(path)
    try {
      this.#meta = readMeta(this.#file)
    } catch (error) {
      this.#file[Symbol.dispose]()
      throw error
    }
    // A page that the file ends in is not there.
    this.#pageCount = Math.floor(this.#file.sizeBytes / this.#meta.pageBytes)
  }

  *entries(): Generator<Entry> {
    let chainPagesLeft = 2 * this.#pageCount
    for (let number = 1; number < this.#pageCount; number++) {
      const page = this.#readPage(number)
      if (!page) continue
      for (let index = 0; index + 1 < page.items.length; index += 2) {
        const key = this.#keyOf(page, index)
        if (isProblem(key)) {
          addStray(this.strays, `item ${index} of page ${number}`, key.sentence)
          continue
        }
        chainPagesLeft -= key.pageCount
        if (chainPagesLeft < 0)
          throw new AppError(
            'DAMAGED',
            `${this.#file.path} names more keys than it has pages; it is damaged.`,
          )
        const value = this.#itemOf(page, index + 1)
        yield isProblem(value) ? { key: key.bytes } : { key: key.bytes, sizeBytes: value.sizeBytes }
      }
    }
    if (this.#file.sizeBytes % this.#meta.pageBytes !== 0)
      addStray(this.strays, 'the last page', 'the file ends within it')
  }

  find(key: Uint8Array): FoundValue | Problem | undefined {
    for (const page of this.#pagesFor(key)) {
      for (let index = 0; index + 1 < page.items.length; index += 2) {
        const item = this.#itemOf(page, index)
        if (isProblem(item) || item.sizeBytes !== key.length) continue
        const stored = this.#keyOf(page, index)
        if (isProblem(stored) || Buffer.compare(stored.bytes, key) !== 0) continue
        const value = this.#itemOf(page, index + 1)
        return isProblem(value) ? value : this.#located(value)
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

  *#pagesFor(key: Uint8Array): Generator<Page> {
    const meta = this.#meta
    if (!meta.isDefaultHash) {
      for (let number = 1; number < this.#pageCount; number++) {
        const page = this.#readPage(number)
        if (page) yield page
      }
      return
    }
    const hash = fowlerNollVo(key)
    let bucket = (hash & meta.highMask) >>> 0
    if (bucket > meta.maxBucket) bucket = (bucket & meta.lowMask) >>> 0
    let number = bucket + (meta.spares[bucket === 0 ? 0 : 32 - Math.clz32(bucket)] ?? 0)
    const seen = new Set<number>()
    while (number !== 0 && !seen.has(number)) {
      seen.add(number)
      const page = this.#readPage(number)
      if (!page) return
      yield page
      number = page.next
    }
  }

  /** A page of keys and values; `undefined` for any other. */
  #readPage(number: number): Page | undefined {
    const { pageBytes, littleEndian, itemsAt } = this.#meta
    if (number < 1 || number >= this.#pageCount) return undefined
    const at = number * pageBytes
    const bytes = this.#file.readWithin(at, pageBytes)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    const type = bytes[25]
    if (type !== pageHash && type !== pageHashUnsorted) return undefined
    const count = view.getUint16(20, littleEndian)
    if (itemsAt + 2 * count > pageBytes) {
      addStray(this.strays, `page ${number}`, `it claims ${count} items`)
      return undefined
    }
    const items: { start: number; end: number }[] = []
    let end = pageBytes
    for (let index = 0; index < count; index++) {
      const start = view.getUint16(itemsAt + 2 * index, littleEndian)
      items.push({ start, end })
      end = start
    }
    return { number, at, bytes, view, items, next: view.getUint32(16, littleEndian) }
  }

  /** Where a key or value lies: on the page itself, or from an overflow page on. */
  #itemOf(page: Page, index: number): Item | Problem {
    const { start, end } = page.items[index]!
    const place = `item ${index} of page ${page.number} of ${this.#file.path}`
    if (start >= end || end > this.#meta.pageBytes || start < this.#meta.itemsAt)
      return unreadable(`${place} has no sound place.`)
    const type = page.bytes[start]
    if (type === itemKeyData) {
      const inPage = { path: this.#file.path, offset: page.at + start + 1, length: end - start - 1 }
      return { sizeBytes: inPage.length, inPage }
    }
    if (type === itemOffPage && end - start >= 12) {
      const sizeBytes = page.view.getUint32(start + 8, this.#meta.littleEndian)
      if (sizeBytes > this.#file.sizeBytes) return unreadable(`${place} claims more bytes than the file has.`)
      return { sizeBytes, overflowPage: page.view.getUint32(start + 4, this.#meta.littleEndian) }
    }
    return unreadable(`${place} is of type ${type}, which ndbm does not make.`)
  }

  #keyOf(page: Page, index: number): { bytes: Uint8Array; pageCount: number } | Problem {
    const item = this.#itemOf(page, index)
    if (isProblem(item)) return item
    const place = this.#located(item)
    if (isProblem(place)) return place
    return { bytes: this.read(place, 0, place.sizeBytes), pageCount: item.inPage ? 0 : place.pieces.length }
  }

  #located(item: Item): FoundValue | Problem {
    if (item.inPage) return { sizeBytes: item.sizeBytes, pieces: [item.inPage] }
    const { pageBytes, littleEndian, itemsAt } = this.#meta
    const pieces: FileRange[] = []
    const seen = new Set<number>()
    let left = item.sizeBytes
    for (let number = item.overflowPage; left > 0;) {
      const at = number * pageBytes
      if (number < 1 || number >= this.#pageCount || seen.has(number))
        return unreadable(`The chain of overflow pages breaks off in ${this.#file.path}, at page ${number}.`)
      seen.add(number)
      const head = this.#file.readWithin(at, pageHeaderBytes)
      const view = new DataView(head.buffer, head.byteOffset, head.length)
      const length = view.getUint16(22, littleEndian)
      if (head[25] !== pageOverflow || length === 0 || itemsAt + length > pageBytes || length > left)
        return unreadable(`Page ${number} of ${this.#file.path} is not the overflow page it should be.`)
      pieces.push({ path: this.#file.path, offset: at + itemsAt, length })
      left -= length
      number = view.getUint32(16, littleEndian)
    }
    return { sizeBytes: item.sizeBytes, pieces }
  }
}

interface Page {
  readonly number: number
  readonly at: number
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly items: readonly { start: number; end: number }[]
  readonly next: number
}

type Item =
  | { readonly sizeBytes: number; readonly inPage: FileRange; readonly overflowPage?: undefined }
  | { readonly sizeBytes: number; readonly inPage?: undefined; readonly overflowPage: number }

function readMeta(file: QuietFile): Meta {
  const head = file.read(0, 512)
  const littleEndian = bdbByteOrder(head)
  if (littleEndian === undefined || head.length < 512)
    throw new AppError('NOT_A_STORE', `${file.path} does not begin as a hash file of Berkeley DB.`)
  const view = new DataView(head.buffer, head.byteOffset, head.length)
  const field = (at: number): number => view.getUint32(at, littleEndian)
  const damaged = (what: string): AppError =>
    new AppError(
      'DAMAGED',
      `${file.path} is a hash file of Berkeley DB with ${what}; \`db5.3_recover\` may help.`,
    )
  const version = field(16)
  const pageBytes = field(20)
  if (version < 5 || version > 10) throw damaged(`version ${version}, where 5 to 10 are known`)
  if (pageBytes < 512 || pageBytes > 65536 || (pageBytes & (pageBytes - 1)) !== 0)
    throw damaged(`pages of ${pageBytes} bytes`)
  if (head[25] !== pageHashMeta) throw damaged(`a first page of type ${head[25]}`)
  if (head[24] !== 0)
    throw new AppError('REFUSED', `${file.path} is encrypted; decrypt it with Berkeley DB's own tools first.`)
  const isChecksummed = (head[26]! & 1) !== 0
  return {
    littleEndian,
    pageBytes,
    maxBucket: field(72),
    highMask: field(76),
    lowMask: field(80),
    spares: Array.from({ length: 32 }, (_, index) => field(96 + 4 * index)),
    itemsAt: isChecksummed ? 32 : pageHeaderBytes,
    isDefaultHash: fowlerNollVo(hashProof) === field(92),
  }
}

/** Whether the first page is that of a Berkeley DB hash, and if so whether it is little-endian. */
export function bdbByteOrder(head: Uint8Array): boolean | undefined {
  if (head.length < 26) return undefined
  const view = new DataView(head.buffer, head.byteOffset, head.length)
  if (view.getUint32(12, true) === hashMagic) return true
  return view.getUint32(12, false) === hashMagic ? false : undefined
}

/** Berkeley DB's `__ham_func5`. */
function fowlerNollVo(key: Uint8Array): number {
  let hash = 0
  for (const byte of key) hash = (Math.imul(hash, 16777619) ^ byte) >>> 0
  return hash
}

function unreadable(sentence: string): Problem {
  return { code: 'UNREADABLE', sentence }
}
