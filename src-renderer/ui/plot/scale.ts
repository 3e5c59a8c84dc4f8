import type { PointUnit } from '../../../shared/api/points.ts'
import { formatBytes, formatDuration, formatFigure } from '../format.ts'

/** Where numbers stand on an axis, and where its lines are. */
export interface Scale {
  readonly least: number
  readonly greatest: number
  readonly isLog: boolean
  /** 0 … 1 within the axis. */
  readonly share: (number: number) => number
  /** The number at a share, with no more figures than can be seen. */
  readonly at: (share: number) => number
  readonly ticks: readonly { readonly at: number; readonly text: string }[]
}

export interface ScaleOptions {
  readonly least: number
  readonly greatest: number
  readonly isLog: boolean
  readonly unit: PointUnit
  /** About so many ticks have room. */
  readonly ticks: number
  /** Some room beyond both ends. */
  readonly isPadded: boolean
}

const padding = 0.035
const day = 86_400
const timeSteps = [
  1,
  5,
  15,
  30,
  60,
  300,
  900,
  1_800,
  3_600,
  10_800,
  21_600,
  43_200,
  day,
  2 * day,
  7 * day,
  14 * day,
]
/** Seconds that people have names for. */
export const durationTicks = [
  1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 10, 60, 600, 3_600, 36_000, 864_000, 8_640_000, 86_400_000,
]
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

export function makeScale(options: ScaleOptions): Scale {
  const { isLog, unit } = options
  const to = isLog ? Math.log10 : (number: number): number => number
  const from = isLog ? (number: number): number => 10 ** number : (number: number): number => number
  let [low, high] = [to(options.least), to(options.greatest)]
  const spread = high - low || (isLog ? 0.2 : Math.abs(low) * 0.1 || 1)
  const room = high === low ? spread : options.isPadded ? spread * padding : 0
  low -= room
  high += room
  const [least, greatest] = [from(low), from(high)]
  return {
    least,
    greatest,
    isLog,
    share: (number) => (to(number) - low) / (high - low),
    at: (share) => rounded(from(low + share * (high - low)), isLog ? 0 : high - low, unit),
    ticks: isLog
      ? logTicks(low, high, options.ticks, unit)
      : unit === 'time'
        ? timeTicks(least, greatest, options.ticks)
        : linearTicks(least, greatest, options.ticks, unit),
  }
}

/** A thousandth of the axis cannot be pointed at. */
function rounded(number: number, span: number, unit: PointUnit): number {
  if (unit === 'time') return Math.round(number)
  if (span === 0) return Number(number.toPrecision(4))
  const step = 10 ** Math.floor(Math.log10(span / 1_000))
  return Number((Math.round(number / step) * step).toPrecision(12))
}

function linearTicks(least: number, greatest: number, count: number, unit: PointUnit): Scale['ticks'] {
  const rough = (greatest - least) / Math.max(1, count)
  const power = 10 ** Math.floor(Math.log10(rough))
  const round = [1, 2, 5, 10].map((factor) => factor * power)
  const steps = unit === 'seconds' && rough > 30 ? timeSteps : round
  const step = steps.find((each) => each >= rough) ?? round.find((each) => each >= rough) ?? rough
  const ticks: { at: number; text: string }[] = []
  for (let k = Math.ceil(least / step); k * step <= greatest && ticks.length < 50; k++) {
    const at = Number((k * step).toPrecision(12))
    ticks.push({ at, text: tickText(at, unit) })
  }
  return ticks
}

/** Powers of ten; of few of them also what stands at 2 and 5. */
function logTicks(low: number, high: number, count: number, unit: PointUnit): Scale['ticks'] {
  const isWithin = (at: number): boolean => Math.log10(at) >= low && Math.log10(at) <= high
  if (unit === 'seconds' && high - low > 2) {
    const named = durationTicks.filter(isWithin)
    const each = Math.ceil(named.length / count)
    return named.filter((_, i) => i % each === 0).map((at) => ({ at, text: tickText(at, unit) }))
  }
  const every = Math.max(1, Math.ceil((high - low) / count))
  const factors = high - low < count / 3 ? [1, 2, 5] : [1]
  const ticks: { at: number; text: string }[] = []
  for (let power = Math.floor(low); power <= high; power += every) {
    for (const factor of factors) {
      const at = Number(`${factor}e${power}`)
      if (isWithin(at)) ticks.push({ at, text: tickText(at, unit) })
    }
  }
  // A small window between two of them.
  return ticks.length > 1 ? ticks : linearTicks(10 ** low, 10 ** high, count, unit)
}

function timeTicks(least: number, greatest: number, count: number): Scale['ticks'] {
  const rough = (greatest - least) / Math.max(1, count)
  const step = timeSteps.find((each) => each >= rough)
  if (step === undefined) return monthTicks(least, greatest, Math.max(1, Math.round(rough / (30 * day))))
  const offset = new Date(least * 1_000).getTimezoneOffset() * 60
  const ticks: { at: number; text: string }[] = []
  for (
    let at = Math.ceil((least - offset) / step) * step + offset;
    at <= greatest && ticks.length < 50;
    at += step
  )
    ticks.push({ at, text: timeTick(new Date(at * 1_000), step) })
  return ticks
}

function monthTicks(least: number, greatest: number, rough: number): Scale['ticks'] {
  const every = [1, 2, 3, 6].find((each) => each >= rough) ?? 12 * Math.ceil(rough / 12)
  const first = new Date(least * 1_000)
  const ticks: { at: number; text: string }[] = []
  const startMonth = every >= 12 ? 0 : Math.floor(first.getMonth() / every) * every
  const year =
    every >= 12 ? Math.floor(first.getFullYear() / (every / 12)) * (every / 12) : first.getFullYear()
  for (let month = startMonth; ticks.length < 50; month += every) {
    const date = new Date(year, month, 1)
    const at = date.getTime() / 1_000
    if (at > greatest) break
    const text = every >= 12 ? String(date.getFullYear()) : `${months[date.getMonth()]} ${date.getFullYear()}`
    if (at >= least) ticks.push({ at, text })
  }
  return ticks
}

function timeTick(date: Date, step: number): string {
  const two = (number: number): string => String(number).padStart(2, '0')
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}${step < 60 ? `:${two(date.getSeconds())}` : ''}`
  const isMidnight = date.getHours() === 0 && date.getMinutes() === 0 && date.getSeconds() === 0
  return step >= day || isMidnight ? `${date.getDate()} ${months[date.getMonth()]}` : clock
}

/** A number at an axis: without zeros that say nothing, `10 s` and not `10.0 s`. */
export function tickText(number: number, unit: PointUnit): string {
  switch (unit) {
    case 'bytes':
      return formatBytes(number)
    case 'seconds':
      return formatDuration(number).replace(/\.0+(?= )|(?<=\.\d*[1-9])0+(?= )/, '')
    default:
      return formatFigure(number).replace(/(?:\.0*|(?<=\.\d*[1-9])0+)?e\+?/, 'e')
  }
}
