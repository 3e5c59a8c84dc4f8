/** Amounts as the window and the command line write them. All are pure; absent values are the caller's to show. */

const minute = 60
const hour = 60 * minute
const day = 24 * hour
const year = 365.25 * day

export function formatCount(count: number): string {
  return count.toLocaleString('en-US')
}

/** `1 entry`, `1,284 entries`; the plural is given where it is not the word and an s. */
export function countOf(count: number, one: string, many = one + 's'): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

const byteUnits = ['kB', 'MB', 'GB', 'TB', 'PB']

/** Decimal units, three figures: `742 B`, `4.1 kB`, `18.2 GB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`
  let value = bytes / 1_000
  let unit = 0
  while (value >= 999.5 && unit < byteUnits.length - 1) {
    value /= 1_000
    unit++
  }
  return `${value < 99.95 ? trimZero(value.toFixed(1)) : value.toFixed(0)} ${byteUnits[unit]}`
}

export function exactBytes(bytes: number): string {
  return countOf(bytes, 'byte')
}

export function trimZero(text: string): string {
  return text.endsWith('.0') ? text.slice(0, -2) : text
}

/** How long something took, two units at most: `0.8 ms`, `22.0 s`, `7 m 33 s`, `41 h 20 m`, `214 d`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return String(seconds)
  if (seconds < 0) return `−${formatDuration(-seconds)}`
  if (seconds === 0) return '0 s'
  if (seconds < 1e-3) return `${significant(seconds * 1e6)} µs`
  if (seconds < 1) return `${significant(seconds * 1e3)} ms`
  if (seconds < 59.95) return `${seconds.toFixed(seconds < 9.995 ? 2 : 1)} s`
  const whole = Math.round(seconds)
  if (whole < hour) return twoUnits(whole, minute, 'm', 1, 's')
  if (whole < 2 * day) return twoUnits(Math.round(seconds / minute) * minute, hour, 'h', minute, 'm')
  if (whole < 10 * day) return twoUnits(Math.round(seconds / hour) * hour, day, 'd', hour, 'h')
  return `${formatCount(Math.round(seconds / day))} d`
}

function significant(value: number): string {
  return value < 9.95 ? value.toFixed(1) : value.toFixed(0)
}

function twoUnits(seconds: number, big: number, bigName: string, small: number, smallName: string): string {
  const rest = Math.floor((seconds % big) / small)
  const whole = Math.floor(seconds / big)
  return rest === 0
    ? `${whole} ${bigName}`
    : `${whole} ${bigName} ${String(rest).padStart(2, '0')} ${smallName}`
}

/** What it would cost to compute again, one rounded unit: `0.2 s`, `22 min`, `41 h`, `214 days`. */
export function formatCompute(seconds: number): string {
  if (seconds < 0.95) return seconds === 0 ? '0 s' : `${Math.max(0.1, seconds).toFixed(1)} s`
  if (seconds < 99.5) return `${Math.round(seconds)} s`
  if (seconds < 99.5 * minute) return `${Math.round(seconds / minute)} min`
  if (seconds < 99.5 * hour) return `${Math.round(seconds / hour)} h`
  if (seconds < 999.5 * day) return `${Math.round(seconds / day)} days`
  return `${(seconds / year).toFixed(1)} years`
}
