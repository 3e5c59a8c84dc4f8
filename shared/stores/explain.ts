import { readdirSync, statSync } from 'node:fs'
import type { Dirent, Stats } from 'node:fs'

import { errnoOf, openFileSource } from '../decode/file-source.ts'
import { sniffCompressor } from '../joblib/compressor.ts'
import { toHex } from '../model/bytes.ts'
import { AppError, toAppError } from '../model/errors.ts'
import { storeTypes } from './kinds.ts'
import { noSuchPath, refusedPath } from './paths.ts'

const namesShown = 3

/** Why a path is no cache: it is not there, may not be read, or what was seen in it and what it was compared with. */
export function explainNoStore(path: string): AppError {
  try {
    const status = statSync(path)
    if (status.isDirectory())
      return noStore(path, folderSeen(path), 'If a new cache is to be there, name its kind', {
        isFolder: true,
      })
    if (!status.isFile()) return noStore(path, 'it is neither a file nor a folder', 'Give another path')
    return explainFile(path, status)
  } catch (error) {
    const errno = errnoOf(error)
    if (errno === 'ENOENT' || errno === 'ENOTDIR') return noSuchPath(path)
    return errno === undefined ? toAppError(error) : refusedPath(path, error, 'read')
  }
}

/** `isFolder`: there may be caches below it. */
function noStore(path: string, seen: string, next: string, more: { isFolder?: true } = {}): AppError {
  const onDisk = storeTypes.filter(({ serverSchemes }) => serverSchemes === undefined)
  const tried = onDisk.map(({ title }) => title).join(', ')
  const schemes = onDisk.map(({ scheme }) => `${scheme}:PATH`).join(', ')
  return new AppError('NOT_A_STORE', `${path} is no cache: ${seen}. Tried: ${tried}. ${next} (${schemes}).`, {
    data: { path, ...more },
  })
}

function folderSeen(path: string): string {
  const items = readdirSync(path, { withFileTypes: true })
  if (items.length === 0) return 'the folder is empty'
  const count = (is: (item: Dirent) => boolean, word: string): string => {
    const number = items.filter((item) => is(item)).length
    return `${number} ${word}${number === 1 ? '' : 's'}`
  }
  const names = items.slice(0, namesShown).map(({ name }) => JSON.stringify(name))
  const more = items.length > namesShown ? ', …' : ''
  const files = count((item) => item.isFile(), 'file')
  const folders = count((item) => item.isDirectory(), 'folder')
  return `it has ${files} and ${folders} (${names.join(', ')}${more}), none laid out as a cache`
}

function explainFile(path: string, status: Stats): AppError {
  let head
  try {
    using file = openFileSource(path)
    head = file.read(0, 32)
  } catch (error) {
    return toAppError(error)
  }
  const what = describeHead(head)
  if (status.size === 0) return noStore(path, 'the file is empty', 'Give another path')
  const bytes = toHex(head.subarray(0, 8)).replaceAll(/../g, '$& ').trimEnd()
  const next =
    what === 'a pickle'
      ? 'To see one value, use show FILE; to see a cache, give its folder'
      : 'Give another path'
  return noStore(path, `the file begins with ${bytes}${what === undefined ? '' : `, as ${what} does`}`, next)
}

function describeHead(head: Uint8Array): string | undefined {
  const text = String.fromCharCode(...head)
  if (text.startsWith('SQLite format 3\0')) return 'an SQLite database'
  const compressor = sniffCompressor(head)
  if (compressor) return `a file compressed by ${compressor}`
  if (head[0] === 0x80 && head[1]! >= 2 && head[1]! <= 5) return 'a pickle'
  if (/^\s*[[{]/.test(text)) return 'a JSON text'
  return undefined
}
