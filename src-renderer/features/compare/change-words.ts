import type { EntryChange } from '../../../shared/api/compare.ts'
import { formatCount, formatFigure } from '../../ui/format.ts'
import { visibleText } from '../../ui/visible-text.ts'

const signs: Readonly<Record<EntryChange['kind'], string>> = {
  added: '+',
  removed: '−',
  changed: '~',
  type: '!',
}

/** A change in one line. */
export function changeWords(change: EntryChange): { sign: string; told: string } {
  return { sign: signs[change.kind], told: change.array ? arrayWords(change.array) : sidesWords(change) }
}

function sidesWords({ kind, left, right }: EntryChange): string {
  const side = (shown: EntryChange['left']): string =>
    visibleText(shown === undefined ? '' : kind === 'type' ? `${shown.type} ${shown.preview}` : shown.preview)
  return left && right ? `${side(left)} → ${side(right)}` : side(left ?? right)
}

export function arrayWords(array: NonNullable<EntryChange['array']>): string {
  const { dtype, shape, elements, differing, maxAbsolute, maxAt } = array
  const parts = [
    dtype && `${dtype[0]} → ${dtype[1]}`,
    shape && `shape ${shapeWords(shape[0])} → ${shapeWords(shape[1])}`,
    shape ? undefined : `${formatCount(differing)} of ${formatCount(elements)} elements differ`,
    maxAbsolute === undefined || maxAt === undefined
      ? undefined
      : `by at most ${formatFigure(maxAbsolute)} at ${shapeWords(maxAt)}`,
  ]
  return parts.filter((part) => part !== undefined).join(', ')
}

export function shapeWords(shape: readonly number[]): string {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`
}
