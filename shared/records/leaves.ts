import { asArray } from '../lenses/arrays.ts'
import { viewOf } from '../lenses/view-of.ts'
import type { View } from '../lenses/view.ts'
import type { ArgumentSummary } from '../model/record.ts'
import type { ByteSource } from '../model/source.ts'
import { elementText } from '../numpy/element.ts'
import { cellsOf } from '../numpy/ndarray.ts'
import { arrayCellText } from '../render/cell.ts'
import type { Value } from '../value/value.ts'
import { cleanText, numberOf } from './scalars.ts'
import { shortPreview } from './short-preview.ts'

/** What is kept of one value: the first so many, level by level, each level in stored order. */
const leavesAtMost = 64
/** Steps below the value: `output.info.run.steps` is three below the output. */
const depthAtMost = 4
/** Longer lists are data and not fields. */
const itemsAtMost = 8
const nodesAtMost = 1_000
const keyCharacters = 60
const pathCharacters = 200
/** Longer texts are found by words only. */
const textCharacters = 200
const previewCharacters = 80

/** Where to begin, and what the paths begin with. */
export interface Root {
  readonly path: string
  readonly value: Value
}

interface Place extends Root {
  readonly depth: number
}

/**
 * The scalars inside values by their paths, `info.steps` and `cell.0`: numbers, booleans, None, short texts, times,
 * numpy scalars and arrays of no dimension. Dicts are entered by their keys (texts and whole numbers), objects by their
 * fields, lists and tuples of at most 8 items by number. Of two values with one path the first counts. A root that is a
 * scalar is one itself. Reads no more of arrays than single elements.
 */
export function leavesOf(roots: readonly Root[], source: ByteSource): ArgumentSummary[] {
  const leaves = new Map<string, ArgumentSummary>()
  const queue: Place[] = roots.map((root) => ({ ...root, depth: 0 }))
  for (let at = 0; at < queue.length && leaves.size < leavesAtMost; at++) {
    const { path, value, depth } = queue[at]!
    const leaf = leafOf(path, value, source)
    if (leaf) {
      if (!leaves.has(path)) leaves.set(path, leaf)
    } else if (depth < depthAtMost) {
      for (const [name, child] of fieldsOf(value, source)) {
        if (queue.length >= nodesAtMost) break
        const inner = path === '' ? name : `${path}.${name}`
        if (inner.length <= pathCharacters) queue.push({ path: inner, value: child, depth: depth + 1 })
      }
    }
  }
  return [...leaves.values()]
}

/** Whether a value may have scalars inside: those that never have are most. */
export function mayHoldLeaves({ kind }: Value): boolean {
  return kind === 'dict' || kind === 'list' || kind === 'tuple' || kind === 'object'
}

const scalarViews: ReadonlySet<View['kind']> = new Set([
  'none',
  'bool',
  'int',
  'float',
  'complex',
  'npscalar',
  'decimal',
  'fraction',
  'uuid',
  'path',
  'enum',
  'datetime',
  'date',
  'time',
  'timedelta',
  'timestamp',
  'pandas-timedelta',
  'pandas-constant',
])

function leafOf(name: string, value: Value, source: ByteSource): ArgumentSummary | undefined {
  switch (value.kind) {
    case 'none':
    case 'bool':
    case 'int':
    case 'float':
      return withPreview(name, value, source, numberOf(value, source))
    case 'str':
      return value.value.length > textCharacters
        ? undefined
        : {
            ...withPreview(name, value, source, undefined),
            text: cleanText(value.value, textCharacters),
          }
    case 'ndarray':
      return zeroDimensional(name, value, source)
    case 'object':
      return ofObject(name, value, source)
    default:
      return undefined
  }
}

function ofObject(name: string, value: Value, source: ByteSource): ArgumentSummary | undefined {
  const view = viewOf(value, source)
  if (!scalarViews.has(view.kind)) return zeroDimensional(name, value, source)
  const leaf = withPreview(name, value, source, numberOf(value, source))
  // A column of numbers needs no `np.float64( )` around each.
  return view.kind === 'npscalar' && leaf.number !== undefined
    ? { ...leaf, preview: elementText(view.element) }
    : leaf
}

function withPreview(
  name: string,
  value: Value,
  source: ByteSource,
  number: number | undefined,
): ArgumentSummary {
  const { type, preview } = shortPreview(value, source, previewCharacters)
  return { name, type, preview, ...(number !== undefined && { number }) }
}

function zeroDimensional(name: string, value: Value, source: ByteSource): ArgumentSummary | undefined {
  const array = asArray(value, source)
  if (!array || array.shape.length > 0 || array.dtype.itemsize > textCharacters) return undefined
  const [cell] = cellsOf(array, 0, 1)
  let number: number | undefined
  if (cell?.kind === 'bool' || cell?.kind === 'int' || cell?.kind === 'float') number = Number(cell.value)
  if (number === undefined || Number.isNaN(number)) return withPreview(name, value, source, undefined)
  return { ...withPreview(name, value, source, number), preview: arrayCellText(cell, source) }
}

type Field = readonly [name: string, value: Value]

function fieldsOf(value: Value, source: ByteSource): readonly Field[] {
  // The kinds that are most; what a view adds to them is nothing.
  if (value.kind === 'dict') return pairsOf(value.keys, value.values)
  if (value.kind === 'list' || value.kind === 'tuple') return itemsOf(value.items)
  if (value.kind !== 'object') return []
  const view = viewOf(value, source)
  switch (view.kind) {
    case 'ordereddict':
    case 'counter':
    case 'defaultdict':
      return pairsOf(view.keys, view.values)
    case 'object': {
      const { state, dictKeys, dictValues = [], args, called, how } = view.parts
      if (dictKeys) return pairsOf(dictKeys, dictValues)
      // A named tuple is made of its items; nothing in a pickle says what they are called.
      return state ? stateFields(state) : how === 'class' && !called ? itemsOf(args) : []
    }
    default:
      return []
  }
}

/** A dict, or `(dict or None, dict of slots)`. */
function stateFields(state: Value): readonly Field[] {
  if (state.kind === 'dict') return pairsOf(state.keys, state.values)
  if (state.kind !== 'tuple' || state.items.length !== 2) return []
  return state.items.flatMap((part) => (part.kind === 'dict' ? pairsOf(part.keys, part.values) : []))
}

function itemsOf(items: readonly Value[]): readonly Field[] {
  return items.length > itemsAtMost ? [] : items.map((item, i): Field => [String(i), item])
}

function pairsOf(keys: readonly Value[], values: readonly Value[]): readonly Field[] {
  const fields: Field[] = []
  for (const [i, key] of keys.slice(0, leavesAtMost).entries()) {
    const name = key.kind === 'str' ? key.value : key.kind === 'int' ? String(key.value) : ''
    if (name !== '' && name.length <= keyCharacters) fields.push([cleanText(name, keyCharacters), values[i]!])
  }
  return fields
}
