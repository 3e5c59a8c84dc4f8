import Database from 'better-sqlite3'

/**
 * SQLite's lock of a file, which is made if it is not there. It holds between processes and threads, and the system lets
 * go of it when the process dies, however it dies. `undefined` while another has it: any number may have a shared one.
 */
export function tryLock(
  path: string,
  kind: 'exclusive' | 'shared',
  timeoutMs: number,
): Disposable | undefined {
  const database = new Database(path, { timeout: timeoutMs })
  try {
    database.exec(kind === 'exclusive' ? 'BEGIN EXCLUSIVE' : 'BEGIN; SELECT 1 FROM sqlite_schema')
    return { [Symbol.dispose]: () => database.close() }
  } catch (thrown) {
    database.close()
    if (thrown instanceof Database.SqliteError && thrown.code === 'SQLITE_BUSY') return undefined
    throw thrown
  }
}
