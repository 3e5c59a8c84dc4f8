import { AppError } from '../../model/errors.ts'
import type { WriteOutcome } from '../contract.ts'

/**
 * What SQLite said about a file, by its name of the fault (`SQLITE_FULL`, also extended), as the program's error: one
 * sentence with the next step.
 */
export function sqliteFault(path: string, code: string, message: string, cause: unknown): AppError {
  const options = { cause, data: { path, sqliteCode: code } }
  if (code === 'SQLITE_NOTADB') {
    return new AppError(
      'DAMAGED',
      `${path} begins as an SQLite database and is none (${message}): damaged, encrypted, or of a later format; restore it from a copy.`,
      options,
    )
  }
  if (code.startsWith('SQLITE_CORRUPT')) {
    return new AppError('DAMAGED', `${path} is damaged (${message}); restore it from a copy.`, options)
  }
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) {
    return new AppError(
      'REFUSED',
      `${path} is locked by another program; try again when that is done.`,
      options,
    )
  }
  if (code === 'SQLITE_FULL')
    return new AppError('REFUSED', `There is no space left for ${path}; free some and try again.`, options)
  const next = code.startsWith('SQLITE_CANTOPEN')
    ? 'see that its folder is there and may be written, then try again'
    : 'mend that, then try again (sqlite.org/rescode.html says what the code means)'
  return new AppError(
    'REFUSED',
    `${path} cannot be used: SQLite says "${message}" (${code}); ${next}.`,
    options,
  )
}

/** What becomes of an operation when SQLite cannot write. */
export function faultOutcome(code: string, sentence: string): WriteOutcome & { readonly done: false } {
  const whole = code === 'SQLITE_FULL' ? 'NO_SPACE' : 'UNWRITABLE'
  // A damaged page is in the way of some entries only, and stays so however often it is tried.
  const isCorrupt = code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB'
  return { done: false, reason: isCorrupt ? 'REFUSED' : whole, sentence }
}
