import { hash } from 'node:crypto'
import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import type { Entry } from '../contract.ts'
import { stampOf } from '../stamp.ts'
import { hashOfKey, hashOfName, isShardName, shardOf } from './layout.ts'
import type { FolderLayout } from './layout.ts'

/** Of our own writes, and of programs that write beside an entry and rename: nobody else's files look so. */
const temporaryName =
  /^(?:\.hashcache-[0-9a-f]{16}(?:-\d+)?\.tmp|(?:[0-9a-f]{40}|[0-9a-f]{32})(?:\.json)?\.(?:tmp|temp|part))$/
/** A write may be under way for as long; each piece that it writes begins the hour anew. */
const quietMs = 3_600_000

/** The key of a stray is its path in the cache behind this, which no hash begins with. */
const keyPrefix = './'

/** Where the file of a key stands in a cache, and what it is called in a folder to which it is set aside. */
export interface Place {
  /** The folder below the cache; the cache itself: empty. */
  readonly folder: string
  readonly name: string
  readonly asideName: string
}

/** `undefined` for what is neither the key of an entry nor that of a stray which may be moved. */
export function placeOfKey(layout: FolderLayout, key: Uint8Array): Place | undefined {
  const ofEntry = hashOfKey(key)
  if (ofEntry === undefined) return placeOfStray(layout, key)
  const name = ofEntry + layout.suffix
  return { folder: shardOf(ofEntry), name, asideName: name }
}

/** By their names only, and at most one folder deep: temporary files, and entries in a wrong folder. */
function placeOfStray(layout: FolderLayout, key: Uint8Array): Place | undefined {
  const text = Buffer.from(key).toString()
  // Names that are no UTF-8 are not taken.
  if (!text.startsWith(keyPrefix) || !Buffer.from(text).equals(key)) return undefined
  const path = text.slice(keyPrefix.length)
  const parts = path.split('/')
  const name = parts.pop()!
  const [folder = '', ...deeper] = parts
  const isFolder = parts.length === 0 || (folder !== '' && folder !== '.' && folder !== '..')
  if (!isFolder || deeper.length > 0 || /[\0\\]/.test(folder)) return undefined
  const ofEntry = hashOfName(layout, name)
  const isMisplaced = ofEntry !== undefined && folder !== shardOf(ofEntry)
  if (!isMisplaced && !(isTemporary(name) && (folder === '' || isShardName(folder)))) return undefined
  return { folder, name, asideName: `stray-${hash('sha1', path)}` }
}

function isTemporary(name: string): boolean {
  return temporaryName.test(name)
}

/** The file of a stray that may be moved, as `lookUp` tells entries; links lead nowhere. */
export function strayEntry(root: string, layout: FolderLayout, key: Uint8Array): Entry | undefined {
  const place = placeOfStray(layout, key)
  if (!place) return undefined
  const folder = join(root, place.folder)
  const status = lstatSync(join(folder, place.name), { throwIfNoEntry: false })
  if (!status?.isFile() || !lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) return undefined
  return {
    key,
    sizeBytes: status.size,
    modifiedMs: status.mtimeMs,
    stamp: stampOf(status, Date.now()).text,
  }
}

/** The same for a path whose bytes are given as latin1, as long as nobody may be writing there. */
export function quietStray(root: string, layout: FolderLayout, path: string): Entry | undefined {
  const entry = strayEntry(root, layout, new Uint8Array(Buffer.from(keyPrefix + path, 'latin1')))
  const isQuiet = entry && (!isTemporary(path.slice(path.lastIndexOf('/') + 1)) || isOld(entry))
  return isQuiet ? entry : undefined
}

function isOld({ modifiedMs = Infinity }: Entry): boolean {
  return Date.now() - modifiedMs > quietMs
}
