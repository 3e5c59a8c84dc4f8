import { existsSync, linkSync, lstatSync, renameSync, unlinkSync } from 'node:fs'
import type { Stats } from 'node:fs'
import { join } from 'node:path'
import { errnoOf } from '../../decode/file-source.ts'
import { showKey } from '../../model/keys.ts'
import type { SetAside, WriteOutcome } from '../contract.ts'
import { failure, inFolders, syncFolder } from '../disk.ts'
import { Slices } from '../slices.ts'
import { stampOf } from '../stamp.ts'
import type { FolderLayout } from './layout.ts'
import { placeOfKey } from './stray.ts'
import { makeShard } from './write.ts'

const done: WriteOutcome = { done: true }

/**
 * Renames the files of entries, and of strays that may be moved, into a folder on the same disk: nothing is copied, all times stay. An entry whose
 * stamp is not the one given has changed and stays.
 */
export async function setAside(
  root: string,
  layout: FolderLayout,
  entries: readonly SetAside[],
  folder: string,
): Promise<WriteOutcome[]> {
  const slices = new Slices()
  const touched = new Set<string>([folder])
  const outcomes: WriteOutcome[] = []
  for (const entry of entries) {
    outcomes.push(moveOut(root, layout, entry, folder, touched))
    if (slices.isOver) await slices.next()
  }
  for (const each of touched) syncFolder(each)
  return inFolders(outcomes, [root, folder])
}

function moveOut(
  root: string,
  layout: FolderLayout,
  { key, stamp }: SetAside,
  folder: string,
  touched: Set<string>,
): WriteOutcome {
  const standing = placeOfKey(layout, key)
  const absent = (path: string): WriteOutcome => ({
    done: false,
    reason: 'ABSENT',
    sentence: `There is no entry ${path}.`,
  })
  if (!standing) return absent(showKey(key))
  const shard = join(root, standing.folder)
  const place = join(shard, standing.name)
  try {
    const before = lstatSync(place, { throwIfNoEntry: false })
    const aside = join(folder, standing.asideName)
    const moved = lstatSync(aside, { throwIfNoEntry: false })
    // A run that was killed had renamed it; what stands in its place now was written since, and is not the one meant.
    if (moved && moved.ino !== before?.ino) return done
    // One that was killed while it gave back what it should not have taken.
    if (moved) {
      unlinkSync(aside)
      return changed(place)
    }
    if (!lstatSync(shard, { throwIfNoEntry: false })?.isDirectory() || !before?.isFile()) return absent(place)
    if (stamp !== undefined && stampOf(before, Date.now()).text !== stamp) return changed(place)
    renameSync(place, aside)
    touched.add(shard)
    // Somebody may have put another file there between the look and the rename.
    if (!isSame(before, lstatSync(aside))) {
      putBack(aside, place)
      return changed(place)
    }
    return done
  } catch (error) {
    return failure(place, error)
  }
}

function isSame(before: Stats, after: Stats): boolean {
  return before.ino === after.ino && before.mtimeMs === after.mtimeMs && before.size === after.size
}

function changed(place: string): WriteOutcome {
  return { done: false, reason: 'CHANGED', sentence: `${place} was written again; it was left as it is.` }
}

/** The inverse of `setAside`; never over something that was written since. */
export async function bringBack(
  root: string,
  layout: FolderLayout,
  keys: readonly Uint8Array[],
  folder: string,
): Promise<WriteOutcome[]> {
  const slices = new Slices()
  const touched = new Set<string>([folder])
  const outcomes: WriteOutcome[] = []
  for (const key of keys) {
    outcomes.push(moveIn(root, layout, key, folder, touched))
    if (slices.isOver) await slices.next()
  }
  for (const each of touched) syncFolder(each)
  return inFolders(outcomes, [root, folder])
}

function moveIn(
  root: string,
  layout: FolderLayout,
  key: Uint8Array,
  folder: string,
  touched: Set<string>,
): WriteOutcome {
  const standing = placeOfKey(layout, key)
  if (!standing) return { done: false, reason: 'ABSENT', sentence: `There is no entry ${showKey(key)}.` }
  const aside = join(folder, standing.asideName)
  const shard = join(root, standing.folder)
  const place = join(shard, standing.name)
  try {
    if (!lstatSync(aside, { throwIfNoEntry: false }))
      return { done: false, reason: 'ABSENT', sentence: `There is no ${aside} any more.` }
    makeShard(shard)
    putBack(aside, place)
    touched.add(shard)
    return done
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') return failure(place, error)
    const sentence = `There is an entry ${place} already; it was left as it is.`
    return { done: false, reason: 'EXISTS', sentence }
  }
}

/** A link takes a place only if it is free; where there are no hard links, a look before the rename has to do. */
function putBack(aside: string, place: string): void {
  try {
    // Both names are there where a run was killed between the two steps.
    if (lstatSync(place, { throwIfNoEntry: false })?.ino !== lstatSync(aside).ino) linkSync(aside, place)
    unlinkSync(aside)
  } catch (error) {
    if (errnoOf(error) === 'EEXIST' || errnoOf(error) === 'ENOENT') throw error
    if (existsSync(place)) throw Object.assign(new Error('EEXIST'), { code: 'EEXIST' })
    renameSync(aside, place)
  }
}
