import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useMemo, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import classes from './Plot.module.css'

export interface PlotColors {
  readonly text: string
  readonly dim: string
  readonly line: string
  readonly accent: string
  /** Of series, one after another. */
  readonly series: readonly string[]
}

export type PlotOptions = Omit<uPlot.Options, 'width' | 'height'>

export interface PlotProps {
  readonly data: uPlot.AlignedData
  /** Kept as long as it is the same function: memoize it. The plot is made anew with another one. */
  readonly options: (colors: PlotColors) => PlotOptions
  readonly height: number
  /** What is seen, for who does not see it. */
  readonly label: string
  readonly onPlot?: (plot: uPlot | undefined) => void
}

const seriesTokens = ['--accent', '--array-ink', '--object-ink', '--scalar-ink', '--time-ink', '--table-ink']

/** A uPlot in our colours, as wide as its container. */
export function Plot({ data, options, height, label, onPlot }: PlotProps) {
  const scheme = useComputedColorScheme()
  const frame = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(undefined)
  const latest = useRef({ data, height, onPlot })
  useEffect(() => {
    latest.current = { data, height, onPlot }
  })
  // The tokens' values belong to the scheme.
  const makeOptions = useMemo(() => ({ scheme, make: options }), [scheme, options])

  useEffect(() => {
    const container = frame.current
    if (!container) return
    const size = { width: Math.max(60, container.clientWidth), height: latest.current.height }
    const made = new uPlot({ ...makeOptions.make(readColors()), ...size }, latest.current.data, container)
    plot.current = made
    latest.current.onPlot?.(made)
    const observer = new ResizeObserver(() => {
      const width = Math.max(60, container.clientWidth)
      if (width !== made.width) made.setSize({ width, height: latest.current.height })
    })
    observer.observe(container)
    return () => {
      observer.disconnect()
      latest.current.onPlot?.(undefined)
      plot.current = undefined
      made.destroy()
    }
  }, [makeOptions])

  useEffect(() => {
    if (plot.current && plot.current.data !== data) plot.current.setData(data)
  }, [data])

  return <div ref={frame} className={classes.plot} role="img" aria-label={label} style={{ height }} />
}

function readColors(): PlotColors {
  const style = getComputedStyle(document.documentElement)
  const token = (name: string): string => style.getPropertyValue(name).trim()
  return {
    text: token('--text'),
    dim: token('--dim'),
    line: token('--line'),
    accent: token('--accent'),
    series: seriesTokens.map(token),
  }
}
