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
  // Whoever lists the jobs looks at the lock, which keeps it for a moment.
  const database = ask(folder, 'BEGIN EXCLUSIVE', lookMs)
  if (database) return { [Symbol.dispose]: () => database.close() }
  throw new AppError(
    'REFUSED',
    `The job in ${folder} is under way in another program; wait for it or stop it.`,
  )
}

/** Any number of programs may look at the same time. */
export function isLocked(folder: string): boolean {
  const database = ask(folder, 'BEGIN; SELECT 1 FROM sqlite_schema', 0)
  database?.close()
  return database === undefined
}

const lookMs = 1_000

/** `undefined` while another has the lock that is asked for. */
function ask(folder: string, lock: string, timeout: number): Database.Database | undefined {
  const database = new Database(join(folder, 'lock.sqlite'), { timeout })
  try {
    database.exec(lock)
    return database
  } catch (thrown) {
    database.close()
    if (thrown instanceof Database.SqliteError && thrown.code === 'SQLITE_BUSY') return undefined
    throw thrown
  }
}
