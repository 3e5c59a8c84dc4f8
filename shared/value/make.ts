import type { DictValue, GlobalValue, IntValue, ObjectValue, Value } from './value.ts'

// Nodes for values that come from no stream: their spans are empty.
const nowhere = { start: 0, end: 0 } as const

export function makeNone(): Value {
  return { kind: 'none', ...nowhere }
}

export function makeBool(value: boolean): Value {
  return { kind: 'bool', value, ...nowhere }
}

/** A bigint within the safe range becomes a number, as the readers have it. */
export function makeInt(value: number | bigint): IntValue {
  const small = typeof value === 'bigint' && BigInt.asIntN(53, value) === value ? Number(value) : value
  return { kind: 'int', value: small, ...nowhere }
}

export function makeFloat(value: number): Value {
  return { kind: 'float', value, ...nowhere }
}

export function makeStr(value: string): Value {
  return { kind: 'str', value, ...nowhere }
}

export function makeBytes(inline: Uint8Array): Value {
  return { kind: 'bytes', bytes: { inline, length: inline.length }, ...nowhere }
}

export function makeList(items: Value[]): Value {
  return { kind: 'list', items, ...nowhere }
}

export function makeTuple(items: Value[]): Value {
  return { kind: 'tuple', items, ...nowhere }
}

export function makeSet(items: Value[]): Value {
  return { kind: 'set', items, ...nowhere }
}

export function makeDict(pairs: readonly (readonly [Value, Value])[]): DictValue {
  return {
    kind: 'dict',
    keys: pairs.map(([key]) => key),
    values: pairs.map(([, value]) => value),
    ...nowhere,
  }
}

/** A dict with text keys, as states and keyword arguments are. */
export function makeFields(fields: Readonly<Record<string, Value>>): DictValue {
  return makeDict(Object.entries(fields).map(([name, value]) => [makeStr(name), value]))
}

export function makeGlobal(module: string, name: string): GlobalValue {
  return { kind: 'global', module, name, ...nowhere }
}

/** `callee(*args)`, with the state that BUILD gives it. */
export function makeCall(callee: Value, args: Value[], state?: Value): ObjectValue {
  return { kind: 'object', made: 'reduce', callee, args, state, ...nowhere }
}

/** An instance made without its constructor: `cls.__new__(cls, *args)`, then the state. */
export function makeInstance(cls: GlobalValue, args: Value[], state?: Value): ObjectValue {
  return { kind: 'object', made: 'newobj', callee: cls, args, state, ...nowhere }
}
