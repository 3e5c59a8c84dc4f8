import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { AppError, toAppError } from '../../model/errors.ts'
import type { WriteOutcome } from '../contract.ts'
import { errnoOf, fileError } from '../../decode/file-source.ts'
import { refusedPath } from '../paths.ts'

/** A rename is safe against a power cut once its folder is written. */
export function syncFolder(path: string): void {
  if (process.platform === 'win32') return
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

export function writeFully(descriptor: number, bytes: Uint8Array, offset?: number): void {
  for (let done = 0; done < bytes.length;) {
    done += writeSync(
      descriptor,
      bytes,
      done,
      bytes.length - done,
      offset === undefined ? null : offset + done,
    )
  }
}

/** What became of operations on a file that the system did not let be written. @throws whatever is none of the system's */
export function failedPut(path: string, error: unknown): WriteOutcome {
  if (errnoOf(error) === undefined) throw error
  const reason = isFull(error) ? 'NO_SPACE' : 'UNWRITABLE'
  return { done: false, reason, sentence: writeError(path, error).message }
}

export function writeError(path: string, thrown: unknown): AppError {
  const errno = errnoOf(thrown)
  if (errno === undefined) return toAppError(thrown)
  if (errno === 'ENOENT' || errno === 'ENOTDIR' || errno === 'ELOOP') return fileError(path, thrown)
  if (isFull(thrown))
    return new AppError('REFUSED', `There is no space left for ${path}; free some and try again.`, {
      cause: thrown,
      data: { path },
    })
  return refusedPath(path, thrown, 'written')
}

function isFull(thrown: unknown): boolean {
  const { code } = thrown as NodeJS.ErrnoException
  return code === 'ENOSPC' || code === 'EDQUOT'
}
