import { covalentRadius } from './elements.ts'

/** Atoms nearer than this share of the sum of their covalent radii are bonded… */
const tolerance = 1.15
/** …but not if they are in the same place, in ångström. */
const leastDistance = 0.4
/** Where there are more, none are drawn: nobody would see them, and turning would stutter. */
const mostBonds = 12_000

/** Pairs of atoms, one after another; `undefined` where there are too many. */
export function bondsOf(positions: ArrayLike<number>, numbers: ArrayLike<number>): Uint32Array | undefined {
  const count = numbers.length
  const radii = Float64Array.from(numbers, covalentRadius)
  const reach = 2 * tolerance * radii.reduce((most, radius) => Math.max(most, radius), 0)
  if (count < 2 || reach === 0) return new Uint32Array(0)
  const boxes = boxesOf(positions, count, reach)
  const pairs: number[] = []
  for (let a = 0; a < count; a++) {
    for (const b of boxes.around(a)) {
      if (b <= a) continue
      const distance = Math.hypot(
        positions[3 * a]! - positions[3 * b]!,
        positions[3 * a + 1]! - positions[3 * b + 1]!,
        positions[3 * a + 2]! - positions[3 * b + 2]!,
      )
      if (distance < leastDistance || distance > tolerance * (radii[a]! + radii[b]!)) continue
      if (pairs.length === 2 * mostBonds) return undefined
      pairs.push(a, b)
    }
  }
  return Uint32Array.from(pairs)
}

/** Atoms by boxes as wide as a bond is at most: partners are in the same box or a neighbouring one. */
function boxesOf(positions: ArrayLike<number>, count: number, width: number) {
  const boxes = new Map<string, number[]>()
  const boxOf = (atom: number): number[] =>
    [0, 1, 2].map((axis) => Math.floor(positions[3 * atom + axis]! / width))
  for (let atom = 0; atom < count; atom++) {
    const name = boxOf(atom).join()
    const box = boxes.get(name)
    if (box) box.push(atom)
    else boxes.set(name, [atom])
  }
  return {
    *around(atom: number): Generator<number> {
      const [x = 0, y = 0, z = 0] = boxOf(atom)
      for (let i = -1; i <= 1; i++)
        for (let j = -1; j <= 1; j++)
          for (let k = -1; k <= 1; k++) yield* boxes.get(`${x + i},${y + j},${z + k}`) ?? []
    },
  }
}
