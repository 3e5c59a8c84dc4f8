import { childAt, childCount } from '../value/walk.ts'
import type { Value } from '../value/value.ts'

/** A field of a record. `index` is its child number under the root, by which a tree view addresses it. */
export interface RecordField {
  readonly name: string
  readonly value: Value
  readonly index: number
}

/** Fields of which a record has at least one beside `func`. */
const companions = ['args', 'kwargs', 'standardized-kwargs', 'run-at', 'saved-at', 'output']

/**
 * The fields of a record in stored order, or `undefined` if the value is no record of hashcache.
 *
 * A record is a dict (or an OrderedDict) with the key `func` and at least one of `args`, `kwargs`,
 * `standardized-kwargs`, `run-at`, `saved-at`, `output`, whatever their values are. Of a value that was
 * cut the field `func` and `module` behind it are enough, for those are the first two that hashcache writes.
 * Keys that are not texts are no fields; of keys that occur twice the later one counts, as in Python.
 */
export function recordFields(root: Value | undefined, isCut = false): RecordField[] | undefined {
  if (!root || !isDict(root)) return undefined
  const fields: RecordField[] = []
  const count = Math.min(childCount(root), fieldsAtMost)
  for (let index = 0; index < count; index++) {
    const child = childAt(root, index)
    if (child?.label.kind !== 'key' || child.label.key.kind !== 'str') continue
    fields.push({ name: child.label.key.value, value: child.value, index })
  }
  const isRecord =
    hasField(fields, 'func') &&
    (companions.some((name) => hasField(fields, name)) || (isCut && hasField(fields, 'module')))
  return isRecord ? withoutRepeated(fields) : undefined
}

function hasField(fields: readonly RecordField[], wanted: string): boolean {
  return fields.some(({ name }) => name === wanted)
}

/** As a Python dict keeps them: the place of the first, the value of the last. */
function withoutRepeated(fields: RecordField[]): RecordField[] {
  const byName = new Map(fields.map((field) => [field.name, field]))
  return byName.size === fields.length ? fields : [...byName.values()]
}

/** Records have some fifteen fields; a dict with a million is something else, and looked at no further. */
const fieldsAtMost = 1000

function isDict(value: Value): boolean {
  if (value.kind === 'dict') return true
  if (value.kind !== 'object' || value.callee.kind !== 'global') return false
  return value.callee.module === 'collections' && value.callee.name === 'OrderedDict'
}

/** Where a record's arguments and output are, as paths of a tree view (child numbers joined by dots). */
export function recordPaths(fields: readonly RecordField[]): { argumentsPath?: string; outputPath?: string } {
  const path = (...names: string[]): string | undefined => {
    const found = names.map((name) => fields.find((field) => field.name === name)).find((field) => field)
    return found && String(found.index)
  }
  const argumentsPath = path('standardized-kwargs', 'kwargs', 'args')
  const outputPath = path('output')
  return {
    ...(argumentsPath !== undefined && { argumentsPath }),
    ...(outputPath !== undefined && { outputPath }),
  }
}
