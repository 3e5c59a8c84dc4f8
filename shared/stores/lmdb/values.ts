import { hash } from 'node:crypto'
import type { Problem } from '../../model/errors.ts'
import { scratch } from '../../decode/scratch.ts'
import { readWord, viewOf } from './layout.ts'
import { PageFault } from './pages.ts'
import type { NodeData } from './pages.ts'
import type { LmdbFile } from './file.ts'
import { TreeCursor } from './tree.ts'
import type { Snapshot } from './tree.ts'

type Overflow = Extract<NodeData, { kind: 'overflow' }>

const overflowFlag = 0x04
/** Bytes of a large value's head that go into its stamp where no transaction id does. */
const stampHeadBytes = 1024

/** Where a value's bytes are: read already, or a stretch of the file. */
export type ValuePlace =
  | { readonly kind: 'memory'; readonly bytes: Uint8Array }
  | { readonly kind: 'file'; readonly offset: number; readonly sizeBytes: number; readonly identity: string }

/** The value of a node (of several, the first). The stretch is checked against the page's header and the file. */
export function placeOf(snapshot: Snapshot, data: NodeData): ValuePlace {
  const first = firstValue(snapshot, data)
  return first.kind === 'overflow'
    ? overflowPlace(snapshot.file, first)
    : { kind: 'memory', bytes: first.bytes }
}

export interface ValueFacts {
  readonly sizeBytes: number
  readonly stamp: string | undefined
  /** More than 1 where a key of a DUPSORT database has several values; `sizeBytes` is that of the first. */
  readonly valueCount: number
}

/** Size and stamp without reading the value: at most the head of a large one; nothing of it for no stamp. */
export function factsOf(snapshot: Snapshot, data: NodeData, stamps: boolean): ValueFacts {
  const first = firstValue(snapshot, data)
  const valueCount =
    data.kind === 'duplicatePage' ? data.page.count : data.kind === 'duplicateTree' ? data.tree.entries : 1
  if (first.kind === 'overflow') {
    return {
      sizeBytes: first.sizeBytes,
      stamp: stamps ? overflowStamp(snapshot.file, first) : undefined,
      valueCount,
    }
  }
  return { sizeBytes: first.bytes.length, stamp: stamps ? digest(first.bytes) : undefined, valueCount }
}

/** All values of a node, in their order. */
export function* valuesOf(snapshot: Snapshot, data: NodeData): Generator<Uint8Array> {
  if (data.kind === 'duplicatePage') {
    for (let index = 0; index < data.page.count; index++) yield data.page.key(index)
  } else if (data.kind === 'duplicateTree') {
    const cursor = new TreeCursor(snapshot, data.tree)
    for (let node = cursor.next(); node; node = cursor.next()) yield node.key
  } else {
    const place = placeOf(snapshot, data)
    yield place.kind === 'memory' ? place.bytes : readStretch(snapshot.file, place.offset, place.sizeBytes)
  }
}

/** A stretch of the file. Throws `PageFault` if the file ends before it does. */
export function readStretch(file: LmdbFile, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  if (file.readInto(bytes, offset) < length) throw lostEnd(file, offset)
  return bytes
}

export function lostEnd(file: LmdbFile, offset: number): PageFault {
  return new PageFault(Math.floor(offset / file.layout.pageBytes), 'has lost its end')
}

function firstValue(snapshot: Snapshot, data: NodeData): Overflow | { kind: 'inline'; bytes: Uint8Array } {
  if (data.kind === 'overflow') return data
  if (data.kind === 'inline') return { kind: 'inline', bytes: data.bytes }
  if (data.kind === 'duplicatePage') {
    const bytes = data.page.count > 0 ? data.page.key(0) : new Uint8Array(0)
    return { kind: 'inline', bytes }
  }
  if (data.kind === 'database') return { kind: 'inline', bytes: new Uint8Array(0) }
  const cursor = new TreeCursor(snapshot, data.tree)
  const first = cursor.next()
  if (cursor.faults[0]) throw cursor.faults[0]
  return { kind: 'inline', bytes: first?.key ?? new Uint8Array(0) }
}

