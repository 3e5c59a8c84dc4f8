import { Page, PageFault, keyOrder } from './pages.ts'
import type { LeafNode } from './pages.ts'
import type { LmdbFile } from './file.ts'
import type { Meta, TreeInfo } from './layout.ts'

/** LMDB's own limit (`CURSOR_STACK`); deeper only in a file that lies. */
const maxDepth = 32
const maxKeptBytes = 4 * 1024 * 1024

/**
 * One state of the file: the trees under one meta page. What is read through it counts only if, after reading,
 * `LmdbStore` finds that no writer can have reused its pages (`isStillWhole`).
 */
export class Snapshot {
  readonly file: LmdbFile
  readonly meta: Meta
  /** Pages that lookups pass again and again. */
  readonly #kept = new Map<number, Page>()

  constructor(file: LmdbFile, meta: Meta) {
    this.file = file
    this.meta = meta
  }

  page(pageNumber: number): Page {
    const kept = this.#kept.get(pageNumber)
    if (kept) return kept
    const page = new Page(this.file.readPageBytes(pageNumber), this.file.layout, pageNumber)
    if (this.#kept.size * this.file.layout.pageBytes >= maxKeptBytes) this.#kept.clear()
    this.#kept.set(pageNumber, page)
    return page
  }

  /**
   * A writer with transaction W reuses only pages that were freed by transactions up to W − 2 (`mdb_find_oldest` and
   * `mdb_page_alloc` in mdb.c), and a page of this state, S, is freed by S + 1 at the earliest. So while the newest
   * meta page says S + 1 or less, no writer up to S + 2, which may be at work, has touched what was read.
   */
  isStillWhole(newest: Meta): boolean {
    return newest.transaction >= this.meta.transaction && newest.transaction <= this.meta.transaction + 1
  }
}

/** The node with a key, or `undefined`. Throws `PageFault`. */
export function findNode(snapshot: Snapshot, tree: TreeInfo, key: Uint8Array): LeafNode | undefined {
  if (tree.root === undefined) return undefined
  const order = keyOrder(tree.flags)
  let page = snapshot.page(tree.root)
  for (let depth = 0; page.kind === 'branch'; depth++) {
    if (page.count === 0) throw new PageFault(page.pageNumber, 'is a branch without children')
    if (depth > maxDepth) throw new PageFault(page.pageNumber, 'lies deeper than a tree can be')
    page = snapshot.page(page.child(Math.max(0, firstAfter(page, key, order) - 1)))
  }
  const index = firstAfter(page, key, order) - 1
  return index >= 0 && order(page.key(index), key) === 0 ? page.leaf(index) : undefined
}

/** Index of the first node whose key is greater. The first key of a branch page stands for "less than all". */
function firstAfter(page: Page, key: Uint8Array, order: (a: Uint8Array, b: Uint8Array) => number): number {
  let low = page.kind === 'branch' ? Math.min(1, page.count) : 0
  let high = page.count
  while (low < high) {
    const middle = (low + high) >> 1
    if (order(page.key(middle), key) <= 0) low = middle + 1
    else high = middle
  }
  return low
}

interface Frame {
  readonly page: Page
  /** The next node to look at. */
  index: number
}

/**
 * Goes through a tree's nodes in order. A damaged page or node is put down in `faults` and passed over; each page is
 * entered once, so a tree that bites its tail ends.
 */
export class TreeCursor {
  readonly faults: PageFault[] = []
  readonly #snapshot: Snapshot
  readonly #order: ReturnType<typeof keyOrder>
  readonly #stack: Frame[] = []
  readonly #entered = new PageSet()

  /** With `after`, begins at the first key greater than that. */
  constructor(snapshot: Snapshot, tree: TreeInfo, after?: Uint8Array) {
    this.#snapshot = snapshot
    this.#order = keyOrder(tree.flags)
    const { root } = tree
    if (root !== undefined) this.#orFault(() => this.#seek(root, after))
  }

  next(): LeafNode | undefined {
    for (;;) {
      const top = this.#stack.at(-1)
      if (!top) return undefined
      if (top.index >= top.page.count) {
        this.#stack.pop()
        continue
      }
      const index = top.index++
      const node = this.#orFault(() => {
        if (top.page.kind !== 'branch') return top.page.leaf(index)
        this.#enter(top.page.child(index))
        return undefined
      })
      if (node) return node
    }
  }

  #seek(root: number, after: Uint8Array | undefined): void {
    let top = this.#enter(root)
    if (!after) return
    for (;;) {
      top.index = firstAfter(top.page, after, this.#order)
      if (top.page.kind !== 'branch' || top.page.count === 0) return
      top = this.#enter(top.page.child(top.index - 1))
    }
  }

  #enter(pageNumber: number): Frame {
    if (this.#stack.length > maxDepth) throw new PageFault(pageNumber, 'lies deeper than a tree can be')
    if (!this.#entered.add(pageNumber)) throw new PageFault(pageNumber, 'is reached a second time')
    const frame = { page: this.#snapshot.page(pageNumber), index: 0 }
    this.#stack.push(frame)
    return frame
  }

  #orFault<Result>(action: () => Result): Result | undefined {
    try {
      return action()
    } catch (thrown) {
      if (!(thrown instanceof PageFault)) throw thrown
      this.faults.push(thrown)
      return undefined
    }
  }
}

/** Page numbers as bits, in pieces made when needed: memory goes with what was visited, not with the file. */
class PageSet {
  readonly #pieces = new Map<number, Uint8Array>()

  /** False if the number was there already. */
  add(pageNumber: number): boolean {
    const pieceNumber = Math.floor(pageNumber / 32768)
    let piece = this.#pieces.get(pieceNumber)
    if (!piece) this.#pieces.set(pieceNumber, (piece = new Uint8Array(4096)))
    const bit = pageNumber % 32768
    const mask = 1 << (bit & 7)
    if ((piece[bit >> 3]! & mask) !== 0) return false
    piece[bit >> 3]! |= mask
    return true
  }
}
