import { heatPixels, heatRange, type HeatRange } from '../../../shared/numpy/heat-color.ts'

/** The accent of each scheme, on the panel's ground. */
const inks = { light: [11, 114, 133], dark: [59, 201, 219] } as const
/** A cell with a single element among thousands is still seen. */
const leastOpacity = 0.4

export interface SpyCells {
  readonly counts: ArrayLike<number>
  readonly means: ArrayLike<number>
  readonly width: number
}

/** Where elements are: the more of them in a cell (by the logarithm), the darker. Empty cells are clear. */
export function densityPixels(
  { counts }: SpyCells,
  scheme: 'light' | 'dark',
): { pixels: Uint8ClampedArray<ArrayBuffer>; most: number } {
  const most = Array.prototype.reduce.call(
    counts,
    (high, count) => Math.max(Number(high), Number(count)),
    0,
  ) as number
  const full = Math.log1p(most)
  const [red, green, blue] = inks[scheme]
  const pixels = new Uint8ClampedArray(4 * counts.length)
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i]!
    if (count <= 0) continue
    const share = leastOpacity + (1 - leastOpacity) * (Math.log1p(count) / full)
    pixels.set([red, green, blue, 255 * share], 4 * i)
  }
  return { pixels, most }
}

/** The mean of each cell's elements as a colour; empty cells are clear. `undefined` where no value is finite. */
export function meanPixels({
  counts,
  means,
  width,
}: SpyCells): { pixels: Uint8ClampedArray<ArrayBuffer>; range: HeatRange } | undefined {
  const range = heatRange(means, false)
  if (!range) return undefined
  const pixels = heatPixels(means, width, range)
  for (let i = 0; i < counts.length; i++) if (counts[i]! <= 0) pixels[4 * i + 3] = 0
  return { pixels, range }
}
