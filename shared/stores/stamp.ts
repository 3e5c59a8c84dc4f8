import type { Stats } from 'node:fs'

/**
 * How long after a change a file's times may still stand for two different contents:
 * the kernel's clock for files ticks every 1 to 10 ms, some file systems count seconds.
 */
const tickMs = 20
const secondsTickMs = 2_100

let observations = 0

export interface Stamp {
  readonly text: string
  /** The file may change again without its times changing; `text` then equals no other stamp. */
  readonly fresh: boolean
}

/** False for the stamp of a file that changed just before it was looked at: it equals no other. */
export function isSettled(stamp: string): boolean {
  return !stamp.includes('~')
}

/** A stamp as it is told again when the file has settled, if nobody has written meanwhile. */
export function settledForm(stamp: string): string {
  return stamp.replace(/~[^+]*/g, '')
}

function inBase36(number: number): string {
  return Math.round(number).toString(36)
}

/** Microseconds of a moment in two numbers: V8 is slow at writing those beyond 32 bits in base 36. */
function momentText(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1_000)
  return `${inBase36(seconds)}.${inBase36((milliseconds - seconds * 1_000) * 1_000)}`
}

/**
 * A stamp of a file's content from its status: times of modification and of change,
 * size and inode. The time of change is there because it cannot be set: it shows
 * an overwrite whose modification time was put back (`cp -p`, `rsync -t`).
 *
 * As with git's racy index entries, a file that changed just now gets a stamp that will
 * not come again, so that equal stamps always mean: unchanged.
 */
export function stampOf(status: Stats, nowMs: number): Stamp {
  const { mtimeMs, ctimeMs, size, ino } = status
  const text = `${momentText(mtimeMs)}.${inBase36((ctimeMs - mtimeMs) * 1_000)}.${inBase36(size)}.${inBase36(ino)}`
  const countsSeconds = mtimeMs % 1_000 === 0 && ctimeMs % 1_000 === 0
  const ageMs = nowMs - Math.max(mtimeMs, ctimeMs)
  const fresh = ageMs < (countsSeconds ? secondsTickMs : tickMs) && ageMs > -secondsTickMs
  return fresh ? { text: `${text}~${nowMs.toString(36)}.${observations++}`, fresh } : { text, fresh }
}
