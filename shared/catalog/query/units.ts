import { parseBytes, parseSpan, sizeExamples, spanExamples } from '../../model/units.ts'
import { badQuery, quote } from './error.ts'

const numberPattern = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i
export function isNumber(text: string): boolean {
  return numberPattern.test(text)
}

/** As `parseBytes` reads it. @throws AppError BAD_QUERY */
export function readSizeBytes(text: string, column: number): number {
  const bytes = parseBytes(text)
  if (bytes === undefined)
    throw badQuery(column, `a size was expected, such as ${sizeExamples}, not ${quote(text)}`)
  return bytes
}

/** As `parseSpan` reads it; a number without a unit is seconds, unless `unitNeeded`. @throws AppError BAD_QUERY */
export function readSeconds(text: string, column: number, unitNeeded: boolean): number {
  const isBare = /^(?:\d+\.?\d*|\.\d+)$/.test(text)
  const seconds = parseSpan(isBare && !unitNeeded ? `${text}s` : text)
  if (seconds === undefined) {
    const hint = /^[\d.]+m$/i.test(text) ? "; 'm' could be minutes or months: write min or mo" : ''
    throw badQuery(
      column,
      `a time span was expected, such as ${spanExamples}, not ${quote(text)}${hint}`,
      isBare ? { column, old: text, text: `${text}d` } : undefined,
    )
  }
  return seconds
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
