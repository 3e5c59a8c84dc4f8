import { readdirSync } from 'node:fs'
import type { Dirent } from 'node:fs'
import { join } from 'node:path'

import { errnoOf } from '../../decode/file-source.ts'
import { AppError } from '../../model/errors.ts'
import { keyText } from '../../model/keys.ts'
import { refusedPath } from '../paths.ts'
import { codeName, deepestFolder, isCallName, isHashRest, isHashStart } from './layout.ts'

/** A folder that may be that of a function: it is if it has calls, or the code of a function whose calls are gone. */
export interface Folder {
  /** Relative to the root. */
  readonly path: string
  /** Names of the calls' folders, sorted. */
  readonly calls: readonly string[]
  readonly hasCode: boolean
}

/** One item of a folder; `name` is `undefined` where its bytes are not UTF-8, as no key could name it. */
export interface Item {
  readonly name: string | undefined
  readonly bytes: Uint8Array
  readonly entry: Dirent
}

/** Items sorted by the bytes of their names. Throws what the system says. */
export function readItems(path: string): Item[] {
  const found = readdirSync(path, { encoding: 'latin1', withFileTypes: true })
  return found
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((entry) => {
      const bytes = Buffer.from(entry.name, 'latin1')
      return { name: keyText(bytes), bytes, entry }
    })
}

/** None if the folder is gone or may not be read (`strays` tells). */
export function itemsOrNone(path: string): Item[] {
  try {
    return readItems(path)
  } catch (error) {
    if (errnoOf(error) === undefined) throw error
    return []
  }
}

/** Names of the calls in the folder of one function. */
export function listCalls(root: string, functionPath: string): string[] {
  const path = join(root, functionPath)
  return callsAmong(path, folderNames(itemsOrNone(path)))
}

/** Links are no folders here. */
function folderNames(items: readonly Item[]): string[] {
  return items
    .filter(({ entry }) => entry.isDirectory())
    .map(({ name }) => name)
    .filter((name) => name !== undefined)
}

function callsAmong(path: string, folders: readonly string[]): string[] {
  return folders.flatMap((name) => {
    if (isCallName(name)) return [name]
    if (!isHashStart(name)) return []
    return folderNames(itemsOrNone(join(path, name)))
      .filter(isHashRest)
      .map((rest) => `${name}/${rest}`)
  })
}

/**
 * The root and the folders of modules and functions below it, one after the other as they are asked for. `skip`
 * leaves out the folder of that path. Links are not followed.
 *
 * @throws AppError `NOT_FOUND`, `REFUSED` for the root itself
 */
export function* walkFolders(root: string, skip?: string): Generator<Folder> {
  const waiting: string[] = ['']
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const items = path === '' ? rootItems(root) : itemsOrNone(join(root, path))
    const folders = folderNames(items)
    const calls = callsAmong(join(root, path), folders)
    const hasCode = items.some(({ name, entry }) => name === codeName && entry.isFile())
    yield { path, calls, hasCode }
    waiting.push(
      ...placesBelow(path, folders)
        .filter((place) => place !== skip)
        .toReversed(),
    )
  }
}

/** Folders to go on into: those of modules and functions, whose names never begin with a dot. */
function placesBelow(path: string, folders: readonly string[]): string[] {
  const parts = path === '' ? [] : path.split('/')
  if (parts.length >= deepestFolder) return []
  const isInHash = isHashStart(parts.at(-1) ?? '')
  return folders
    .filter((name) => !isCallName(name) && !(isInHash && isHashRest(name)) && !name.startsWith('.'))
    .map((name) => (path === '' ? name : `${path}/${name}`))
}

function rootItems(root: string): Item[] {
  try {
    return readItems(root)
  } catch (error) {
    const errno = errnoOf(error)
    if (errno === 'ENOENT' || errno === 'ENOTDIR')
      throw new AppError('NOT_FOUND', `The folder ${root} is no longer there.`, { cause: error })
    throw refusedPath(root, error, 'read')
  }
}
