import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MemorySource } from '../model/source.ts'
import { float, int, list, none, record, str } from '../testing/nodes.ts'
import type { Value } from '../value/value.ts'
import { diffValues } from './diff.ts'
import type { Change } from './types.ts'

// A list of changes is enough to make the right value of the left one. The values here are those whose paths
// can be read back: dicts of plain names and lists.

type Step = string | number

interface PatchStep {
  readonly steps: readonly Step[]
  readonly kind: Change['kind']
  readonly right: Value | undefined
}

function patchOf(left: Value, right: Value): PatchStep[] {
  const patch: PatchStep[] = []
  const side = (root: Value) => ({ root, source: new MemorySource(new Uint8Array(0)) })
  const { isComplete } = diffValues(side(left), side(right), {
    onChange: ({ path, kind }, _left, node) => {
      const steps = path.match(/\['[a-z]'\]|\[\d+\]/g) ?? []
      expect(steps.join('')).toBe(path)
      patch.push({
        steps: steps.map((step) => (step[1] === "'" ? step[2]! : Number(step.slice(1, -1)))),
        kind,
        right: node,
      })
    },
  })
  expect(isComplete).toBe(true)
  return patch
}

function applied(node: Value, patch: readonly PatchStep[]): Value {
  const here = patch.find(({ steps }) => steps.length === 0)
  if (here) return here.right!
  const below = (step: Step): PatchStep[] =>
    patch
      .filter(
        ({ steps, kind }) =>
          steps[0] === step && (steps.length > 1 || (kind !== 'added' && kind !== 'removed')),
      )
      .map(({ steps, kind, right }) => ({ kind, right, steps: steps.slice(1) }))
  const own = (kind: Change['kind']): PatchStep[] =>
    patch.filter((change) => change.steps.length === 1 && change.kind === kind)
  if (node.kind === 'list') {
    const removed = new Set(own('removed').map(({ steps }) => steps[0]))
    const items = node.items.map((item, i) => applied(item, below(i))).filter((_, i) => !removed.has(i))
    const added = own('added').toSorted((a, b) => Number(a.steps[0]) - Number(b.steps[0]))
    for (const { steps, right } of added) items.splice(Number(steps[0]), 0, right!)
    return list(...items)
  }
  if (node.kind !== 'dict') return node
  const removed = new Set(own('removed').map(({ steps }) => steps[0]))
  const fields: Record<string, Value> = {}
  for (const [i, key] of node.keys.entries()) {
    const name = key.kind === 'str' ? key.value : ''
    if (!removed.has(name)) fields[name] = applied(node.values[i]!, below(name))
  }
  for (const { steps, right } of own('added')) fields[String(steps[0])] = right!
  return record(fields)
}

const leaf = fc.oneof(
  fc.constant(none),
  fc.integer({ min: 0, max: 3 }).map(int),
  fc.constantFrom(0.5, 1.5, Number.NaN).map(float),
  fc.constantFrom('x', 'yy').map(str),
)
const { tree } = fc.letrec<{ tree: Value }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.array(tie('tree'), { maxLength: 5 }).map((items) => list(...items)),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), tie('tree')).map((fields) => record(fields)),
  ),
}))

describe('a patch', () => {
  it('makes the right value of the left one', () => {
    fc.assert(
      fc.property(tree, tree, (left, right) => {
        const made = applied(left, patchOf(left, structuredClone(right)))
        expect(patchOf(made, structuredClone(right))).toEqual([])
      }),
      { numRuns: 1000 },
    )
  })

  it('of a value with itself is empty', () => {
    fc.assert(
      fc.property(tree, (value) => {
        expect(patchOf(value, structuredClone(value))).toEqual([])
      }),
    )
  })
})
