type Color = readonly [red: number, green: number, blue: number]
export type HeatScale = 'sequential' | 'diverging'

/** Dark violet over magenta and orange to light yellow: rises evenly in lightness, also in grey and for the colour-blind. */
const sequential: readonly Color[] = [
  [26, 10, 94],
  [92, 10, 160],
  [158, 28, 152],
  [206, 66, 118],
  [240, 113, 80],
  [254, 172, 56],
  [244, 240, 52],
]

/** Blue for below, red for above, nearly white between: equally far is equally dark on both sides. */
const diverging: readonly Color[] = [
  [8, 48, 107],
  [33, 113, 181],
  [107, 174, 214],
  [247, 247, 247],
  [244, 137, 105],
  [203, 44, 38],
  [103, 0, 13],
]

const stops: Readonly<Record<HeatScale, readonly Color[]>> = { sequential, diverging }

/** The colour of a share from 0 to 1; the ends for what lies beyond. */
export function heatColor(share: number, scale: HeatScale = 'sequential'): Color {
  const colors = stops[scale]
  const at = Math.max(0, Math.min(1, share)) * (colors.length - 1)
  const index = Math.min(colors.length - 2, Math.floor(at))
  const [a, b] = [colors[index]!, colors[index + 1]!]
  const mix = (channel: 0 | 1 | 2): number =>
    Math.round(a[channel] + (b[channel] - a[channel]) * (at - index))
  return [mix(0), mix(1), mix(2)]
}

/** The colours as a CSS gradient from left to right. */
export function heatGradient(scale: HeatScale): string {
  const colors = stops[scale].map((color) => `rgb(${color.join(' ')})`)
  return `linear-gradient(to right, ${colors.join(', ')})`
}

export interface HeatRange {
  readonly low: number
  readonly high: number
  readonly scale: HeatScale
}

/** Share of the numbers at each end that a clipped scale does not tell apart. */
const clippedShare = 0.01

/** What the colours span: all numbers, or all but the outermost; even on both sides of 0 where they stand on both. */
export function heatRange(
  numbers: ArrayLike<number>,
  isClipped: boolean,
  scale?: HeatScale,
): HeatRange | undefined {
  const finite = Float64Array.from(numbers).filter(Number.isFinite).toSorted()
  if (finite.length === 0) return undefined
  const cut = isClipped ? Math.floor((finite.length - 1) * clippedShare) : 0
  const [least, greatest] = [finite[cut]!, finite[finite.length - 1 - cut]!]
  const chosen = scale ?? (least < 0 && greatest > 0 ? 'diverging' : 'sequential')
  if (chosen === 'sequential') return { low: least, high: greatest, scale: chosen }
  const size = Math.max(Math.abs(least), Math.abs(greatest))
  return { low: -size, high: size, scale: chosen }
}

const missing: Color = [128, 128, 128]
const missingLight: Color = [168, 168, 168]
const shades = 512

/** Pixels of numbers; what is not finite stands out as a grey check. */
export function heatPixels(
  numbers: ArrayLike<number>,
  width: number,
  { low, high, scale }: HeatRange,
): Uint8ClampedArray<ArrayBuffer> {
  const table = Array.from({ length: shades }, (_, i) => heatColor(i / (shades - 1), scale))
  const pixels = new Uint8ClampedArray(4 * numbers.length)
  // Halves: the span of the largest floats is beyond float64.
  const span = high / 2 - low / 2
  for (let i = 0; i < numbers.length; i++) {
    const number = numbers[i]!
    const share = span === 0 ? 0.5 : (number / 2 - low / 2) / span
    const isOdd = (((i % width) + Math.floor(i / width)) & 1) === 1
    const color = Number.isFinite(number)
      ? table[Math.round(Math.min(1, Math.max(0, share)) * (shades - 1))]!
      : isOdd
        ? missing
        : missingLight
    pixels[4 * i] = color[0]
    pixels[4 * i + 1] = color[1]
    pixels[4 * i + 2] = color[2]
    pixels[4 * i + 3] = 255
  }
  return pixels
}
