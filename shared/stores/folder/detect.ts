import { realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'

import type { Detection } from '../contract.ts'
import type { FolderLayout } from './layout.ts'
import { sampleFolder } from './sample.ts'
import type { Sample } from './sample.ts'

/**
 * Says whether a folder is a cache of the layout: by what lies in files that have the
 * names and places of entries. git's objects (38 digits under `ab/`) and the caches of
 * other programs have neither; a folder of pickles with other names has no places.
 *
 * @throws AppError `REFUSED` if the folder may not be read
 */
export function detectFolder(layout: FolderLayout, path: string): Detection | undefined {
  const root = realFolder(path)
  if (root === undefined) return undefined
  const sample = sampleFolder(root, layout)
  const own = [...layout.ownFiles.keys()].filter((name) => isFile(join(root, name)))
  const certainty = rate(layout, sample, own.length > 0)
  if (certainty === 0) return undefined
  return { kind: layout.kind, path: root, certainty, reason: describe(layout, sample, own) }
}

function rate(layout: FolderLayout, sample: Sample, hasOwnFiles: boolean): number {
  const looked = sample.files - sample.refused
  if (sample.files > 0 && looked === 0) return 0.3
  if (looked === 0) return hasOwnFiles ? 0.5 : 0
  // JSON objects lie under hashes in many programs' caches; only records, or the cache's own file, tell.
  if (layout.values === 'json' && sample.records === 0 && !hasOwnFiles) return 0
  const share = sample.readable / looked
  if (share < 0.5) return 0
  return (sample.records > 0 ? 0.9 : 0.6) + 0.1 * share - (hasOwnFiles ? 0 : 0.01)
}

function describe(layout: FolderLayout, sample: Sample, own: readonly string[]): string {
  if (sample.files === 0) return `it has ${own.join(', ')} and no entries`
  if (sample.refused === sample.files) {
    return `${sample.files} sampled files have the names of entries, but may not be read`
  }
  const what = layout.values === 'json' ? 'JSON objects' : 'pickles'
  const records = sample.records > 0 ? `, ${sample.records} of them records of calls` : ''
  return `${sample.readable} of ${sample.files} sampled files are ${what} under their hash${records}`
}

function realFolder(path: string): string | undefined {
  try {
    const root = realpathSync(path)
    return statSync(root).isDirectory() ? root : undefined
  } catch {
    return undefined
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}
