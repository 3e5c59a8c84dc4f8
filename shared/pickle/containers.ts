import type { DictValue, ListValue, ObjectValue, Value } from '../value/value.ts'
import { fault, withArticle } from './faults.ts'

/**
 * What APPEND, SETITEM, ADDITEMS and BUILD do to the value they find. Each
 * function answers the value that stands on the stack afterwards: the same node,
 * or a `build` object around a node that cannot hold what is put on it.
 */

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }

/** True for values of which nobody knows what they can do without running the pickle. */
function isOpaque(value: Value): boolean {
  switch (value.kind) {
    case 'object':
    case 'global':
    case 'persistent':
    case 'extension':
    case 'buffer':
    case 'ndarray':
      return true
    default:
      return false
  }
}

/** True for values that Python could call, as far as one can tell without running the pickle. */
export function mayBeCallable(value: Value): boolean {
  return isOpaque(value) && value.kind !== 'buffer' && value.kind !== 'ndarray'
}

/** A node for what happens to `target`, which is no call. */
function changed(target: Value, start: number, end: number): ObjectValue {
  return object('build', target, [], start, end)
}

/** All objects are made here, so that they share one shape. */
export function object(
  made: ObjectValue['made'],
  callee: Value,
  args: Value[],
  start: number,
  end: number,
  kwargs?: DictValue,
): ObjectValue {
  return {
    kind: 'object',
    start,
    end,
    made,
    callee,
    args,
    kwargs,
    state: undefined,
    listItems: undefined,
    dictKeys: undefined,
    dictValues: undefined,
  }
}

/** APPEND, APPENDS and ADDITEMS (`method` names what Python calls); `items` become the container's own. */
export function addItems(target: Value, items: Value[], method: 'append' | 'add', end: number): Value {
  if (target.kind === (method === 'append' ? 'list' : 'set')) {
    if (method === 'add') for (const item of items) checkHashable(item)
    const list: Mutable<ListValue> = target
    if (list.items.length === 0) list.items = items
    else for (const item of items) list.items.push(item)
    list.end = end
    return list
  }
  if (!isOpaque(target))
    throw fault(
      'BAD_OPERATION',
      `The pickle calls ${method}() of ${withArticle(target.kind)}, which has none.`,
    )
  const owner = target.kind === 'object' ? target : changed(target, target.start, end)
  if (owner.listItems) for (const item of items) owner.listItems.push(item)
  else owner.listItems = items
  owner.end = end
  return owner
}

/** Number of items that APPEND or SETITEM have put into a value so far. */
export function itemCount(target: Value): number {
  switch (target.kind) {
    case 'list':
    case 'set':
      return target.items.length
    case 'dict':
      return 2 * target.keys.length
    case 'object':
      return (target.listItems?.length ?? 0) + 2 * (target.dictKeys?.length ?? 0)
    default:
      return 0
  }
}

/** SETITEM and SETITEMS with the keys and values that alternate in `stack[from, to)`. */
export function setItems(
  target: Value,
  stack: readonly Value[],
  from: number,
  to: number,
  end: number,
): Value {
  if (target.kind === 'dict') {
    checkKeys(stack, from, to)
    const dict: Mutable<DictValue> = target
    if (dict.keys.length === 0) {
      dict.keys = everySecond(stack, from, to)
      dict.values = everySecond(stack, from + 1, to)
    } else {
      pushPairs(dict.keys, dict.values, stack, from, to)
    }
    dict.end = end
    return dict
  }
  if (target.kind === 'list') {
    for (let i = from; i < to; i += 2) setListItem(target, stack[i]!, stack[i + 1]!)
    target.end = end
    return target
  }
  if (!isOpaque(target)) {
    throw fault('BAD_OPERATION', `The pickle sets an item of ${withArticle(target.kind)}, which takes none.`)
  }
  const owner = target.kind === 'object' ? target : changed(target, target.start, end)
  if (owner.dictKeys && owner.dictValues) {
    pushPairs(owner.dictKeys, owner.dictValues, stack, from, to)
  } else {
    owner.dictKeys = everySecond(stack, from, to)
    owner.dictValues = everySecond(stack, from + 1, to)
  }
  owner.end = end
  return owner
}

