import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

import { errnoOf } from '../../decode/file-source.ts'
import { AppError } from '../../model/errors.ts'
import { statusOf } from '../paths.ts'

/** Makes the folders on the way to a path below a root; none of them may be a link. @throws AppError REFUSED, and what the system says */
export function makeFolders(root: string, path: string): string {
  let folder = root
  for (const name of path === '' || path === '.' ? [] : path.split('/')) {
    folder = join(folder, name)
    const status = statusOf(folder)
    if (status === undefined) makeOne(folder)
    else if (!status.isDirectory())
      throw new AppError('REFUSED', `${folder} is a link or a file, not a folder.`)
  }
  return folder
}

function makeOne(folder: string): void {
  try {
    mkdirSync(folder)
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error
  }
}
