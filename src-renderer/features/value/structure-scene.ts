import type { AtomsHeader } from '../../../shared/api/atoms.ts'
import { covalentRadius } from './elements.ts'
import { matrixOf, type Turn } from './structure-turn.ts'

/** What is drawn, in ångström about the centre. */
export interface Scene {
  readonly positions: Float32Array
  readonly numbers: ArrayLike<number>
  /** Pairs of atoms. */
  readonly bonds: Uint32Array
  /** Pieces of the cell's edges: two points of three numbers each. */
  readonly edges: Float32Array
  /** Half of what must have room on the screen. */
  readonly radius: number
}

/** Edges are cut so that each piece is before or behind an atom. */
const piecesOfEdge = 12
/** Balls are this share of the covalent radius, so that bonds are seen. */
export const ballShare = 0.5

export function sceneOf(
  positions: ArrayLike<number>,
  numbers: ArrayLike<number>,
  cell: AtomsHeader['cell'],
  bonds: Uint32Array,
): Scene {
  const corners = cell ? cornersOf(cell.vectors) : []
  const [low, high] = boundsOf(corners.flat(), positions)
  const center = low.map((number, axis) => (number + high[axis]!) / 2)
  const placed = Float32Array.from(positions, (number, i) => number - center[i % 3]!)
  const edges = Float32Array.from(cell ? edgePieces(corners) : [], (number, i) => number - center[i % 3]!)
  let radius = 0
  for (let i = 0; i < numbers.length; i++) {
    const distance = Math.hypot(placed[3 * i]!, placed[3 * i + 1]!, placed[3 * i + 2]!)
    const reach = distance + ballShare * covalentRadius(numbers[i]!)
    if (reach > radius) radius = reach
  }
  for (let i = 0; i < edges.length; i += 3)
    radius = Math.max(radius, Math.hypot(edges[i]!, edges[i + 1]!, edges[i + 2]!))
  return { positions: placed, numbers, bonds, edges, radius: radius || 1 }
}

function boundsOf(first: readonly number[], second: ArrayLike<number>): [number[], number[]] {
  const low = [Infinity, Infinity, Infinity]
  const high = [-Infinity, -Infinity, -Infinity]
  for (const numbers of [first, second]) {
    for (let i = 0; i < numbers.length; i++) {
      const number = numbers[i]!
      if (!Number.isFinite(number)) continue
      if (number < low[i % 3]!) low[i % 3] = number
      if (number > high[i % 3]!) high[i % 3] = number
    }
  }
  return low[0] === Infinity
    ? [
        [0, 0, 0],
        [0, 0, 0],
      ]
    : [low, high]
}

/** Corner `i` has the vectors of the bits of `i`. */
function cornersOf(vectors: readonly number[]): number[][] {
  return Array.from({ length: 8 }, (_, corner) =>
    [0, 1, 2].map((axis) =>
      [0, 1, 2].reduce((sum, bit) => sum + ((corner >> bit) & 1) * vectors[3 * bit + axis]!, 0),
    ),
  )
}

function edgePieces(corners: readonly (readonly number[])[]): number[] {
  const points: number[] = []
  for (let from = 0; from < 8; from++) {
    for (const bit of [1, 2, 4]) {
      if ((from & bit) !== 0) continue
      const [a, b] = [corners[from]!, corners[from | bit]!]
      for (let piece = 0; piece < piecesOfEdge; piece++)
        for (const share of [piece / piecesOfEdge, (piece + 1) / piecesOfEdge])
          points.push(...a.map((number, axis) => number + share * (b[axis]! - number)))
    }
  }
  return points
}

/** Points as a viewer sees them: right, up and towards the viewer of each. */
export function turnedPoints(points: Float32Array, turn: Turn): Float32Array {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0] = matrixOf(turn)
  const seen = new Float32Array(points.length)
  for (let at = 0; at < points.length; at += 3) {
    const [x, y, z] = [points[at]!, points[at + 1]!, points[at + 2]!]
    seen[at] = a * x + b * y + c * z
    seen[at + 1] = d * x + e * y + f * z
    seen[at + 2] = g * x + h * y + i * z
  }
  return seen
}

/** The atom seen at a place (right and up from the middle, in ångström): the nearest to the viewer. */
export function atomAt(
  { numbers }: Pick<Scene, 'numbers'>,
  seen: Float32Array,
  right: number,
  up: number,
): number | undefined {
  let found: number | undefined
  for (let atom = 0; atom < numbers.length; atom++) {
    const distance = Math.hypot(seen[3 * atom]! - right, seen[3 * atom + 1]! - up)
    if (distance > ballShare * covalentRadius(numbers[atom]!)) continue
    if (found === undefined || seen[3 * atom + 2]! > seen[3 * found + 2]!) found = atom
  }
  return found
}
