import { join } from 'node:path'

import { openFileSource } from '../../decode/file-source.ts'
import { AppError } from '../../model/errors.ts'
import type { Problem } from '../../model/errors.ts'
import type { Entry } from '../contract.ts'
import { statusOf } from '../paths.ts'
import { stampOf } from '../stamp.ts'
import type { Stamp } from '../stamp.ts'
import { isTemporaryFile, keyOfPlace, metadataName, outputName } from './layout.ts'
import type { CallPlace } from './layout.ts'
import { itemsOrNone } from './scan.ts'

/** A write may be under way for as long; each piece that it writes begins the hour anew. */
export const quietMs = 3_600_000

interface Look {
  readonly entry: Omit<Entry, 'key'>
  readonly stamp: Stamp
}

/** What is listed of a call; `undefined` if it has no result. joblib writes the metadata after the result, so the stamp is of both. */
export function lookAt(callFolder: string): Look | undefined {
  const output = statusOf(join(callFolder, outputName))
  if (!output?.isFile()) return undefined
  const metadata = statusOf(join(callFolder, metadataName))
  const nowMs = Date.now()
  const stamps = [output, metadata].map((status) => status && stampOf(status, nowMs))
  return {
    entry: { sizeBytes: output.size, modifiedMs: output.mtimeMs },
    stamp: {
      text: stamps.map((stamp) => stamp?.text ?? '').join('+'),
      fresh: stamps.some((stamp) => stamp?.fresh === true),
    },
  }
}

export function readOutput(
  callFolder: string,
  range: readonly [start: number, end: number] | undefined,
): Uint8Array | Problem | undefined {
  const [start, end] = range ?? [0, Number.POSITIVE_INFINITY]
  try {
    using file = openFileSource(join(callFolder, outputName), { follow: false })
    return file.read(start, Math.min(end, file.byteLength) - start)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    if (error.code === 'NOT_FOUND') return undefined
    return { code: 'UNREADABLE', sentence: error.message }
  }
}

/** A file that joblib renames when it is whole is there, and not from long ago. */
export function isBeingWritten(callFolder: string): boolean {
  return itemsOrNone(callFolder).some(({ name }) => {
    if (name === undefined || !isTemporaryFile(name)) return false
    const modifiedMs = statusOf(join(callFolder, name))?.mtimeMs ?? 0
    return Date.now() - modifiedMs < quietMs
  })
}

/** The folder of a call, if it and all above it are folders: a link among them would lead out of the cache. */
export function callFolderOf(
  root: string,
  place: CallPlace | undefined,
  known: Map<string, boolean>,
): string | undefined {
  if (!place || !isFolder(root, place.functionPath, known)) return undefined
  const parts = keyOfPlace(place).split('/')
  const above = parts.slice(0, -1).join('/')
  const path = join(root, ...parts)
  return isFolder(root, above, known) && statusOf(path)?.isDirectory() === true ? path : undefined
}

/** `known`: what was seen of folders so far. */
export function isFolder(root: string, path: string, known: Map<string, boolean>): boolean {
  if (path === '') return true
  let is = known.get(path)
  if (is === undefined) {
    is =
      isFolder(root, path.slice(0, Math.max(0, path.lastIndexOf('/'))), known) &&
      statusOf(join(root, path))?.isDirectory() === true
    known.set(path, is)
  }
  return is
}
