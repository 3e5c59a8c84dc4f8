import { describe, expect, it } from 'vitest'
import { atomAt, sceneOf, turnedPoints } from './structure-scene.ts'
import { axisTurns } from './structure-turn.ts'

const cell = { vectors: [4, 0, 0, 0, 4, 0, 0, 0, 6], lengths: [4, 4, 6], angles: [90, 90, 90], volume: 96 }
const none = new Uint32Array(0)

describe('a scene', () => {
  it('has the cell in its middle, all of it within its radius', () => {
    const { positions, edges, radius } = sceneOf([0, 0, 0, 4, 4, 6], [6, 6], cell, none)
    expect([...positions]).toEqual([-2, -2, -3, 2, 2, 3])
    // Twelve edges of twelve pieces, each with two ends of three numbers.
    expect(edges).toHaveLength(12 * 12 * 2 * 3)
    expect(radius).toBeGreaterThanOrEqual(Math.hypot(2, 2, 3))
    expect(radius).toBeLessThan(Math.hypot(2, 2, 3) + 1)
  })

  it('is drawn for no atoms, for one, and for places that are no numbers', () => {
    expect(sceneOf([], [], undefined, none).radius).toBe(1)
    expect(sceneOf([7, 7, 7], [1], undefined, none).positions).toEqual(Float32Array.of(0, 0, 0))
    expect(sceneOf([Number.NaN, 0, 0, 1, 1, 1], [1, 1], undefined, none).radius).toBeGreaterThan(0)
  })

  it('shows the nearest of the atoms behind one another', () => {
    const scene = sceneOf([0, 0, 0, 0, 0, 5, 3, 0, 0], [29, 29, 29], undefined, none)
    const along = turnedPoints(scene.positions, axisTurns.z)
    const at = (atom: number) => [along[3 * atom]!, along[3 * atom + 1]!] as const
    expect(atomAt(scene, along, ...at(0))).toBe(1)
    expect(atomAt(scene, along, ...at(2))).toBe(2)
    expect(atomAt(scene, along, 50, 50)).toBeUndefined()
  })
})
