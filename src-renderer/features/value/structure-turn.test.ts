import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { axisTurns, matrixOf, parseTurn, startTurn, turned, turnText, type Turn } from './structure-turn.ts'

const angles = fc.double({ min: -3, max: 3, noNaN: true })
const turns = fc
  .tuple(angles, angles, angles)
  .map(([yaw, pitch, roll]) => turned(startTurn, yaw, pitch, roll))

function seen(turn: Turn, [x, y, z]: readonly [number, number, number]): number[] {
  const m = matrixOf(turn)
  return [0, 3, 6].map((row) => m[row]! * x + m[row + 1]! * y + m[row + 2]! * z)
}

function close(a: readonly number[], b: readonly number[]): boolean {
  return a.every((number, i) => Math.abs(number - b[i]!) < 1e-9)
}

describe('turning a structure', () => {
  it('keeps lengths, right angles and handedness', () => {
    fc.assert(
      fc.property(turns, (turn) => {
        const [x, y, z] = [seen(turn, [1, 0, 0]), seen(turn, [0, 1, 0]), seen(turn, [0, 0, 1])]
        const cross = [0, 1, 2].map(
          (i) => x[(i + 1) % 3]! * y[(i + 2) % 3]! - x[(i + 2) % 3]! * y[(i + 1) % 3]!,
        )
        expect(Math.hypot(...x)).toBeCloseTo(1, 12)
        expect(close(cross, z)).toBe(true)
      }),
    )
  })

  it('goes the way that one drags: right is right, down is down', () => {
    fc.assert(
      fc.property(turns, (turn) => {
        // What is nearest to the viewer follows the pointer.
        const [, x, y, z] = [0, ...[0, 1, 2].map((i) => matrixOf(turn)[6 + i]!)]
        const front = [x!, y!, z!] as const
        expect(seen(turned(turn, 0.1, 0), front)[0]).toBeGreaterThan(0.09)
        expect(seen(turned(turn, 0, 0.1), front)[1]).toBeLessThan(-0.09)
        expect(seen(turned(turn, 0.3, 0.2), front)[2]).toBeGreaterThan(0)
      }),
    )
  })

  it('back leads back', () => {
    fc.assert(
      fc.property(turns, angles, (turn, angle) => {
        expect(close(matrixOf(turned(turned(turn, angle, 0), -angle, 0)), matrixOf(turn))).toBe(true)
      }),
    )
  })

  it('looks along the axes', () => {
    expect(close(seen(axisTurns.z, [0, 0, 1]), [0, 0, 1])).toBe(true)
    expect(close(seen(axisTurns.x, [1, 0, 0]), [0, 0, 1])).toBe(true)
    expect(close(seen(axisTurns.y, [0, 1, 0]), [0, 0, 1])).toBe(true)
    // The third axis stands upright beside the others.
    expect(close(seen(axisTurns.x, [0, 0, 1]), [0, 1, 0])).toBe(true)
    expect(close(seen(axisTurns.y, [0, 0, 1]), [0, 1, 0])).toBe(true)
  })

  it('is kept in an address', () => {
    fc.assert(
      fc.property(turns, (turn) => {
        const again = parseTurn(turnText(turn))!
        for (const [i, part] of again.entries()) expect(Math.abs(part - turn[i]!)).toBeLessThan(2e-3)
      }),
    )
    for (const text of [undefined, '', '0_0_0_0', '1_2', '99999_0_0_0', '1_0_0_0']) {
      expect(parseTurn(text)).toBeUndefined()
    }
  })
})
