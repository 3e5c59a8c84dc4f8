import { AppError } from '../../model/errors.ts'

/**
 * How an LMDB file is laid out (`struct MDB_page`, `MDB_meta`, `MDB_db` of LMDB's mdb.c). Numbers are little-endian.
 *
 * - Format 1 (LMDB 0.9, everything but lmdb-js): page header of 16 bytes, offsets in a page count from the page's start.
 * - Format 2 (LMDB's mdb.master branch, lmdb-js 3): page header of 24 bytes (a transaction id after the page
 *   number), offsets count from the end of the header, overflow nodes carry 24 bytes.
 */
export interface Layout {
  readonly format: 1 | 2
  readonly pageBytes: number
  readonly headerBytes: 16 | 24
  /** What offsets in a page count from. */
  readonly pointerBase: 0 | 24
}

/** Flags of a database (`MDB_db.md_flags`). */
export const databaseFlags = {
  reverseKey: 0x02,
  dupSort: 0x04,
  integerKey: 0x08,
  dupFixed: 0x10,
  integerDup: 0x20,
  reverseDup: 0x40,
} as const

export interface TreeInfo {
  /** Page size in the free tree's place, size of fixed duplicates elsewhere. */
  readonly pad: number
  readonly flags: number
  /** As the file claims; not to be relied on. */
  readonly entries: number
  /** `undefined`: the tree is empty. */
  readonly root: number | undefined
}

export interface Meta {
  readonly layout: Layout
  readonly transaction: number
  readonly mapBytes: number
  readonly lastPage: number
  /** Pages that were given back, by the transactions that did. */
  readonly free: TreeInfo
  readonly main: TreeInfo
}

export const treeInfoBytes = 48
const magic = 0xbeefc0de
const metaBytes = 136
/** Enough to read a meta page of either format from its start. */
export const metaProbeBytes = 24 + metaBytes

/** A 64-bit number; those above 2^53 lose digits, which is well past any page that a file can have. */
export function readWord(view: DataView, offset: number): number {
  return view.getUint32(offset, true) + view.getUint32(offset + 4, true) * 0x1_0000_0000
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** `MDB_db` at an offset; 48 bytes must be there. */
export function readTreeInfo(view: DataView, offset: number): TreeInfo {
  const emptyRoot =
    view.getUint32(offset + 40, true) === 0xffffffff && view.getUint32(offset + 44, true) === 0xffffffff
  return {
    pad: view.getUint32(offset, true),
    flags: view.getUint16(offset + 4, true),
    entries: readWord(view, offset + 32),
    root: emptyRoot ? undefined : readWord(view, offset + 40),
  }
}

/** Why a meta page cannot be used, or the page read. `probe` starts at the page's start. */
export type MetaReading = { readonly meta: Meta } | { readonly fault: MetaFault; readonly sentence: string }
export type MetaFault = 'SHORT' | 'MAGIC' | 'VERSION' | 'PAGE_SIZE'

export function readMeta(probe: Uint8Array): MetaReading {
  if (probe.length < 16 + metaBytes) return { fault: 'SHORT', sentence: 'it ends inside its first page' }
  const view = viewOf(probe)
  const format = view.getUint32(16, true) === magic ? 1 : view.getUint32(24, true) === magic ? 2 : undefined
  if (format === undefined) return { fault: 'MAGIC', sentence: 'the magic number of LMDB is missing' }
  const headerBytes = format === 1 ? 16 : 24
  if (probe.length < headerBytes + metaBytes)
    return { fault: 'SHORT', sentence: 'it ends inside its first page' }
  const version = view.getUint32(headerBytes + 4, true)
  // lmdb-js keeps flags of its own in the upper half of format 2's version.
  if ((format === 2 ? version & 0xffff : version) !== format) {
    return {
      fault: 'VERSION',
      sentence: `it has LMDB data version ${version}, and only versions 1 (LMDB 0.9) and 2 (lmdb-js 3) are known`,
    }
  }
  const pageBytes = view.getUint32(headerBytes + 24, true)
  if (pageBytes < 512 || pageBytes > 65536 || (pageBytes & (pageBytes - 1)) !== 0) {
    return { fault: 'PAGE_SIZE', sentence: `it claims a page size of ${pageBytes} bytes` }
  }
  const layout: Layout = { format, pageBytes, headerBytes, pointerBase: format === 1 ? 0 : 24 }
  const meta: Meta = {
    layout,
    mapBytes: readWord(view, headerBytes + 16),
    free: readTreeInfo(view, headerBytes + 24),
    main: readTreeInfo(view, headerBytes + 72),
    lastPage: readWord(view, headerBytes + 120),
    transaction: readWord(view, headerBytes + 128),
  }
  return { meta }
}

/** The error for a file none of whose meta pages can be used. */
export function metaError(path: string, fault: MetaFault, sentence: string): AppError {
  if (fault === 'MAGIC') {
    return new AppError(
      'NOT_A_STORE',
      `${path} is not an LMDB file: ${sentence}; name another file or folder.`,
      {
        data: { path },
      },
    )
  }
  const next = fault === 'VERSION' ? 'export it with the program that wrote it' : 'restore it from a copy'
  return new AppError('DAMAGED', `${path} cannot be read as an LMDB file: ${sentence}; ${next}.`, {
    data: { path, fault },
  })
}
