import type { PointCells, PointUnit } from '../../api/points.ts'
import { placeAmong } from '../edges.ts'
import type { Axis } from './drawing.ts'
import { extentOf } from './drawing.ts'
import type { Measure } from './measure.ts'

/** Steps of time that people count in, in seconds; then years. */
const timeSteps = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 172_800,
  604_800, 1_209_600, 2_592_000, 7_776_000, 31_536_000,
]
/** Attempts at an edge beyond the numbers: one does, unless numbers are so large that steps vanish in them. */
const attempts = 4

/** Cells of round numbers that an axis is cut into. */
export class Cells {
  readonly #edges: Float64Array
  readonly #withTo: boolean
  readonly #measure: Measure

  /** About `count` cells or fewer over the numbers of entries; an end that the window has is an outer edge. */
  constructor({ measure, isLog, window }: Axis, ids: Int32Array, count: number) {
    this.#measure = measure
    const { least, greatest } = extentOf(measure, ids)
    const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = window ?? {}
    const edges = roundEdges(measure, least, greatest, { count, isLog }).filter(
      (edge) => edge > from && edge < to,
    )
    const low = Number.isFinite(from) ? from : measure.cut(least)
    if (edges.length === 0 || edges[0]! > low) edges.unshift(low)
    const high = Number.isFinite(to) ? to : greatest
    this.#withTo = edges.at(-1)! <= high && (window?.to === undefined || window.withTo)
    if (edges.at(-1)! < high || edges.length === 1) edges.push(high)
    this.#edges = Float64Array.from(edges)
  }

  get count(): number {
    return this.#edges.length - 1
  }

  /** The cell of a number that is within. */
  placeOf(number: number): number {
    return Math.min(placeAmong(this.#edges, number) - 1, this.count - 1)
  }

  middle(cell: number): number {
    return (this.#edges[cell]! + this.#edges[cell + 1]!) / 2
  }

  clause(cell: number): string {
    const [from, to] = [this.#edges[cell]!, this.#edges[cell + 1]!]
    return this.#measure.clause({ from, to, withTo: this.#withTo && cell === this.count - 1 })
  }

  toAnswer(): PointCells {
    return {
      edges: [...this.#edges],
      clauses: Array.from({ length: this.count }, (_, cell) => this.clause(cell)),
    }
  }
}

function roundEdges(
  { unit, cut }: Measure,
  least: number,
  greatest: number,
  { count, isLog }: { readonly count: number; readonly isLog: boolean },
): number[] {
  const [low, high] = isLog ? [Math.log10(least), Math.log10(greatest)] : [least, greatest]
  const span = high - low || Math.abs(low) * 1e-3 || 1
  const step = stepOf(span / count, isLog ? 'number' : unit)
  const edgeOf = (k: number): number =>
    cut(
      isLog
        ? Number((10 ** Number((k * step).toPrecision(12))).toPrecision(6))
        : Number((k * step).toPrecision(15)),
    )
  let first = Math.floor(low / step)
  for (let i = 0; i < attempts && edgeOf(first) > least; i++) first--
  const edges: number[] = []
  const add = (k: number): void => {
    const edge = edgeOf(k)
    if (edges.length === 0 || edge > edges.at(-1)!) edges.push(edge)
  }
  const last = Math.ceil(high / step)
  // Numbers beyond the 53 bits of a float do not rise by one.
  if (last - first > 10 * count || first + 1 === first) return []
  for (let k = first; k <= last; k++) add(k)
  for (let i = 1; i <= attempts && edges.at(-1)! <= greatest; i++) add(last + i)
  return edges
}

/** The least of 1, 2, 5, 10, … that is no smaller; of time what clocks and calendars have. */
function stepOf(least: number, unit: PointUnit): number {
  if (unit === 'time') {
    const step = timeSteps.find((each) => each >= least)
    if (step !== undefined) return step
  }
  const power = 10 ** Math.floor(Math.log10(least))
  return [1, 2, 5].map((factor) => factor * power).find((each) => each >= least) ?? 10 * power
}
