import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MemorySource } from '../model/source.ts'
import {
  bool,
  bytes,
  call,
  dict,
  dtype,
  float,
  int,
  list,
  named,
  none,
  record,
  set,
  str,
  tuple,
} from '../testing/nodes.ts'
import type { ArrayValue, Value } from '../value/value.ts'
import { diffValues } from './diff.ts'
import type { Diff, DiffOptions } from './types.ts'

function diff(left: Value, right: Value, options: DiffOptions = {}): Diff {
  // Two sources, so that shared nodes are not taken for equal unseen.
  const side = (root: Value): { root: Value; source: MemorySource } => ({
    root,
    source: new MemorySource(new Uint8Array(0)),
  })
  return diffValues(side(left), side(right), options)
}

function lines(left: Value, right: Value, options?: DiffOptions): string[] {
  return diff(left, right, options).changes.map(
    ({ kind, path, left: before, right: after }) =>
      `${kind} ${path}: ${before?.preview ?? ''} → ${after?.preview ?? ''}`,
  )
}

function array(
  values: Float64Array | Float32Array | BigInt64Array | Int8Array,
  shape: number[],
  type: string,
  order: 'C' | 'F' = 'C',
): ArrayValue {
  const inline = new Uint8Array(values.buffer.slice(0))
  const data = { inline, length: inline.length }
  return { kind: 'ndarray', dtype: dtype(type), shape, order, data, start: 0, end: 0 }
}

describe('diffValues', () => {
  it('finds what changed, by key and by index', () => {
    const left = record({ a: int(1), b: list(int(1), int(2)), c: str('x') })
    const right = record({ c: str('y'), b: list(int(1), int(3)), d: none })
    expect(lines(left, right)).toEqual([
      "removed ['a']: 1 → ",
      "changed ['b'][1]: 2 → 3",
      "changed ['c']: 'x' → 'y'",
      "added ['d']:  → None",
    ])
    expect(diff(left, right).counts).toEqual({ added: 1, removed: 1, changed: 2, type: 0 })
  })

  it('does not let one item put in shift the others', () => {
    const items = Array.from({ length: 50 }, (_, i) => int(i))
    expect(lines(list(...items), list(...items.toSpliced(20, 0, str('new'))))).toEqual([
      "added [20]:  → 'new'",
    ])
    expect(lines(list(...items), list(...items.toSpliced(3, 2)))).toEqual([
      'removed [3]: 3 → ',
      'removed [4]: 4 → ',
    ])
  })

  it('takes sets and dicts without order', () => {
    expect(lines(set(int(1), str('a'), tuple(int(2))), set(tuple(int(2)), int(1), str('b')))).toEqual([
      "removed {'a'}: 'a' → ",
      "added {'b'}:  → 'b'",
    ])
    const key = tuple(int(1), str('x'))
    expect(lines(dict([key, int(1)], [int(2), none]), dict([int(2), none], [key, int(1)]))).toEqual([])
  })

  it('knows that 1, 1.0 and True are one key, and that the last of two counts', () => {
    expect(lines(dict([int(1), str('a')]), dict([float(1), str('a')]))).toEqual([])
    expect(lines(dict([str('k'), int(1)], [str('k'), int(2)]), record({ k: int(2) }))).toEqual([])
  })

  it('tells types apart, and still compares what sequences and dicts hold', () => {
    expect(lines(int(1), float(1))).toEqual(['type : 1 → 1.0'])
    expect(lines(bool(true), int(1))).toEqual(['type : True → 1'])
    expect(lines(list(int(1), int(2)), tuple(int(1), int(3)))).toEqual([
      'type : [1, 2] → (1, 3)',
      'changed [1]: 2 → 3',
    ])
  })

  it('compares floats with a tolerance, wherever they are', () => {
    const left = list(float(1), tuple(float(2)))
    const right = list(float(1 + 1e-9), tuple(float(2)))
    expect(lines(left, right)).toHaveLength(1)
    expect(lines(left, right, { tolerance: { absolute: 1e-8 } })).toEqual([])
    expect(lines(float(Number.NaN), float(Number.NaN))).toEqual([])
    expect(lines(int(1), int(2), { tolerance: { absolute: 10 } })).toHaveLength(1)
  })

  it('compares objects by class and attributes', () => {
    const job = (name: string, state: Record<string, Value>): Value =>
      call(named('labs', name), [int(1)], { made: 'newobj', state: record(state) })
    expect(lines(job('Job', { n: int(1), x: none }), job('Job', { n: int(2), y: none }))).toEqual([
      'changed .n: 1 → 2',
      'removed .x: None → ',
      'added .y:  → None',
    ])
    expect(lines(job('Job', {}), job('Task', {}))).toEqual(['type : labs.Job(1) → labs.Task(1)'])
  })

  it('compares bytes', () => {
    expect(lines(bytes(1, 2), bytes(1, 2))).toEqual([])
    expect(lines(bytes(1, 2), bytes(1, 3))).toHaveLength(1)
  })

  it('ends for cycles and finds what differs within them', () => {
    const cycle = (value: Value): Value => {
      const node = list(value)
      node.items.push(node)
      return node
    }
    expect(lines(cycle(int(1)), cycle(int(1)))).toEqual([])
    expect(diff(cycle(int(1)), cycle(int(2))).changes.map(({ path }) => path)).toEqual(['[0]'])
  })

  it('goes to any depth, and shows the ends of a long path', () => {
    const nested = (leaf: Value): Value => {
      let node = leaf
      for (let i = 0; i < 20_000; i++) node = list(node)
      return node
    }
    const [change] = diff(nested(int(1)), nested(int(2))).changes
    expect(change!.path).toMatch(/^\[0\]\[0\].*…\(19920 more\)….*\[0\]$/)
  })

  it('stops at its budgets and says so', () => {
    const many = (value: number): Value => list(...Array.from({ length: 500 }, () => int(value)))
    const bounded = diff(many(1), many(2), { maxChanges: 10 })
    expect([bounded.changes.length, bounded.counts.changed, bounded.isComplete]).toEqual([10, 500, true])
    expect(diff(many(1), many(1), { maxSteps: 100 }).isComplete).toBe(false)
  })
})

