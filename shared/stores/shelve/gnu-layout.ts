import { AppError } from '../../model/errors.ts'
import type { QuietFile } from './quiet-file.ts'

/**
 * How a gdbm file is laid out (gdbm's src/gdbmdefs.h and gdbmconst.h): C structs
 * of the machine that wrote it, so integer order and the width of an offset vary.
 *
 *     header   magic, block_size, dir, dir_size, dir_bits, bucket_size, bucket_elems, next_block
 *              [numsync only: 8 ints], then the avail block
 *     avail    size, count, next_block, then {size, address} in ascending size
 *     bucket   av_count, 6 × {size, address}, bucket_bits, count, then the elements
 *     element  hash_value, key_start[4], data_pointer, key_size, data_size
 */
export interface GnuLayout {
  readonly littleEndian: boolean
  readonly offsetBytes: 4 | 8
  /** Where the avail block begins in the header. */
  readonly availAt: number
  /** Bytes of an avail block before its table, and of one row of that table. */
  readonly availHeadBytes: number
  readonly availRowBytes: number
  readonly bucketBitsAt: number
  readonly elementsAt: number
  readonly elementBytes: number
}

export interface GnuHeader {
  readonly layout: GnuLayout
  readonly blockBytes: number
  readonly bucketBytes: number
  readonly bucketElements: number
  directoryAt: number
  directoryBits: number
  nextBlock: number
  readonly availSize: number
  availNext: number
  /** Free space named in the header, in ascending size. */
  avail: FreeSpace[]
  /** The header's bytes as they are, `blockBytes` of them. */
  readonly bytes: Uint8Array
}

export interface FreeSpace {
  readonly at: number
  readonly bytes: number
}

export const bucketAvailRows = 6
const extensionBytes = 32

const magics: ReadonlyMap<number, { offsetBytes?: 4 | 8; extended: boolean }> = new Map([
  [0x13579ace, { extended: false }],
  [0x13579acd, { offsetBytes: 4, extended: false }],
  [0x13579acf, { offsetBytes: 8, extended: false }],
  [0x13579ad0, { offsetBytes: 4, extended: true }],
  [0x13579ad1, { offsetBytes: 8, extended: true }],
])

function makeLayout(littleEndian: boolean, offsetBytes: 4 | 8, extended: boolean): GnuLayout {
  const wide = offsetBytes === 8
  const bucketBitsAt = offsetBytes + bucketAvailRows * 2 * offsetBytes
  return {
    littleEndian,
    offsetBytes,
    availAt: (wide ? 40 : 32) + (extended ? extensionBytes : 0),
    availHeadBytes: 8 + offsetBytes,
    availRowBytes: 2 * offsetBytes,
    bucketBitsAt,
    elementsAt: bucketBitsAt + 8,
    elementBytes: 16 + offsetBytes,
  }
}

/** The layout that the first four bytes promise; `undefined`: not gdbm. An old magic leaves the width open: both are given. */
export function gnuLayouts(head: Uint8Array): GnuLayout[] | undefined {
  if (head.length < 4) return undefined
  const view = new DataView(head.buffer, head.byteOffset, head.length)
  for (const littleEndian of [true, false]) {
    const magic = magics.get(view.getUint32(0, littleEndian))
    if (!magic) continue
    const widths = magic.offsetBytes === undefined ? ([8, 4] as const) : [magic.offsetBytes]
    return widths.map((width) => makeLayout(littleEndian, width, magic.extended))
  }
  return undefined
}

/** Reads and checks the header; throws `NOT_A_STORE` or `DAMAGED`. */
export function readGnuHeader(file: QuietFile): GnuHeader {
  const head = file.read(0, 4096)
  const layouts = gnuLayouts(head)
  if (!layouts) throw new AppError('NOT_A_STORE', `${file.path} does not begin as a gdbm file.`)
  let fault = ''
  for (const layout of layouts) {
    const header = parseHeader(file, head, layout)
    if (typeof header !== 'string') return header
    fault = header
  }
  throw new AppError(
    'DAMAGED',
    `${file.path} is a gdbm file with a broken header (${fault}); \`gdbmtool\` may recover it.`,
  )
}

