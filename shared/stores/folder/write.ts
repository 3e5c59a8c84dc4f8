import { randomBytes } from 'node:crypto'
import {
  closeSync,
  fchmodSync,
  fsync,
  futimesSync,
  linkSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  unlinkSync,
  write,
  writeSync,
} from 'node:fs'
import type { Stats } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { errnoOf } from '../../decode/file-source.ts'
import { AppError } from '../../model/errors.ts'
import { showKey } from '../../model/keys.ts'
import type { ApplyOptions, WriteOperation, WriteOutcome } from '../contract.ts'
import { changed, isOvertaken } from '../lock-pace.ts'
import { failure, inFolders, keepOwner, makeOne, refused, syncFolder } from '../disk.ts'
import { Slices, throwIfCancelled } from '../slices.ts'
import { wholeDisk, type WholeDisk } from '../sync-disk.ts'
import { hashOfKey, shardOf, temporaryPrefix } from './layout.ts'
import type { FolderLayout } from './layout.ts'

/** So many, and so many bytes, are forced to the disk by one step for all of it; fewer are not worth a program of their own. */
const fewest = 64
const togetherAtOnce = 2_000
const togetherBytes = 32 * 1024 * 1024
/** Files that are open at the same time. Forced to the disk together, they share its commits: a tenth of the time each. */
const stagedAtOnce = 128
/** Values up to this are written at once, which takes less than handing them to another thread. */
const smallBytes = 256 * 1024

const done: WriteOutcome = { done: true }
const sync = promisify(fsync)
const writeAside = promisify(write)

/**
 * Puts and deletes entries. A value is written to a hidden file beside its place, forced
 * to the disk, and renamed: whoever reads sees the old value or the new one, never a
 * half, also after a power cut. The values of a window are written, then forced to the disk together (many by one step
 * for the whole disk, where the system can), then take their places in order.
 */
export async function writeEntries(
  root: string,
  layout: FolderLayout,
  operations: readonly WriteOperation[],
  { signal, onWritten, disk = wholeDisk }: ApplyOptions & { readonly disk?: WholeDisk } = {},
): Promise<WriteOutcome[]> {
  const outcomes: WriteOutcome[] = []
  const touched = new Set<string>()
  const slices = new Slices(signal)
  for (let start = 0; start < operations.length;) {
    throwIfCancelled(signal)
    const isTogether = operations.length - start >= fewest && (await disk.canSync(root))
    const window = isTogether ? together(operations, start) : operations.slice(start, start + stagedAtOnce)
    start += window.length
    const stage = stagingIn(root, layout)
    const staged: Staged[] = []
    for (const operation of window) {
      const step = await stage(operation)
      staged.push(isTogether ? closed(step) : step)
      if (slices.isOver) await pause(slices, staged)
    }
    const forced = isTogether && (await disk.sync(root)) ? staged : await forceEach(staged)
    for (const [index, step] of forced.entries()) {
      // The others of the window may have taken the room for a moment.
      const isCrowded = step.kind === 'failed' && !step.outcome.done && step.outcome.reason === 'NO_SPACE'
      outcomes.push(commit(isCrowded ? await force(await stage(window[index]!)) : step, touched))
    }
    if (start < operations.length) onWritten?.(start - window.length, start)
  }
  for (const folder of touched) syncFolder(folder)
  return inFolders(outcomes, [root])
}

function together(operations: readonly WriteOperation[], start: number): readonly WriteOperation[] {
  let end = start
  for (let bytes = 0; end < operations.length && end - start < togetherAtOnce; end++) {
    const operation = operations[end]!
    if (operation.kind === 'put') bytes += operation.value.length
    if (bytes > togetherBytes && end > start) break
  }
  return operations.slice(start, end)
}

/** A write that is cancelled leaves no file behind. */
async function pause(slices: Slices, staged: readonly Staged[]): Promise<void> {
  try {
    await slices.next()
  } catch (thrown) {
    for (const step of staged) if (step.kind === 'put') discard(step)
    throw thrown
  }
}

interface Put {
  readonly kind: 'put'
  readonly place: string
  readonly temporary: string
  /** Open until the bytes are on the disk, unless they are brought there with those of many others. */
  readonly file: number | undefined
  readonly folder: string
  readonly absent: boolean
  readonly ifValue: Uint8Array | undefined
}

type Staged =
  | Put
  | {
      readonly kind: 'delete'
      readonly place: string
      readonly folder: string
      readonly ifValue: Uint8Array | undefined
    }
  | { readonly kind: 'failed'; readonly outcome: WriteOutcome }

