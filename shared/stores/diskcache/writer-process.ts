/**
 * The child process that reads and changes rows of diskcache's database (`writer.ts` says why there is one): answers one
 * `WriterRequest` after the other with a `WriterReply`. A database is open only meanwhile.
 */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'

import { answerRequests } from '../answer-requests.ts'
import { toAppError } from '../../model/errors.ts'
import { showKey } from '../../model/keys.ts'
import type { WriteOutcome } from '../contract.ts'
import { changed, LockPace } from '../lock-pace.ts'
import { closedPath } from '../paths.ts'
import { faultOutcome, sqliteFault } from '../sqlite-file/fault.ts'
import { databaseName, hasValueFile, removeValueFile } from './files.ts'
import { conditionFor, storedKey } from './keys.ts'
import { RowTable } from './row-table.ts'
import { isSameRow, packRow, placeColumns, readColumns, textIn, unpackRow } from './stored-row.ts'
import type { StoredCell, StoredRow } from './stored-row.ts'
import type { RowOperation, RowRead, WriterReply, WriterRequest } from './writer-protocol.ts'

/** diskcache itself waits for a minute. */
const patienceMs = 10_000
const retryMs = 25
/** How long SQLite itself waits. */
const busyMs = 1_000

/** Primary result codes (https://sqlite.org/rescode.html), as better-sqlite3 names them. */
const codeNames = new Map([
  [3, 'SQLITE_PERM'],
  [5, 'SQLITE_BUSY'],
  [6, 'SQLITE_LOCKED'],
  [8, 'SQLITE_READONLY'],
  [10, 'SQLITE_IOERR'],
  [11, 'SQLITE_CORRUPT'],
  [13, 'SQLITE_FULL'],
  [14, 'SQLITE_CANTOPEN'],
  [19, 'SQLITE_CONSTRAINT'],
  [26, 'SQLITE_NOTADB'],
])

const done: WriteOutcome = { done: true }
/** One for all databases: it learns what writing costs here. */
const pace = new LockPace()

/** The child's view of one `cache.db`. */
interface Opened {
  readonly folder: string
  readonly database: DatabaseSync
  readonly table: RowTable
}

async function answer(request: WriterRequest): Promise<WriterReply> {
  const { folder } = request
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(join(folder, databaseName), {
      enableDoubleQuotedStringLiterals: true,
      enableForeignKeyConstraints: false,
      timeout: busyMs,
    })
    database.exec('PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA synchronous = FULL')
    const opened = { folder, database, table: new RowTable(database) }
    if (request.kind === 'read') return { kind: 'read', rows: request.keys.map((key) => read(opened, key)) }
    return { kind: 'applied', outcomes: await apply(opened, request.operations) }
  } catch (thrown) {
    return { kind: 'failed', outcome: failure(folder, thrown) }
  } finally {
    database?.close()
  }
}

function read({ table }: Opened, key: Uint8Array): RowRead | undefined {
  const stored = storedKey(key)
  const found = stored && table.find(conditionFor(stored))
  return found && { row: packRow({ row: found.row }), stamp: found.stamp }
}

async function apply(opened: Opened, operations: readonly RowOperation[]): Promise<WriteOutcome[]> {
  /** Names of files that may belong to no row any more. */
  const loose = new Set<string>()
  const outcomes = await pace.inTransactions(operations, (part) => transact(opened, part, loose))
  removeLoose(opened, loose)
  return outcomes
}

/** One transaction; tried again while another program has the lock. */
async function transact(
  opened: Opened,
  operations: readonly RowOperation[],
  loose: Set<string>,
): Promise<{ outcomes: WriteOutcome[]; heldMs: number }> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    try {
      opened.database.exec('BEGIN IMMEDIATE')
      const { result, heldMs } = pace.measure(() => attempt(opened, operations))
      // After the commit: a row without its file would be a loss, a file without its row is only a stray.
      for (const filename of result.gone) removeValueFile(opened.folder, filename)
      for (const filename of result.loose) loose.add(filename)
      return { outcomes: result.outcomes, heldMs }
    } catch (thrown) {
      if (!/BUSY|LOCKED/.test(codeOf(thrown) ?? '') || performance.now() > deadline) {
        const outcome = failure(opened.folder, thrown)
        if (outcome.reason !== 'REFUSED' || operations.length === 1)
          return { outcomes: operations.map(() => outcome), heldMs: 0 }
        break
      }
    }
    await delay(retryMs)
  }
  // What is in the way of one operation undid all of them: the others are done each for itself.
  const outcomes: WriteOutcome[] = []
  for (const operation of operations) outcomes.push(...(await transact(opened, [operation], loose)).outcomes)
  return { outcomes, heldMs: 0 }
}

interface Attempted {
  readonly outcomes: WriteOutcome[]
  /** Files of rows that went. */
  readonly gone: string[]
  readonly loose: string[]
}

