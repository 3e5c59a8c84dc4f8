import { existsSync, realpathSync } from 'node:fs'
import { join } from 'node:path'

const roots = [
  process.env.HASHCACHE_CORPUS,
  join(import.meta.dirname, '../../../shared/corpus'),
  join(import.meta.dirname, 'corpus'),
]

/**
 * A folder of the test corpus: of `HASHCACHE_CORPUS`, of a full corpus beside the
 * checkout, or of the part of it that comes with the project. By its real path, as stores tell it.
 */
export function corpusFolder(name: string): string | undefined {
  const found = roots
    .map((root) => root && join(root, name))
    .find((path) => path && existsSync(join(path, 'expected.json')))
  return found && realpathSync(found)
}
