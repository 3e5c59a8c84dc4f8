import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

import { refusedPath } from './paths.ts'

/**
 * Makes a folder and those above it that are missing. One by one: Node's own `recursive` goes round for ever where the
 * system says that a folder it was asked for is not there (`/proc`).
 *
 * @throws AppError `REFUSED`
 */
export function makeFolder(path: string, mode = 0o777): void {
  const missing: string[] = []
  for (let folder = path; !existsSync(folder) && dirname(folder) !== folder; folder = dirname(folder)) {
    missing.push(folder)
  }
  for (const folder of missing.toReversed()) {
    try {
      mkdirSync(folder, { mode })
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw refusedPath(folder, thrown, 'written')
    }
  }
}
