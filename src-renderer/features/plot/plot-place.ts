import type { Place } from '../../app/place.ts'

/** What the plot keeps in the address; texts that are not set are at their default. */
export interface PlotPlace {
  readonly x: string | undefined
  readonly y: string | undefined
  /** `-`: no colours, where the default has some. */
  readonly color: string | undefined
  readonly as: 'points' | 'line'
  readonly xlog: boolean
  readonly ylog: boolean
  /** Windows, `[from, to]`. */
  readonly xr: Window | undefined
  readonly yr: Window | undefined
}

export type Window = readonly [from: number, to: number]

export const noColor = '-'
const prefix = 'plot.'

export function readPlotPlace(options: Place['options']): PlotPlace {
  const get = (name: string): string | undefined => options[prefix + name]
  return {
    x: get('x'),
    y: get('y'),
    color: get('color'),
    as: get('as') === 'line' ? 'line' : 'points',
    xlog: get('xlog') === '1',
    ylog: get('ylog') === '1',
    xr: readWindow(get('xr')),
    yr: readWindow(get('yr')),
  }
}

/** The options with a change of the plot's. A window belongs to its field. */
export function withPlotPlace(options: Place['options'], change: Partial<PlotPlace>): Place['options'] {
  const next: Record<string, string> = { ...options }
  const fresh = {
    ...('x' in change && { xr: undefined }),
    ...('y' in change && { yr: undefined }),
    ...change,
  }
  for (const [name, value] of Object.entries(fresh)) next[prefix + name] = textOf(value)
  if (next[prefix + 'as'] === 'points') next[prefix + 'as'] = ''
  return next
}

function textOf(value: string | boolean | Window | undefined): string {
  if (value === undefined || value === false) return ''
  if (value === true) return '1'
  return typeof value === 'string' ? value : value.join(':')
}

function readWindow(text: string | undefined): Window | undefined {
  const ends = (text ?? '').split(':').map((part) => (part.trim() === '' ? Number.NaN : Number(part)))
  const [from, to] = ends
  return ends.length === 2 && Number.isFinite(from) && Number.isFinite(to) && from! <= to!
    ? [from!, to!]
    : undefined
}
