import { badQuery, quote } from './error.ts'

const numberPattern = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i
const measurePattern = /^(\d+\.?\d*|\.\d+)([a-zµ]*)$/i

export function isNumber(text: string): boolean {
  return numberPattern.test(text)
}

const sizeUnits: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['b', 1],
  ...['k', 'm', 'g', 't'].flatMap((letter, i): [string, number][] => [
    [letter, 1000 ** (i + 1)],
    [`${letter}b`, 1000 ** (i + 1)],
    [`${letter}i`, 1024 ** (i + 1)],
    [`${letter}ib`, 1024 ** (i + 1)],
  ]),
])

/** `1.5MB` → 1500000. Units B, kB MB GB TB (1000), KiB MiB GiB TiB (1024), in any case; none: bytes. */
export function readSizeBytes(text: string, column: number): number {
  const [, digits, unit] = measurePattern.exec(text) ?? []
  const factor = sizeUnits.get((unit ?? '?').toLowerCase())
  if (digits === undefined || factor === undefined) {
    throw badQuery(column, `a size was expected, such as 500kB, 1.5MB or 2GiB, not ${quote(text)}`)
  }
  return Number(digits) * factor
}

const day = 86_400
const durationUnits: ReadonlyMap<string, number> = new Map([
  ['ms', 0.001],
  ['s', 1],
  ['min', 60],
  ['h', 3600],
  ['d', day],
  ['w', 7 * day],
  ['mo', 30 * day],
  ['y', 365 * day],
])

/** `10min` → 600. Units ms s min h d w mo (30 d) y (365 d); none: seconds, unless `unitNeeded`. */
export function readSeconds(text: string, column: number, unitNeeded: boolean): number {
  const [, digits, unit] = measurePattern.exec(text) ?? []
  const factor = unit === '' && !unitNeeded ? 1 : durationUnits.get((unit ?? '?').toLowerCase())
  if (digits === undefined || factor === undefined) {
    const hint = unit?.toLowerCase() === 'm' ? "; 'm' could be minutes or months: write min or mo" : ''
    throw badQuery(
      column,
      `a time span was expected, such as 10s, 5min, 12h, 30d, 2w, 6mo or 1y, not ${quote(text)}${hint}`,
      unit === '' ? { column, old: text, text: `${text}d` } : undefined,
    )
  }
  return Number(digits) * factor
}

const datePattern = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2}))?)?)?)?$/i

/**
 * A date as the span it names, `[start, end)` in Unix seconds, in the time zone of this process:
 * `2025`, `2025-06`, `2025-06-01`, `2025-06-01T12:30`, `2025-06-01T12:30:15`, `today`, `yesterday`.
 */
export function readTimeSpan(text: string, column: number, nowSeconds: number): readonly [number, number] {
  const word = text.toLowerCase()
  if (word === 'today' || word === 'yesterday') {
    const now = new Date(nowSeconds * 1000)
    const date = now.getDate() - (word === 'yesterday' ? 1 : 0)
    return localSpan([now.getFullYear(), now.getMonth(), date], 2)
  }
  const parts = datePattern
    .exec(text)
    ?.slice(1)
    .filter((part) => part !== undefined)
    .map(Number)
  if (parts === undefined || !isDate(parts)) {
    throw badQuery(
      column,
      `a date was expected, such as 2025, 2025-06, 2025-06-01, 2025-06-01T12:30, today or yesterday, not ${quote(text)}`,
    )
  }
  return localSpan(
    parts.map((part, i) => (i === 1 ? part - 1 : part)),
    parts.length - 1,
  )
}

function isDate([
  year = 0,
  month = 1,
  date = 1,
  hour = 0,
  minute = 0,
  second = 0,
]: readonly number[]): boolean {
  const daysOfMonth = month >= 1 && month <= 12 ? new Date(year, month, 0).getDate() : 0
  return year >= 1 && date >= 1 && date <= daysOfMonth && hour <= 23 && minute <= 59 && second <= 59
}

/** `fields`: year, month from 0, date, hour…; the span is one unit of the field number `finest`. */
function localSpan(fields: readonly number[], finest: number): readonly [number, number] {
  const next = fields.map((field, i) => (i === finest ? field + 1 : field))
  return [localSeconds(fields), localSeconds(next)]
}

function localSeconds([
  year = 1970,
  month = 0,
  date = 1,
  hour = 0,
  minute = 0,
  second = 0,
]: readonly number[]): number {
  const moment = new Date(2000, 0, 1)
  // Not by the constructor, which reads years 0 to 99 as 1900 to 1999.
  moment.setFullYear(year, month, date)
  moment.setHours(hour, minute, second, 0)
  return moment.getTime() / 1000
}
