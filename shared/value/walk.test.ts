import { describe, expect, it } from 'vitest'
import type { DictValue, GlobalValue, ListValue, ObjectValue, Value } from './value.ts'
import { childAt, childCount, resolvePath } from './walk.ts'

const span = { start: 0, end: 0 }
const int = (value: number): Value => ({ kind: 'int', ...span, value })
const str = (value: string): Value => ({ kind: 'str', ...span, value })
const list = (...items: Value[]): ListValue => ({ kind: 'list', ...span, items })
const global: GlobalValue = { kind: 'global', ...span, module: 'm', name: 'C' }
const dict = (keys: Value[], values: Value[]): DictValue => ({ kind: 'dict', ...span, keys, values })
const object = (parts: Partial<ObjectValue>): ObjectValue => ({
  kind: 'object',
  ...span,
  made: 'reduce',
  callee: global,
  args: [],
  ...parts,
})

/** Labels of all children, as text. */
function labels(value: Value): string[] {
  return Array.from({ length: childCount(value) }, (_, i) => {
    const { label } = childAt(value, i)!
    if (label.kind === 'field') return label.name
    if (label.kind === 'index') return `[${label.index}]`
    return label.key.kind === 'str' || label.key.kind === 'int' ? `{${label.key.value}}` : label.key.kind
  })
}

describe('children', () => {
  it('of containers are their items and values', () => {
    expect(labels(list(int(1), int(2)))).toEqual(['[0]', '[1]'])
    const map = dict([str('a'), int(7), list()], [int(1), int(2), int(3)])
    expect(labels(map)).toEqual(['{a}', '{7}', 'list'])
    expect(childAt(map, 1)!.value).toBe(map.values[1])
  })

  it('of objects are fields, then items, then pairs', () => {
    const made = object({
      args: [int(1)],
      kwargs: dict([], []),
      state: int(2),
      listItems: [int(3), int(4)],
      dictKeys: [str('k')],
      dictValues: [int(5)],
    })
    expect(labels(made)).toEqual(['args', 'kwargs', 'state', '[0]', '[1]', '{k}'])
    expect(childAt(made, 0)!.value).toMatchObject({ kind: 'tuple', items: made.args })
    expect(childAt(made, 4)!.value).toBe(made.listItems![1])
    expect(childAt(made, 5)!.value).toBe(made.dictValues![0])
    expect(labels(object({}))).toEqual([])
    expect(labels(object({ callee: object({}) }))).toEqual(['callee'])
  })

  it('of others are what they hold', () => {
    expect(labels({ kind: 'persistent', ...span, id: int(1) })).toEqual(['id'])
    const array: Value = {
      kind: 'ndarray',
      ...span,
      dtype: str('|O'),
      shape: [1],
      order: 'C',
      items: [int(1)],
    }
    expect(labels(array)).toEqual(['[0]'])
    for (const leaf of [int(1), str('x'), global]) expect(childCount(leaf)).toBe(0)
  })

  it('are not there beyond the last one', () => {
    for (const value of [list(int(1)), dict([int(1)], [int(2)]), object({ args: [int(1)] }), int(3)]) {
      expect(childAt(value, childCount(value))).toBeUndefined()
      expect(childAt(value, -1)).toBeUndefined()
    }
  })
})

describe('resolvePath', () => {
  it('follows a path and tells the nodes on the way', () => {
    const inner = list(int(1), int(2))
    const root = dict([str('a')], [inner])
    expect(resolvePath(root, [])).toEqual({ value: root, ancestors: [] })
    const found = resolvePath(root, [0, 1])!
    expect(found.value).toBe(inner.items[1])
    expect(found.ancestors).toEqual([root, inner])
    expect(resolvePath(root, [0, 2])).toBeUndefined()
    expect(resolvePath(root, [0, 0, 0])).toBeUndefined()
  })

  it('goes round a cycle as often as asked, showing that it is one', () => {
    const root = list()
    root.items.push(root)
    const { value, ancestors } = resolvePath(root, [0, 0, 0])!
    expect(value).toBe(root)
    expect(ancestors).toEqual([root, root, root])
    expect(ancestors.includes(value)).toBe(true)
  })
})
