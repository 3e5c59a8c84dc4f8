import { dayOfDate } from './calendar.ts'
import type { DType } from './dtype.ts'
import { isNumeric, numbersOf } from './statistics.ts'

/** Which real number of a complex one is drawn. */
export type ComplexPart = 'magnitude' | 'phase' | 'real' | 'imaginary'

/** Packed bytes of elements → float64, NaN for not-a-time. May be a view of the bytes. */
export type NumberReader = (bytes: Uint8Array) => Float64Array

/**
 * How elements of a dtype are drawn as numbers; `undefined` where they are none.
 * Complex: `part` (radians for the phase). datetime64: seconds since 1970; timedelta64: seconds,
 * and counts where the unit has no fixed length.
 */
export function numberReader(dtype: DType, part: ComplexPart = 'magnitude'): NumberReader | undefined {
  if (isNumeric(dtype)) return (bytes) => numbersOf(dtype, bytes)
  if (dtype.kind === 'c') return complexReader(dtype, part)
  if (dtype.kind === 'M' || dtype.kind === 'm') return timeReader(dtype)
  return undefined
}

function complexReader(dtype: DType, part: ComplexPart): NumberReader {
  const half: DType = { ...dtype, kind: 'f', itemsize: dtype.itemsize / 2 }
  const pick = complexParts[part]
  return (bytes) => {
    const pairs = numbersOf(half, bytes)
    const numbers = new Float64Array(pairs.length / 2)
    for (let i = 0; i < numbers.length; i++) numbers[i] = pick(pairs[2 * i]!, pairs[2 * i + 1]!)
    return numbers
  }
}

const complexParts: Readonly<Record<ComplexPart, (real: number, imaginary: number) => number>> = {
  magnitude: (real, imaginary) => Math.hypot(real, imaginary),
  phase: (real, imaginary) => Math.atan2(imaginary, real),
  real: (real) => real,
  imaginary: (_real, imaginary) => imaginary,
}

const notATime = -(2 ** 63)

/** How many of a unit make a second, or how many seconds the unit has. */
const perSecond: Readonly<Record<string, number>> = {
  s: 1,
  ms: 1e3,
  us: 1e6,
  ns: 1e9,
  ps: 1e12,
  fs: 1e15,
  as: 1e18,
}
const secondsOf: Readonly<Record<string, number>> = { W: 604_800, D: 86_400, h: 3600, m: 60 }

function timeReader(dtype: DType): NumberReader {
  const counts: DType = { ...dtype, kind: 'i' }
  const { unit, step } = dtype.datetime ?? { unit: 'generic', step: 1 }
  const seconds = secondsOfCount(unit, step, dtype.kind === 'M')
  return (bytes) => {
    const numbers = numbersOf(counts, bytes)
    for (let i = 0; i < numbers.length; i++) {
      numbers[i] = numbers[i] === notATime ? Number.NaN : seconds(numbers[i]!)
    }
    return numbers
  }
}

function secondsOfCount(unit: string, step: number, isDate: boolean): (count: number) => number {
  const whole = secondsOf[unit]
  if (whole !== undefined) return (count) => count * step * whole
  const divisor = perSecond[unit]
  if (divisor !== undefined) return (count) => (count * step) / divisor
  if (!isDate || (unit !== 'Y' && unit !== 'M')) return (count) => count * step
  const months = step * (unit === 'Y' ? 12 : 1)
  return (count) => {
    const month = count * months
    const year = 1970 + Math.floor(month / 12)
    return dayOfDate(year, month - 12 * Math.floor(month / 12) + 1, 1) * 86_400
  }
}
