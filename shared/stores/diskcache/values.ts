import type { Stats } from 'node:fs'

import { openFileSource } from '../../decode/file-source.ts'
import { AppError } from '../../model/errors.ts'
import type { Problem } from '../../model/errors.ts'
import { statusOf } from '../paths.ts'
import { valuePath } from './files.ts'
import { frameFor, numberPickle, readFramed } from './native-pickle.ts'
import type { CacheRow, Rows } from './rows.ts'

/** How the value of a row is had: as it stands, or with the frame of a pickle around it. */
export type ValuePlan =
  | { readonly place: 'row' | 'file'; readonly frame: 'str' | 'bytes' | undefined }
  | { readonly place: 'number' }
  | { readonly place: 'nowhere'; readonly problem: Problem }

/** `mode` of diskcache/core.py. */
const modes = { raw: 1, binary: 2, text: 3, pickle: 4 }

function planFor(row: CacheRow): ValuePlan {
  const { mode, filename, valueType } = row
  const isStored = valueType !== 'null'
  switch (mode) {
    case modes.raw:
      if (row.number !== undefined) return { place: 'number' }
      if (isStored) return { place: 'row', frame: valueType === 'text' ? 'str' : 'bytes' }
      return nowhere('the row has no value')
    case modes.binary:
    case modes.text:
      if (filename === undefined) return nowhere('the row names no file')
      return { place: 'file', frame: mode === modes.text ? 'str' : 'bytes' }
    case modes.pickle:
      if (isStored) return { place: 'row', frame: undefined }
      return filename === undefined ? nowhere('the row has no value') : { place: 'file', frame: undefined }
    default:
      return nowhere(`its mode ${mode ?? 'NULL'} is none of diskcache's`)
  }
}

function nowhere(why: string): ValuePlan {
  return { place: 'nowhere', problem: { code: 'UNREADABLE', sentence: `The value cannot be read: ${why}.` } }
}

/** The size of what `readValue` gives; `undefined` where there is nothing. */
export function sizeOf(row: CacheRow, folder: string): number | undefined {
  const plan = planFor(row)
  if (plan.place === 'nowhere') return undefined
  if (plan.place === 'number') return numberPickle(row.number!).length
  const length = plan.place === 'row' ? row.valueBytes : fileStatus(row, folder)?.size
  if (length === undefined || plan.frame === undefined) return length
  const { before, after } = frameFor(plan.frame, length)
  return before.length + length + after.length
}

function fileStatus({ filename }: CacheRow, folder: string): Stats | undefined {
  const path = filename === undefined ? undefined : valuePath(folder, filename)
  const status = path === undefined ? undefined : statusOf(path)
  return status?.isFile() === true ? status : undefined
}

type Range = readonly [from: number, to: number]

/** The value of a row that was found in the transaction at hand; `undefined`: it lies in a file. */
export function readInRow(row: CacheRow, rows: Rows, range: Range): Uint8Array | Problem | undefined {
  const plan = planFor(row)
  switch (plan.place) {
    case 'nowhere':
      return plan.problem
    case 'number':
      return numberPickle(row.number!).subarray(range[0], Math.max(...range))
    case 'row':
      return framed(plan.frame, row.valueBytes, (from, to) => rows.content(row, from, to), range)
    case 'file':
      return undefined
  }
}

/** The value of a row from its file. `undefined`: there is no such file. */
export function readFromFile(row: CacheRow, folder: string, range: Range): Uint8Array | Problem | undefined {
  const plan = planFor(row)
  const filename = row.filename ?? ''
  const path = valuePath(folder, filename)
  if (plan.place !== 'file') return undefined
  if (path === undefined)
    return {
      code: 'UNREADABLE',
      sentence: `The row names the file ${JSON.stringify(filename)}, which is not read: it may lead out of the cache.`,
    }
  try {
    using file = openFileSource(path, { follow: false })
    return framed(plan.frame, file.byteLength, (from, to) => file.read(from, to - from), range)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    if (error.code === 'NOT_FOUND') return undefined
    return { code: 'UNREADABLE', sentence: error.message }
  }
}

function framed(
  kind: 'str' | 'bytes' | undefined,
  length: number,
  read: (from: number, to: number) => Uint8Array,
  [from, to]: Range,
): Uint8Array {
  if (kind !== undefined) return readFramed(frameFor(kind, length), length, read, [from, to])
  return from < Math.min(to, length) ? read(from, Math.min(to, length)) : new Uint8Array(0)
}
