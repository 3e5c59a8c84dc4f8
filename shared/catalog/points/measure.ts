import type { PointUnit } from '../../api/points.ts'
import { AppError } from '../../model/errors.ts'
import { momentText } from '../calendar.ts'
import type { Columns } from '../columns.ts'
import { nestedName, outputColumnName, outputName } from '../leaf-names.ts'
import type { SumSource } from '../narrowing.ts'
import type { StoredSubject } from '../sums.ts'
import { printSubject } from '../query/print.ts'
import { parseSubject } from '../query/subject.ts'
import { readTimeSpan } from '../query/units.ts'
import type { Strings } from '../strings.ts'

/** Numbers of entries, with the words by which filters tell them. */
export interface Measure {
  /** As filters write it. */
  readonly field: string
  /** As sorts call it. */
  readonly column: string
  readonly unit: PointUnit
  /** By id; NaN where an entry has none. */
  readonly numbers: Float64Array
  /** What can be drawn: beyond are only infinities and faults, and sums of such would not be numbers. */
  readonly limits: Span
  /** The nearest number, not above, at which a filter can cut. */
  readonly cut: (number: number) => number
  /** `[from, to)`, or with its end. The ends are cuts. */
  readonly clause: (span: Span) => string
}

export interface Span {
  readonly from: number
  readonly to: number
  readonly withTo: boolean
  /** Only what is above the beginning belongs to it. */
  readonly withoutFrom?: boolean
}

const greatestNumber = 1e300
const greatestSeconds = 1e12
const greatestBytes = 1e18
const firstYear = 1970

export function isWithin(number: number, { from, to, withTo, withoutFrom }: Span): boolean {
  return (withoutFrom ? number > from : number >= from) && (withTo ? number <= to : number < to)
}

/** @throws AppError USAGE for what is no field, or is never a number. */
export function measureOf(text: string, { columns, strings, nowSeconds }: SumSource): Measure {
  const subject = parseSubject(text)
  const field = printSubject(subject)
  if (subject.kind !== 'field') {
    return {
      field,
      column: subject.kind === 'output' ? outputColumnName(subject.path) : `arg:${subject.name}`,
      unit: 'number',
      numbers: storedNumbers(storedNames(subject, strings), columns),
      limits: { from: -greatestNumber, to: greatestNumber, withTo: true },
      cut: (number) => number,
      clause: (span) => spanClause(field, span, numberText),
    }
  }
  switch (subject.name) {
    case 'took':
      return plainMeasure(
        { field, column: 'elapsedSeconds', unit: 'seconds' },
        columns.numbers('elapsed'),
        greatestSeconds,
      )
    case 'size':
      return plainMeasure(
        { field, column: 'sizeBytes', unit: 'bytes' },
        columns.numbers('size'),
        greatestBytes,
      )
    case 'run':
      return timeMeasure(columns.numbers('run_at'), nowSeconds)
    default:
      throw new AppError(
        'USAGE',
        `'${field}' is no number; take an argument, a scalar in the output such as output.energy, took, size or run.`,
      )
  }
}

/** Numbers of the names under which a subject is stored; the first that an entry has counts. */
export function storedNames(subject: StoredSubject, strings: Strings): number[] {
  const names =
    subject.kind === 'output' ? [outputName(subject.path)] : [subject.name, nestedName(subject.name)]
  return names.map((name) => strings.find(name)).filter((id) => id !== undefined)
}

function storedNumbers(nameIds: readonly number[], columns: Columns): Float64Array {
  const all = nameIds.map((id) => columns.argumentNumbers(id))
  const [first, second] = all
  if (!first) return new Float64Array(columns.idsEnd).fill(Number.NaN)
  return second ? first.map((number, id) => (Number.isNaN(number) ? second[id]! : number)) : first
}

/** Sizes and times have no exponents in filters. */
function plainMeasure(
  what: Pick<Measure, 'field' | 'column' | 'unit'>,
  numbers: Float64Array,
  greatest: number,
): Measure {
  return {
    ...what,
    numbers,
    limits: { from: 0, to: greatest, withTo: true },
    cut: (number) => Math.max(0, number),
    clause: (span) => spanClause(what.field, span, decimalText),
  }
}

/** Filters cut times at whole seconds that the clock of this place shows. */
function timeMeasure(numbers: Float64Array, nowSeconds: number): Measure {
  const lastYear = new Date(nowSeconds * 1_000).getFullYear() + 1
  const [from] = readTimeSpan(String(firstYear), 1, nowSeconds)
  const [, to] = readTimeSpan(String(lastYear), 1, nowSeconds)
  const limits = { from, to, withTo: false }
  const isWhole = (span: Span): boolean => span.from === from && span.to === to
  return {
    field: 'run',
    column: 'runAtSeconds',
    unit: 'time',
    numbers,
    limits,
    cut: (number) => readTimeSpan(momentText(Math.floor(number)), 1, nowSeconds)[0],
    clause: (span) =>
      isWhole(span)
        ? `run:${firstYear}..${lastYear}`
        : spanClause('run', { ...span, withTo: false }, momentText),
  }
}

function numberText(number: number): string {
  return String(number).replace('e+', 'e')
}

function spanClause(field: string, span: Span, text: (number: number) => string): string {
  const [from, to] = [text(span.from), text(span.to)]
  if (span.withTo && !span.withoutFrom) return `${field}:${from}..${to}`
  return `${field}${span.withoutFrom ? '>' : '>='}${from} ${field}${span.withTo ? '<=' : '<'}${to}`
}

/** A number that is not negative, without an exponent; reads as the same number. */
function decimalText(number: number): string {
  const text = String(number)
  const [, whole = '', fraction = '', exponent] = /^(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text) ?? []
  if (exponent === undefined) return text
  const digits = whole + fraction
  const point = whole.length + Number(exponent)
  if (point <= 0) return `0.${'0'.repeat(-point)}${digits}`
  return digits.length > point
    ? `${digits.slice(0, point)}.${digits.slice(point)}`
    : digits.padEnd(point, '0')
}
