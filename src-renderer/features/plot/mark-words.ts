import type { Points } from '../../../shared/api/points.ts'
import { countOf, type TimeZoneChoice } from '../../ui/format.ts'
import { visibleText } from '../../ui/visible-text.ts'
import type { Mark } from './plot-marks.ts'
import { amountText, fieldName } from './plot-words.ts'

/** What a mark says: `cutoff 450 · output.energy -3.2 · element Cu`. */
export function markWords(points: Points, { kind, at, series }: Mark, zone: TimeZoneChoice): string {
  const { x, y, points: each, bins, line } = points
  const across = (number: number): string => amountText(number, x.unit, zone)
  const up = (number: number): string => amountText(number, y.unit, zone)
  if (kind === 'point')
    return [
      `${fieldName(x.field)} ${across(each!.x[at]!)}`,
      `${fieldName(y.field)} ${up(each!.y[at]!)}`,
      ...colorWords(points, each!.colors?.[at], zone),
    ].join(' · ')
  if (kind === 'cell') {
    const { xCells, yCells, entries } = bins!
    const [left, low] = [bins!.x[at]!, bins!.y[at]!]
    return [
      `${countOf(entries[at]!, 'entry', 'entries')}: ${fieldName(x.field)} ${across(xCells.edges[left]!)} – ${across(xCells.edges[left + 1]!)}`,
      `${fieldName(y.field)} ${up(yCells.edges[low]!)} – ${up(yCells.edges[low + 1]!)}`,
      ...colorWords(points, bins!.colors?.[at], zone).map((words) => `mostly ${words}`),
    ].join(' · ')
  }
  const { at: places, mean, least, greatest, entries, category } = line!.series[series]!
  return [
    `${fieldName(x.field)} ${line!.isBinned ? 'about ' : ''}${across(line!.x[places[at]!]!)}`,
    `mean ${fieldName(y.field)} ${up(mean[at]!)} (${up(least[at]!)} … ${up(greatest[at]!)}) of ${countOf(entries[at]!, 'entry', 'entries')}`,
    ...(category < 0 ? [] : colorWords(points, category, zone)),
  ].join(' · ')
}

function colorWords({ color }: Points, value: number | null | undefined, zone: TimeZoneChoice): string[] {
  if (!color || color.kind === 'many' || value === undefined) return []
  const name = fieldName(color.field)
  if (value === null) return [`no ${name}`]
  if (color.kind === 'number') return [`${name} ${amountText(value, color.unit, zone)}`]
  const category = color.categories[value]
  if (category?.isRest) return [`another ${name}`]
  return category?.name === undefined ? [`no ${name}`] : [`${name} ${visibleText(category.name)}`]
}
