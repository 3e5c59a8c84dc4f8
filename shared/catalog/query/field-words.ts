import type { EntryState, FieldName, Operator } from './ast.ts'

/** What fields hold, in the few words that a list has room for; `docs/query.md` says it in full. */
export const fieldWords: Readonly<Record<FieldName | 'output', string>> = {
  func: 'function name',
  module: 'module of the function',
  user: 'who ran it',
  host: 'on which machine',
  cwd: 'in which folder',
  type: 'type of the output',
  dtype: 'type of its elements',
  shape: 'shape of the output, such as 3x*',
  version: 'version of hashcache',
  key: 'beginning of a key',
  kind: 'call, dump or foreign',
  status: 'ok, partial or damaged',
  is: 'superseded, duplicate…',
  size: 'bytes as stored',
  took: 'time the call took',
  age: 'time since it ran',
  run: 'when it ran',
  text: 'a text anywhere',
  args: 'a text in the arguments',
  tag: 'a tag that was put on it',
  output: 'a text in the output, or the output itself',
}

export const operatorWords: Readonly<Record<Operator, string>> = {
  ':': 'is like',
  '=': 'is exactly',
  '!=': 'is there and is not',
  '>': 'is more than',
  '>=': 'is at least',
  '<': 'is less than',
  '<=': 'is at most',
}

export const stateWords: Readonly<Record<EntryState, string>> = {
  superseded: 'a newer entry of the same call exists',
  'maybe-superseded': 'so it seems, not all was compared',
  duplicate: 'a newer entry has the same output',
  'maybe-duplicate': 'so it seems, not all was compared',
  misplaced: 'recorded under another key',
}
