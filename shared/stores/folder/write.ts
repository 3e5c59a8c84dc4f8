import { randomBytes } from 'node:crypto'
import {
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  closeSync,
  renameSync,
  unlinkSync,
} from 'node:fs'
import type { Stats } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'

import { errnoOf } from '../../decode/file-source.ts'
import { AppError } from '../../model/errors.ts'
import { showKey } from '../../model/keys.ts'
import type { WriteOperation, WriteOutcome } from '../contract.ts'
import { throwIfCancelled } from '../slices.ts'
import { hashOfKey, shardOf, temporaryPrefix } from './layout.ts'
import type { FolderLayout } from './layout.ts'

/** Values staged at the same time: libuv has four threads, and a disk's queue likes some more. */
const stagedAtOnce = 16

const done: WriteOutcome = { done: true }

/**
 * Puts and deletes entries. A value is written to a hidden file beside its place, forced
 * to the disk, and renamed: whoever reads sees the old value or the new one, never a
 * half, also after a power cut. The values of a batch are staged together, then take
 * their places in order.
 */
export async function writeEntries(
  root: string,
  layout: FolderLayout,
  operations: readonly WriteOperation[],
  signal?: AbortSignal,
): Promise<WriteOutcome[]> {
  const outcomes: WriteOutcome[] = []
  const touched = new Set<string>()
  for (let start = 0; start < operations.length; start += stagedAtOnce) {
    throwIfCancelled(signal)
    const window = operations.slice(start, start + stagedAtOnce)
    const staged = await Promise.all(window.map((operation) => stage(root, layout, operation)))
    for (const [index, step] of staged.entries()) {
      // The others of the window may have taken the room for a moment.
      const isCrowded = step.kind === 'failed' && !step.outcome.done && step.outcome.reason === 'NO_SPACE'
      outcomes.push(commit(isCrowded ? await stage(root, layout, window[index]!) : step, touched))
    }
  }
  for (const folder of touched) syncFolder(folder)
  return outcomes
}

type Staged =
  | {
      readonly kind: 'put'
      readonly place: string
      readonly temporary: string
      readonly folder: string
      readonly absent: boolean
    }
  | { readonly kind: 'delete'; readonly place: string; readonly folder: string }
  | { readonly kind: 'failed'; readonly outcome: WriteOutcome }

async function stage(root: string, layout: FolderLayout, operation: WriteOperation): Promise<Staged> {
  const hash = hashOfKey(operation.key)
  if (hash === undefined) {
    const sentence = `The key ${showKey(operation.key)} is no sha1 or md5 hash in lower-case hex digits; a folder cache holds no other.`
    return { kind: 'failed', outcome: { done: false, reason: 'BAD_KEY', sentence } }
  }
  const folder = join(root, shardOf(hash))
  const place = join(folder, hash + layout.suffix)
  if (operation.kind === 'delete') return { kind: 'delete', place, folder }
  const temporary = join(folder, `${temporaryPrefix}${randomBytes(8).toString('hex')}.tmp`)
  try {
    const old = statusOf(place)
    if (old && !old.isFile())
      return { kind: 'failed', outcome: refused(place, 'no regular file is in its place') }
    makeFolder(folder)
    await writeTemporary(temporary, operation, old)
  } catch (error) {
    await rm(temporary, { force: true })
    return { kind: 'failed', outcome: failure(place, error) }
  }
  return { kind: 'put', place, temporary, folder, absent: operation.expect === 'absent' }
}

/** A link in place of a shard folder would lead out of the cache: `lstat` sees it, `mkdir` would not. */
function makeFolder(folder: string): void {
  const status = statusOf(folder)
  if (status === undefined) mkdirSync(folder, { recursive: true })
  else if (!status.isDirectory())
    throw new AppError('REFUSED', `${folder} is a link or a file, not a folder.`)
}

async function writeTemporary(
  temporary: string,
  { value, times }: WriteOperation & { kind: 'put' },
  old: Stats | undefined,
): Promise<void> {
  const file = await open(temporary, 'wx')
  try {
    await file.writeFile(value)
    if (old) {
      await file.chmod(old.mode & 0o7777)
      // Root keeps the owner; others cannot give files away, and need not.
      await file.chown(old.uid, old.gid).catch(() => undefined)
    }
    if (times) await file.utimes((times.accessedMs ?? times.modifiedMs) / 1_000, times.modifiedMs / 1_000)
    await file.sync()
  } finally {
    await file.close()
  }
}

function commit(step: Staged, touched: Set<string>): WriteOutcome {
  if (step.kind === 'failed') return step.outcome
  try {
    const outcome = step.kind === 'delete' ? remove(step.place, step.folder) : takePlace(step)
    if (outcome.done) touched.add(step.folder)
    return outcome
  } catch (error) {
    return failure(step.place, error)
  } finally {
    if (step.kind === 'put') removeTemporary(step.temporary)
  }
}

function takePlace(step: Staged & { kind: 'put' }): WriteOutcome {
  if (!step.absent) {
    renameSync(step.temporary, step.place)
    return done
  }
  try {
    claim(step)
    return done
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error
    return {
      done: false,
      reason: 'EXISTS',
      sentence: `There is an entry ${step.place} already; it was left as it is.`,
    }
  }
}

/** Takes a place only if it is free. Where there are no hard links, an empty file claims it first. */
function claim(step: Staged & { kind: 'put' }): void {
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

export function failure(path: string, error: unknown): WriteOutcome {
  const errno = errnoOf(error)
  if (errno === 'ENOSPC' || errno === 'EDQUOT') {
    const sentence = `There is no room for ${path}; make some on its disk, or raise the quota.`
    return { done: false, reason: 'NO_SPACE', sentence }
  }
  if (error instanceof AppError) return refused(path, error.message)
  if (errno === undefined) throw error
  return refused(path, errno)
}

function refused(path: string, why: string): WriteOutcome {
  return { done: false, reason: 'REFUSED', sentence: `${path} cannot be written (${why}).` }
}

/** Makes the names last too. Windows cannot open folders, and keeps names by itself. */
export function syncFolder(folder: string): void {
  try {
    const file = openSync(folder, 'r')
    try {
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
  } catch (error) {
    if (errnoOf(error) === undefined) throw error
  }
}
