import type { PlaneHeader } from '../../../shared/api/pictures.ts'
import { formatCount, formatFigure } from '../../ui/format.ts'

/** A number of a picture, or a time: `2024-01-01 00:00:00`. */
export function figureText(number: number | null | undefined, unit: 'number' | 'time' | 'position'): string {
  if (number === null || number === undefined) return 'nan'
  if (unit === 'position') return formatCount(Math.round(number))
  return unit === 'time' ? timeText(number) : formatFigure(number)
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
