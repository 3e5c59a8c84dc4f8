import { hash } from 'node:crypto'
import { join } from 'node:path'

import { keyText } from '../../model/keys.ts'
import type { Entry } from '../contract.ts'
import { statusOf } from '../paths.ts'
import { stampOf } from '../stamp.ts'
import { callFolderOf, quietMs } from './call.ts'
import { isTemporaryFile, outputName, placeOfKey } from './layout.ts'
import type { CallPlace } from './layout.ts'
import { itemsOrNone } from './scan.ts'

/** The key of a stray is its path in the cache behind this, which no key of a call begins with. */
const keyPrefix = './'

/** Something of a call that never became one, or of a write that did not end: joblib itself never looks at it again. */
export interface StrayPlace {
  /** Of the folder of a call without a result, or of a temporary file in the folder of a call. */
  readonly path: string
  readonly call: CallPlace
  readonly isFolder: boolean
  readonly asideName: string
}

/** `undefined` for what is no key of a stray that may be moved. */
export function strayPlaceOf(key: Uint8Array): StrayPlace | undefined {
  const text = keyText(key)
  if (text?.startsWith(keyPrefix) !== true) return undefined
  const path = text.slice(keyPrefix.length)
  const encoder = new TextEncoder()
  const asideName = `stray-${hash('sha1', path)}`
  const own = placeOfKey(encoder.encode(path))
  if (own) return { path, call: own, isFolder: true, asideName }
  const end = path.lastIndexOf('/')
  const call = placeOfKey(encoder.encode(path.slice(0, Math.max(0, end))))
  return call && isTemporaryFile(path.slice(end + 1)) ? { path, call, isFolder: false, asideName } : undefined
}

/** A stray that may be moved, as `lookUp` tells entries; links lead nowhere. */
export function strayEntry(root: string, key: Uint8Array): Entry | undefined {
  const place = strayPlaceOf(key)
  const callFolder = place && callFolderOf(root, place.call, new Map())
  if (callFolder === undefined) return undefined
  const stamp = strayStamp(join(root, place!.path), place!.isFolder)
  return stamp && { key, ...stamp }
}

/** Of a folder, of all that is in it: who writes into it makes another. `undefined`: it is not (any more) what it was. */
export function strayStamp(path: string, isFolder: boolean): Omit<Entry, 'key'> | undefined {
  const items = isFolder ? itemsOrNone(path) : []
  if (items.some(({ name, entry }) => name === undefined || name === outputName || !entry.isFile()))
    return undefined
  const all = [path, ...items.map(({ name }) => join(path, name!))].map(statusOf)
  const found = all.filter((status) => status !== undefined)
  if (found.length < all.length || (isFolder ? !found[0]!.isDirectory() : !found[0]!.isFile()))
    return undefined
  const nowMs = Date.now()
  return {
    sizeBytes: found.filter((status) => status.isFile()).reduce((sum, { size }) => sum + size, 0),
    modifiedMs: Math.max(...found.map(({ mtimeMs }) => mtimeMs)),
    // The time of a folder's own change moves with its name; what is in it keeps its own.
    stamp: found
      .filter((status) => !isFolder || status.isFile())
      .map((status) => stampOf(status, nowMs).text)
      .join('+'),
  }
}

/** The same for something at a path, as long as nobody may be writing there. */
export function quietStray(root: string, path: string): Entry | undefined {
  const entry = strayEntry(root, new TextEncoder().encode(keyPrefix + path))
  return entry && Date.now() - (entry.modifiedMs ?? Infinity) > quietMs ? entry : undefined
}
