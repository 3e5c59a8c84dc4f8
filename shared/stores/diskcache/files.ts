import { rmdirSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'

import { errnoOf } from '../../decode/file-source.ts'
import { statusOf } from '../paths.ts'

export const databaseName = 'cache.db'

/** diskcache's own names have three parts: `ab/cd/….val`. */
const mostParts = 8

/**
 * The path of a value's file, whose name stands in a column that anybody may have written. `undefined` if it would lead
 * out of the folder, by dots or a link, or is the database itself. Windows' separators count too, as caches are moved.
 */
export function valuePath(folder: string, filename: string): string | undefined {
  const parts = partsOf(filename)
  return parts && foldersTo(folder, parts).length === parts.length - 1 ? join(folder, ...parts) : undefined
}

function partsOf(filename: string): string[] | undefined {
  const parts = filename.split(/[\\/]/)
  if (parts.length > mostParts || !parts.every(isPlainName)) return undefined
  return parts[0]!.toLowerCase().startsWith(databaseName) ? undefined : parts
}

/** The folders on the way that are there, the deepest first; behind a link there are none. */
function foldersTo(folder: string, parts: readonly string[]): string[] {
  const found: string[] = []
  for (let count = 1; count < parts.length; count++) {
    const path = join(folder, ...parts.slice(0, count))
    if (statusOf(path)?.isDirectory() !== true) break
    found.unshift(path)
  }
  return found
}

function isPlainName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[\0:]/.test(name)
}

export function hasValueFile(folder: string, filename: string): boolean {
  const path = valuePath(folder, filename)
  return path !== undefined && statusOf(path)?.isFile() === true
}

/**
 * Removes a value's file and the folders that it leaves empty, as `Disk.remove` does, also where somebody who was killed
 * got no further than the file; like there, what cannot be removed stays behind without a word (`strays` tells).
 */
export function removeValueFile(folder: string, filename: string): void {
  try {
    if (hasValueFile(folder, filename)) unlinkSync(valuePath(folder, filename)!)
    for (const parent of foldersTo(folder, partsOf(filename) ?? [])) rmdirSync(parent)
  } catch (error) {
    if (errnoOf(error) === undefined) throw error
  }
}
