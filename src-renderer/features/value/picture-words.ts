import type { PlaneHeader } from '../../../shared/api/pictures.ts'
import { formatCount, formatFigure } from '../../ui/format.ts'

/** A number of a picture, or a time: `2024-01-01 00:00:00`. */
export function figureText(number: number | null | undefined, unit: Unit | 'position'): string {
  if (number === null || number === undefined) return 'nan'
  if (unit === 'position') return formatCount(Math.round(number))
  if (unit === 'seconds') return spanOfTime(number)
  return unit === 'time' ? timeText(number) : formatFigure(number)
}

type Unit = PlaneHeader['unit']

/** Spans of time in their own unit. */
function spanOfTime(seconds: number): string {
  const size = Math.abs(seconds)
  if (size >= 86_400) return `${formatFigure(seconds / 86_400)} d`
  if (size >= 3_600) return `${formatFigure(seconds / 3_600)} h`
  return `${formatFigure(seconds)} s`
}

/** What has no finite number: ` · 16 nan · 2 inf`. */
export function oddText({ nan, infinite, gap }: Pick<PlaneHeader, 'nan' | 'infinite' | 'gap'>): string {
  const gaps = nan > 0 ? ` · ${formatCount(nan)} ${gap ?? 'nan'}` : ''
  return gaps + (infinite > 0 ? ` · ${formatCount(infinite)} inf` : '')
}

/** UTC, as the stored times have no zone: the day alone at midnight, fractions only where there are some. */
function timeText(seconds: number): string {
  const date = new Date(seconds * 1000)
  if (Number.isNaN(date.getTime())) return `${formatFigure(seconds)} s`
  const [day = '', time = ''] = date.toISOString().split('T')
  if (time === '00:00:00.000Z') return day
  return `${day} ${time.replace('Z', '').replace('.000', '')}`
}

/** What was not looked at: `sampled, 1 of 128 elements`. */
export function sampleText({
  looked,
  elements,
}: Pick<PlaneHeader, 'looked' | 'elements'>): string | undefined {
  if (looked >= elements || looked === 0) return undefined
  return `sampled, 1 of ${formatCount(Math.round(elements / looked))} elements`
}

export function spanText([from, to]: readonly [number, number]): string {
  return to - from === 1 ? formatCount(from) : `${formatCount(from)} – ${formatCount(to - 1)}`
}
