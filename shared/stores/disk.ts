import { randomUUID } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fchownSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  statSync,
} from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'

import { errnoOf } from '../decode/file-source.ts'
import { AppError } from '../model/errors.ts'
import type { WriteOutcome } from './contract.ts'
import { closedPath, refusedPath, statusOf } from './paths.ts'

/**
 * Renaming leads nowhere else than on one disk, and from one mount of it not to another, which only renaming tells: that is
 * looked at before whether there is such a file.
 */
export function isOnDiskOf(root: string, folder: string): boolean {
  if (!existsSync(folder) || statSync(folder).dev !== statSync(root).dev) return false
  const nothing = `.hashcache-nothing-${randomUUID()}`
  try {
    renameSync(join(root, nothing), join(folder, nothing))
  } catch (error) {
    return errnoOf(error) !== 'EXDEV'
  }
  return true
}

/** What an error of the system is to the entry at a path. @throws whatever is none of the system's */
export function failure(path: string, error: unknown): WriteOutcome {
  const errno = errnoOf(error)
  if (errno === 'ENOSPC' || errno === 'EDQUOT') {
    const sentence = `There is no room for ${path}; make some on its disk, or raise the quota.`
    return { done: false, reason: 'NO_SPACE', sentence }
  }
  if (error instanceof AppError) return refused(path, error.message)
  if (errno === undefined) throw error
  const { message: sentence } = refusedPath(path, error, 'written')
  return { done: false, reason: errno === 'EROFS' ? 'UNWRITABLE' : 'REFUSED', sentence }
}

/**
 * What became of entries that need all of these folders: where one of them may not be written, that is the matter, and
 * not the entry that came upon it.
 */
export function inFolders(outcomes: readonly WriteOutcome[], folders: readonly string[]): WriteOutcome[] {
  const isRefused = (outcome: WriteOutcome): boolean => !outcome.done && outcome.reason === 'REFUSED'
  const closed = outcomes.some(isRefused) ? closedPath(folders) : undefined
  if (!closed) return [...outcomes]
  const whole = { done: false, reason: 'UNWRITABLE', sentence: closed.message } as const
  return outcomes.map((outcome) => (isRefused(outcome) ? whole : outcome))
}

export function refused(path: string, why: string): WriteOutcome {
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

/** Makes the folders on the way to a path below a root; none of them may be a link. @throws AppError REFUSED, and what the system says */
export function makeFolders(root: string, path: string): string {
  let folder = root
  for (const name of path === '' || path === '.' ? [] : path.split('/')) {
    folder = join(folder, name)
    const status = statusOf(folder)
    if (status === undefined) makeOne(folder)
    else if (!status.isDirectory())
      throw new AppError('REFUSED', `${folder} is a link or a file, not a folder.`)
  }
  return folder
}

/** Node's own `recursive` says ENOENT of a disk that may only be read. */
export function makeOne(folder: string): void {
  try {
    mkdirSync(folder)
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error
  }
}

export interface FileContent {
  readonly content: Uint8Array
  readonly mode: number
  readonly modifiedMs: number
  readonly accessedMs?: number
  readonly owner?: readonly [user: number, group: number]
}

/** Writes a file with its times and mode, on the disk when it is done. Many at a time share the commits of the disk. */
export async function writeContent(path: string, file: FileContent): Promise<void> {
  const { content, mode, modifiedMs, accessedMs = modifiedMs, owner } = file
  const handle = await open(path, 'w')
  try {
    await handle.writeFile(content)
    await handle.chmod(mode)
    if (owner) keepOwner(handle.fd, ...owner)
    await handle.utimes(accessedMs / 1_000, modifiedMs / 1_000)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Root keeps the owner; others cannot give files away, and need not. */
export function keepOwner(file: number, user: number, group: number): void {
  try {
    fchownSync(file, user, group)
  } catch (error) {
    if (errnoOf(error) === undefined) throw error
  }
}
