import { closeSync, existsSync, openSync, read, rmSync, write } from 'node:fs'
import { promisify } from 'node:util'

import { AppError } from '../../model/errors.ts'
import { openQuietly } from '../../decode/file-source.ts'
import type { FileState, WatchedFile } from './state.ts'

const readAsync = promisify(read)
const writeAsync = promisify(write)
const pieceBytes = 4 * 1024 * 1024
const attempts = 5

/** The files changed during every copy: somebody is at work on them. */
export class WriterTooFast extends Error {}

/**
 * Copies a database with its WAL or its journal to `target`, in one state, or throws `WriterTooFast`. The state that is given back is that
 * before the copy: what was copied is at least as new.
 *
 * A WAL is copied after the database. A checkpoint in between moves pages from the WAL into the database while it is
 * read; those pages are all in the WAL that is copied then and stand above the database's, so the copy is whole as
 * long as the WAL was not begun anew (its salts tell).
 */
export async function copyAside(file: WatchedFile, target: string): Promise<FileState> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const before = file.state()
    // oxlint-disable-next-line no-await-in-loop -- attempts follow each other
    await copyOnce(file.path, target)
    const after = file.state()
    const isWhole = before.hasWalData
      ? before.walSalts === after.walSalts && before.identity === after.identity
      : before.token === after.token && before.journal === after.journal
    if (isWhole) return before
  }
  throw new WriterTooFast(file.path)
}

async function copyOnce(path: string, target: string): Promise<void> {
  await copyFile(path, target)
  for (const suffix of ['-wal', '-journal']) {
    rmSync(target + suffix, { force: true })
    // oxlint-disable-next-line no-await-in-loop -- the order matters
    await copySideFile(path + suffix, target + suffix)
  }
}

/** A side file may be there or not, and go while it is looked at: then the states before and after differ. */
async function copySideFile(path: string, target: string): Promise<void> {
  try {
    if (existsSync(path)) await copyFile(path, target)
  } catch (thrown) {
    if (!(thrown instanceof AppError && thrown.code === 'NOT_FOUND')) throw thrown
  }
}

async function copyFile(path: string, target: string): Promise<void> {
  const from = openQuietly(path)
  try {
    const to = openSync(target, 'w', 0o600)
    try {
      await copyAll(from, to)
    } finally {
      closeSync(to)
    }
  } finally {
    closeSync(from)
  }
}

async function copyAll(from: number, to: number): Promise<void> {
  const piece = new Uint8Array(pieceBytes)
  for (let offset = 0; ;) {
    // oxlint-disable-next-line no-await-in-loop -- one piece in memory at a time
    const { bytesRead } = await readAsync(from, piece, 0, pieceBytes, offset)
    if (bytesRead === 0) return
    // oxlint-disable-next-line no-await-in-loop -- as above
    await writeAsync(to, piece, 0, bytesRead, offset)
    offset += bytesRead
  }
}