/** Writes the temporary files of a window; each shard folder is looked at once. */
function stagingIn(root: string, layout: FolderLayout): (operation: WriteOperation) => Promise<Staged> {
  const made = new Set<string>()
  const token = randomBytes(8).toString('hex')
  let count = 0
  return async (operation) => {
    const hash = hashOfKey(operation.key)
    if (hash === undefined) {
      const sentence = `The key ${showKey(operation.key)} is no sha1 or md5 hash in lower-case hex digits; a folder cache holds no other.`
      return { kind: 'failed', outcome: { done: false, reason: 'BAD_KEY', sentence } }
    }
    const folder = join(root, shardOf(hash))
    const place = join(folder, hash + layout.suffix)
    const { ifValue } = operation
    if (operation.kind === 'delete') return { kind: 'delete', place, folder, ifValue }
    const temporary = join(folder, `${temporaryPrefix}${token}-${count++}.tmp`)
    try {
      const absent = operation.expect === 'absent'
      // Whether something is in the way of what takes a free place only is seen when it does.
      const old = absent ? undefined : statusOf(place)
      if (old && !old.isFile()) return { kind: 'failed', outcome: noFile(place) }
      if (!made.has(folder)) makeShard(folder)
      made.add(folder)
      const file = await writeTemporary(temporary, operation, old)
      return { kind: 'put', place, temporary, file, folder, absent, ifValue }
    } catch (error) {
      removeTemporary(temporary)
      return { kind: 'failed', outcome: failure(place, error) }
    }
  }
}

/** A link in place of a shard folder would lead out of the cache: `lstat` sees it, `mkdir` would not. */
export function makeShard(folder: string): void {
  const status = statusOf(folder)
  if (status === undefined) makeOne(folder)
  else if (!status.isDirectory())
    throw new AppError('REFUSED', `${folder} is a link or a file, not a folder.`)
}

/** The open file, its bytes written and not yet forced to the disk. */
async function writeTemporary(
  temporary: string,
  { value, times }: WriteOperation & { kind: 'put' },
  old: Stats | undefined,
): Promise<number> {
  const file = openSync(temporary, 'wx')
  try {
    for (let at = 0; at < value.length;) {
      const length = value.length - at
      at +=
        length <= smallBytes ? writeSync(file, value, at) : (await writeAside(file, value, at)).bytesWritten
    }
    if (old) {
      fchmodSync(file, old.mode & 0o7777)
      keepOwner(file, old.uid, old.gid)
    }
    if (times) futimesSync(file, (times.accessedMs ?? times.modifiedMs) / 1_000, times.modifiedMs / 1_000)
    return file
  } catch (error) {
    closeSync(file)
    throw error
  }
}

function closed(step: Staged): Staged {
  if (step.kind !== 'put' || step.file === undefined) return step
  closeSync(step.file)
  return { ...step, file: undefined }
}

async function forceEach(staged: readonly Staged[]): Promise<Staged[]> {
  const forced: Staged[] = []
  for (let from = 0; from < staged.length; from += stagedAtOnce)
    forced.push(...(await Promise.all(staged.slice(from, from + stagedAtOnce).map(force))))
  return forced
}

/** Waits until the bytes are on the disk. Of a file that was closed meanwhile the system still tells what went wrong. */
async function force(step: Staged): Promise<Staged> {
  if (step.kind !== 'put') return step
  try {
    const file = step.file ?? openSync(step.temporary, 'r+')
    try {
      await sync(file)
    } finally {
      closeSync(file)
    }
    return { ...step, file: undefined }
  } catch (error) {
    removeTemporary(step.temporary)
    return { kind: 'failed', outcome: failure(step.place, error) }
  }
}

function noFile(place: string): WriteOutcome {
  return refused(place, 'no regular file is in its place')
}

function discard({ file, temporary }: Put): void {
  if (file !== undefined) closeSync(file)
  removeTemporary(temporary)
}

function commit(step: Staged, touched: Set<string>): WriteOutcome {
  if (step.kind === 'failed') return step.outcome
  try {
    if (isOvertaken(step, () => standing(step.place))) {
      if (step.kind === 'put') removeTemporary(step.temporary)
      return changed
    }
    const outcome = step.kind === 'delete' ? remove(step.place, step.folder) : takePlace(step)
    if (outcome.done) touched.add(step.folder)
    return outcome
  } catch (error) {
    if (step.kind === 'put') removeTemporary(step.temporary)
    return failure(step.place, error)
  }
}

function standing(place: string): Uint8Array | undefined {
  return statusOf(place)?.isFile() ? readFileSync(place) : undefined
}

function takePlace(step: Put): WriteOutcome {
  if (!step.absent) {
    renameSync(step.temporary, step.place)
    return done
  }
  try {
    claim(step)
    removeTemporary(step.temporary)
    return done
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error
    removeTemporary(step.temporary)
    if (statusOf(step.place)?.isFile() === false) return noFile(step.place)
    return {
      done: false,
      reason: 'EXISTS',
      sentence: `There is an entry ${step.place} already; it was left as it is.`,
    }
  }
}

/** Takes a place only if it is free. Where there are no hard links, an empty file claims it first. */
function claim(step: Put): void {
  try {
    linkSync(step.temporary, step.place)
  } catch (error) {
    if (errnoOf(error) === 'EEXIST' || errnoOf(error) === 'ENOENT') throw error
    closeSync(openSync(step.place, 'wx'))
    renameSync(step.temporary, step.place)
  }
}

function remove(path: string, folder: string): WriteOutcome {
  const isEntry = statusOf(folder)?.isDirectory() && statusOf(path)?.isFile()
  if (!isEntry) return { done: false, reason: 'ABSENT', sentence: `There is no entry ${path}.` }
  unlinkSync(path)
  return done
}

function removeTemporary(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    // After a rename it is gone; if it cannot be removed, `strays` reports it.
    if (errnoOf(error) === undefined) throw error
  }
}

function statusOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false })
}
