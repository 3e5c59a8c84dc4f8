import { expect, it } from 'vitest'
import { wordOfFilter } from './find-words.ts'

it.each([
  ['residual', 'residual'],
  ['func:relax residual', 'residual'],
  ['"two words" cutoff>400', 'two words'],
  ['func:relax output:converged', 'converged'],
  ['/step\\s\\d+ failed/i', '/step\\s\\d+ failed/i'],
  ['-residual func:relax', undefined],
  ['not residual', undefined],
  ['not (residual)', undefined],
  ['not (a (b or c) d) residual', 'residual'],
  ['-(residual or x) func:relax', undefined],
  ['(residual)', 'residual'],
  ['func:relax cutoff>400', undefined],
  ['output:*', undefined],
  ['', undefined],
])('in the filter %j it is %j', (query, word) => {
  expect(wordOfFilter(query)).toBe(word)
})
