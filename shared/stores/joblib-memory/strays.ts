import { join } from 'node:path'

import { errnoOf } from '../../decode/file-source.ts'
import { showKey } from '../../model/keys.ts'
import type { Stray } from '../contract.ts'
import { statusOf } from '../paths.ts'
import {
  codeName,
  isCallFile,
  isHashStart,
  isTemporaryFile,
  keyOfPlace,
  outputName,
  ownFiles,
} from './layout.ts'
import { readItems, walkFolders } from './scan.ts'
import type { Folder, Item } from './scan.ts'
import { quietStray } from './stray.ts'

/** What lies in a cache and is no call that has a result, with the reason; folder by folder. */
export function* listStrays(root: string): Generator<Stray> {
  for (const folder of walkFolders(root)) {
    yield* straysBeside(root, folder)
    for (const name of folder.calls)
      yield* straysInCall(root, keyOfPlace({ functionPath: folder.path, name }))
  }
}

/** In a folder of a module or function. */
function* straysBeside(root: string, { path, calls }: Folder): Generator<Stray> {
  const isInHash = isHashStart(path.split('/').at(-1) ?? '')
  const hasCalls = calls.length > 0
  for (const item of itemsOrReason(root, path)) {
    if (typeof item === 'string') yield { name: path, reason: item }
    else {
      const { name, entry } = item
      const reason = reasonFor(item, () => {
        if (entry.isDirectory()) return undefined
        if (name === codeName) return undefined
        if (path === '' && ownFiles.has(name!)) return ownFiles.get(name!)
        return hasCalls || isInHash ? 'a file beside the calls of a function' : 'a file that is no call'
      })
      if (reason !== undefined) yield { name: shownName(path, item), reason }
    }
  }
}

function* straysInCall(root: string, path: string): Generator<Stray> {
  if (statusOf(join(root, path, outputName))?.isFile() !== true)
    yield movable(root, path, {
      name: path,
      reason: `the folder of a call without ${outputName}: its result was not stored, or is gone`,
    })
  for (const item of itemsOrReason(root, path)) {
    if (typeof item === 'string') yield { name: path, reason: item }
    else {
      const reason = reasonFor(item, () => {
        if (item.entry.isDirectory()) return 'a folder in the folder of a call'
        if (isCallFile(item.name!)) return undefined
        return isTemporaryFile(item.name!)
          ? 'a temporary file of a write that did not end'
          : 'a file that is none of a call'
      })
      if (reason === undefined) continue
      const stray = { name: shownName(path, item), reason }
      yield item.name === undefined ? stray : movable(root, `${path}/${item.name}`, stray)
    }
  }
}

/** With what a repair moves, if nobody may be writing there. */
function movable(root: string, path: string, stray: Stray): Stray {
  const entry = quietStray(root, path)
  return entry ? { ...stray, entry } : stray
}

function reasonFor({ name, entry }: Item, otherwise: () => string | undefined): string | undefined {
  if (entry.isSymbolicLink()) return 'a link; links are not followed'
  if (!entry.isFile() && !entry.isDirectory()) return 'neither a file nor a folder'
  if (name === undefined) return 'the name is no UTF-8; no key can name it'
  return otherwise()
}

function itemsOrReason(root: string, path: string): (Item | string)[] {
  try {
    return readItems(join(root, path))
  } catch (error) {
    const errno = errnoOf(error)
    if (errno === undefined) throw error
    return errno === 'ENOENT' ? [] : [`the folder cannot be read (${errno})`]
  }
}

function shownName(path: string, { bytes }: Item): string {
  return showKey(path === '' ? bytes : Buffer.concat([Buffer.from(`${path}/`), bytes]))
}
