import type { ExportFormat } from '../../../shared/api/pictures.ts'
import type { Document } from '../../../shared/catalog/documents.ts'
import { asArray } from '../../../shared/lenses/arrays.ts'
import { tableOf } from '../../../shared/lenses/table-of.ts'
import { viewOf } from '../../../shared/lenses/view-of.ts'
import { AppError } from '../../../shared/model/errors.ts'
import type { ByteSource } from '../../../shared/model/source.ts'
import { storedChunks } from '../../../shared/numpy/chunks.ts'
import type { NdArray } from '../../../shared/numpy/ndarray.ts'
import { npyHeader } from '../../../shared/numpy/npy-header.ts'
import { renderJson } from '../../../shared/render/json.ts'
import type { BytesRef, Value } from '../../../shared/value/value.ts'
import { structureXyz } from './atoms.ts'
import { arrayCsv, listCsv, tableCsv } from './export-csv.ts'
import { pngOf } from './export-png.ts'
import { rootOf } from './root.ts'
import { sha256 } from './text.ts'
import { nodeAt } from './tree.ts'

/** A value as the content of a file, made piece by piece as it is taken. */
export type Export = Iterable<string | Uint8Array>

/** Ending of the file's name, and its media type. */
export const exportFiles: Readonly<Record<ExportFormat, { ending: string; mediaType: string }>> = {
  npy: { ending: '.npy', mediaType: 'application/octet-stream' },
  csv: { ending: '.csv', mediaType: 'text/csv; charset=utf-8' },
  json: { ending: '.json', mediaType: 'application/json' },
  raw: { ending: '', mediaType: 'application/octet-stream' },
  xyz: { ending: '.xyz', mediaType: 'chemical/x-xyz' },
  png: { ending: '.png', mediaType: 'image/png' },
}

const chunkBytes = 1 << 20

/** A part of an entry's value as a file. Throws `USAGE` where it cannot be one of this kind, `NOT_FOUND`, `DAMAGED`. */
export function exportOf(document: Document, key: string, path: readonly number[], as: ExportFormat): Export {
  const { source } = document.decoded
  // The stored bytes are there whatever is wrong with them.
  if (as === 'raw' && path.length === 0) return sourceBytes(document.stored, 0, document.stored.byteLength)
  const node = nodeAt(rootOf(document, key), path).value
  switch (as) {
    case 'npy':
      return npyOf(node, source)
    case 'csv':
      return csvOf(node, source)
    case 'xyz':
      return structureXyz(node, source)
    case 'png':
      return [pngOf(node, source)]
    case 'json':
      return withNewline(renderJson(node, { source, sha256 }))
    default:
      return rawOf(node, source)
  }
}

function npyOf(node: Value, source: ByteSource): Export {
  const array = plainArray(node, source)
  return joined([npyHeader(array)], storedChunks(array))
}

/** An array whose elements are bytes; of a Series its values. */
function plainArray(node: Value, source: ByteSource): NdArray {
  const view = viewOf(node, source)
  const stored = view.kind === 'series' ? view.table.columns[0]?.stored : undefined
  const array = stored ? seriesArray(stored) : asArray(node, source)
  if (!array)
    throw new AppError(
      'USAGE',
      'Only an array or a Series of numbers can be saved as .npy; save this as JSON.',
    )
  if (array.items || array.dtype.hasObject)
    throw new AppError(
      'USAGE',
      'An array of Python objects cannot be saved as .npy without a pickle in it; save it as JSON.',
    )
  if (!array.data)
    throw new AppError(
      'DAMAGED',
      'The elements of this array are not (all) here, so it cannot be saved as .npy.',
    )
  return array
}

function seriesArray({ array, row }: { readonly array: NdArray; readonly row: number }): NdArray {
  if (array.shape.length !== 2 || !array.data) return array
  const length = array.shape[1]!
  if (array.shape[0] === 1) return { ...array, shape: [length], order: 'C' }
  if (array.order === 'F')
    throw new AppError('USAGE', 'The values of this Series do not lie together; save it as CSV.')
  const at = array.data.at + row * length * array.dtype.itemsize
  return { ...array, shape: [length], size: length, data: { source: array.data.source, at } }
}

function csvOf(node: Value, source: ByteSource): Export {
  const table = tableOf(node, source)
  if (table) return tableCsv(table, source, isNamelessSeries(node, source) ? ['0'] : undefined)
  const array = asArray(node, source)
  if (array) return arrayCsv(array, source)
  if (node.kind === 'list' || node.kind === 'tuple') return listCsv(node.items, source)
  throw new AppError('USAGE', 'Only tables, arrays, lists and tuples can be saved as CSV; save this as JSON.')
}

/** `Series.to_csv` calls the column of such a Series 0. */
function isNamelessSeries(node: Value, source: ByteSource): boolean {
  const view = viewOf(node, source)
  const name = view.kind === 'series' ? view.table.labels.cells(0, 1)[0] : undefined
  return name?.kind === 'node' && name.node.kind === 'none'
}

/** The bytes that a value is: of bytes and texts themselves, of an array its elements as they are stored. */
function rawOf(node: Value, source: ByteSource): Export {
  if (node.kind === 'bytes' || node.kind === 'bytearray') return refBytes(node.bytes, source)
  if (node.kind === 'str') return [node.value]
  const array = asArray(node, source)
  if (array?.data) return storedChunks(array)
  throw new AppError(
    'USAGE',
    'Only bytes, texts, arrays and whole entries have bytes of their own to save; save this as JSON.',
  )
}

function refBytes(ref: BytesRef, source: ByteSource): Export {
  return ref.inline ? [ref.inline] : sourceBytes(source, ref.at ?? 0, ref.length)
}

function* sourceBytes(source: ByteSource, start: number, length: number): Generator<Uint8Array> {
  const end = Math.min(source.byteLength, start + length)
  for (let at = start; at < end; at += chunkBytes) yield source.read(at, Math.min(chunkBytes, end - at))
}

function* joined(...parts: readonly Iterable<Uint8Array>[]): Generator<Uint8Array> {
  for (const part of parts) yield* part
}

function* withNewline(pieces: Iterable<string>): Generator<string> {
  yield* pieces
  yield '\n'
}
