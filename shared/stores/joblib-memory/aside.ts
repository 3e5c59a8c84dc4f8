import { linkSync, lstatSync, renameSync, rmdirSync, unlinkSync } from 'node:fs'
import type { Stats } from 'node:fs'
import { dirname, join } from 'node:path'

import { errnoOf } from '../../decode/file-source.ts'
import { showKey } from '../../model/keys.ts'
import type { SetAside, WriteOutcome } from '../contract.ts'
import { failure, inFolders, makeFolders, syncFolder } from '../disk.ts'
import { changed } from '../lock-pace.ts'
import { statusOf } from '../paths.ts'
import { Slices } from '../slices.ts'
import { settledForm } from '../stamp.ts'
import { callFolderOf, isBeingWritten, lookAt } from './call.ts'
import { absent } from './delete.ts'
import { keyOfPlace, outputName, placeOfKey } from './layout.ts'
import { readItems } from './scan.ts'
import { strayEntry, strayPlaceOf, strayStamp } from './stray.ts'

const done: WriteOutcome = { done: true }

type Move = (root: string, key: Uint8Array, folder: string, touched: Set<string>) => WriteOutcome

/**
 * Renames the folders of calls into a folder on the same disk, where they stand under the same path: nothing is copied, all
 * times stay. A call whose stamp is not the one given has changed and stays, as does one that is written just now.
 */
export function setAside(
  root: string,
  entries: readonly SetAside[],
  folder: string,
): Promise<WriteOutcome[]> {
  const stamps = entries.values()
  return moveEach(root, entries, folder, (...context) => moveOut(stamps.next().value?.stamp, ...context))
}

/** The inverse of `setAside`; never over a result that was stored since. */
export function bringBack(
  root: string,
  keys: readonly Uint8Array[],
  folder: string,
): Promise<WriteOutcome[]> {
  return moveEach(
    root,
    keys.map((key) => ({ key })),
    folder,
    moveIn,
  )
}

async function moveEach(
  root: string,
  entries: readonly { readonly key: Uint8Array }[],
  folder: string,
  move: Move,
): Promise<WriteOutcome[]> {
  const slices = new Slices()
  const touched = new Set<string>()
  const outcomes: WriteOutcome[] = []
  for (const { key } of entries) {
    outcomes.push(move(root, key, folder, touched))
    if (slices.isOver) await slices.next()
  }
  for (const each of touched) syncFolder(each)
  return inFolders(outcomes, [root, folder])
}

function moveOut(stamp: string | undefined, ...[root, key, folder, touched]: Parameters<Move>): WriteOutcome {
  const place = placeOfKey(key)
  if (!place) return moveStrayOut(stamp, root, key, folder, touched)
  const path = keyOfPlace(place)
  const callFolder = join(root, path)
  const aside = join(folder, path)
  try {
    // A run that was killed had renamed it; what stands in the cache now was stored since.
    if (seen(aside)) return done
    const before = callFolderOf(root, place, new Map()) === undefined ? undefined : lookAt(callFolder)
    if (!before) return absent(callFolder)
    const isOther = stamp !== undefined && before.stamp.text !== stamp
    if (isOther || isBeingWritten(callFolder)) return changed
    makeFolders(folder, dirname(path))
    renameSync(callFolder, aside)
    touched.add(dirname(callFolder)).add(dirname(aside))
    // Somebody may have stored a result there between the look and the rename.
    if (settledForm(lookAt(aside)?.stamp.text ?? '') === settledForm(before.stamp.text)) return done
    return putBack(aside, callFolder) === 'done' ? changed : done
  } catch (error) {
    return failure(callFolder, error)
  }
}

