import { lstatSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { openFileSource } from '../../decode/file-source.ts'
import { showKey } from '../../model/keys.ts'
import type { WriteOutcome } from '../contract.ts'
import { failure } from '../disk.ts'
import type { FolderLayout } from './layout.ts'
import { placeOfKey } from './stray.ts'
import { writeEntries } from './write.ts'

/**
 * What `bringBack` does, for files that were set aside on the disk of the cache and lie on another now, as a trash that was
 * moved: they are copied, with their times, and then removed there.
 */
export async function copyBack(
  root: string,
  layout: FolderLayout,
  keys: readonly Uint8Array[],
  folder: string,
): Promise<WriteOutcome[]> {
  const outcomes: WriteOutcome[] = []
  for (const key of keys) outcomes.push(await copyOne(root, layout, key, folder))
  return outcomes
}

async function copyOne(
  root: string,
  layout: FolderLayout,
  key: Uint8Array,
  folder: string,
): Promise<WriteOutcome> {
  const standing = placeOfKey(layout, key)
  if (!standing) return { done: false, reason: 'ABSENT', sentence: `There is no entry ${showKey(key)}.` }
  const aside = join(folder, standing.asideName)
  try {
    const status = lstatSync(aside, { throwIfNoEntry: false })
    if (!status) return { done: false, reason: 'ABSENT', sentence: `There is no ${aside} any more.` }
    const value = contentOf(aside)
    const times = { modifiedMs: status.mtimeMs, accessedMs: status.atimeMs }
    const put = { kind: 'put', key, value, expect: 'absent', times } as const
    const outcome = (await writeEntries(root, layout, [put]))[0]!
    const isBack =
      outcome.done ||
      (outcome.reason === 'EXISTS' && isCopy(join(root, standing.folder, standing.name), value))
    if (!isBack) return outcome
    unlinkSync(aside)
    return { done: true }
  } catch (error) {
    return failure(aside, error)
  }
}

/** One that a killed run has copied and not yet removed. */
function isCopy(place: string, value: Uint8Array): boolean {
  return lstatSync(place).size === value.length && Buffer.compare(contentOf(place), value) === 0
}

function contentOf(path: string): Uint8Array {
  using file = openFileSource(path, { follow: false })
  return file.read(0, file.byteLength)
}