function parseHeader(file: QuietFile, head: Uint8Array, layout: GnuLayout): GnuHeader | string {
  if (head.length < layout.availAt + layout.availHeadBytes) return 'it ends within the header'
  const fields = new Fields(head, layout)
  const [blockBytes, directoryAt] = [fields.int(4), fields.offset(8)]
  const rest = 8 + layout.offsetBytes
  const [directoryBytes, directoryBits] = [fields.int(rest), fields.int(rest + 4)]
  const [bucketBytes, bucketElements] = [fields.int(rest + 8), fields.int(rest + 12)]
  const fileBytes = file.sizeBytes
  if (blockBytes < 64 || blockBytes > fileBytes) return `blocks of ${blockBytes} bytes`
  if (directoryBits < 0 || directoryBits > 27 || directoryBytes !== layout.offsetBytes * 2 ** directoryBits)
    return `a directory of ${directoryBytes} bytes for ${directoryBits} bits`
  if (!isWithin(directoryAt, directoryBytes, fileBytes))
    return `a directory at ${directoryAt}, beyond its end`
  const room = Math.floor((bucketBytes - layout.elementsAt) / layout.elementBytes)
  if (bucketBytes > fileBytes || bucketElements < 1 || bucketElements > room)
    return `buckets of ${bucketBytes} bytes with ${bucketElements} elements`
  const availSize = fields.int(layout.availAt)
  const availCount = fields.int(layout.availAt + 4)
  const availRoom = Math.floor((blockBytes - layout.availAt - layout.availHeadBytes) / layout.availRowBytes)
  if (availSize < 0 || availSize > availRoom || availCount < 0 || availCount > availSize)
    return `a list of free space with ${availCount} of ${availSize} rows`
  const bytes = file.read(0, blockBytes)
  const rows = new Fields(bytes, layout)
  return {
    layout,
    blockBytes,
    bucketBytes,
    bucketElements,
    directoryAt,
    directoryBits,
    nextBlock: fields.offset(rest + 16),
    availSize,
    availNext: fields.offset(layout.availAt + 8),
    avail: readAvailRows(rows, layout.availAt + layout.availHeadBytes, availCount),
    bytes,
  }
}

export function readAvailRows(fields: Fields, at: number, count: number): FreeSpace[] {
  const { availRowBytes, offsetBytes } = fields.layout
  return Array.from({ length: count }, (_, row) => ({
    bytes: fields.int(at + row * availRowBytes),
    at: fields.offset(at + row * availRowBytes + offsetBytes),
  }))
}

/** Integers and offsets of one layout in some bytes. */
export class Fields {
  readonly layout: GnuLayout
  readonly #view: DataView

  constructor(bytes: Uint8Array, layout: GnuLayout) {
    this.layout = layout
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  int(at: number): number {
    return this.#view.getInt32(at, this.layout.littleEndian)
  }

  setInt(at: number, value: number): void {
    this.#view.setInt32(at, value, this.layout.littleEndian)
  }

  /** An offset; one beyond 2^53 comes back as -1, which no check lets pass. */
  offset(at: number): number {
    if (this.layout.offsetBytes === 4) return this.#view.getInt32(at, this.layout.littleEndian)
    const value = Number(this.#view.getBigInt64(at, this.layout.littleEndian))
    return Number.isSafeInteger(value) ? value : -1
  }

  setOffset(at: number, value: number): void {
    if (this.layout.offsetBytes === 4) this.#view.setInt32(at, value, this.layout.littleEndian)
    else this.#view.setBigInt64(at, BigInt(value), this.layout.littleEndian)
  }
}

export function isWithin(at: number, length: number, fileBytes: number): boolean {
  return at >= 0 && length >= 0 && at + length <= fileBytes
}

/**
 * gdbm's hash of a key (src/hash.c): 31 bits. It adds C `char`s, which are
 * signed on x86 and on macOS and unsigned on ARM Linux; keys with bytes from
 * 128 up are found under the hash of the machine that stored them.
 */
export function gnuHash(key: Uint8Array, characters: 'signed' | 'unsigned'): number {
  let value = Math.imul(0x238f13af, key.length)
  for (let index = 0; index < key.length; index++) {
    const byte = key[index]!
    const character = characters === 'signed' && byte > 127 ? byte - 256 : byte
    value = (value + (character << ((index * 5) % 24))) & 0x7fffffff
  }
  return (Math.imul(1103515243, value) + 12345) & 0x7fffffff
}

/** The slot of the directory for a hash: its uppermost bits. */
export function directorySlot(hash: number, directoryBits: number): number {
  return directoryBits === 0 ? 0 : hash >>> (31 - directoryBits)
}
