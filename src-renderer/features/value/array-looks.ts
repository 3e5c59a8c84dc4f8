import { imageLayouts, isLikelyImage, type ChannelAxis } from '../../../shared/numpy/image.ts'

export type Look = 'lines' | 'heat' | 'image'

/** What the picture is of: an array, or a Series, which is a line whatever its place. */
export interface Pictured {
  readonly dtype: string
  readonly shape: readonly number[]
}

/** More lines in one picture are no lines any more. */
const mostLines = 6
/** Fewer numbers are read in the table. */
const leastElements = 4
const leastSide = 4

export function isComplex(dtype: string): boolean {
  return /^[<>=|]?c(?:omplex)?\d+$/.test(dtype)
}

/** Numbers, complex ones and times can be drawn. */
export function isDrawable(dtype: string): boolean {
  return (
    /^[<>=|]?(?:float\d+|u?int\d+|bool|[fiub]\d+|(?:datetime|timedelta)64.*|[Mm]8.*)$/.test(dtype) ||
    isComplex(dtype)
  )
}

/** How the array may be drawn, the best first; empty if it is better read. */
export function looksOf({ dtype, shape }: Pictured): Look[] {
  const size = shape.reduce((product, length) => product * length, 1)
  if (!isDrawable(dtype) || shape.length === 0 || size < leastElements) return []
  if (shape.length === 1) return ['lines']
  const [rows = 1, columns = 1] = shape.slice(-2)
  const looks: Look[] = []
  const layouts = isComplex(dtype) || isTime(dtype) ? [] : imageLayouts(shape)
  if (layouts[0] !== undefined && isLikelyImage(dtype, shape, layouts[0])) looks.push('image')
  const isFew = Math.min(rows, columns) <= mostLines && Math.max(rows, columns) >= 8
  const isPlane = rows >= leastSide && columns >= leastSide
  if (shape.length === 2 && !isPlane && !isFew) return looks
  if (isPlane && !isFew) looks.push('heat')
  looks.push('lines')
  if (rows > 1 && columns > 1 && !looks.includes('heat')) looks.push('heat')
  if (layouts.length > 0 && !looks.includes('image')) looks.push('image')
  return looks
}

/** Times and spans of time. */
export function isTime(dtype: string): boolean {
  return /^[<>=|]?(?:(?:datetime|timedelta)64|[Mm]8)/.test(dtype)
}

/** The axis along which lines run if nobody says: the long one of the last two. */
export function lineAxis(shape: readonly number[]): number {
  const last = shape.length - 1
  if (last < 1) return 0
  const [rows = 1, columns = 1] = shape.slice(-2)
  return rows > 1 && columns <= mostLines && rows > columns ? last - 1 : last
}

/** The lines of one picture: the others of a short axis beside the first. Axis and how many; `undefined`: one line. */
export function sideAxis(shape: readonly number[], axis: number): number | undefined {
  const others = shape.flatMap((length, other) => (other !== axis && length > 1 ? [{ length, other }] : []))
  const [only] = others
  return others.length === 1 && only && only.length <= mostLines ? only.other : undefined
}

/** Axes that a look shows; all others have an index. */
export function shownAxes(
  look: Look,
  shape: readonly number[],
  { axes, channels }: { axes: readonly number[]; channels: ChannelAxis },
): number[] {
  const last = shape.length - 1
  if (look === 'lines') return [axes.length === 1 ? axes[0]! : lineAxis(shape)]
  if (look === 'heat') return axes.length === 2 ? [...axes] : [last - 1, last]
  return channels === 'none' ? [last - 1, last] : [last - 2, last - 1, last]
}

/** `1,0` as axes of an array, if they are some. */
export function parseAxes(text: string | undefined, dimensions: number): number[] {
  const axes = (text ?? '')
    .split(',')
    .filter((part) => part !== '')
    .map(Number)
  const isFine = axes.every((axis) => Number.isInteger(axis) && axis >= 0 && axis < dimensions)
  return isFine && new Set(axes).size === axes.length ? axes : []
}

/** One number for each axis, within its length. */
export function parseIndex(text: string | undefined, shape: readonly number[]): number[] {
  const numbers = (text ?? '').split(',').map(Number)
  return shape.map((length, axis) => {
    const at = numbers[axis] ?? 0
    return Number.isInteger(at) && at >= 0 && at < length ? at : 0
  })
}

/** `10:20` within `[0, length)`; everything where the text says nothing else. */
export function parseSpan(text: string | undefined, length: number): readonly [number, number] {
  const [, from, to] = /^(\d{1,15}):(\d{1,15})$/.exec(text ?? '') ?? []
  const start = Number(from ?? 0)
  const end = Math.min(Number(to ?? length), length)
  return end > start ? [start, end] : [0, length]
}

/** A window of `span` zoomed by `factor` (below 1: nearer) about the share `at` of it. */
export function zoomed(
  [from, to]: readonly [number, number],
  length: number,
  factor: number,
  at: number,
  least: number,
): readonly [number, number] {
  const width = Math.min(length, Math.max(Math.min(least, length), Math.round((to - from) * factor)))
  const start = Math.round(from + (to - from - width) * at)
  const first = Math.min(Math.max(0, start), length - width)
  return [first, first + width]
}
