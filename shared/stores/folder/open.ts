import {
  accessSync,
  constants,
  existsSync,
  readdirSync,
  realpathSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

import { errnoOf } from '../../decode/file-source.ts'
import { makeFolder } from '../make-folder.ts'
import { AppError } from '../../model/errors.ts'
import type { StoreLocation } from '../contract.ts'
import { isUnmade, noSuchPath, refusedPath } from '../paths.ts'
import { FolderStore } from './folder-store.ts'
import type { FolderLayout } from './layout.ts'

/**
 * Opens a folder as a cache of the layout, whatever lies in it. With `write` a folder
 * that is not there is made, with the layout's own files if it has any.
 *
 * @throws AppError `NOT_FOUND`, `NOT_A_STORE` (a file), `REFUSED`, `USAGE` (an option; there are none)
 */
export function openFolderStore(
  layout: FolderLayout,
  location: StoreLocation,
  options: { write?: boolean } = {},
): FolderStore {
  const write = options.write ?? false
  const [option] = Object.keys(location.options)
  if (option !== undefined) {
    throw new AppError('USAGE', `${layout.kind}: takes no options, so "${option}" means nothing here.`)
  }
  if (write) prepare(layout, location.path)
  return new FolderStore(openableFolder(layout, location.path, write), layout, write)
}

function openableFolder(layout: FolderLayout, path: string, write: boolean): string {
  let root
  try {
    root = realpathSync(path)
    if (!statSync(root).isDirectory()) {
      throw new AppError('NOT_A_STORE', `${path} is a file; ${layout.kind}: needs the folder of the cache.`)
    }
    accessSync(root, constants.R_OK | constants.X_OK | (write ? constants.W_OK : 0))
  } catch (error) {
    if (error instanceof AppError) throw error
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') throw noSuchPath(path)
    throw refusedPath(path, error, write ? 'written' : 'read')
  }
  return root
}

function prepare(layout: FolderLayout, path: string): void {
  if (existsSync(path) && !statSync(path).isDirectory()) return
  try {
    makeFolder(path)
    if (readdirSync(path).some((name) => !layout.ownFiles.has(name))) return
    for (const [name, content] of layout.ownFiles)
      if (isUnmade(join(path, name))) writeFileSync(join(path, name), content)
  } catch (error) {
    throw error instanceof AppError ? error : refusedPath(path, error, 'written')
  }
}
