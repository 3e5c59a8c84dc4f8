import { dateOfDay, floorDivide, floorModulo, twoDigits } from './calendar.ts'

/** A datetime64 or timedelta64: `count * step` units; no count = not a time. */
export interface TimeCount {
  readonly count: bigint | undefined
  readonly unit: string
  readonly step: number
}

/** Units of a second and finer: how many make a second, and the digits of the fraction. */
const fractionDigits: Readonly<Record<string, number>> = { s: 0, ms: 3, us: 6, ns: 9, ps: 12, fs: 15, as: 18 }

const unitWords: Readonly<Record<string, string>> = {
  Y: 'years',
  M: 'months',
  W: 'weeks',
  D: 'days',
  h: 'hours',
  m: 'minutes',
  s: 'seconds',
  ms: 'milliseconds',
  us: 'microseconds',
  ns: 'nanoseconds',
  ps: 'picoseconds',
  fs: 'femtoseconds',
  as: 'attoseconds',
  generic: 'generic time units',
}

/** `str(numpy.datetime64(…))`: ISO 8601 down to the unit, `NaT` for not a time. */
export function datetime64Text({ count, unit, step }: TimeCount): string {
  if (count === undefined || unit === 'generic') return 'NaT'
  const units = count * BigInt(step)
  if (unit === 'Y') return yearText(1970n + units)
  if (unit === 'M')
    return `${yearText(1970n + floorDivide(units, 12n))}-${twoDigits(floorModulo(units, 12n) + 1n)}`
  if (unit === 'W') return dayText(units * 7n)
  if (unit === 'D') return dayText(units)
  if (unit === 'h') return `${dayText(floorDivide(units, 24n))}T${twoDigits(floorModulo(units, 24n))}`
  if (unit === 'm') return `${dayText(floorDivide(units, 1440n))}T${minuteText(floorModulo(units, 1440n))}`
  const digits = fractionDigits[unit]
  if (digits === undefined) return 'NaT'
  const perSecond = 10n ** BigInt(digits)
  const seconds = floorDivide(units, perSecond)
  const fraction = digits === 0 ? '' : '.' + String(floorModulo(units, perSecond)).padStart(digits, '0')
  return `${dayText(floorDivide(seconds, 86_400n))}T${secondText(floorModulo(seconds, 86_400n))}${fraction}`
}

/** `str(numpy.timedelta64(…))`: `90 seconds`. */
export function timedelta64Text({ count, unit, step }: TimeCount): string {
  if (count === undefined) return 'NaT'
  return `${count * BigInt(step)} ${unitWords[unit] ?? unit}`
}

function dayText(day: bigint): string {
  const date = dateOfDay(day)
  return `${yearText(date.year)}-${twoDigits(date.month)}-${twoDigits(date.day)}`
}

/** At least four characters, the sign among them, as numpy writes it. */
function yearText(year: bigint): string {
  return year < 0n ? '-' + String(-year).padStart(3, '0') : String(year).padStart(4, '0')
}

function minuteText(minutes: bigint): string {
  return `${twoDigits(minutes / 60n)}:${twoDigits(minutes % 60n)}`
}

function secondText(seconds: bigint): string {
  return `${minuteText(seconds / 60n)}:${twoDigits(seconds % 60n)}`
}

/** Nanoseconds since 1970 of a count in a unit of a second or finer (down to ns), in days, or coarser; else undefined. */
export function nanosecondsOf({ count, unit, step }: TimeCount): bigint | undefined {
  const perUnit = nanosecondsPerUnit[unit]
  return count === undefined || perUnit === undefined ? undefined : count * BigInt(step) * perUnit
}

const nanosecondsPerUnit: Readonly<Record<string, bigint>> = {
  W: 604_800_000_000_000n,
  D: 86_400_000_000_000n,
  h: 3_600_000_000_000n,
  m: 60_000_000_000n,
  s: 1_000_000_000n,
  ms: 1_000_000n,
  us: 1000n,
  ns: 1n,
}