function moveIn(root: string, key: Uint8Array, folder: string, touched: Set<string>): WriteOutcome {
  const place = placeOfKey(key)
  if (!place) return moveStrayIn(root, key, folder, touched)
  const path = keyOfPlace(place)
  const callFolder = join(root, path)
  const aside = join(folder, path)
  try {
    const isThere = seen(aside)?.isDirectory() === true
    // A run that was killed had moved all that was in it.
    const isEmptied = isThere && readItems(aside).length === 0
    if (isEmptied) rmdirSync(aside)
    if (!isThere || isEmptied)
      return { done: false, reason: 'ABSENT', sentence: `There is no ${aside} any more.` }
    makeFolders(root, dirname(path))
    touched.add(dirname(callFolder)).add(dirname(aside))
    return putBack(aside, callFolder) === 'done' ? done : exists(callFolder)
  } catch (error) {
    return failure(callFolder, error)
  }
}

/** What was set aside. @throws what the system says: where one may not look it is not gone */
function seen(aside: string): Stats | undefined {
  return lstatSync(aside, { throwIfNoEntry: false })
}

function moveStrayOut(
  stamp: string | undefined,
  ...[root, key, folder, touched]: Parameters<Move>
): WriteOutcome {
  const stray = strayPlaceOf(key)
  if (!stray) return absent(showKey(key))
  const place = join(root, stray.path)
  const aside = join(folder, stray.asideName)
  try {
    if (seen(aside)) return done
    const before = strayEntry(root, key)
    if (!before) return absent(place)
    if (stamp !== undefined && before.stamp !== stamp) return changed
    renameSync(place, aside)
    touched.add(dirname(place)).add(folder)
    const after = strayStamp(aside, stray.isFolder)?.stamp ?? ''
    // A rename changes the time of change of a file, so its stamp is another: what counts is all else.
    if (!stray.isFolder || settledForm(after) === settledForm(before.stamp ?? '')) return done
    return putBack(aside, place) === 'done' ? changed : done
  } catch (error) {
    return failure(place, error)
  }
}

function moveStrayIn(...[root, key, folder, touched]: Parameters<Move>): WriteOutcome {
  const stray = strayPlaceOf(key)
  if (!stray) return absent(showKey(key))
  const place = join(root, stray.path)
  const aside = join(folder, stray.asideName)
  try {
    if (!seen(aside)) return { done: false, reason: 'ABSENT', sentence: `There is no ${aside} any more.` }
    makeFolders(root, dirname(stray.path))
    touched.add(dirname(place)).add(folder)
    if (!stray.isFolder) return takesPlace(aside, place) ? done : exists(dirname(place))
    if (statusOf(place)) return exists(place)
    renameSync(aside, place)
    return done
  } catch (error) {
    return failure(place, error)
  }
}

/** Renaming takes no folder's place that has something in it. One that has, and no result, is filled up. */
function putBack(aside: string, callFolder: string): 'done' | 'exists' {
  try {
    renameSync(aside, callFolder)
    return 'done'
  } catch (error) {
    if (errnoOf(error) !== 'ENOTEMPTY' && errnoOf(error) !== 'EEXIST') throw error
  }
  return fillUp(aside, callFolder)
}

/** File by file, and the result last: with it the call is there. Its place is taken only if it is free. */
function fillUp(aside: string, callFolder: string): 'done' | 'exists' {
  const from = join(aside, outputName)
  const to = join(callFolder, outputName)
  const standing = statusOf(to)
  // Both names are there where a run was killed between the two steps.
  if (standing && standing.ino !== statusOf(from)?.ino) return 'exists'
  for (const { bytes } of readItems(aside)) {
    const name = Buffer.from(bytes).toString()
    if (name !== outputName) renameSync(join(aside, name), join(callFolder, name))
  }
  if (standing) unlinkSync(from)
  else if (!takesPlace(from, to)) return 'exists'
  rmdirSync(aside)
  return 'done'
}

/** A link takes a place only if it is free; where there are no hard links, a look before the rename has to do. */
export function takesPlace(from: string, to: string): boolean {
  try {
    linkSync(from, to)
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false
    if (errnoOf(error) === 'ENOENT') throw error
    if (statusOf(to)) return false
    renameSync(from, to)
    return true
  }
  unlinkSync(from)
  return true
}

export function exists(callFolder: string): WriteOutcome {
  const sentence = `There is something in ${callFolder} already; it was left as it is.`
  return { done: false, reason: 'EXISTS', sentence }
}
