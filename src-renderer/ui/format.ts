/** Numbers for people. All are pure; absent values are the caller's to show. */

import { formatCount, trimZero } from '../../shared/model/amounts.ts'

export {
  countOf,
  exactBytes,
  formatBytes,
  formatCompute,
  formatCount,
  formatDuration,
} from '../../shared/model/amounts.ts'

const minute = 60
const hour = 60 * minute
const day = 24 * hour
const month = 30.44 * day
const year = 365.25 * day

/** `just now`, `4 min ago`, `14 mo ago`; what lies ahead (a wrong clock wrote it) as `in 3 d`. */
export function formatRelative(thenSeconds: number, nowSeconds: number): string {
  const past = nowSeconds - thenSeconds
  const distance = Math.abs(past)
  if (distance < 45) return 'just now'
  const text = relativeDistance(distance)
  return past >= 0 ? `${text} ago` : `in ${text}`
}

function relativeDistance(seconds: number): string {
  if (seconds < 59.5 * minute) return `${Math.max(1, Math.round(seconds / minute))} min`
  if (seconds < 23.5 * hour) return `${Math.round(seconds / hour)} h`
  if (seconds < 30 * day) return `${Math.round(seconds / day)} d`
  if (seconds < 23.5 * month) return `${Math.round(seconds / month)} mo`
  return `${trimZero((seconds / year).toFixed(1))} y`
}

export type TimeZoneChoice = 'local' | 'utc'

/** `24 Sep 2025, 12:25:07` in the zone asked for; texts of impossible times are shown as numbers. */
export function formatTime(seconds: number, zone: TimeZoneChoice): string {
  const date = new Date(seconds * 1_000)
  if (Number.isNaN(date.getTime())) return `${seconds} s`
  return timeFormats[zone].format(date).replace('Sept', 'Sep')
}

const timeFormats = { local: timeFormat(undefined), utc: timeFormat('UTC') }

function timeFormat(timeZone: string | undefined): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone,
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  })
}

export function localZoneName(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone
}

/** First figures of a hash; other keys are cut in the middle. */
export function shortKey(key: string): string {
  if (/^[0-9a-f]{16,}$/i.test(key)) return key.slice(0, 8)
  return middleCut(key, 24)
}

/** `b5436cc2…b03307`: enough of both ends to tell texts apart, whole if short. */
export function middleCut(text: string, length: number): string {
  if (text.length <= length) return text
  const head = Math.ceil((length - 1) * 0.6)
  return `${text.slice(0, head)}…${text.slice(text.length - (length - 1 - head))}`
}

/** The path of a store on this machine; other locations (a server's URL) stay as they are. */
export function pathOfLocation(location: string): string {
  return location.replace(/^[a-z][a-z-]+:(?=\/(?!\/)|[A-Za-z]:\\)/, '')
}

/** An offset as both people and hex editors write it: `4,096 (0x1000)`. */
export function formatOffset(offset: number): string {
  return `${formatCount(offset)} (0x${offset.toString(16)})`
}

/** A number of a statistic in few figures; Python's words for what is not finite. */
export function formatFigure(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (value === 0) return '0'
  const size = Math.abs(value)
  if (size >= 1e6 || size < 1e-4) return value.toExponential(3)
  return String(Number(value.toPrecision(5)))
}
