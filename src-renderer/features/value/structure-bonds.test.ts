import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { covalentRadius, elementColor } from './elements.ts'
import { bondsOf } from './structure-bonds.ts'

const place = fc.double({ min: -6, max: 6, noNaN: true })

describe('bonds', () => {
  it('are between all atoms near enough, as comparing every pair finds them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(1, 6, 8, 29, 79), place, place, place), { maxLength: 60 }),
        (atoms) => {
          const positions = atoms.flatMap(([, ...at]) => at)
          const numbers = atoms.map(([number]) => number)
          const found = bondsOf(positions, numbers)!
          const wanted: number[] = []
          for (let a = 0; a < atoms.length; a++) {
            for (let b = a + 1; b < atoms.length; b++) {
              const distance = Math.hypot(
                ...[0, 1, 2].map((i) => positions[3 * a + i]! - positions[3 * b + i]!),
              )
              const reach = 1.15 * (covalentRadius(numbers[a]!) + covalentRadius(numbers[b]!))
              if (distance >= 0.4 && distance <= reach) wanted.push(a * 1000 + b)
            }
          }
          const pairs = Array.from(
            { length: found.length / 2 },
            (_, i) => found[2 * i]! * 1000 + found[2 * i + 1]!,
          )
          expect(pairs.toSorted((a, b) => a - b)).toEqual(wanted)
        },
      ),
    )
  })

  it('of water are two, of a crowd too many', () => {
    const water = [0, 0, 0.119, 0, 0.763, -0.477, 0, -0.763, -0.477]
    const bonds = bondsOf(water, [8, 1, 1])!
    expect([bonds.length, bonds[0], bonds[2], bonds[1]! + bonds[3]!]).toEqual([4, 0, 0, 3])
    const crowd = Array.from({ length: 900 }, (_, i) => (i % 17) / 10)
    expect(bondsOf(crowd, new Uint8Array(300).fill(79))).toBeUndefined()
  })

  it('have elements that chemists know again', () => {
    expect([elementColor(8), elementColor(6), elementColor(200)]).toEqual([
      [255, 13, 13],
      [144, 144, 144],
      [255, 20, 147],
    ])
    expect([covalentRadius(1), covalentRadius(29), covalentRadius(200)]).toEqual([0.31, 1.32, 1.5])
  })
})
