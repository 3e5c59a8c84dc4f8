import { statSync } from 'node:fs'
import { join } from 'node:path'

import type { Detection } from './contract.ts'
import { storeTypes } from './kinds.ts'

/** pycse writes into a folder of this name beside the program; people open the project. */
const usualFolder = 'cache'

/**
 * What kinds of cache a path is, the most certain first: by content, not by name. Of a
 * folder that is none itself, its `cache/` is looked at. Empty if there is none.
 *
 * @throws AppError `REFUSED` if the folder may not be read
 */
export async function detectStores(path: string): Promise<Detection[]> {
  const here = await detectHere(path)
  return here.length > 0 || !isFolder(path) ? here : detectHere(join(path, usualFolder))
}

/** What kinds of cache a path itself is, the most certain first. Throws as `detectStores`. */
export async function detectHere(path: string): Promise<Detection[]> {
  const found = await Promise.all(storeTypes.map((type) => type.detect(path)))
  return found.filter((detection) => detection !== undefined).toSorted((a, b) => b.certainty - a.certainty)
}

function isFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
  } catch {
    return false
  }
}
