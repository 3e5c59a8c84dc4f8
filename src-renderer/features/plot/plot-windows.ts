import type { Scale } from '../../ui/plot/scale.ts'
import type { Picture } from './plot-draw.ts'
import type { Mark } from './plot-marks.ts'
import type { Window } from './plot-place.ts'

/** A rectangle that is drawn with the pointer, in pixels of the chart, from where it began. */
export interface Box {
  readonly x0: number
  readonly y0: number
  readonly x1: number
  readonly y1: number
}

/** The windows after zooming by a factor about a mark, or after moving by a quarter along an axis. */
export function windowsAfter(
  { x, y, field }: Picture,
  along: 'x' | 'y' | 'both',
  amount: number,
  mark: Mark | undefined,
): [Window | undefined, Window | undefined] {
  if (along !== 'both') {
    const moved = (scale: Scale): Window => [scale.at(amount / 4), scale.at(1 + amount / 4)]
    return along === 'x' ? [moved(x), undefined] : [undefined, moved(y)]
  }
  const about = (scale: Scale, share: number): Window => [
    scale.at(share - share * amount),
    scale.at(share + (1 - share) * amount),
  ]
  return [
    about(x, mark ? (mark.x - field.left) / field.width : 0.5),
    about(y, mark ? 1 - (mark.y - field.top) / field.height : 0.5),
  ]
}

/** The windows that a box asks for. */
export function windowsOf({ x, y, field }: Picture, { x0, x1, y0, y1 }: Box): [Window, Window] {
  const share = (from: number, length: number, at: number): number =>
    Math.max(0, Math.min(1, (at - from) / length))
  const across = [x0, x1].map((at) => share(field.left, field.width, at)).toSorted((a, b) => a - b)
  const up = [y0, y1].map((at) => 1 - share(field.top, field.height, at)).toSorted((a, b) => a - b)
  return [
    [x.at(across[0]!), x.at(across[1]!)],
    [y.at(up[0]!), y.at(up[1]!)],
  ]
}
