import type { Points } from '../../api/points.ts'
import { Cells } from './cells.ts'
import type { Drawing } from './drawing.ts'

/** More different numbers on the x axis are put in cells. */
const placesAtMost = 1_000
const cells = 200

type Line = NonNullable<Points['line']>

/** Mean, least and greatest y of the entries at each x, of each category on its own. */
export function linesOf({ x, y, ids, coloring }: Drawing): Line {
  const places = placesOf({ x, ids })
  const count = coloring?.answer.kind === 'categories' ? coloring.answer.categories.length : 1
  const tallies = Array.from({ length: count }, () => new Tally(places.x.length))
  for (const id of ids) {
    const category = count === 1 ? 0 : coloring!.of(id)!
    tallies[category]!.add(places.of(x.measure.numbers[id]!), y.measure.numbers[id]!)
  }
  const hasCategories = coloring?.answer.kind === 'categories'
  return {
    x: places.x,
    clauses: places.clauses,
    isBinned: places.isBinned,
    series: tallies.map((tally, category) =>
      Object.assign({ category: hasCategories ? category : -1 }, tally.toAnswer()),
    ),
  }
}

interface Places {
  readonly x: number[]
  readonly clauses: string[]
  readonly isBinned: boolean
  readonly of: (number: number) => number
}

function placesOf({ x, ids }: Pick<Drawing, 'x' | 'ids'>): Places {
  const { measure } = x
  const different = differentOf(measure.numbers, ids)
  // Filters cut times at seconds: two runs in one second cannot be told apart.
  if (different && measure.unit !== 'time') {
    const placeOf = new Map(different.map((number, place) => [number, place]))
    return {
      x: different,
      clauses: different.map((number) => measure.clause({ from: number, to: number, withTo: true })),
      isBinned: false,
      of: (number) => placeOf.get(number)!,
    }
  }
  if (ids.length === 0) return { x: [], clauses: [], isBinned: true, of: () => 0 }
  const own = new Cells(x, ids, cells)
  return {
    x: Array.from({ length: own.count }, (_, cell) => own.middle(cell)),
    clauses: own.toAnswer().clauses,
    isBinned: true,
    of: (number) => own.placeOf(number),
  }
}

/** Ascending; `undefined` if there are too many. */
function differentOf(numbers: Float64Array, ids: Int32Array): number[] | undefined {
  const different = new Set<number>()
  for (const id of ids) {
    different.add(numbers[id]!)
    if (different.size > placesAtMost) return undefined
  }
  return [...different].toSorted((a, b) => a - b)
}

class Tally {
  readonly #entries: Uint32Array
  readonly #means: Float64Array
  readonly #least: Float64Array
  readonly #greatest: Float64Array

  constructor(places: number) {
    this.#entries = new Uint32Array(places)
    this.#means = new Float64Array(places)
    this.#least = new Float64Array(places).fill(Number.POSITIVE_INFINITY)
    this.#greatest = new Float64Array(places).fill(Number.NEGATIVE_INFINITY)
  }

  add(place: number, number: number): void {
    const entries = ++this.#entries[place]!
    // Not by the sum, which could be beyond all numbers.
    this.#means[place]! += (number - this.#means[place]!) / entries
    this.#least[place] = Math.min(this.#least[place]!, number)
    this.#greatest[place] = Math.max(this.#greatest[place]!, number)
  }

  toAnswer(): Omit<Line['series'][number], 'category'> {
    const at = [...this.#entries.keys()].filter((place) => this.#entries[place]! > 0)
    return {
      at,
      mean: at.map((place) => this.#means[place]!),
      least: at.map((place) => this.#least[place]!),
      greatest: at.map((place) => this.#greatest[place]!),
      entries: at.map((place) => this.#entries[place]!),
    }
  }
}
