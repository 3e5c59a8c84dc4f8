import type { Points } from '../../../shared/api/points.ts'
import { heatColor } from '../../../shared/numpy/heat-color.ts'

export interface PlotInks {
  readonly text: string
  readonly dim: string
  readonly line: string
  readonly panel: string
  readonly accent: string
  readonly series: readonly string[]
  /** Entries beyond the listed categories, and those without one. */
  readonly rest: string
  readonly none: string
  readonly scheme: 'light' | 'dark'
}

export const seriesCount = 8
/** The part of the scale of colours that can be seen on the panel. */
const seen = { light: [0, 0.74], dark: [0.3, 1] } as const

export function readInks(scheme: 'light' | 'dark'): PlotInks {
  const style = getComputedStyle(document.documentElement)
  const token = (name: string): string => style.getPropertyValue(name).trim()
  return {
    text: token('--text'),
    dim: token('--dim'),
    line: token('--line-soft'),
    panel: token('--panel'),
    accent: token('--accent'),
    series: Array.from({ length: seriesCount }, (_, i) => token(`--series-${i}`)),
    rest: token('--dim'),
    none: token('--faint'),
    scheme,
  }
}

/** The colour of a category, as CSS. */
export function categoryInk(
  category: { readonly name?: string | undefined; readonly isRest?: boolean | undefined },
  place: number,
  inks: Pick<PlotInks, 'series' | 'rest' | 'none'>,
): string {
  if (category.isRest) return inks.rest
  return category.name === undefined ? inks.none : inks.series[place % inks.series.length]!
}

function scaleInk(share: number, scheme: PlotInks['scheme']): string {
  const [from, to] = seen[scheme]
  return `rgb(${heatColor(from + Math.max(0, Math.min(1, share)) * (to - from)).join(' ')})`
}

export function scaleGradient(scheme: PlotInks['scheme']): string {
  const stops = Array.from({ length: 9 }, (_, i) => scaleInk(i / 8, scheme))
  return `linear-gradient(to right, ${stops.join(', ')})`
}

/** What a scale of numbers is drawn in: so many colours, each in one stroke. */
const shades = 24

/** Marks that are drawn alike, by the place of their colour. */
export interface Palette {
  readonly inks: readonly string[]
  /** Place in `inks` of what an entry's or a cell's colour is. */
  readonly placeOf: (color: number | null | undefined) => number
}

export function paletteOf(color: Points['color'], inks: PlotInks): Palette {
  if (color?.kind === 'categories')
    return {
      inks: color.categories.map((category, place) => categoryInk(category, place, inks)),
      placeOf: (place) => place ?? 0,
    }
  if (color?.kind === 'number') {
    const { least, greatest } = color
    const span = greatest - least || 1
    return {
      inks: [...Array.from({ length: shades }, (_, i) => scaleInk(i / (shades - 1), inks.scheme)), inks.none],
      placeOf: (number) =>
        number === null || number === undefined
          ? shades
          : Math.round(((number - least) / span) * (shades - 1)),
    }
  }
  return { inks: [inks.accent], placeOf: () => 0 }
}
