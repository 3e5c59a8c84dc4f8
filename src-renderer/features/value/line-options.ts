import uPlot from 'uplot'
import type { PlotColors, PlotOptions } from '../../ui/plot/Plot.tsx'
import { figureText } from './picture-words.ts'

export interface LineLook {
  readonly count: number
  readonly hasBands: boolean
  readonly isLog: boolean
  readonly hasPoints: boolean
  readonly x: 'position' | 'number' | 'time'
  readonly unit: 'number' | 'time'
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
      axes: [
        axis(colors, look.x === 'number' || look.x === 'position'),
        axis(colors, look.unit === 'number'),
      ],
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

function axis(colors: PlotColors, isNumber: boolean, isLog = false): uPlot.Axis {
  const plain: uPlot.Axis = {
    stroke: colors.dim,
    font: '11px Inter, system-ui, sans-serif',
    grid: { stroke: colors.line, width: 1, ...(isLog && { filter: powersOf10 }) },
    ticks: { stroke: colors.line, width: 1, size: 4 },
    size: (plot, values, side) => sizeOf(plot, values, side),
  }
  if (!isNumber) return plain
  return {
    ...plain,
    values: (_plot, splits) => splits.map((number) => (number === null ? '' : tickText(number))),
  }
}

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

function sizeOf(_plot: uPlot, values: readonly string[] | null, side: number): number {
  if (side === 0) return 24
  const longest = Math.max(3, ...(values ?? []).map((text) => text?.length ?? 0))
  return 14 + longest * 6.4
}
