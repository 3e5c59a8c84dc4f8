/** Where the colours of an image are: there are none (grey), along the last axis, or along the one before rows and columns. */
export type ChannelAxis = 'none' | 'last' | 'first'

export interface ImageAxes {
  readonly rows: number
  readonly columns: number
  readonly channels?: number
}

/** The axes of an image in an array of `dimensions` axes; `undefined` if there are too few. */
export function imageAxes(dimensions: number, channels: ChannelAxis): ImageAxes | undefined {
  if (dimensions < (channels === 'none' ? 2 : 3)) return undefined
  if (channels === 'last') return { rows: dimensions - 3, columns: dimensions - 2, channels: dimensions - 1 }
  const plane = { rows: dimensions - 2, columns: dimensions - 1 }
  return channels === 'first' ? { ...plane, channels: dimensions - 3 } : plane
}

/** Smaller pictures are numbers to be read, not images to be seen. */
const leastSide = 8

/** How an array of this shape may be an image, the likeliest first; empty if in no way. */
export function imageLayouts(shape: readonly number[]): ChannelAxis[] {
  const isSide = (length: number | undefined): boolean => length !== undefined && length >= leastSide
  const [third, second, last] = [shape.at(-3), shape.at(-2), shape.at(-1)]
  const layouts: ChannelAxis[] = []
  if (isSide(third) && isSide(second) && (last === 1 || last === 3 || last === 4)) layouts.push('last')
  if ((third === 3 || third === 4) && isSide(second) && isSide(last)) layouts.push('first')
  if (isSide(second) && isSide(last)) layouts.push('none')
  return layouts
}

/**
 * Whether an array is meant as an image, by the name of its dtype and what `imageLayouts` says first. Floats of shape
 * (steps, atoms, 3) are positions more often than an image, so that only small floats count as one.
 */
export function isLikelyImage(dtype: string, shape: readonly number[], layout: ChannelAxis): boolean {
  if (dtype === 'uint8' || dtype === '|u1') return true
  const isSmallFloat = /^[<>=|]?(?:float(?:16|32)|f[24])$/.test(dtype)
  return layout !== 'none' && (isSmallFloat ? shape.length === 3 : /^[<>=|]?u/.test(dtype))
}
