import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { AppError } from '../../model/errors.ts'
import type { WriteOutcome } from '../contract.ts'
import { fileError } from '../../decode/file-source.ts'

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

export function failedPut(error: unknown): WriteOutcome {
  const code = (error as NodeJS.ErrnoException).code ?? String(error)
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return { done: false, reason: 'NO_SPACE', sentence: 'The disk is full; free some space and go on.' }
  return { done: false, reason: 'REFUSED', sentence: `The system refused to write: ${code}.` }
}

export function writeError(path: string, thrown: unknown): AppError {
  const code = (thrown as NodeJS.ErrnoException).code
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return new AppError('REFUSED', `${path} cannot be written: you may not write it.`, { cause: thrown })
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new AppError('REFUSED', `${path} cannot be written: the disk is full.`, { cause: thrown })
  return fileError(path, thrown)
}
