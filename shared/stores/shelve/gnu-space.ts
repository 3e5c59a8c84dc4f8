import { AppError } from '../../model/errors.ts'
import { Fields, isWithin, readAvailRows } from './gnu-layout.ts'
import type { FreeSpace, GnuHeader } from './gnu-layout.ts'
import type { QuietFile } from './quiet-file.ts'

/** gdbm forgets pieces of free space of this size and below. */
const ignoredBytes = 4

/** How many blocks of the free list one batch may take back from the file. */
const maximalPulledBlocks = 64

/**
 * Free space of a gdbm file while a batch is planned. What is taken comes from
 * the file's free list or from behind the file; what is given back can be used
 * only by the next batch, so that whatever the old state names stays whole
 * until the new state is written.
 */
export class GnuSpace {
  readonly #header: GnuHeader
  readonly #file: QuietFile
  /** In ascending size. May be longer than the header holds, until it is settled. */
  #free: FreeSpace[]
  readonly #freed: FreeSpace[] = []
  #availNext: number
  #pulledBlocks = 0
  #end: number
  /** Blocks of the free list that go to the file itself, after all pointers are written. */
  readonly pushed: { at: number; bytes: Uint8Array }[] = []

  constructor(header: GnuHeader, file: QuietFile) {
    this.#header = header
    this.#file = file
    this.#end = Math.max(header.nextBlock, file.sizeBytes)
    this.#availNext = header.availNext
    this.#free = header.avail.filter((piece) => isSound(piece, header)).toSorted(bySize)
    if (this.#free.length < header.avail.length)
      throw new AppError(
        'DAMAGED',
        `The list of free space in ${file.path} points outside of it; run \`gdbmtool\` to recover the file before writing.`,
      )
  }

  /** A place for so many bytes. */
  take(bytes: number): number {
    // Nothing needs no place, but gdbm wants an address behind the header.
    if (bytes === 0) return this.#header.bucketBytes
    do {
      const index = this.#firstFitting(bytes)
      if (index === this.#free.length) continue
      const [piece] = this.#free.splice(index, 1)
      this.#insert({ at: piece!.at + bytes, bytes: piece!.bytes - bytes })
      return piece!.at
    } while (this.#pullBlock())
    const at = this.#end
    this.#end += bytes
    return at
  }

  /** Space that nothing names any more once the batch is written. */
  give(at: number, bytes: number): void {
    if (bytes > 0) this.#freed.push({ at, bytes })
  }

  /**
   * Settles the free lists. `early` is what the header says before anything
   * else is written: only what no one took. `late` has the space that was
   * given back, neighbours joined.
   */
  settle(): { early: FreeList; late: FreeList } {
    const { blockBytes, availSize } = this.#header
    const rounded = Math.ceil(this.#end / blockBytes) * blockBytes
    this.give(this.#end, rounded - this.#end)
    this.#end = rounded
    const early = { next: this.#availNext, rows: this.#free.slice(-availSize) }
    this.#free = joinNeighbours([...this.#free, ...this.#freed])
      .filter((piece) => piece.bytes > ignoredBytes)
      .toSorted(bySize)
    while (this.#free.length > availSize) this.#pushBlock()
    const late = { next: this.#availNext, rows: this.#free, nextBlock: this.#end }
    return { early: { ...early, nextBlock: this.#end }, late }
  }

  /** The first piece that is large enough, or the length of the list. */
  #firstFitting(bytes: number): number {
    let low = 0
    let high = this.#free.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#free[middle]!.bytes >= bytes) high = middle
      else low = middle + 1
    }
    return low
  }

  #insert(piece: FreeSpace): void {
    if (piece.bytes > ignoredBytes) this.#free.splice(this.#firstFitting(piece.bytes), 0, piece)
  }

  /** Bytes of a block of the free list that lies in the file: it has room for half the header's rows. */
  get #blockBytes(): number {
    const { availHeadBytes, availRowBytes } = this.#header.layout
    return Math.floor((this.#header.availSize * availRowBytes) / 2) + availHeadBytes + availRowBytes
  }

  get #rowsOfBlock(): number {
    const { availHeadBytes, availRowBytes } = this.#header.layout
    return Math.floor((this.#blockBytes - availHeadBytes) / availRowBytes)
  }

  /** Takes a block of the free list back from the file (gdbm's `pop_avail_block`); false where there is none. */
  #pullBlock(): boolean {
    const { layout } = this.#header
    const at = this.#availNext
    const size = this.#blockBytes
    if (at === 0 || this.#pulledBlocks >= maximalPulledBlocks) return false
    if (!isWithin(at, size, this.#file.sizeBytes)) return false
    const fields = new Fields(this.#file.read(at, size), layout)
    const count = fields.int(4)
    if (count < 0 || count > this.#rowsOfBlock) return false
    const rows = readAvailRows(fields, layout.availHeadBytes, count)
    if (!rows.every((piece) => isSound(piece, this.#header))) return false
    this.#pulledBlocks++
    this.#availNext = fields.offset(8)
    for (const piece of rows) this.#insert(piece)
    this.give(at, size)
    return true
  }

  /** Moves small pieces into a block of their own (gdbm's `push_avail_block`), which lies in free space if some is large enough. */
  #pushBlock(): void {
    const { layout, availSize, blockBytes } = this.#header
    const index = this.#firstFitting(this.#blockBytes)
    let home = this.#free[index]
    if (home) this.#free.splice(index, 1)
    else {
      home = { at: this.#end, bytes: Math.ceil(this.#blockBytes / blockBytes) * blockBytes }
      this.#end += home.bytes
    }
    const moved = this.#free.splice(0, Math.min(this.#rowsOfBlock, this.#free.length))
    const bytes = new Uint8Array(this.#blockBytes)
    const fields = new Fields(bytes, layout)
    fields.setInt(0, availSize)
    fields.setInt(4, moved.length)
    fields.setOffset(8, this.#availNext)
    writeAvailRows(fields, layout.availHeadBytes, moved)
    this.pushed.push({ at: home.at, bytes })
    this.#availNext = home.at
    this.#insert({ at: home.at + this.#blockBytes, bytes: home.bytes - this.#blockBytes })
  }
}

export interface FreeList {
  readonly next: number
  readonly rows: readonly FreeSpace[]
  readonly nextBlock: number
}

export function writeAvailRows(fields: Fields, at: number, rows: readonly FreeSpace[]): void {
  const { availRowBytes, offsetBytes } = fields.layout
  rows.forEach((row, index) => {
    fields.setInt(at + index * availRowBytes, row.bytes)
    fields.setOffset(at + index * availRowBytes + offsetBytes, row.at)
  })
}

function isSound(piece: FreeSpace, header: GnuHeader): boolean {
  return piece.at >= header.bucketBytes && piece.bytes >= 0 && piece.at + piece.bytes <= header.nextBlock
}

function bySize(a: FreeSpace, b: FreeSpace): number {
  return a.bytes - b.bytes
}

function joinNeighbours(pieces: readonly FreeSpace[]): FreeSpace[] {
  const joined: FreeSpace[] = []
  // A row's size is a C int.
  const maximalBytes = 0x7fffffff
  for (const piece of pieces.toSorted((a, b) => a.at - b.at)) {
    const last = joined.at(-1)
    if (last && last.at + last.bytes === piece.at && last.bytes + piece.bytes <= maximalBytes)
      joined[joined.length - 1] = { at: last.at, bytes: last.bytes + piece.bytes }
    else joined.push(piece)
  }
  return joined
}