/**
 * The whole value of a node, header and all in one reading, if it has at most `longest` bytes; else its place. The
 * memory may be shared with the header: it is nobody else's.
 */
export function wholeOrPlace(snapshot: Snapshot, data: NodeData, longest: number): ValuePlace {
  if (data.kind !== 'overflow' || data.sizeBytes > longest) return placeOf(snapshot, data)
  const { file } = snapshot
  const { headerBytes, pageBytes } = file.layout
  const bytes = new Uint8Array(headerBytes + data.sizeBytes)
  if (file.readInto(bytes, data.page * pageBytes) < bytes.length) throw endsBefore(data)
  checkOverflow(file, data, bytes)
  return { kind: 'memory', bytes: bytes.subarray(headerBytes) }
}

/** Whether a value on pages of its own is this one; header and all are read at once. @throws PageFault */
export function overflowHolds({ file }: Snapshot, data: Overflow, value: Uint8Array): boolean {
  if (data.sizeBytes !== value.length) return false
  const { headerBytes, pageBytes } = file.layout
  const length = headerBytes + data.sizeBytes
  const bytes = scratch(length)
  if (file.readInto(bytes, data.page * pageBytes) < length) throw endsBefore(data)
  checkOverflow(file, data, bytes)
  return Buffer.compare(bytes.subarray(headerBytes), value) === 0
}

function overflowPlace(file: LmdbFile, node: Overflow): ValuePlace {
  const { headerBytes, pageBytes } = file.layout
  const start = node.page * pageBytes
  const header = new Uint8Array(headerBytes)
  if (file.readInto(header, start) < headerBytes || start + headerBytes + node.sizeBytes > file.sizeBytes)
    throw endsBefore(node)
  checkOverflow(file, node, header)
  const identity = `${node.page}:${node.sizeBytes}:${node.transaction ?? ''}`
  return { kind: 'file', offset: start + headerBytes, sizeBytes: node.sizeBytes, identity }
}

function endsBefore({ page, sizeBytes }: Overflow): PageFault {
  return new PageFault(page, `should hold a value of ${sizeBytes} bytes, and the file ends before that`)
}

/** @throws PageFault if the page does not say itself that it holds the value. */
function checkOverflow(file: LmdbFile, node: Overflow, header: Uint8Array): void {
  const { headerBytes, pageBytes } = file.layout
  const view = viewOf(header)
  const isOverflow = (view.getUint16(headerBytes - 6, true) & overflowFlag) !== 0
  const room = view.getUint32(headerBytes - 4, true) * pageBytes - headerBytes
  if (!isOverflow || readWord(view, 0) !== node.page || node.sizeBytes > room) {
    throw new PageFault(node.page, `should hold a value of ${node.sizeBytes} bytes, and does not`)
  }
}

/**
 * Format 2 tells which transaction wrote the pages. In format 1, pages can come back with another value of the same
 * size, so the head goes into the stamp (records carry their time of run there).
 */
function overflowStamp(file: LmdbFile, node: Overflow): string | undefined {
  if (node.transaction !== undefined) return `${node.page}:${node.transaction}:${node.sizeBytes}`
  const head = new Uint8Array(Math.min(stampHeadBytes, node.sizeBytes))
  const start = node.page * file.layout.pageBytes + file.layout.headerBytes
  return file.readInto(head, start) < head.length
    ? undefined
    : `${node.page}:${node.sizeBytes}:${digest(head)}`
}

function digest(bytes: Uint8Array): string {
  return hash('sha1', bytes, 'base64url').slice(0, 16)
}

export function problemOf(fault: PageFault): Problem {
  return { code: 'UNREADABLE', sentence: `The value cannot be read: ${fault.message}.` }
}
