import { existsSync } from 'node:fs'
import { dataFolder } from '../../shared/catalog/location.ts'
import { requireOwnFolder } from '../../shared/catalog/own-folder.ts'

/**
 * The data folder, which need not be there yet. One that cannot be used must not look like an empty one: "no jobs".
 *
 * @throws AppError REFUSED
 */
export function readableDataFolder(): string {
  const folder = dataFolder()
  if (existsSync(folder)) requireOwnFolder(folder)
  return folder
}