/** Items `from`, `from + 2`… before `to`, in an array without room to spare. */
export function everySecond(stack: readonly Value[], from: number, to: number): Value[] {
  const items = stack.slice(from, from + Math.ceil((to - from) / 2))
  for (let i = 0; i < items.length; i++) items[i] = stack[from + 2 * i]!
  return items
}

function pushPairs(keys: Value[], values: Value[], stack: readonly Value[], from: number, to: number): void {
  for (let i = from; i < to; i += 2) {
    keys.push(stack[i]!)
    values.push(stack[i + 1]!)
  }
}

/** Refuses keys that Python cannot hash, in `stack[from, to)` of keys and values. */
export function checkKeys(stack: readonly Value[], from: number, to: number): void {
  for (let i = from; i < to; i += 2) {
    const key = stack[i]!
    if (key.kind !== 'str') checkHashable(key)
  }
}

/** Python's `list[index] = value`, which SETITEM means on a list. */
function setListItem(list: ListValue, key: Value, value: Value): void {
  const index = key.kind === 'int' || key.kind === 'bool' ? Number(key.value) : Number.NaN
  const at = index < 0 ? index + list.items.length : index
  if (!(at >= 0 && at < list.items.length)) {
    throw fault('BAD_OPERATION', 'A list has no such index to set.')
  }
  list.items[at] = value
}

/** Tuples within a key are looked at up to this many nodes: a key may be a bomb of shared tuples. */
const hashableNodes = 64

export function checkHashable(key: Value): void {
  const open = [key]
  for (let i = 0; i < open.length && i < hashableNodes; i++) {
    const value = open[i]!
    switch (value.kind) {
      case 'list':
      case 'dict':
      case 'set':
      case 'bytearray':
        throw fault(
          'BAD_OPERATION',
          `The pickle uses ${withArticle(value.kind)} as a key or item of a set, which Python cannot hash.`,
        )
      case 'tuple':
        for (let n = 0; n < value.items.length && open.length < hashableNodes; n++) {
          open.push(value.items[n]!)
        }
        break
      default:
    }
  }
}

/**
 * BUILD: gives `target` its state. A second state does not replace the first: the
 * node becomes a `build` object around what it was, and keeps its identity.
 */
export function build(target: Value, state: Value, end: number): Value {
  if (target.kind === 'object') {
    if (target.state !== undefined || target.made === 'build') wrapInPlace(target)
    target.state = state
    target.end = end
    return target
  }
  if (isOpaque(target)) {
    const owner = changed(target, target.start, end)
    owner.state = state
    return owner
  }
  if (!isEmptyState(state))
    throw fault('BAD_OPERATION', `The pickle gives a state to ${withArticle(target.kind)}, which takes none.`)
  return target
}

function wrapInPlace(target: ObjectValue): void {
  const inner = { ...target }
  const outer = target as Mutable<ObjectValue>
  outer.made = 'build'
  outer.callee = inner
  outer.args = []
  outer.kwargs = undefined
  outer.state = undefined
  outer.listItems = undefined
  outer.dictKeys = undefined
  outer.dictValues = undefined
}

/** A state that BUILD does nothing with: None, or no attributes and no slots. */
function isEmptyState(state: Value): boolean {
  if (state.kind === 'none') return true
  if (state.kind !== 'tuple' || state.items.length !== 2) return false
  const [attributes, slots] = state.items
  return (
    attributes!.kind === 'none' &&
    (slots!.kind === 'none' || (slots!.kind === 'dict' && slots.keys.length === 0))
  )
}
