import { accessSync, constants, statSync } from 'node:fs'

import { errnoOf } from '../../decode/file-source.ts'
import { AppError } from '../../model/errors.ts'
import { pathForm } from '../../model/store-form.ts'
import type { StoreLocation, StoreType } from '../contract.ts'
import { noSuchPath, refusedPath } from '../paths.ts'
import { detectMemory, findRoot } from './detect.ts'
import { JoblibStore } from './store.ts'

/** Folders of joblib.Memory: read, and calls deleted from. Opened for writing, nothing is made. */
export const joblibStoreType: StoreType = {
  kind: 'joblib',
  title: 'joblib.Memory',
  scheme: 'joblib',
  form: pathForm('joblib', {
    label: 'Folder',
    placeholder: '/home/you/project/cachedir',
    help: 'What joblib.Memory was given, or the folder joblib in it',
  }),
  detect: async (path) => detectMemory(path),
  open: async (location, options) => new JoblibStore(rootFor(location), options?.write === true),
}

function rootFor({ path, options }: StoreLocation): string {
  const [option] = Object.keys(options)
  if (option !== undefined)
    throw new AppError('USAGE', `joblib: takes no options, so "${option}" means nothing here.`)
  try {
    if (!statSync(path).isDirectory())
      throw new AppError('NOT_A_STORE', `${path} is a file; joblib: needs the folder of the cache.`)
    const root = findRoot(path)
    accessSync(root, constants.R_OK | constants.X_OK)
    return root
  } catch (error) {
    if (error instanceof AppError) throw error
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') throw noSuchPath(path)
    throw refusedPath(path, error, 'read')
  }
}
