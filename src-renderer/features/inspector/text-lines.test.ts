import { expect, it } from 'vitest'
import { linesOf } from './text-lines.ts'

it('breaks long lines and loses nothing', () => {
  const long = 'x'.repeat(4_500)
  expect(linesOf(`{\n${long}\n}\n`).map((line) => line.length)).toEqual([1, 2_000, 2_000, 500, 1])
  expect(linesOf('')).toEqual([''])
})