describe('arrays', () => {
  it('tells how many elements differ, by how much and where', () => {
    const left = array(Float64Array.of(1, 2, 3, 4, 5, 6), [2, 3], 'f8')
    const right = array(Float64Array.of(1, 2.5, 3, 4, 5, 16), [2, 3], 'f8')
    const { changes } = diff(record({ x: left }), record({ x: right }))
    expect(changes).toMatchObject([{ path: "['x']", kind: 'changed' }])
    expect(changes[0]!.array).toEqual({
      dtype: undefined,
      elements: 6,
      differing: 2,
      firstAt: [0, 1],
      maxAbsolute: 10,
      maxAt: [1, 2],
    })
    expect(diff(left, right, { tolerance: { absolute: 0.6 } }).changes[0]!.array).toMatchObject({
      differing: 1,
    })
    expect(diff(left, right, { tolerance: { relative: 0.9 } }).changes).toEqual([])
  })

  it('sees through storage order, and gives indices of the array', () => {
    const rows = array(Float64Array.of(1, 2, 3, 4, 5, 6), [2, 3], 'f8')
    const columns = array(Float64Array.of(1, 4, 2, 5, 3, 6), [2, 3], 'f8', 'F')
    expect(diff(rows, columns).changes).toEqual([])
    const changed = array(Float64Array.of(1, 4, 2, 50, 3, 6), [2, 3], 'f8', 'F')
    for (const other of [rows, columns]) {
      expect(diff(other, changed).changes[0]!.array).toMatchObject({
        differing: 1,
        firstAt: [1, 1],
        maxAt: [1, 1],
      })
    }
  })

  it('compares elements of other dtypes too, but not of other shapes', () => {
    const doubles = array(Float64Array.of(1, 2), [2], 'f8')
    expect(diff(doubles, array(Float32Array.of(1, 2), [2], 'f4')).changes[0]!.array).toMatchObject({
      dtype: ['<f8', '<f4'],
      elements: 2,
      differing: 0,
    })
    expect(diff(doubles, array(Float64Array.of(1), [1], 'f8')).changes[0]!.array).toMatchObject({
      shape: [[2], [1]],
      elements: 0,
    })
  })

  it('tells large integers apart that a float64 cannot', () => {
    const left = array(BigInt64Array.of(2n ** 60n, 5n), [2], 'i8')
    const right = array(BigInt64Array.of(2n ** 60n + 1n, 5n), [2], 'i8')
    expect(diff(left, right, { tolerance: { relative: 1 } }).changes[0]!.array).toMatchObject({
      differing: 1,
      maxAbsolute: 1,
    })
  })

  it('counts nan against a number as different, without a distance', () => {
    const left = array(Float64Array.of(Number.NaN, Number.NaN), [2], 'f8')
    const right = array(Float64Array.of(Number.NaN, 1), [2], 'f8')
    const difference = diff(left, right, { tolerance: { absolute: 1e9 } }).changes[0]!.array!
    expect(difference).toMatchObject({ differing: 1, firstAt: [1] })
    expect(difference.maxAbsolute).toBeUndefined()
  })

  it('finds one element among many, and stops at the budget', () => {
    const values = new Float64Array(300_000)
    const left = array(values, [300, 1000], 'f8')
    values[299_999] = 1
    const right = array(values, [300, 1000], 'f8')
    expect(diff(left, right).changes[0]!.array).toMatchObject({ differing: 1, firstAt: [299, 999] })
    const bounded = diff(left, right, { maxElements: 1000 })
    expect([bounded.changes, bounded.isComplete]).toEqual([[], false])
  })

  it('is not complete where elements are not here', () => {
    const { data: _data, ...missing } = array(Float64Array.of(1), [1], 'f8')
    expect(diff(missing, missing)).toMatchObject({ changes: [], isComplete: false })
  })
})

