import { expect, test } from 'vitest'
import type { Value } from './value.ts'
import { innermostAt } from './locate.ts'

function str(start: number, end: number): Value {
  return { kind: 'str', value: '', start, end }
}

const inner: Value = { kind: 'list', items: [str(14, 16), str(16, 18)], start: 12, end: 19 }
const dict: Value = {
  kind: 'dict',
  keys: [str(2, 5), str(9, 12)],
  values: [str(5, 9), inner],
  start: 0,
  end: 20,
}

test.each([
  [0, []],
  [6, [0]],
  [3, [0]],
  [10, [1]],
  [12, [1]],
  [15, [1, 0]],
  [17, [1, 1]],
  [18, [1]],
  [19, []],
  [20, undefined],
])('the innermost node at %i', (offset, path) => {
  expect(innermostAt(dict, offset)).toEqual(path)
})

test('the arguments of an object are the object, its state is not', () => {
  const object: Value = {
    kind: 'object',
    made: 'reduce',
    callee: { kind: 'global', module: 'm', name: 'f', start: 0, end: 4 },
    args: [str(5, 7)],
    state: str(8, 12),
    start: 0,
    end: 13,
  }
  expect([0, 5, 7, 9].map((offset) => innermostAt(object, offset))).toEqual([[], [0, 0], [], [1]])
})

test('a value that holds itself is gone through once', () => {
  const self: Value = { kind: 'list', items: [], start: 0, end: 9 }
  self.items.push(self, str(4, 6))
  expect([innermostAt(self, 5), innermostAt(self, 7)]).toEqual([[1], []])
})

test('a value used again is found where it stands first', () => {
  const shared = str(2, 6)
  const root: Value = { kind: 'list', items: [shared, shared], start: 0, end: 9 }
  expect(innermostAt(root, 3)).toEqual([0])
})

test('values nested without end do not exhaust the stack', () => {
  let value: Value = str(20_000, 20_001)
  for (let depth = 19_999; depth >= 0; depth--)
    value = { kind: 'list', items: [value], start: depth, end: 40_002 - depth }
  expect(innermostAt(value, 20_000)).toHaveLength(20_000)
})
