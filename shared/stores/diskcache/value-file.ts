import { randomBytes } from 'node:crypto'
import { readFileSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'

import { errnoOf, openFileSource } from '../../decode/file-source.ts'
import { AppError } from '../../model/errors.ts'
import { makeFolders, syncFolder, writeContent } from '../disk.ts'
import { statusOf } from '../paths.ts'
import { valuePath } from './files.ts'
import type { KeptFile } from './stored-row.ts'

/** Of a file that is written beside its place and then renamed; the same for every try, so that none is left behind. */
const temporarySuffix = '.hashcache-undo'
/** diskcache removes folders that became empty, and itself tries as often to make them. */
const triesAtMost = 10

/** `undefined`: there is no such file, or its name leads out of the folder. @throws AppError REFUSED */
export function readValueFile(folder: string, filename: string): KeptFile | undefined {
  const path = valuePath(folder, filename)
  const status = path === undefined ? undefined : statusOf(path)
  if (path === undefined || !status?.isFile()) return undefined
  try {
    using file = openFileSource(path, { follow: false })
    return {
      content: file.read(0, file.byteLength),
      modifiedMs: status.mtimeMs,
      mode: status.mode & 0o7777,
    }
  } catch (error) {
    if (error instanceof AppError && error.code === 'NOT_FOUND') return undefined
    throw error
  }
}

/**
 * Writes the file of a row that is to come back, on the disk when it returns: in its old place or, if that has become
 * another's, in a new one as diskcache makes them. Answers its name.
 *
 * @throws AppError, and what the system says
 */
export async function writeValueFile(folder: string, filename: string, file: KeptFile): Promise<string> {
  const parts = filename.split(/[\\/]/)
  for (let tries = 1; ; tries++) {
    try {
      makeFolders(folder, parts.slice(0, -1).join('/'))
      const path = valuePath(folder, filename)
      if (path === undefined || isAnother(path, file)) break
      await writeInto(path, file)
      return filename
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT' || tries === triesAtMost) throw error
    }
  }
  const name = randomBytes(16).toString('hex')
  return writeValueFile(folder, `${name.slice(0, 2)}/${name.slice(2, 4)}/${name.slice(4)}.val`, file)
}

/** A file that an earlier try has written is this one. */
function isAnother(path: string, { content }: KeptFile): boolean {
  const status = statusOf(path)
  if (!status) return false
  return (
    !status.isFile() || status.size !== content.length || Buffer.compare(readFileSync(path), content) !== 0
  )
}

async function writeInto(path: string, file: KeptFile): Promise<void> {
  if (statusOf(path)) return
  const temporary = path + temporarySuffix
  await writeContent(temporary, file)
  renameSync(temporary, path)
  for (const folder of [dirname(path), dirname(dirname(path))]) syncFolder(folder)
}
