import { fork } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { toAppError } from '../../model/errors.ts'
import type { WriteOutcome } from '../contract.ts'

/** What the parent sends to `delete-process.ts`, which answers with one `WriteOutcome` for each key, and ends. */
export interface DeleteRequest {
  /** Folder of the `cache.db`. */
  readonly folder: string
  readonly keys: readonly Uint8Array[]
}

/**
 * Deletes entries of one `cache.db`, rows and files, in one transaction, so that the database's own triggers keep its
 * counters right. Those triggers are written with double-quoted texts, which the SQLite of better-sqlite3 is built to
 * refuse; that of Node takes them. Two SQLite libraries in one process would undo each other's locks on a file
 * (https://sqlite.org/howtocorrupt.html, 2.2.1), so Node's runs in a process of its own.
 */
export async function deleteRows(folder: string, keys: readonly Uint8Array[]): Promise<WriteOutcome[]> {
  try {
    return await inProcess({ folder, keys })
  } catch (thrown) {
    const sentence = `Nothing was deleted from ${folder}: ${toAppError(thrown).message}`
    return keys.map(() => ({ done: false, reason: 'UNWRITABLE', sentence }))
  }
}

function inProcess(request: DeleteRequest): Promise<WriteOutcome[]> {
  return new Promise((resolve, reject) => {
    const child = fork(programPath(), [], {
      serialization: 'advanced',
      execArgv: [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    let answer: WriteOutcome[] | undefined
    child.once('message', (outcomes: WriteOutcome[]) => {
      answer = outcomes
      child.disconnect()
    })
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      if (answer) resolve(answer)
      else
        reject(
          new Error(`the process that deletes ended without an answer (${signal ?? `exit code ${code}`}).`),
        )
    })
    child.send(request, (error) => {
      if (error) reject(error)
    })
  })
}

/** Beside this file in a checkout; in a build, where the bundler puts it as `diskcache-delete.js`. */
function programPath(): string {
  const built = fileURLToPath(new URL('./diskcache-delete.js', import.meta.url))
  return existsSync(built) ? built : fileURLToPath(new URL('./delete-process.ts', import.meta.url))
}
