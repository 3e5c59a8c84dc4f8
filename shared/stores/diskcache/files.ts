import { rmdirSync, unlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'

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
  const parts = filename.split(/[\\/]/)
  if (parts.length > mostParts || !parts.every(isPlainName)) return undefined
  if (parts[0]!.toLowerCase().startsWith(databaseName)) return undefined
  for (let count = 1; count < parts.length; count++)
    if (statusOf(join(folder, ...parts.slice(0, count)))?.isDirectory() !== true) return undefined
  return join(folder, ...parts)
}

function isPlainName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[\0:]/.test(name)
}

/**
 * Removes a value's file and the folders that it leaves empty, as `Disk.remove` does; like there, what cannot be
 * removed stays behind without a word (`strays` tells).
 */
export function removeValueFile(folder: string, filename: string): void {
  const path = valuePath(folder, filename)
  if (path === undefined || statusOf(path)?.isFile() !== true) return
  try {
    unlinkSync(path)
    for (let parent = dirname(path); parent !== folder; parent = dirname(parent)) rmdirSync(parent)
  } catch (error) {
    if (errnoOf(error) === undefined) throw error
  }
}
