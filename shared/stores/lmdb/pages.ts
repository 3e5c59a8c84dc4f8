import { compareBytes } from '../../model/bytes.ts'
import { databaseFlags, readTreeInfo, readWord, treeInfoBytes, viewOf } from './layout.ts'
import type { Layout, TreeInfo } from './layout.ts'

/** A page, node or tree that contradicts itself or the file. Caught inside this folder; becomes data or an `AppError`. */
export class PageFault extends Error {
  readonly pageNumber: number

  constructor(pageNumber: number, sentence: string) {
    super(`page ${pageNumber} ${sentence}`)
    this.name = 'PageFault'
    this.pageNumber = pageNumber
  }
}

const pageFlags = { branch: 0x01, leaf: 0x02, leaf2: 0x20, subPage: 0x40 } as const
const nodeFlags = { big: 0x01, subTree: 0x02, duplicates: 0x04 } as const
const nodeHeaderBytes = 8

/** One node of a leaf. `key` and inline data share the page's memory. */
export interface LeafNode {
  readonly key: Uint8Array
  readonly data: NodeData
}

export type NodeData =
  /** `offset` is that of the data in the page. */
  | { readonly kind: 'inline'; readonly bytes: Uint8Array; readonly offset: number }
  /** On overflow pages, in one piece after the first one's header. `transaction`: who wrote it (format 2 only). */
  | {
      readonly kind: 'overflow'
      readonly page: number
      readonly sizeBytes: number
      readonly transaction: number | undefined
    }
  | { readonly kind: 'database'; readonly tree: TreeInfo }
  | { readonly kind: 'duplicatePage'; readonly page: Page }
  | { readonly kind: 'duplicateTree'; readonly tree: TreeInfo }

/**
 * A branch or leaf page (or a sub-page with duplicates) whose header and pointers were found within bounds. Nodes
 * are checked as they are read; each accessor throws `PageFault`, never a range error.
 */
export class Page {
  readonly pageNumber: number
  readonly kind: 'branch' | 'leaf' | 'leaf2'
  /** Number of nodes. */
  readonly count: number
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #layout: Layout
  /** Bytes of one key on a leaf2 page. */
  readonly #fixedBytes: number

  /** `bytes` must be at least a header long; `pageNumber` is what the page must call itself (sub-pages are not asked). */
  constructor(bytes: Uint8Array, layout: Layout, pageNumber: number) {
    this.pageNumber = pageNumber
    this.#bytes = bytes
    this.#layout = layout
    const view = viewOf(bytes)
    this.#view = view
    const { headerBytes, pointerBase } = layout
    const flags = view.getUint16(headerBytes - 6, true)
    const lower = view.getUint16(headerBytes - 4, true)
    const isSubPage = (flags & pageFlags.subPage) !== 0
    if (!isSubPage && readWord(view, 0) !== pageNumber)
      throw new PageFault(pageNumber, 'says it is another page')
    this.kind = pageKind(flags, pageNumber)
    this.#fixedBytes = view.getUint16(headerBytes - 8, true)
    const pointerBytes = lower - (headerBytes - pointerBase)
    if (pointerBytes < 0 || pointerBytes % 2 !== 0)
      throw new PageFault(pageNumber, 'has an impossible number of nodes')
    this.count = pointerBytes >> 1
    const nodeBytes = this.kind === 'leaf2' ? this.#fixedBytes : 2
    if (this.kind === 'leaf2' && nodeBytes === 0)
      throw new PageFault(pageNumber, 'has duplicates of no length')
    if (headerBytes + this.count * nodeBytes > bytes.length) {
      throw new PageFault(pageNumber, `claims ${this.count} nodes, more than fit`)
    }
  }

  key(index: number): Uint8Array {
    if (this.kind === 'leaf2') {
      const start = this.#layout.headerBytes + index * this.#fixedBytes
      return this.#bytes.subarray(start, start + this.#fixedBytes)
    }
    const node = this.#nodeOffset(index)
    const keyBytes = this.#view.getUint16(node + 6, true)
    const start = node + nodeHeaderBytes
    if (start + keyBytes > this.#bytes.length) {
      throw new PageFault(this.pageNumber, `has a key of ${keyBytes} bytes that leaves the page`)
    }
    return this.#bytes.subarray(start, start + keyBytes)
  }

