import { fdatasyncSync, fstatSync, fsyncSync, ftruncateSync, readSync } from 'node:fs'
import { AppError } from '../../model/errors.ts'
import type { WriteOperation, WriteOutcome } from '../contract.ts'
import { changed, isOvertaken, LockPace } from '../lock-pace.ts'
import { isProblem } from './dbm.ts'
import { openLocked, type LockedFile } from './file-lock.ts'
import { GnuBatch } from './gnu-batch.ts'
import type { WriteStep } from './gnu-batch.ts'
import { GnuReader } from './gnu.ts'
import { failedPut, writeFully } from './write-file.ts'

/** What one who writes to a gdbm file again and again knows from the time before. */
export class GnuTurns {
  readonly pace = new LockPace()
  /** The file as our last transaction left it. */
  left: string | undefined
}

/**
 * Writes to a gdbm file in place, under gdbm's lock. A batch is planned in
 * memory and then written so that a crash at any point leaves a file that gdbm
 * opens, with each key's old or new value: first the header that reserves the
 * space, then values and new buckets where nothing pointed before, then the
 * pointers, then the space that became free. A crash loses at most free space.
 */
export async function writeGnu(
  path: string,
  operations: readonly WriteOperation[],
  signal?: AbortSignal,
  turns = new GnuTurns(),
): Promise<WriteOutcome[]> {
  return turns.pace.inTransactions(operations, (part) => writePart(path, part, signal, turns))
}

async function writePart(
  path: string,
  operations: readonly WriteOperation[],
  signal: AbortSignal | undefined,
  turns: GnuTurns,
): Promise<{ outcomes: WriteOutcome[]; heldMs: number; othersWrote: boolean }> {
  const locked = await openLocked(path)
  try {
    const isAnother = turns.left !== undefined && turns.left !== stateOf(locked.descriptor)
    const outcomes = writeLocked(path, locked, operations, signal)
    turns.left = stateOf(locked.descriptor)
    const heldMs = performance.now() - locked.sinceMs
    return { outcomes, heldMs, othersWrote: isAnother || locked.hadToWait }
  } finally {
    locked[Symbol.dispose]()
  }
}

function stateOf(descriptor: number): string {
  const { ino, size, mtimeNs } = fstatSync(descriptor, { bigint: true })
  return `${ino}:${size}:${mtimeNs}`
}

function writeLocked(
  path: string,
  locked: LockedFile,
  operations: readonly WriteOperation[],
  signal: AbortSignal | undefined,
): WriteOutcome[] {
  using reader = new GnuReader(path)
  const { layout, nextBlock } = reader.header
  if (!layout.littleEndian || layout.offsetBytes !== 8)
    throw new AppError(
      'READ_ONLY',
      `${path} was made on another kind of machine (${layout.littleEndian ? '32-bit offsets' : 'big-endian'}); it is read only here.`,
    )
  if (nextBlock < reader.file.sizeBytes)
    throw new AppError(
      'DAMAGED',
      `${path} was left unfinished by its last writer; run \`gdbmtool\` to recover it first.`,
    )
  const batch = new GnuBatch(reader)
  const outcomes = operations.map((operation) => {
    if (signal?.aborted) throw new AppError('CANCELLED', `Writing to ${path} was cancelled.`)
    if (isOvertaken(operation, () => standing(reader, operation.key))) return changed
    return operation.kind === 'put' ? batch.put(operation) : batch.delete(operation.key)
  })
  if (!outcomes.some((outcome) => outcome.done)) return outcomes
  try {
    commit(locked.descriptor, batch.plan())
  } catch (error) {
    const failure = failedPut(path, error)
    return outcomes.map((outcome) => (outcome.done ? failure : outcome))
  }
  return outcomes
}

/** As the file was when it was locked. */
function standing(reader: GnuReader, key: Uint8Array): Uint8Array | object | undefined {
  const found = reader.find(key)
  return found && !isProblem(found) ? reader.read(found, 0, found.sizeBytes) : found
}

/** Writes a plan. A failure before any pointer was touched puts the header back as it was. */
function commit(descriptor: number, { steps, pointersAt }: { steps: WriteStep[]; pointersAt: number }): void {
  const sizeBefore = fstatSync(descriptor).size
  const header = new Uint8Array((steps[0] as { bytes: Uint8Array }).bytes.length)
  readSync(descriptor, header, 0, header.length, 0)
  try {
    for (const step of steps.slice(0, pointersAt)) takeStep(descriptor, step)
    fdatasyncSync(descriptor)
  } catch (error) {
    writeFully(descriptor, header, 0)
    ftruncateSync(descriptor, sizeBefore)
    throw error
  }
  for (const step of steps.slice(pointersAt)) takeStep(descriptor, step)
  fsyncSync(descriptor)
}

export function takeStep(descriptor: number, step: WriteStep): void {
  if ('truncateTo' in step) ftruncateSync(descriptor, step.truncateTo)
  else writeFully(descriptor, step.bytes, step.at)
}
