/**
 * The child process that writes LMDB through the native library (`lmdb` for format 1, `lmdb-v2` for format 2). A
 * process of its own, because the format 1 library aborts the process that has read large values through it: this
 * one only puts and removes, and if it dies, one batch fails and not the engine.
 */
import { hash } from 'node:crypto'
import { statfsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { answerRequests } from '../answer-requests.ts'
import { asBuffer } from '../as-buffer.ts'
import type { WriteOperation, WriteOutcome } from '../contract.ts'
import { changed } from '../lock-pace.ts'
import { SnapshotReader } from './snapshots.ts'
import {
  unpackOperations,
  type GuardedOperation,
  type WriterReply,
  type WriterRequest,
  type WriterTarget,
} from './writer-protocol.ts'

/** What a write inside a transaction gives: format 2's library a boolean, format 1's a settled promise of one. */
type Settled = boolean | Promise<boolean> | undefined

/** The part of the library's interface that is used. */
interface NativeDatabase {
  openDB(options: { name: string; encoding: 'binary'; keyEncoding: 'binary' }): NativeDatabase
  putSync(key: Buffer, value: Buffer, options?: { noOverwrite: boolean }): Settled
  removeSync(key: Buffer): Settled
  transactionSync<Result>(callback: () => Result, flags: number): Result
  close(): Promise<void>
}

interface NativeLibrary {
  open(options: Record<string, unknown>): NativeDatabase
}

/** The transaction can be aborted, and is on disk when `transactionSync` returns. */
const abortableAndSynchronous = 3
const mapFull = -30792
const largestMapBytes = 2 ** 44
const nearlyNothingBytes = 1 << 20

// Not named `require`: the bundler has one of its own in every file that says so.
const requireNative = createRequire(import.meta.url)
let target: WriterTarget | undefined
let root: NativeDatabase | undefined
let database: NativeDatabase | undefined
let reader: SnapshotReader | undefined

function open(wanted: WriterTarget): void {
  const native = requireNative(wanted.format === 1 ? 'lmdb' : 'lmdb-v2') as NativeLibrary
  target = wanted
  root = native.open({
    path: wanted.path,
    noSubdir: wanted.isFile,
    encoding: 'binary',
    keyEncoding: 'binary',
    mapSize: wanted.mapBytes,
    maxDbs: 4,
    overlappingSync: false,
    remapChunks: false,
    cache: false,
  })
  database =
    wanted.database === undefined
      ? root
      : root.openDB({ name: wanted.database, encoding: 'binary', keyEncoding: 'binary' })
}

async function close(): Promise<void> {
  await root?.close()
  root = undefined
  database = undefined
  reader?.close()
  reader = undefined
}

/** One transaction. An operation that the library refuses is left out and the rest is done again. */
async function apply(
  operations: readonly GuardedOperation[],
): Promise<{ refused: Map<number, WriteOutcome>; heldMs: number }> {
  const refusals = new Map<number, WriteOutcome>()
  for (;;) {
    const attempt = attemptAll(operations, refusals)
    if (attempt.kind === 'done') {
      const results = await Promise.all(attempt.results.map(async (result) => result))
      return { refused: refusedOf(operations, refusals, results), heldMs: attempt.heldMs }
    }
    if (attempt.kind === 'refused') {
      refusals.set(attempt.index, { done: false, reason: 'REFUSED', sentence: attempt.message })
    } else {
      await growMap()
    }
  }
}

type Attempt =
  | { kind: 'done'; results: Settled[]; heldMs: number }
  | { kind: 'refused'; index: number; message: string }
  | { kind: 'full' }

function attemptAll(operations: readonly GuardedOperation[], refusals: Map<number, WriteOutcome>): Attempt {
  let index = 0
  let startMs = 0
  try {
    const results = database!.transactionSync(() => {
      startMs = performance.now()
      const done: Settled[] = []
      for (index = 0; index < operations.length; index++) {
        const { operation, ifSha256 } = operations[index]!
        if (ifSha256 !== undefined && !isStanding(operation, ifSha256)) refusals.set(index, changed)
        done.push(refusals.has(index) ? undefined : perform(database!, operation))
      }
      return done
    }, abortableAndSynchronous)
    return { kind: 'done', results, heldMs: performance.now() - startMs }
  } catch (thrown) {
    const error = thrown as Error & { code?: unknown }
    if (error.code === mapFull || error.message.includes('MDB_MAP_FULL')) return { kind: 'full' }
    if (index >= operations.length) throw thrown
    return { kind: 'refused', index, message: refusalOf(error) }
  }
}

function refusalOf({ message }: Error): string {
  const told = message.replace(/[.;:\s]+$/, '')
  const next = /MDB_(?:CORRUPTED|PAGE_NOTFOUND|PANIC|INVALID)/.test(told)
    ? 'the file is damaged: restore it from a copy, or migrate what can still be read to a new cache'
    : 'the others are written'
  return `LMDB refuses this entry of ${target!.path}: ${told}; ${next}.`
}

/** By our own reader, of the state at which this transaction began: nobody else can write now. */
function isStanding({ kind, key }: WriteOperation, sha256: string): boolean {
  reader ??= new SnapshotReader(target!.dataPath, target!.database, true)
  const value = reader.valueNow(key)
  return value === undefined ? kind === 'delete' : hash('sha256', value, 'hex') === sha256
}

function perform(into: NativeDatabase, operation: WriteOperation): Settled {
  const key = asBuffer(operation.key)
  if (operation.kind === 'delete') return into.removeSync(key)
  const value = asBuffer(operation.value)
  return operation.expect === 'absent'
    ? into.putSync(key, value, { noOverwrite: true })
    : into.putSync(key, value)
}

function refusedOf(
  operations: readonly GuardedOperation[],
  refusals: ReadonlyMap<number, WriteOutcome>,
  results: readonly (boolean | undefined)[],
): Map<number, WriteOutcome> {
  const refused = new Map(refusals)
  for (const [index, { operation }] of operations.entries()) {
    if (refused.has(index) || results[index] === true) continue
    const outcome: WriteOutcome =
      operation.kind === 'delete'
        ? { done: false, reason: 'ABSENT', sentence: 'There is no entry with this key.' }
        : { done: false, reason: 'EXISTS', sentence: 'There is an entry with this key already.' }
    refused.set(index, outcome)
  }
  return refused
}

class MapFull extends Error {}

/** @throws MapFull; the database is open as before then */
async function growMap(): Promise<void> {
  const before = target!
  const mapBytes = Math.min(before.mapBytes * 2, before.mostMapBytes ?? largestMapBytes)
  if (mapBytes <= before.mapBytes) throw new MapFull(`no more than ${mapBytes} bytes are allowed`)
  await close()
  try {
    open({ ...before, mapBytes })
  } catch (thrown) {
    open(before)
    throw new MapFull(`the system gives no map of ${mapBytes} bytes (${(thrown as Error).message})`)
  }
}

async function answer(request: WriterRequest): Promise<WriterReply> {
  try {
    if (request.kind === 'apply')
      return { kind: 'applied', ...(await apply(unpackOperations(request.operations))) }
    if (request.kind === 'close') {
      await close()
      return { kind: 'closed' }
    }
    open(request.target)
    return { kind: 'opened' }
  } catch (thrown) {
    const error = thrown as NodeJS.ErrnoException
    if (thrown instanceof MapFull) return { kind: 'failed', message: error.message, full: 'map' }
    return { kind: 'failed', message: error.message, ...(isFull(error) ? { full: 'disk' } : {}) }
  }
}

/** LMDB says "Input/output error" where a disk became full in the middle of a write (`mdb_page_flush`). */
function isFull({ message, code }: NodeJS.ErrnoException): boolean {
  if (code === 'ENOSPC' || /No space left|ENOSPC|Disk quota/i.test(message)) return true
  if (!/Input\/output error/i.test(message) || !target) return false
  const { bavail, bsize } = statfsSync(target.isFile ? dirname(target.path) : target.path)
  return bavail * bsize < nearlyNothingBytes
}

answerRequests(answer)