  /** Page number of a branch's child (48 bits). */
  child(index: number): number {
    const node = this.#nodeOffset(index)
    return this.#view.getUint32(node, true) + this.#view.getUint16(node + 4, true) * 0x1_0000_0000
  }

  leaf(index: number): LeafNode {
    const key = this.key(index)
    if (this.kind === 'leaf2') return { key, data: { kind: 'inline', bytes: new Uint8Array(0), offset: 0 } }
    const node = this.#nodeOffset(index)
    const sizeBytes = this.#view.getUint32(node, true)
    const flags = this.#view.getUint16(node + 4, true)
    const offset = node + nodeHeaderBytes + key.length
    return { key, data: this.#data(flags, sizeBytes, offset) }
  }

  #data(flags: number, sizeBytes: number, offset: number): NodeData {
    if ((flags & nodeFlags.big) !== 0) {
      const isFormat2 = this.#layout.format === 2
      this.#need(offset, isFormat2 ? 24 : 8)
      const transaction = isFormat2 ? readWord(this.#view, offset + 8) : undefined
      return { kind: 'overflow', page: readWord(this.#view, offset), sizeBytes, transaction }
    }
    this.#need(offset, sizeBytes)
    const isDuplicate = (flags & nodeFlags.duplicates) !== 0
    if ((flags & nodeFlags.subTree) !== 0) {
      if (sizeBytes !== treeInfoBytes) {
        throw new PageFault(this.pageNumber, `has a sub-database of ${sizeBytes} bytes`)
      }
      const tree = readTreeInfo(this.#view, offset)
      return isDuplicate ? { kind: 'duplicateTree', tree } : { kind: 'database', tree }
    }
    const bytes = this.#bytes.subarray(offset, offset + sizeBytes)
    if (!isDuplicate) return { kind: 'inline', bytes, offset }
    if (sizeBytes < this.#layout.headerBytes) {
      throw new PageFault(this.pageNumber, 'has a sub-page shorter than its header')
    }
    return { kind: 'duplicatePage', page: new Page(bytes, this.#layout, this.pageNumber) }
  }

  #nodeOffset(index: number): number {
    const { headerBytes, pointerBase } = this.#layout
    const node = this.#view.getUint16(headerBytes + 2 * index, true) + pointerBase
    if (node < headerBytes + 2 * this.count || node + nodeHeaderBytes > this.#bytes.length) {
      throw new PageFault(this.pageNumber, `has node ${index} at offset ${node}, outside of its place`)
    }
    return node
  }

  #need(offset: number, length: number): void {
    if (offset + length > this.#bytes.length) {
      throw new PageFault(this.pageNumber, `has a value of ${length} bytes that leaves the page`)
    }
  }
}

function pageKind(flags: number, pageNumber: number): 'branch' | 'leaf' | 'leaf2' {
  if ((flags & pageFlags.branch) !== 0 && (flags & pageFlags.leaf) === 0) return 'branch'
  if ((flags & pageFlags.leaf) !== 0) return (flags & pageFlags.leaf2) === 0 ? 'leaf' : 'leaf2'
  throw new PageFault(pageNumber, `is no page of a tree (flags ${flags})`)
}

/** The order of a database's keys, from its flags (`mdb_cmp_memn`, `mdb_cmp_memnr`, `mdb_cmp_cint`). */
export function keyOrder(flags: number): (a: Uint8Array, b: Uint8Array) => number {
  const isFromEnd = (flags & (databaseFlags.integerKey | databaseFlags.reverseKey)) !== 0
  return isFromEnd ? compareFromEnd : compareBytes
}

/** From the last byte to the first: reversed keys, and integers as little-endian machines store them. */
function compareFromEnd(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length)
  for (let i = 1; i <= length; i++) {
    const difference = a[a.length - i]! - b[b.length - i]!
    if (difference !== 0) return difference
  }
  return a.length - b.length
}