const leaf = fc.oneof(
  fc.constant(none),
  fc.boolean().map(bool),
  fc.integer({ min: -3, max: 3 }).map(int),
  fc.constantFrom(0.5, 1, Number.NaN, -0).map(float),
  fc.string({ maxLength: 2 }).map(str),
  fc.constant(null).map(() => array(Int8Array.of(1, 2), [2], 'i1')),
)
const hashable = fc.oneof(fc.integer({ min: 0, max: 3 }).map(int), fc.constantFrom('a', 'b').map(str))
const { tree } = fc.letrec<{ tree: Value }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.array(tie('tree'), { maxLength: 4 }).map((items) => list(...items)),
    fc.array(tie('tree'), { maxLength: 3 }).map((items) => tuple(...items)),
    fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { maxLength: 4 }).map((items) => set(...items.map(int))),
    fc.array(fc.tuple(hashable, tie('tree')), { maxLength: 4 }).map((pairs) => dict(...pairs)),
    fc
      .tuple(fc.constantFrom('A', 'B'), tie('tree'))
      .map(([name, state]) => call(named('m', name), [], { state: record({ state }) })),
  ),
}))

describe('laws', () => {
  it('nothing differs from a copy of itself', () => {
    fc.assert(
      fc.property(tree, (value) => {
        expect(diff(value, structuredClone(value))).toMatchObject({ changes: [], isComplete: true })
      }),
    )
  })

  it('differences are the same from either side', () => {
    fc.assert(
      fc.property(tree, tree, (left, right) => {
        const { added, removed, changed, type } = diff(right, left).counts
        expect(diff(left, right).counts).toEqual({ added: removed, removed: added, changed, type })
      }),
      { numRuns: 500 },
    )
  })

  it('one leaf that changed is one change', () => {
    fc.assert(
      fc.property(fc.array(tree, { maxLength: 4 }), (values) => {
        const around = (value: Value): Value => record({ a: list(...values), b: tuple(value) })
        expect(lines(around(str('before')), structuredClone(around(str('after'))))).toEqual([
          "changed ['b'][0]: 'before' → 'after'",
        ])
      }),
    )
  })
})