function attempt({ database, table }: Opened, operations: readonly RowOperation[]): Attempted {
  const attempted: Attempted = { outcomes: [], gone: [], loose: [] }
  try {
    for (const operation of operations)
      attempted.outcomes.push(performOrRefuse({ database, table }, operation, attempted))
    database.exec('COMMIT')
    return attempted
  } finally {
    if (database.isTransaction) database.exec('ROLLBACK')
  }
}

/** What a constraint or a trigger refuses is that operation's outcome. */
function performOrRefuse(
  { database, table }: Pick<Opened, 'database' | 'table'>,
  operation: RowOperation,
  attempted: Attempted,
): WriteOutcome {
  try {
    return operation.kind === 'delete'
      ? deleteRow(table, operation, attempted)
      : restoreRow(table, operation, attempted)
  } catch (thrown) {
    // A trigger may also have undone the whole transaction.
    if (codeOf(thrown) !== 'SQLITE_CONSTRAINT' || !database.isTransaction) throw thrown
    return refusal(thrown)
  }
}

function refusal(thrown: unknown): WriteOutcome & { done: false } {
  return {
    done: false,
    reason: 'REFUSED',
    sentence: `SQLite refuses this entry: ${toAppError(thrown).message}.`,
  }
}

function deleteRow(
  table: RowTable,
  { key, ifValue }: RowOperation & { kind: 'delete' },
  { gone, loose }: Attempted,
): WriteOutcome {
  const stored = storedKey(key)
  if (!stored) return { done: false, reason: 'BAD_KEY', sentence: `${showKey(key)} is no key of diskcache.` }
  const now = table.find(conditionFor(stored))?.row
  const was = ifValue && unpackRow(ifValue).row
  const filename = now && textIn(now, 'filename')
  if (was && (!now || !isSameRow(now, was, readColumns))) {
    const before = textIn(was, 'filename')
    if (before !== undefined && before !== filename) loose.push(before)
    if (now) return changed
  }
  if (!now) return { done: false, reason: 'ABSENT', sentence: `There is no entry ${showKey(key)}.` }
  if (table.delete(now) === 0)
    return { done: false, reason: 'REFUSED', sentence: `A trigger of the database keeps ${showKey(key)}.` }
  if (filename !== undefined) gone.push(filename)
  return done
}

function restoreRow(
  table: RowTable,
  { key, value, filename, expiresAtMs }: RowOperation & { kind: 'put' },
  { loose }: Attempted,
): WriteOutcome {
  const { row } = unpackRow(value)
  const stored = storedKey(key)!
  const now = table.find(conditionFor(stored))?.row
  if (now || table.hasEqual(row)) {
    if (filename !== undefined && filename !== (now && textIn(now, 'filename'))) loose.push(filename)
    if (now && isSameRow(now, row, placeColumns)) return done
    return {
      done: false,
      reason: 'EXISTS',
      sentence: `There is an entry ${showKey(key)} already; it was left as it is.`,
    }
  }
  const back = new Map<string, StoredCell>(row)
  if (filename !== undefined) back.set('filename', { type: 'text', value: Buffer.from(filename) })
  if (expiresAtMs !== undefined && isPast(row))
    back.set('expire_time', { type: 'real', value: expiresAtMs / 1_000 })
  table.insert(back)
  return done
}

function isPast(row: StoredRow): boolean {
  const cell = row.get('expire_time')
  return cell?.type === 'real' && cell.value * 1_000 <= Date.now()
}

/** What a run has left that was killed between a row, its file and the folders of that. */
function removeLoose({ folder, table }: Opened, loose: ReadonlySet<string>): void {
  const there = new Set([...loose].filter((name) => hasValueFile(folder, name)))
  const named = there.size === 0 ? there : table.namedAmong(there)
  for (const name of loose) if (!named.has(name)) removeValueFile(folder, name)
}

function codeOf(thrown: unknown): string | undefined {
  const code = (thrown as { errcode?: unknown }).errcode
  return typeof code === 'number' ? (codeNames.get(code & 0xff) ?? `SQLITE_${code}`) : undefined
}

function failure(folder: string, thrown: unknown): WriteOutcome & { done: false } {
  const code = codeOf(thrown)
  if (code === undefined) {
    const sentence = `Nothing was changed in ${folder}: ${toAppError(thrown).message}`
    return { done: false, reason: 'UNWRITABLE', sentence }
  }
  if (code === 'SQLITE_CONSTRAINT') return refusal(thrown)
  const path = join(folder, databaseName)
  const closed = /READONLY|CANTOPEN|PERM|IOERR/.test(code) ? closedPath([path, folder]) : undefined
  if (closed) return faultOutcome(code, closed.message)
  return faultOutcome(code, sqliteFault(path, code, (thrown as Error).message, thrown).message)
}

answerRequests(answer)
