/**
 * The proleptic Gregorian calendar on `bigint` days, for years far beyond what
 * JavaScript's `Date` holds (numpy's datetime64 reaches 10^18 years).
 */

/** Floor division, as Python's `//`. */
export function floorDivide(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor
  return value % divisor < 0n ? quotient - 1n : quotient
}

/** The remainder that belongs to `floorDivide`: never negative for a positive divisor. */
export function floorModulo(value: bigint, divisor: bigint): bigint {
  const remainder = value % divisor
  return remainder < 0n ? remainder + divisor : remainder
}

const daysOf400Years = 146_097n
/** Days from 0000-03-01 to 1970-01-01. */
const daysToEpoch = 719_468n

/** Year, month (1 to 12) and day of a day counted from 1970-01-01. Years begin in March inside, so that leap days come last. */
export function dateOfDay(day: bigint): { year: bigint; month: number; day: number } {
  const shifted = day + daysToEpoch
  const era = floorDivide(shifted, daysOf400Years)
  const dayOfEra = Number(shifted - era * daysOf400Years)
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  const year = era * 400n + BigInt(yearOfEra) + (month <= 2 ? 1n : 0n)
  return { year, month, day: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1 }
}

/** Day counted from 1970-01-01; the inverse of `dateOfDay`. */
export function dayOfDate(year: number, month: number, day: number): number {
  const shiftedYear = month <= 2 ? year - 1 : year
  const era = Math.floor(shiftedYear / 400)
  const yearOfEra = shiftedYear - era * 400
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * Number(daysOf400Years) + dayOfEra - Number(daysToEpoch)
}

export function twoDigits(value: number | bigint): string {
  return String(value).padStart(2, '0')
}
