import uPlot from 'uplot'
import type { PlotColors, PlotOptions } from '../../ui/plot/Plot.tsx'
import { figureText } from './picture-words.ts'

export interface LineLook {
  readonly count: number
  readonly hasBands: boolean
  readonly isLog: boolean
  readonly hasPoints: boolean
  readonly x: 'position' | 'number' | 'time'
  readonly unit: 'number' | 'time' | 'seconds'
}

export interface LineHands {
  /** By a factor about a share of the window. */
  readonly zoom: (factor: number, at: number) => void
  /** Buckets from one to another. */
  readonly select: (first: number, last: number) => void
  readonly reset: () => void
  readonly setCursor: (bucket: number | undefined) => void
}

/** `uPlot.Scale.Distr` has no values at run time. */
const logarithmic: Readonly<Record<string, unknown>> = { distr: 3 }
const smallestDragPx = 5
/** Behind a colour of six hexadecimal digits. */
const bandOpacity = '48'

/** How uPlot draws lines and their bands, and what the mouse does. */
export function linePlotOptions(look: LineLook, hands: LineHands): (colors: PlotColors) => PlotOptions {
  return (colors) => {
    const perLine = look.hasBands ? 3 : 1
    const series: uPlot.Series[] = [{}]
    const bands: uPlot.Band[] = []
    for (let line = 0; line < look.count; line++) {
      const stroke = colors.series[line % colors.series.length]!
      const points = look.hasPoints ? { show: true, size: 4 } : { show: isAlone, size: 4 }
      series.push({ stroke, width: 1.25, points, spanGaps: false })
      if (!look.hasBands) continue
      const edge: uPlot.Series = { stroke: 'transparent', width: 0, points: { show: false } }
      series.push(edge, edge)
      const at = 1 + line * perLine
      bands.push({ series: [at + 2, at + 1], fill: stroke + bandOpacity })
    }
    return {
      series,
      bands,
      legend: { show: false },
      padding: [8, 10, 0, 0],
      scales: {
        x: { time: look.x === 'time' },
        y: look.isLog ? logarithmic : { time: look.unit === 'time' },
      },
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
      axes: [axis(colors, look.x), axis(colors, look.unit, look.isLog)],
      cursor: { y: false, drag: { x: true, y: false, setScale: false }, points: { size: 5 } },
      hooks: {
        setCursor: [({ cursor }) => hands.setCursor(cursor.idx ?? undefined)],
        setSelect: [
          (plot) => {
            const { left, width } = plot.select
            if (width >= smallestDragPx) hands.select(plot.posToIdx(left), plot.posToIdx(left + width))
            plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
          },
        ],
        ready: [(plot) => listen(plot, hands)],
      },
    }
  }
}

function listen({ over }: uPlot, { zoom, reset }: LineHands): void {
  over.addEventListener('dblclick', reset)
  over.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault()
      const box = over.getBoundingClientRect()
      zoom(event.deltaY > 0 ? 1.4 : 1 / 1.4, (event.clientX - box.left) / box.width)
    },
    { passive: false },
  )
}

/** A number between two gaps would not be seen as a line. */
function isAlone(plot: uPlot, _series: number, first: number, last: number): boolean {
  return last - first < 40 && plot.data[0].length <= 60
}

function axis(colors: PlotColors, unit: LineLook['x'] | LineLook['unit'], isLog = false): uPlot.Axis {
  const plain: uPlot.Axis = {
    stroke: colors.dim,
    font: '11px Inter, system-ui, sans-serif',
    grid: { stroke: colors.line, width: 1, ...(isLog && { filter: powersOf10 }) },
    ticks: { stroke: colors.line, width: 1, size: 4 },
    size: (_plot, values, side) => sizeOf(values, side, unit),
  }
  if (unit === 'time') return { ...plain, values: timeTexts }
  const text = unit === 'seconds' ? (number: number) => figureText(number, unit) : tickText
  return {
    ...plain,
    ...(unit === 'position' && { incrs: wholeSteps }),
    ...(unit === 'seconds' && { incrs: timeSteps }),
    values: (_plot, splits) => splits.map((number) => (number === null ? '' : text(number))),
  }
}

const steps = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, i) => [1, 2, 5].map((step) => step * 10 ** (from + i))).flat()

/** Nothing stands between two elements. */
const wholeSteps = steps(0, 16)
const partsOfDay = [10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200]
const timeSteps = [...steps(-18, 1), ...partsOfDay, ...steps(0, 12).map((days) => days * 86_400)]

/** By the step between ticks: the text, and below it, where it changes, the year, month, day, hour, minute and second. */
const timeTexts: (string | number | null)[][] = [
  [3600 * 24 * 365, '{YYYY}', null, null, null, null, null, null, 1],
  [3600 * 24 * 28, '{YYYY}-{MM}', null, null, null, null, null, null, 1],
  [3600 * 24, '{MM}-{DD}', '\n{YYYY}', null, null, null, null, null, 1],
  [60, '{HH}:{mm}', '\n{YYYY}-{MM}-{DD}', null, '\n{MM}-{DD}', null, null, null, 1],
  [1, '{HH}:{mm}:{ss}', '\n{YYYY}-{MM}-{DD}', null, '\n{MM}-{DD}', null, null, null, 1],
  [
    0.001,
    ':{ss}.{fff}',
    '\n{YYYY}-{MM}-{DD} {HH}:{mm}',
    null,
    '\n{MM}-{DD} {HH}:{mm}',
    null,
    '\n{HH}:{mm}',
    null,
    1,
  ],
]

/** Lines between the powers would be a grey wall. */
function powersOf10(_plot: uPlot, splits: readonly number[]): (number | null)[] {
  return splits.map((number) => (Math.abs(Math.log10(number) % 1) < 1e-9 ? number : null))
}

/** Plain numbers as they are, large and small ones with an exponent. */
function tickText(number: number): string {
  const size = Math.abs(number)
  if (size !== 0 && (size >= 1e7 || size < 1e-4)) return figureText(number, 'number').replace(/\.?0+e/, 'e')
  return String(Number(number.toPrecision(8)))
}

function sizeOf(
  values: readonly string[] | null,
  side: number,
  unit: LineLook['x'] | LineLook['unit'],
): number {
  if (side === 0) return unit === 'time' ? 38 : 24
  const lines = (values ?? []).flatMap((text) => text?.split('\n') ?? [])
  const longest = Math.max(3, ...lines.map(({ length }) => length))
  return 14 + longest * 6.4
}
