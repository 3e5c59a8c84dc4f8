import { spawn } from 'node:child_process'
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { AppError } from '../../model/errors.ts'
import { writeError } from './write-file.ts'

const waitSeconds = 2

/**
 * Opens a file for writing under the exclusive lock that gdbm itself takes
 * (`flock`), so that a Python which has it open, and we, keep each other out.
 * Node cannot lock: the `flock` tool of util-linux locks our descriptor and
 * leaves, and the lock stays with the descriptor. Without that tool, Linux is
 * asked whether another process holds a lock; elsewhere no lock is taken.
 *
 * Waits some seconds, then throws `REFUSED` where another process keeps the file.
 */
export async function openLocked(path: string): Promise<LockedFile> {
  let descriptor: number
  try {
    descriptor = openSync(path, 'r+')
  } catch (error) {
    throw writeError(path, error)
  }
  let answer = await lockDescriptor(descriptor, 0)
  const hadToWait = answer === 'busy'
  if (hadToWait) answer = await lockDescriptor(descriptor, waitSeconds)
  const sinceMs = performance.now()
  const isBusy = answer === 'busy' || (answer === 'no tool' && isLockedByOther(descriptor))
  if (isBusy) {
    closeSync(descriptor)
    throw new AppError(
      'REFUSED',
      `Another process has ${path} open (it holds the lock); close it there, then write again.`,
    )
  }
  return { descriptor, sinceMs, hadToWait, [Symbol.dispose]: () => closeSync(descriptor) }
}

export interface LockedFile extends Disposable {
  readonly descriptor: number
  /** Since when we have the lock, within some milliseconds: by `performance.now()`. */
  readonly sinceMs: number
  /** Another process had it. */
  readonly hadToWait: boolean
}

/** Who waits is let in as soon as the lock is free, before those that only try. */
function lockDescriptor(descriptor: number, seconds: number): Promise<'locked' | 'busy' | 'no tool'> {
  return new Promise((resolve) => {
    const wait = seconds === 0 ? '--nonblock' : `--timeout=${seconds}`
    const child = spawn('flock', ['--exclusive', wait, '3'], {
      stdio: ['ignore', 'ignore', 'ignore', descriptor],
    })
    child.once('error', () => resolve('no tool'))
    child.once('exit', (code) => resolve(code === 0 ? 'locked' : code === 1 ? 'busy' : 'no tool'))
  })
}

function isLockedByOther(descriptor: number): boolean {
  const inode = String(fstatSync(descriptor, { bigint: true }).ino)
  try {
    return readFileSync('/proc/locks', 'latin1')
      .split('\n')
      .some((line) => line.split(/\s+/)[5]?.split(':')[2] === inode)
  } catch {
    return false
  }
}
