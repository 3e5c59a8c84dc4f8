import { join } from 'node:path'
import { AppError } from '../model/errors.ts'
import { tryLock } from '../stores/process-lock.ts'

/** Whoever lists the jobs looks at the lock, which keeps it for a moment. */
const lookMs = 1_000

/**
 * One process at a time works on a job: a lock of a file beside it.
 *
 * @throws AppError REFUSED while another has it.
 */
export function lockJob(folder: string): Disposable {
  const lock = tryLock(lockFile(folder), 'exclusive', lookMs)
  if (lock) return lock
  throw new AppError(
    'REFUSED',
    `The job in ${folder} is under way in another program; wait for it or stop it.`,
  )
}

/** Any number of programs may look at the same time. */
export function isLocked(folder: string): boolean {
  using lock = tryLock(lockFile(folder), 'shared', 0)
  return lock === undefined
}

function lockFile(folder: string): string {
  return join(folder, 'lock.sqlite')
}
