import { accessSync, constants, existsSync, lstatSync, statSync } from 'node:fs'
import type { Stats } from 'node:fs'
import { basename, dirname } from 'node:path'

import { errnoOf } from '../decode/file-source.ts'
import { AppError } from '../model/errors.ts'

/** `NOT_FOUND`, with the part of the path that is there: a typing error shows. `REFUSED` where one may not look further. */
export function noSuchPath(path: string): AppError {
  const parent = nearestParent(path)
  try {
    accessSync(parent, constants.X_OK)
  } catch (error) {
    if (errnoOf(error) === 'EACCES') return refusedPath(parent, error, 'read')
  }
  return new AppError('NOT_FOUND', `There is no ${path}; what exists of it is ${parent}.`, {
    data: { path, parent },
  })
}

function nearestParent(path: string): string {
  let parent = dirname(path)
  while (parent !== dirname(parent) && !exists(parent)) parent = dirname(parent)
  return parent
}

function exists(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    return false
  }
}

/** `REFUSED`, with the system's reason. */
export function refusedPath(path: string, error: unknown, verb: 'read' | 'written'): AppError {
  const errno = errnoOf(error)
  const why =
    errno === 'EACCES' || errno === 'EPERM'
      ? 'you have no permission; ask its owner'
      : errno === 'EROFS'
        ? 'its disk is mounted for reading only'
        : (errno ?? (error instanceof Error ? error.message : String(error)))
  return new AppError('REFUSED', `${path} cannot be ${verb}: ${why}.`, { cause: error, data: { path } })
}

/** Says which of these files and folders may not be written, the first of them; what is not there is no hindrance. */
export function closedPath(paths: readonly string[]): AppError | undefined {
  for (const path of paths) {
    if (!existsSync(path)) continue
    try {
      const { R_OK, W_OK, X_OK } = constants
      accessSync(path, statSync(path).isDirectory() ? W_OK | X_OK : R_OK | W_OK)
    } catch (error) {
      return refusedPath(path, error, 'written')
    }
  }
  return undefined
}

/** The status of what is at a path, a link's own; `undefined` where there is nothing, or nothing that may be seen. */
export function statusOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false })
  } catch (error) {
    if (errnoOf(error) === undefined) throw error
    return undefined
  }
}

/**
 * Nothing is at a path, or an empty file, which is what a program leaves that was killed while it made a database
 * there, and what SQLite, LMDB and dbm take for a new one.
 */
export function isUnmade(path: string): boolean {
  const status = statSync(path, { throwIfNoEntry: false })
  return status === undefined || (status.isFile() && status.size === 0)
}

/** What a folder of a cache is called: a name that many have says nothing without that of the folder that it is in. */
export function folderLabel(folder: string): string {
  const name = basename(folder)
  return name === 'cache' || name === 'joblib' ? `${basename(dirname(folder))}/${name}` : name
}
