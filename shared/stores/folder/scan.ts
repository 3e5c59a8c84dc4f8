import { readdirSync } from 'node:fs'
import type { Dirent } from 'node:fs'
import { join, sep } from 'node:path'

import { errnoOf } from '../../decode/file-source.ts'
import { AppError } from '../../model/errors.ts'
import { showKey } from '../../model/keys.ts'
import type { Stray } from '../contract.ts'
import { hashOfName, isHash, isShardName, shardOf, temporaryPrefix } from './layout.ts'
import type { FolderLayout } from './layout.ts'
import { quietStray } from './stray.ts'

/** Names of a folder, sorted by bytes: latin1 keeps each byte of a name that is not UTF-8. */
function readFolder(path: string | Buffer): Dirent[] {
  const found = readdirSync(path, { encoding: 'latin1', withFileTypes: true })
  return found.toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/**
 * The shard folders of a cache, sorted. Links in their place are not followed.
 *
 * @throws AppError `REFUSED` or `NOT_FOUND` for the cache's folder itself
 */
export function listShards(root: string): string[] {
  return readRoot(root)
    .filter((item) => item.isDirectory() && isShardName(item.name))
    .map((item) => item.name)
}

function readRoot(root: string): Dirent[] {
  try {
    return readFolder(root)
  } catch (error) {
    const errno = errnoOf(error) ?? String(error)
    if (errno === 'ENOENT' || errno === 'ENOTDIR') {
      throw new AppError('NOT_FOUND', `The folder ${root} is no longer there.`, { cause: error })
    }
    throw new AppError('REFUSED', `The folder ${root} cannot be read (${errno}); check its permissions.`, {
      cause: error,
    })
  }
}

/** File names of the entries of one shard, sorted; none if it is not there or may not be read (`strays` tells). */
export function listShard(root: string, shard: string, layout: FolderLayout): string[] {
  try {
    return readFolder(join(root, shard))
      .filter((item) => item.isFile() && isEntry(item.name, shard, layout))
      .map((item) => item.name)
  } catch (error) {
    if (errnoOf(error) === undefined) throw error
    return []
  }
}

/** What lies in a cache's folder and is no entry, with the reason, folder by folder. */
export function* listStrays(root: string, layout: FolderLayout): Generator<Stray> {
  for (const item of readRoot(root)) {
    if (item.isDirectory() && isShardName(item.name)) {
      yield* listShardStrays(root, item.name, layout)
    } else {
      const reason = strayAtTop(item, layout)
      if (reason !== undefined) yield strayOf(root, layout, item.name, reason)
      if (item.isDirectory()) yield* listMisplaced(root, item.name, layout)
    }
  }
}

/** Entries in a folder that is no shard; whatever else is in it is told by the folder's own line. */
function* listMisplaced(root: string, folder: string, layout: FolderLayout): Generator<Stray> {
  let items: Dirent[] = []
  try {
    items = readFolder(Buffer.concat([Buffer.from(root + sep), Buffer.from(folder, 'latin1')]))
  } catch (error) {
    if (errnoOf(error) === undefined) throw error
  }
  for (const item of items) {
    const hash = hashOfName(layout, item.name)
    if (!item.isFile() || hash === undefined) continue
    yield strayOf(root, layout, `${folder}/${item.name}`, misplaced(hash))
  }
}

function* listShardStrays(root: string, shard: string, layout: FolderLayout): Generator<Stray> {
  let items
  try {
    items = readFolder(join(root, shard))
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return
    yield { name: shard, reason: `the folder cannot be read (${errnoOf(error) ?? String(error)})` }
    return
  }
  for (const item of items) {
    const reason = strayInShard(item, shard, layout)
    if (reason !== undefined) yield strayOf(root, layout, `${shard}/${item.name}`, reason)
  }
}

function strayAtTop(item: Dirent, layout: FolderLayout): string | undefined {
  if (item.isFile() && layout.ownFiles.has(item.name)) return undefined
  const general = generalReason(item)
  if (general !== undefined) return general
  if (item.isDirectory()) return 'a folder whose name is not two hex digits'
  const hash = hashOfName(layout, item.name)
  if (hash !== undefined) return misplaced(hash)
  return 'a file that is no entry'
}

function strayInShard(item: Dirent, shard: string, layout: FolderLayout): string | undefined {
  const general = generalReason(item)
  if (general !== undefined) return general
  if (item.isDirectory()) return 'a folder where entries should be'
  const hash = hashOfName(layout, item.name)
  if (hash === undefined) {
    if (layout.suffix !== '' && isHash(item.name)) return `an entry without ${layout.suffix}`
    return `the name is no hash${layout.suffix === '' ? '' : ` with ${layout.suffix}`}`
  }
  return shardOf(hash) === shard ? undefined : misplaced(hash)
}

/** Whether a file is none of the strays of its shard: no hash is named like a temporary file. */
function isEntry(name: string, shard: string, layout: FolderLayout): boolean {
  const hash = hashOfName(layout, name)
  return hash !== undefined && shardOf(hash) === shard
}

function misplaced(hash: string): string {
  return `an entry outside of its folder ${shardOf(hash)}: the cache does not find it here`
}

function generalReason(item: Dirent): string | undefined {
  if (item.isSymbolicLink()) return 'a link; links are not followed'
  if (item.isFIFO()) return 'a FIFO'
  if (item.isSocket()) return 'a socket'
  if (item.isBlockDevice() || item.isCharacterDevice()) return 'a device'
  if (item.name.startsWith(temporaryPrefix)) return 'a temporary file of a write that did not end'
  if (item.isFile() && /\.(?:tmp|temp|part|lock)$|~$/.test(item.name)) return 'a temporary or lock file'
  return undefined
}

function strayOf(root: string, layout: FolderLayout, path: string, reason: string): Stray {
  const entry = quietStray(root, layout, path)
  return { name: shownName(path), reason, ...(entry && { entry }) }
}

function shownName(latin1: string): string {
  return showKey(Uint8Array.from(latin1, (character) => character.charCodeAt(0)))
}
