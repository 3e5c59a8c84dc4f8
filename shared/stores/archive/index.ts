import { existsSync, realpathSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { AppError } from '../../model/errors.ts'
import { pathForm } from '../../model/store-form.ts'
import type { Detection, StoreType } from '../contract.ts'
import { isUnmade, noSuchPath } from '../paths.ts'
import { addTrigger, createArchive, entriesTable, isArchive } from './layout.ts'
import { ArchiveStore } from './store.ts'

/** One portable file that carries a cache to another machine. It is read as the SQLite database that it is. */
export function makeArchiveStoreType(sqlite: StoreType): StoreType {
  return {
    kind: 'archive',
    title: 'Archive',
    scheme: 'archive',
    form: pathForm('archive', { label: 'File', placeholder: '/home/you/results.hashcache' }, []),
    detect,
    async open({ path: named, options }, { write = false, signal } = {}) {
      for (const name of Object.keys(options))
        throw new AppError('USAGE', `archive: does not know the option "${name}"; it takes none.`)
      if (!existsSync(named) && !write) throw noSuchPath(named)
      // A journal may be of a program that was killed while it made the file.
      if (write && (isUnmade(named) || existsSync(`${named}-journal`))) createArchive(named)
      const path = realpathSync(resolve(named))
      if (!isArchive(path)) {
        throw new AppError(
          'NOT_A_STORE',
          `${path} is no archive of hashcache; give another path, or leave its kind to be found.`,
          {
            data: { path },
          },
        )
      }
      if (write) addTrigger(path)
      const table = { table: entriesTable, key: 'key', value: 'value' }
      return new ArchiveStore(
        await sqlite.open({ kind: 'sqlite', path, options: table }, { write, signal }),
        path,
      )
    },
  }
}

async function detect(path: string): Promise<Detection | undefined> {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile() || !isArchive(path)) return undefined
  return { kind: 'archive', path, certainty: 1, reason: 'an archive of hashcache, by its application id' }
}
