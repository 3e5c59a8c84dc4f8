/** Pixels of one character of the cells' font, and what stands beside the text. */
const characterPx = 6.95
const paddingPx = 18
const leastPx = 84
const mostPx = 260
/** Of columns that were not measured. */
const otherPx = 92

/** Where the columns of a table stand: left edges and their end, in pixels from the first column on. */
export interface ColumnPlaces {
  readonly edges: Float64Array
  readonly count: number
}

export function columnWidth(characters: number | undefined): number {
  if (characters === undefined) return otherPx
  return Math.round(Math.min(mostPx, Math.max(leastPx, characters * characterPx + paddingPx)))
}

/** Columns as wide as what is in them: `characters` of the first ones, one width for the rest. */
export function columnPlaces(count: number, characters: readonly number[]): ColumnPlaces {
  const edges = new Float64Array(count + 1)
  for (let i = 0; i < count; i++) edges[i + 1] = edges[i]! + columnWidth(characters[i])
  return { edges, count }
}

/** Columns `[first, last)` that are seen within `[left, right)` pixels. */
export function columnsWithin(
  { edges, count }: ColumnPlaces,
  left: number,
  right: number,
): readonly [first: number, last: number] {
  const first = Math.min(columnAt(edges, count, left), count)
  const last = right <= left ? first : Math.min(count, columnAt(edges, count, right) + 1)
  return [first, Math.max(first, last)]
}

/** The column that a pixel is in: the last one whose left edge is not right of it. */
function columnAt(edges: Float64Array, count: number, pixel: number): number {
  let [low, high] = [0, count]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (edges[middle]! <= pixel) low = middle
    else high = middle - 1
  }
  return low
}
