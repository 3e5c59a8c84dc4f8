import type { ListValue, ObjectValue, Value } from './value.ts'

/** What a child is called within its parent: its index, its key (any value), or a field of the node. */
export type ChildLabel =
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'key'; readonly key: Value }
  | { readonly kind: 'field'; readonly name: 'callee' | 'args' | 'kwargs' | 'state' | 'id' }

export interface Child {
  readonly label: ChildLabel
  readonly value: Value
}

/**
 * Number of children that a tree view shows under a node. The children of an
 * object are, as far as it has them: `callee` (if it is more than a name), `args`
 * (as one tuple), `kwargs`, `state`, then its list items, then its dict items.
 */
export function childCount(value: Value): number {
  switch (value.kind) {
    case 'list':
    case 'tuple':
    case 'set':
    case 'frozenset':
      return value.items.length
    case 'dict':
      return value.values.length
    case 'object':
      return fieldsOf(value).length + (value.listItems?.length ?? 0) + (value.dictValues?.length ?? 0)
    case 'ndarray':
      return value.items?.length ?? 0
    case 'persistent':
      return 1
    default:
      return 0
  }
}

/** Child number `index`, in constant time; `undefined` if there is none. The i-th child of a dict is the value of its i-th key. */
export function childAt(value: Value, index: number): Child | undefined {
  switch (value.kind) {
    case 'list':
    case 'tuple':
    case 'set':
    case 'frozenset':
      return itemAt(value.items, index)
    case 'dict':
      return pairAt(value.keys, value.values, index)
    case 'object':
      return objectChildAt(value, index)
    case 'ndarray':
      return itemAt(value.items, index)
    case 'persistent':
      return index === 0 ? { label: { kind: 'field', name: 'id' }, value: value.id } : undefined
    default:
      return undefined
  }
}

function itemAt(items: readonly Value[] | undefined, index: number): Child | undefined {
  const value = items?.[index]
  return value && { label: { kind: 'index', index }, value }
}

function pairAt(
  keys: readonly Value[] | undefined,
  values: readonly Value[] | undefined,
  index: number,
): Child | undefined {
  const key = keys?.[index]
  const value = values?.[index]
  return key && value && { label: { kind: 'key', key }, value }
}

type FieldName = Extract<ChildLabel, { kind: 'field' }>['name']

function fieldsOf(value: ObjectValue): FieldName[] {
  const names: FieldName[] = []
  if (value.callee.kind !== 'global') names.push('callee')
  if (value.args.length > 0) names.push('args')
  if (value.kwargs) names.push('kwargs')
  if (value.state) names.push('state')
  return names
}

function fieldOf(value: ObjectValue, name: FieldName): Value | undefined {
  switch (name) {
    case 'callee':
      return value.callee
    case 'args':
      return argumentsOf(value)
    case 'kwargs':
      return value.kwargs
    default:
      return value.state
  }
}

/** The arguments as a tuple that shares the object's own array; a new node at each call. */
function argumentsOf(value: ObjectValue): ListValue {
  const { start, end, args } = value
  return { kind: 'tuple', start, end, items: args }
}

function objectChildAt(value: ObjectValue, index: number): Child | undefined {
  const names = fieldsOf(value)
  const name = names[index]
  if (name) {
    const field = fieldOf(value, name)
    return field && { label: { kind: 'field', name }, value: field }
  }
  const item = index - names.length
  const listLength = value.listItems?.length ?? 0
  return item < listLength
    ? itemAt(value.listItems, item)
    : pairAt(value.dictKeys, value.dictValues, item - listLength)
}

/**
 * Follows child indices down from `root`. `ancestors` are the nodes on the way,
 * root first, without the value itself: a value that is among them closes a
 * cycle. `undefined` if the path leaves the tree.
 */
export function resolvePath(
  root: Value,
  path: readonly number[],
): { readonly value: Value; readonly ancestors: readonly Value[] } | undefined {
  const ancestors: Value[] = []
  let value = root
  for (const index of path) {
    const child = childAt(value, index)
    if (!child) return undefined
    ancestors.push(value)
    value = child.value
  }
  return { value, ancestors }
}
