/**
 * The child process that deletes from diskcache's database (`delete.ts` says why there is one): takes one
 * `DeleteRequest`, answers with the outcomes, and ends.
 */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'

import { showKey } from '../../model/keys.ts'
import type { WriteOutcome } from '../contract.ts'
import type { DeleteRequest } from './delete.ts'
import { databaseName, removeValueFile } from './files.ts'
import { conditionFor, storedKey } from './keys.ts'

/** diskcache itself waits for a minute. */
const patienceMs = 10_000
const retryMs = 25
/** Primary result codes (https://sqlite.org/rescode.html). */
const codes = { busy: 5, locked: 6, full: 13 }

async function deleteRows({ folder, keys }: DeleteRequest): Promise<WriteOutcome[]> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    try {
      return deleteNow(folder, keys)
    } catch (thrown) {
      const code = codeOf(thrown)
      const isBusy = code === codes.busy || code === codes.locked
      if (!isBusy || performance.now() > deadline) return keys.map(() => failure(folder, thrown))
    }
    await delay(retryMs)
  }
}

function deleteNow(folder: string, keys: readonly Uint8Array[]): WriteOutcome[] {
  const database = new DatabaseSync(join(folder, databaseName), {
    enableDoubleQuotedStringLiterals: true,
    enableForeignKeyConstraints: false,
    timeout: 1_000,
  })
  const files: string[] = []
  try {
    database.exec('PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; BEGIN IMMEDIATE')
    try {
      const outcomes = keys.map((key) => deleteRow(database, key, files))
      database.exec('COMMIT')
      // After the commit: a row without its file would be a loss, a file without its row is only a stray.
      for (const filename of files) removeValueFile(folder, filename)
      return outcomes
    } catch (thrown) {
      if (database.isTransaction) database.exec('ROLLBACK')
      throw thrown
    }
  } finally {
    database.close()
  }
}

function deleteRow(database: DatabaseSync, key: Uint8Array, files: string[]): WriteOutcome {
  const stored = storedKey(key)
  if (!stored) return { done: false, reason: 'BAD_KEY', sentence: `${showKey(key)} is no key of diskcache.` }
  const { sql, parameter } = conditionFor(stored)
  const find = database.prepare(`SELECT rowid, filename FROM main.Cache WHERE ${sql}`)
  find.setReadBigInts(true)
  const row = find.get(parameter)
  if (!row) return { done: false, reason: 'ABSENT', sentence: `There is no entry ${showKey(key)}.` }
  const { changes } = database.prepare('DELETE FROM main.Cache WHERE rowid = ?').run(row['rowid'] as bigint)
  if (changes === 0)
    return { done: false, reason: 'REFUSED', sentence: `A trigger of the database keeps ${showKey(key)}.` }
  if (typeof row['filename'] === 'string') files.push(row['filename'])
  return { done: true }
}

/** SQLite's primary result code. */
function codeOf(thrown: unknown): number | undefined {
  const code = (thrown as { errcode?: unknown }).errcode
  return typeof code === 'number' ? code & 0xff : undefined
}

function failure(folder: string, thrown: unknown): WriteOutcome {
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  const reason = codeOf(thrown) === codes.full ? 'NO_SPACE' : 'UNWRITABLE'
  return { done: false, reason, sentence: `Nothing was deleted from ${folder}: SQLite says "${message}".` }
}

process.once('message', (request: DeleteRequest) => {
  void deleteRows(request).then((outcomes) => process.send!(outcomes))
})
