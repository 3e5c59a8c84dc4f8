/** A part of a picture, in the units of its frame. */
export interface Tile {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/**
 * Tiles of a frame with areas in proportion to the weights, which descend, each as near to a square as can be: the
 * squarified treemap of Bruls, Huizing and van Wijk (2000). Weights of nothing get tiles of nothing.
 */
export function treemap(weights: readonly number[], frame: Tile): Tile[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  if (!(total > 0)) return weights.map(() => ({ x: frame.x, y: frame.y, width: 0, height: 0 }))
  const scale = (frame.width * frame.height) / total
  const areas = weights.map((weight) => weight * scale)
  const tiles: Tile[] = []
  let rest = frame
  while (tiles.length < areas.length) {
    const row = nextRow(areas, tiles.length, Math.min(rest.width, rest.height))
    const made = placeRow(row, rest)
    tiles.push(...made.tiles)
    rest = made.rest
  }
  return tiles
}

/** So many areas from `start` on as make the best row along a side. */
function nextRow(areas: readonly number[], start: number, side: number): readonly number[] {
  const first = areas[start]!
  let sum = first
  let end = start + 1
  let worst = worstRatio(first, first, sum, side)
  while (end < areas.length) {
    const more = sum + areas[end]!
    const next = worstRatio(first, areas[end]!, more, side)
    if (next > worst) break
    sum = more
    worst = next
    end++
  }
  return areas.slice(start, end)
}

function worstRatio(largest: number, smallest: number, sum: number, side: number): number {
  const [square, sideSquare] = [sum * sum, side * side]
  return Math.max((sideSquare * largest) / square, square / (sideSquare * smallest))
}

/** Along the shorter side of what is left. */
function placeRow(row: readonly number[], frame: Tile): { tiles: Tile[]; rest: Tile } {
  const sum = row.reduce((all, area) => all + area, 0)
  const { x, y, width, height } = frame
  const isColumn = width >= height
  const side = isColumn ? height : width
  const depth = side === 0 ? 0 : Math.min(sum / side, isColumn ? width : height)
  let offset = 0
  const tiles = row.map((area): Tile => {
    const length = sum === 0 ? 0 : (area / sum) * side
    const tile = isColumn
      ? { x, y: y + offset, width: depth, height: length }
      : { x: x + offset, y, width: length, height: depth }
    offset += length
    return tile
  })
  return {
    tiles,
    rest: isColumn
      ? { x: x + depth, y, width: width - depth, height }
      : { x, y: y + depth, width, height: height - depth },
  }
}
