import { readdirSync } from 'node:fs'
import type { Dirent } from 'node:fs'
import { join } from 'node:path'

import { errnoOf } from '../../decode/file-source.ts'
import type { Stray } from '../contract.ts'
import { databaseName } from './files.ts'

/** Values lie two folders deep; what is deeper is told by its folder. */
const deepest = 3

/** The database and the files that SQLite makes beside it. */
const databaseFiles = new Set(['', '-wal', '-shm', '-journal'].map((suffix) => databaseName + suffix))

/** What lies in the folder of a shard and belongs to no row. `names`: the files of all rows. */
export function* listFileStrays(
  folder: string,
  shard: string | undefined,
  names: ReadonlySet<string>,
): Generator<Stray> {
  const known = new Set([...names].map((name) => name.replaceAll('\\', '/')))
  const waiting = ['']
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const items = readFolder(join(folder, path))
    if (items.length === 0 && path !== '') yield stray(shard, path, 'an empty folder')
    for (const item of items) {
      const name = path === '' ? item.name : `${path}/${item.name}`
      if (item.isDirectory() && name.split('/').length < deepest) waiting.push(name)
      else if (!databaseFiles.has(name)) {
        const reason = reasonFor(item, known.has(name))
        if (reason !== undefined) yield stray(shard, name, reason)
      }
    }
  }
}

function stray(shard: string | undefined, name: string, reason: string): Stray {
  return { name: shard === undefined ? name : `${shard}/${name}`, reason }
}

function reasonFor(item: Dirent, isKnown: boolean): string | undefined {
  if (item.isSymbolicLink()) return 'a link; links are not followed'
  if (item.isDirectory()) return 'a folder where values should be'
  if (!item.isFile()) return 'neither a file nor a folder'
  return isKnown ? undefined : 'a file that no row of the database names'
}

function readFolder(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1))
  } catch (error) {
    if (errnoOf(error) === undefined) throw error
    return []
  }
}
