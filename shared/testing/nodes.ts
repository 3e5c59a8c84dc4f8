import type { DictValue, GlobalValue, ListValue, ObjectValue, Value } from '../value/value.ts'

/** Makes nodes of the value tree by hand, for tests. Spans are empty. */

const span = { start: 0, end: 0 }

export const none: Value = { kind: 'none', ...span }
export const bool = (value: boolean): Value => ({ kind: 'bool', value, ...span })
export const int = (value: number | bigint): Value => ({ kind: 'int', value, ...span })
export const float = (value: number): Value => ({ kind: 'float', value, ...span })
export const str = (value: string): Value => ({ kind: 'str', value, ...span })
export const list = (...items: Value[]): ListValue => ({ kind: 'list', items, ...span })
export const tuple = (...items: Value[]): ListValue => ({ kind: 'tuple', items, ...span })
export const set = (...items: Value[]): ListValue => ({ kind: 'set', items, ...span })

export const bytes = (...inline: number[]): Value => ({
  kind: 'bytes',
  bytes: { inline: Uint8Array.from(inline), length: inline.length },
  ...span,
})

export const dict = (...pairs: [Value, Value][]): DictValue => ({
  kind: 'dict',
  keys: pairs.map(([key]) => key),
  values: pairs.map(([, value]) => value),
  ...span,
})

/** A dict with text keys. */
export const record = (fields: Record<string, Value>): DictValue =>
  dict(...Object.entries(fields).map(([key, value]): [Value, Value] => [str(key), value]))

/** `named('labs.shapes', 'Job')`. */
export const named = (module: string, name: string): GlobalValue => ({
  kind: 'global',
  module,
  name,
  ...span,
})

/** A call by REDUCE, or as `rest` says. */
export const call = (callee: Value, args: Value[], rest: Partial<ObjectValue> = {}): ObjectValue => ({
  kind: 'object',
  made: 'reduce',
  callee,
  args,
  ...span,
  ...rest,
})

/** `numpy.dtype(text)` with the state that numpy gives plain dtypes. */
export const dtype = (text: string, order = '<'): ObjectValue =>
  call(named('numpy', 'dtype'), [str(text), bool(false), bool(true)], {
    state: tuple(int(3), str(order), none, none, none, int(-1), int(-1), int(0)),
  })
