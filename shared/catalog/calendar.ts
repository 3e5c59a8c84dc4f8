import type { Overview } from '../api/overview.ts'

export interface CalendarBars {
  readonly unit: Overview['time']['unit']
  /** First days, as `2025-06-01`, each with the words for it after `run:` of a filter. */
  readonly bars: readonly { readonly start: string; readonly words: string }[]
  /** Where the bars begin, in Unix seconds, and at last where the last one ends. */
  readonly edges: Float64Array
}

const day = 86_400

/** Bars of calendar units in the time zone of this process, so many that a picture of them is neither empty nor dense. */
export function calendarBars(fromSeconds: number, toSeconds: number): CalendarBars {
  const span = toSeconds - fromSeconds
  const unit = unitOf(span)
  const moment = startOf(unit, new Date(fromSeconds * 1_000))
  const bars: { start: string; words: string }[] = []
  const edges: number[] = [moment.getTime() / 1_000]
  do {
    const start = dateText(moment)
    step(unit, moment)
    bars.push({ start, words: wordsOf(unit, start, moment) })
    edges.push(moment.getTime() / 1_000)
  } while (edges.at(-1)! <= toSeconds)
  return { unit, bars, edges: Float64Array.from(edges) }
}

function unitOf(span: number): CalendarBars['unit'] {
  if (span <= 45 * day) return 'day'
  if (span <= 300 * day) return 'week'
  return span <= 6 * 366 * day ? 'month' : 'year'
}

/** Weeks begin on Monday. */
function startOf(unit: CalendarBars['unit'], date: Date): Date {
  const [year, month, dayOfMonth] = [date.getFullYear(), date.getMonth(), date.getDate()]
  switch (unit) {
    case 'day':
      return new Date(year, month, dayOfMonth)
    case 'week':
      return new Date(year, month, dayOfMonth - ((date.getDay() + 6) % 7))
    case 'month':
      return new Date(year, month, 1)
    case 'year':
      return new Date(year, 0, 1)
  }
}

function step(unit: CalendarBars['unit'], date: Date): void {
  if (unit === 'year') date.setFullYear(date.getFullYear() + 1)
  else if (unit === 'month') date.setMonth(date.getMonth() + 1)
  else date.setDate(date.getDate() + (unit === 'week' ? 7 : 1))
}

function wordsOf(unit: CalendarBars['unit'], start: string, next: Date): string {
  if (unit === 'year') return start.slice(0, 4)
  if (unit === 'month') return start.slice(0, 7)
  if (unit === 'day') return start
  const last = new Date(next)
  last.setDate(last.getDate() - 1)
  return `${start}..${dateText(last)}`
}

function dateText(date: Date): string {
  const two = (number: number): string => String(number).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

/** A whole second as filters write it, in the time zone of this process; parts of nothing are left out. */
export function momentText(seconds: number): string {
  const date = new Date(seconds * 1_000)
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()]
  while (time.length > 2 && time.at(-1) === 0) time.pop()
  if (time.length === 2 && time[0] === 0 && time[1] === 0) return dateText(date)
  return `${dateText(date)}T${time.map((part) => String(part).padStart(2, '0')).join(':')}`
}
