import type { SumSource } from '../narrowing.ts'
import type { Coloring } from './color.ts'
import type { Measure, Span } from './measure.ts'
import { isWithin, measureOf } from './measure.ts'

/** An axis with the part of it that is looked at. */
export interface Axis {
  readonly measure: Measure
  readonly isLog: boolean
  /** All that can be drawn. */
  readonly whole: Span
  /** The ends of what is looked at, where they are set. */
  readonly window: { readonly from?: number; readonly to?: number; readonly withTo: boolean }
  /** What is looked at. */
  readonly frame: Span
}

/** What is drawn, and by what. */
export interface Drawing {
  readonly x: Axis
  readonly y: Axis
  /** Entries in the window, ascending. */
  readonly ids: Int32Array
  readonly coloring: Coloring | undefined
  readonly source: SumSource
}

/** @throws AppError USAGE for what is no field with numbers. */
export function axisOf(
  field: string,
  wantsLog: boolean,
  asked: { readonly from: number | undefined; readonly to: number | undefined },
  source: SumSource,
): Axis {
  const measure = measureOf(field, source)
  const isTime = measure.unit === 'time'
  const isLog = wantsLog && !isTime
  const whole = isLog ? { ...measure.limits, from: 0, withoutFrom: true } : measure.limits
  const isInside = (end: number | undefined): end is number => end !== undefined && isWithin(end, whole)
  const window = {
    ...(isInside(asked.from) && { from: measure.cut(asked.from) }),
    // Where filters cannot cut anywhere, the cut is behind the end.
    ...(isInside(asked.to) && { to: isTime ? measure.cut(Math.floor(asked.to) + 1) : asked.to }),
    withTo: !isTime,
  }
  const frame = {
    ...whole,
    ...(window.from !== undefined && { from: window.from, withoutFrom: false }),
    ...(window.to !== undefined && { to: window.to, withTo: window.withTo }),
  }
  return { measure, isLog, whole, window, frame }
}

/** Least and greatest number of some entries, of which there is one at least. */
export function extentOf({ numbers }: Measure, ids: Int32Array): { least: number; greatest: number } {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const id of ids) {
    const number = numbers[id]!
    if (number < least) least = number
    if (number > greatest) greatest = number
  }
  return { least, greatest }
}
