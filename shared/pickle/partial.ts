import type { Problem } from '../model/errors.ts'
import type { CutValue, DictValue, ListValue, Value } from '../value/value.ts'
import { object } from './containers.ts'

/** The stacks of a machine that stopped before STOP. */
export interface Stacks {
  readonly stack: readonly Value[]
  readonly starts: readonly number[]
  readonly size: number
  readonly marks: readonly number[]
  readonly markStarts: readonly number[]
}

/** Picklers write containers in batches of so many items, one mark for each. */
const batchItems = 1000
/** Marks and values that may wait for their opcodes one behind the other; no pickler nests so deeply. */
const chainValues = 100_000

/**
 * The value that was being made when the machine stopped, with what had been
 * read of it: items that wait above a mark go into the container below it, keys
 * and values into their dict, and a `cut` node stands where reading ended. So a
 * record that broke off still shows its first fields. Which container a value
 * would have gone to cannot always be known; then the likely one is taken.
 * `undefined` if the stack is empty.
 */
export function partialRoot(stacks: Stacks, at: number, problem: Problem): Value | undefined {
  const { stack, size, marks, markStarts } = stacks
  if (size === 0) return undefined
  const cut: CutValue = { kind: 'cut', start: at, end: at, problem }
  const depth = Math.min(marks.length, chainValues)
  let pending: Value[] = [...stack.slice(depth > 0 ? marks[depth - 1]! : 0, marks[depth] ?? size), cut]
  for (let i = depth - 1; i >= 0; i--) {
    const below = stack.slice(i > 0 ? marks[i - 1]! : 0, marks[i])
    const target = below.at(-1)
    if (target && isFilling(target)) fill(target, pending, at)
    else below.push({ kind: 'tuple', start: markStarts[i]!, end: at, items: pending })
    pending = below
  }
  return chain(pending, cut, at)
}

/** True if a mark behind this value is likely to open items of its own. */
function isFilling(target: Value): boolean {
  switch (target.kind) {
    case 'dict':
      return target.keys.length % batchItems === 0
    case 'list':
    case 'set':
      return target.items.length % batchItems === 0
    case 'object':
      return target.state === undefined
    default:
      return false
  }
}

function fill(target: Value, items: Value[], at: number): void {
  target.end = at
  if (target.kind === 'dict') {
    fillPairs(target.keys, target.values, items, at)
  } else if (target.kind === 'list' || target.kind === 'set') {
    for (const item of items) target.items.push(item)
  } else if (target.kind === 'object') {
    const areKeys =
      items.length > 1 && items.every((item, i) => i % 2 === 1 || item.kind === 'str' || item.kind === 'cut')
    if (areKeys) {
      target.dictKeys ??= []
      target.dictValues ??= []
      fillPairs(target.dictKeys, target.dictValues, items, at)
    } else {
      // List items are possible too; a state that is a tuple (numpy's) is likelier.
      target.state = { kind: 'tuple', start: items[0]!.start, end: at, items }
    }
  }
}

function fillPairs(keys: Value[], values: Value[], items: readonly Value[], at: number): void {
  const cut = items.at(-1)!
  let key: Value | undefined
  for (const item of items) {
    if (key !== undefined) {
      keys.push(key)
      values.push(item)
      key = undefined
    } else if (item.kind !== 'str' && item.kind !== 'cut' && values.length > 0 && absorbs(values.at(-1)!)) {
      values.push(absorb(values.pop()!, item, at))
    } else {
      key = item
    }
  }
  if (key !== undefined) {
    keys.push(key)
    values.push(cut)
  }
}

function absorbs(value: Value): boolean {
  switch (value.kind) {
    case 'list':
    case 'set':
      return value.items.length === 0
    case 'object':
      return value.state === undefined
    case 'global':
      return true
    default:
      return false
  }
}

/** Puts the next value of the stack into the one before it, as the missing opcode would have. */
function absorb(target: Value, next: Value, at: number): Value {
  if (target.kind === 'list' || target.kind === 'set') {
    target.items.push(next)
    target.end = at
  } else if (target.kind === 'object') {
    target.state = next
    target.end = at
  } else if (target.kind === 'global') {
    return object('reduce', target, next.kind === 'tuple' ? next.items : [next], target.start, at)
  }
  return target
}

/** Where the values that follow go to: into `owner`, which stands in `slots[index]`. */
interface Place {
  owner: Value
  slots: Value[]
  index: number
}

/**
 * Values that wait one behind the other without marks, as protocol 0 leaves them:
 * dict, key, dict, key, list, item…; each goes into the last container before it.
 */
function chain(values: readonly Value[], cut: Value, at: number): Value {
  const top = [values[0]!]
  let place: Place = { owner: top[0]!, slots: top, index: 0 }
  let key: Value | undefined
  for (let i = 1; i < Math.min(values.length, chainValues); i++) {
    const value = values[i]!
    const { owner } = place
    if (owner.kind === 'dict' && key === undefined) {
      key = value
    } else if (owner.kind === 'dict') {
      place = putPair(owner, key!, value, at)
      key = undefined
    } else if (owner.kind === 'list' || owner.kind === 'set') {
      place = putItem(owner, value, at)
    } else if (owner.kind === 'object' || owner.kind === 'global') {
      const made = owner.kind === 'object' && owner.state !== undefined ? owner : absorb(owner, value, at)
      place.slots[place.index] = made
      place = value.kind === 'tuple' ? { ...place, owner: made } : { owner: value, slots: [], index: 0 }
    } else {
      break
    }
  }
  if (key !== undefined && place.owner.kind === 'dict') putPair(place.owner, key, cut, at)
  return top[0]!
}

function putPair(owner: DictValue, key: Value, value: Value, at: number): Place {
  owner.keys.push(key)
  owner.values.push(value)
  owner.end = at
  return { owner: value, slots: owner.values, index: owner.values.length - 1 }
}

function putItem(owner: ListValue, value: Value, at: number): Place {
  owner.items.push(value)
  owner.end = at
  return { owner: value, slots: owner.items, index: owner.items.length - 1 }
}
