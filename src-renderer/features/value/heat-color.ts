type Color = readonly [red: number, green: number, blue: number, opacity: number]

/** Dark violet over magenta and orange to light yellow: rises evenly in lightness, also in grey and for the colour-blind. */
const stops: readonly (readonly [number, number, number])[] = [
  [26, 10, 94],
  [92, 10, 160],
  [158, 28, 152],
  [206, 66, 118],
  [240, 113, 80],
  [254, 172, 56],
  [244, 240, 52],
]

/** The colour of a share from 0 to 1; transparent for NaN, the ends for what lies beyond. */
export function heatColor(share: number): Color {
  if (Number.isNaN(share)) return [0, 0, 0, 0]
  const at = Math.max(0, Math.min(1, share)) * (stops.length - 1)
  const index = Math.min(stops.length - 2, Math.floor(at))
  const [a, b] = [stops[index]!, stops[index + 1]!]
  const mix = (channel: 0 | 1 | 2): number =>
    Math.round(a[channel] + (b[channel] - a[channel]) * (at - index))
  return [mix(0), mix(1), mix(2), 255]
}
