import os from 'node:os'

/**
 * The record of a call, with the fields of `pycse.hashcache` in its order. `hostname` came with
 * version 0.1.0 there; times are Unix seconds, `elapsed_time` seconds.
 */
export interface CallRecord {
  readonly output: unknown
  readonly hash: string
  readonly func: string
  readonly module: string
  /** Positional arguments; Python sees a tuple. */
  readonly args: readonly unknown[]
  readonly kwargs: Readonly<Record<string, unknown>>
  readonly 'standardized-kwargs': Readonly<Record<string, unknown>>
  readonly version: string
  readonly cwd: string
  readonly hostname: string
  readonly user: string | null
  readonly 'run-at': number
  readonly 'run-at-human': string
  readonly elapsed_time: number
}

/** The record of `dump`: values under the MD5 of what they are. */
export interface DumpRecord {
  readonly func: string
  readonly kwargs: Readonly<Record<string, unknown>>
  readonly hash: string
  readonly cwd: string
  readonly hostname: string
  readonly user: string | null
  readonly 'saved-at': number
  readonly 'saved-at-human': string
}

/** Written into records; the version of pycse whose layout they follow. */
export const recordVersion = '0.1.0'

export function surroundings(): { cwd: string; hostname: string; user: string | null } {
  return { cwd: process.cwd(), hostname: os.hostname(), user: userName() }
}

/** As pycse: what the environment says, not the account; None where it says nothing. */
function userName(): string | null {
  return process.env.USER ?? process.env.USERNAME ?? null
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Local time as Python's `time.asctime` writes it: `Tue Jul  1 00:00:00 2025`. */
export function asctime(seconds: number): string {
  const date = new Date(seconds * 1000)
  const two = (value: number): string => String(value).padStart(2, '0')
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')
  const day = String(date.getDate()).padStart(2, ' ')
  return `${days[date.getDay()]} ${months[date.getMonth()]} ${day} ${clock} ${date.getFullYear()}`
}
