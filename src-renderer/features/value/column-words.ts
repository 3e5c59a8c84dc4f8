import type { TableColumn } from '../../../shared/api/tables.ts'
import { formatCount } from '../../ui/format.ts'
import { pythonStringText } from '../../ui/python-string.ts'
import { visibleText } from '../../ui/visible-text.ts'
import { figureText } from './picture-words.ts'

type Numbers = NonNullable<TableColumn['numbers']>
type Values = NonNullable<TableColumn['values']>

/** Of a sample a share says more than a count. */
export function countText(count: number, { looked, rows }: Pick<TableColumn, 'looked' | 'rows'>): string {
  if (looked >= rows) return formatCount(count)
  return `${Number(((100 * count) / Math.max(1, looked)).toPrecision(2))} %`
}

export function rangeText({ min, max, unit }: Numbers): string {
  const text = (number: number): string => figureText(unit === 'number' ? rounded(number) : number, unit)
  return min === max ? text(min) : `${text(min)} … ${text(max)}`
}

/** Three figures, for which a narrow column has room; whole numbers stay. */
function rounded(number: number): number {
  return Number.isInteger(number) ? number : Number(number.toPrecision(3))
}

export function topText({ top, distinct, isDistinctCut }: Values): string {
  const [first] = top
  if (!first) return ''
  const different = `${formatCount(distinct)}${isDistinctCut ? '+' : ''}`
  return distinct === 1 && !isDistinctCut
    ? `all ${plain(first.text)}`
    : `${plain(first.text)} · ${different} values`
}

function plain(text: string): string {
  return visibleText(pythonStringText(text) ?? text)
}

/** Everything that is known of a column, for whoever points at it. */
export function columnTitle(name: string, summary: TableColumn): string {
  const { dtype, rows, looked, missing, unread, numbers, values } = summary
  const lines = [`${name}: ${visibleText(dtype)}`]
  if (looked < rows) lines.push(`looked at ${formatCount(looked)} of ${formatCount(rows)} rows`)
  if (missing > 0) lines.push(`${countText(missing, summary)} missing`)
  if (unread > 0) lines.push(`${countText(unread, summary)} in a form that is not read`)
  if (numbers) {
    lines.push(`from ${figureText(numbers.min, numbers.unit)} to ${figureText(numbers.max, numbers.unit)}`)
    lines.push(`mean ${figureText(numbers.mean, numbers.unit)}`)
    if (numbers.infinite > 0) lines.push(`${countText(numbers.infinite, summary)} infinite`)
  }
  for (const { text, count } of values?.top ?? []) lines.push(`${plain(text)}: ${countText(count, summary)}`)
  return lines.join('\n')
}
