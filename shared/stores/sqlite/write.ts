import { setTimeout as delay } from 'node:timers/promises'

import BetterSqlite3 from 'better-sqlite3'
import type { Database } from 'better-sqlite3'

import { toAppError } from '../../model/errors.ts'
import { keyText, showKey } from '../../model/keys.ts'
import { asBuffer } from '../as-buffer.ts'
import type { ApplyOptions, WriteOperation, WriteOutcome } from '../contract.ts'
import { changed, isOvertaken, type LockPace } from '../lock-pace.ts'
import { throwIfCancelled } from '../slices.ts'
import { isCorrupt, sqliteCode, writingError } from '../sqlite-file/errors.ts'
import { faultOutcome } from '../sqlite-file/fault.ts'
import { tooLong } from '../sqlite-file/largest.ts'
import { Rows } from './rows.ts'
import type { CacheTable } from './schema.ts'
import type { SqlParameter } from './sql.ts'

/** How long a write waits for another program's lock: what Python's sqlite3 does twice over. */
const patienceMs = 10_000
const retryMs = 25
/** How long SQLite itself waits, which blocks everything else. */
const busyMs = 40

export interface WriteContext extends ApplyOptions {
  readonly path: string
  readonly table: CacheTable
  readonly pace: LockPace
}

interface Written {
  readonly outcomes: WriteOutcome[]
  readonly heldMs: number
  readonly othersWrote?: boolean
}

/**
 * Puts and deletes in transactions that are short. What a constraint or a trigger refuses is that operation's outcome;
 * the others are done. If SQLite cannot write at all, every outcome from there on says why.
 *
 * The database is open only meanwhile, so that nothing of ours stands in the way of others, nor leaves a WAL behind.
 */
export async function writeRows(
  context: WriteContext,
  operations: readonly WriteOperation[],
): Promise<WriteOutcome[]> {
  const { path, table, pace } = context
  let opened: Opened | undefined
  const connected = () => {
    opened ??= connect(path, table)
    return opened
  }
  try {
    const { onWritten } = context
    return await pace.inTransactions(operations, (part) => transact(context, part, connected), onWritten)
  } finally {
    opened?.database.close()
  }
}

/** One transaction; tried again while another program has the lock. */
async function transact(
  { path, table, pace, signal }: WriteContext,
  operations: readonly WriteOperation[],
  connected: () => Opened,
): Promise<Written> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    throwIfCancelled(signal)
    try {
      const { database, rows, versions } = connected()
      return writeIn({ database, rows, table, pace, versions }, operations)
    } catch (thrown) {
      const isBusy = /^SQLITE_(BUSY|LOCKED)/.test(sqliteCode(thrown) ?? '')
      if (!isBusy || performance.now() > deadline)
        return { outcomes: operations.map(() => failure(path, thrown)), heldMs: 0 }
    }
    // oxlint-disable-next-line no-await-in-loop -- the next attempt is later
    await delay(retryMs)
  }
}

function connect(path: string, table: CacheTable): Opened {
  const database = new BetterSqlite3(path, { fileMustExist: true, timeout: busyMs })
  try {
    database.pragma('trusted_schema = OFF')
    database.pragma('cell_size_check = ON')
    return { database, rows: new Rows(database, table), versions: {} }
  } catch (thrown) {
    database.close()
    throw thrown
  }
}

interface Opened {
  readonly database: Database
  readonly rows: Rows
  readonly versions: Versions
}

interface Connected extends Opened {
  readonly table: CacheTable
  readonly pace: LockPace
}

/** SQLite's `data_version` changes when another connection has committed. */
interface Versions {
  last?: unknown
}

function writeIn(connected: Connected, operations: readonly WriteOperation[]): Written {
  const refusals = new Map<number, WriteOutcome>()
  for (;;) {
    const { database, pace, versions } = connected
    database.exec('BEGIN IMMEDIATE')
    let othersWrote = false
    const { result, heldMs } = pace.measure(() => {
      try {
        // Under the lock: asked after the end, it can find the file locked by another, and what was done would be done again.
        const version = database.pragma('data_version', { simple: true })
        othersWrote = versions.last !== undefined && versions.last !== version
        versions.last = version
        return attempt(connected, operations, refusals)
      } finally {
        if (database.inTransaction) database.exec('ROLLBACK')
      }
    })
    if (result) return { outcomes: result, heldMs, othersWrote }
  }
}

/**
 * `undefined` if a trigger undid the whole transaction, or one operation came upon a damaged page and may have stopped half
 * way: then that one is a refusal, and the others are done again.
 */
function attempt(
  { database, rows, table }: Connected,
  operations: readonly WriteOperation[],
  refusals: Map<number, WriteOutcome>,
): WriteOutcome[] | undefined {
  const outcomes: WriteOutcome[] = []
  for (const [index, operation] of operations.entries()) {
    const { outcome, isUndone } = refusals.has(index)
      ? { outcome: refusals.get(index)!, isUndone: false }
      : performOrRefuse(rows, table, operation)
    outcomes.push(outcome)
    if (database.inTransaction && !isUndone) continue
    refusals.set(index, outcome)
    return undefined
  }
  database.exec('COMMIT')
  return outcomes
}

function performOrRefuse(
  rows: Rows,
  table: CacheTable,
  operation: WriteOperation,
): { outcome: WriteOutcome; isUndone: boolean } {
  try {
    return { outcome: perform(rows, table, operation), isUndone: false }
  } catch (thrown) {
    const isUndone = isCorrupt(thrown)
    if (!isUndone && !/^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG|ERROR)/.test(sqliteCode(thrown) ?? ''))
      throw thrown
    const sentence = `SQLite refuses this entry: ${(thrown as Error).message}.`
    return { outcome: { done: false, reason: 'REFUSED', sentence }, isUndone }
  }
}

function perform(rows: Rows, table: CacheTable, operation: WriteOperation): WriteOutcome {
  const { key } = operation
  if (key.length === 0)
    return { done: false, reason: 'BAD_KEY', sentence: 'An entry needs a key, and this one is empty.' }
  const found = rows.find(key)
  if (isOvertaken(operation, () => found && rows.value(found))) return changed
  if (operation.kind === 'delete') {
    if (!found) return { done: false, reason: 'ABSENT', sentence: 'There is no entry with this key.' }
    // A trigger may keep the row without a word.
    if (rows.delete(found) > 0) return { done: true }
    return { done: false, reason: 'REFUSED', sentence: 'A trigger of the database keeps this entry.' }
  }
  if (found && operation.expect === 'absent') {
    return { done: false, reason: 'EXISTS', sentence: 'There is an entry with this key already.' }
  }
  const why = tooLong(operation.value)
  if (why !== undefined)
    return {
      done: false,
      reason: 'REFUSED',
      sentence: `The entry ${showKey(key)} cannot be written: ${why}.`,
    }
  const value = valueParameter(operation.value, table.valuesAreText)
  if (found) rows.update(found, value)
  else rows.insert(keyParameter(key, table.keysAreBlobs), value)
  return { done: true }
}

/** Text where the table's keys are text and this one can be. */
function keyParameter(key: Uint8Array, keysAreBlobs: boolean): SqlParameter {
  const text = keysAreBlobs ? undefined : keyText(key)
  return text ?? asBuffer(key)
}

function valueParameter(value: Uint8Array, valuesAreText: boolean): SqlParameter {
  const text = valuesAreText ? keyText(value) : undefined
  return text ?? asBuffer(value)
}

function failure(path: string, thrown: unknown): WriteOutcome {
  return faultOutcome(sqliteCode(thrown) ?? '', toAppError(writingError(path, thrown)).message)
}
