import Database from 'better-sqlite3'
import { join } from 'node:path'
import { AppError } from '../model/errors.ts'

/**
 * One process at a time works on a job. The lock is SQLite's lock of a file beside the job: the system lets go of it
 * when the process dies, however it dies.
 *
 * @throws AppError REFUSED while another has it.
 */
export function lockJob(folder: string): Disposable {
  const database = open(folder)
  if (database) return { [Symbol.dispose]: () => database.close() }
  throw new AppError(
    'REFUSED',
    `The job in ${folder} is under way in another program; wait for it or stop it.`,
  )
}

export function isLocked(folder: string): boolean {
  const database = open(folder)
  database?.close()
  return database === undefined
}

function open(folder: string): Database.Database | undefined {
  const database = new Database(join(folder, 'lock.sqlite'), { timeout: 0 })
  try {
    database.exec('BEGIN EXCLUSIVE')
    return database
  } catch (thrown) {
    database.close()
    if (thrown instanceof Database.SqliteError && thrown.code === 'SQLITE_BUSY') return undefined
    throw thrown
  }
}
