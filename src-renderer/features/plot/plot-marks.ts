import type { Points } from '../../../shared/api/points.ts'
import type { Scale } from '../../ui/plot/scale.ts'

/** Where the picture is in the frame, in pixels. */
export interface Field {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** Something that can be pointed at: a point, a cell or a mean. */
export interface Mark {
  readonly kind: 'point' | 'cell' | 'mean'
  /** Place in the arrays of the answer; of a mean that in its series. */
  readonly at: number
  readonly series: number
  readonly x: number
  readonly y: number
}

/** Within so many pixels a mark counts as pointed at. */
const reach = 16

/** Marks in pixels, with the way from one to the next. */
export class Marks {
  readonly list: readonly Mark[]
  readonly #orders = new Map<'x' | 'y', readonly number[]>()

  constructor(points: Points, xScale: Scale, yScale: Scale, field: Field) {
    const x = (number: number): number => field.left + xScale.share(number) * field.width
    const y = (number: number): number => field.top + (1 - yScale.share(number)) * field.height
    this.list = marksOf(points, x, y)
  }

  /** The nearest within reach. */
  nearest(left: number, top: number): number | undefined {
    let [best, least]: [number | undefined, number] = [undefined, reach * reach]
    for (let i = 0; i < this.list.length; i++) {
      const { x, y } = this.list[i]!
      const distance = (x - left) ** 2 + (y - top) ** 2
      if (distance < least) [best, least] = [i, distance]
    }
    return best
  }

  /** The next mark along an axis; ends at the ends. */
  next(from: number | undefined, along: 'x' | 'y', step: number): number | undefined {
    const order = this.#orderBy(along)
    if (order.length === 0) return undefined
    const here = from === undefined ? -1 : order.indexOf(from)
    if (here < 0) return order[step > 0 ? 0 : order.length - 1]
    return order[Math.max(0, Math.min(order.length - 1, here + step))]
  }

  #orderBy(along: 'x' | 'y'): readonly number[] {
    let order = this.#orders.get(along)
    if (!order) {
      const { list } = this
      order = [...list.keys()].toSorted((one, other) => {
        const [a, b] = [list[one]!, list[other]!]
        // Upwards on the screen is downwards in pixels.
        return along === 'x' ? a.x - b.x || b.y - a.y : b.y - a.y || a.x - b.x
      })
      this.#orders.set(along, order)
    }
    return order
  }
}

function marksOf(
  { points, bins, line }: Points,
  x: (number: number) => number,
  y: (number: number) => number,
): Mark[] {
  if (points)
    return points.keys.map((_, at) => ({
      kind: 'point',
      at,
      series: 0,
      x: x(points.x[at]!),
      y: y(points.y[at]!),
    }))
  if (bins) {
    const middle = (edges: readonly number[], place: (number: number) => number, cell: number): number =>
      (place(edges[cell]!) + place(edges[cell + 1]!)) / 2
    return bins.entries.map((_, at) => ({
      kind: 'cell',
      at,
      series: 0,
      x: middle(bins.xCells.edges, x, bins.x[at]!),
      y: middle(bins.yCells.edges, y, bins.y[at]!),
    }))
  }
  return (line?.series ?? []).flatMap(({ at: places, mean }, series) =>
    places.map((place, at): Mark => ({ kind: 'mean', at, series, x: x(line!.x[place]!), y: y(mean[at]!) })),
  )
}
