import type { ObjectParts } from '../lenses/parts.ts'
import { dtypeName, dtypeText, shapeText } from '../numpy/dtype.ts'
import type { NdArray } from '../numpy/ndarray.ts'
import { cellsOf } from '../numpy/ndarray.ts'
import { elementText } from '../numpy/element.ts'
import type { DictValue, Value } from '../value/value.ts'
import { strText, visibleText } from '../value/python-text.ts'
import type { LiteralWriter } from './python.ts'
import { shownName } from './type-name.ts'

/** `module.Class(1, field=2)`: arguments as they were, fields of the state as keywords, items as a list or dict. */
export function objectLiteral(writer: LiteralWriter, parts: ObjectParts): void {
  const { name, callee, how, args, kwargs, state, listItems, dictKeys, dictValues } = parts
  if (name && how !== 'change') writer.text += shownName(name)
  else writer.node(callee)
  const pieces: (() => void)[] = args.map((arg) => () => writer.node(arg))
  if (listItems) pieces.push(() => writer.nodes('[', listItems, ']'))
  if (dictKeys) pieces.push(() => pairsLiteral(writer, dictKeys, dictValues ?? []))
  if (kwargs) pieces.push(...fieldPieces(writer, kwargs))
  pieces.push(...statePieces(writer, state))
  writer.list('(', pieces.length, ')', (i) => pieces[i]!())
}

function pairsLiteral(writer: LiteralWriter, keys: readonly Value[], values: readonly Value[]): void {
  writer.list('{', keys.length, '}', (i) => {
    writer.node(keys[i]!)
    writer.text += ': '
    writer.node(values[i]!)
  })
}

/** A dict's entries as keywords; the dict itself if its keys are no names. */
function fieldPieces(writer: LiteralWriter, fields: DictValue): (() => void)[] {
  const keys = fields.keys.slice(0, writer.maxCharacters)
  return keys.map((key, i) => () => {
    if (key.kind === 'str') writer.text += visibleText(key.value) + '='
    else {
      writer.node(key)
      writer.text += ': '
    }
    writer.node(fields.values[i]!)
  })
}

function statePieces(writer: LiteralWriter, state: Value | undefined): (() => void)[] {
  if (!state || state.kind === 'none') return []
  if (state.kind === 'dict') return fieldPieces(writer, state)
  const slots = state.kind === 'tuple' && state.items.length === 2 ? state.items : []
  // `(dict or None, dict of slots)`: what classes with __slots__ have.
  if (slots[1]?.kind === 'dict' && (slots[0]?.kind === 'dict' || slots[0]?.kind === 'none')) {
    const first = slots[0].kind === 'dict' ? fieldPieces(writer, slots[0]) : []
    return [...first, ...fieldPieces(writer, slots[1])]
  }
  return [() => writer.node(state)]
}

const defaultDTypes = new Set(['int64', 'float64', 'bool', 'complex128'])
const wholeElements = 100
const headElements = 3

/** `array([[1, 2], [3, 4]], dtype=int16)`; of larger ones the first three elements and the shape. */
export function arrayLiteral(writer: LiteralWriter, array: NdArray, name: string): void {
  const isWhole = array.size <= wholeElements
  // An element and its comma take three characters at least.
  const room = 1 + Math.max(0, Math.ceil((writer.maxCharacters - writer.text.length) / 3))
  const cells = cellsOf(array, 0, isWhole ? Math.min(array.size, room) : headElements)
  const write = (at: number) => {
    const cell = cells[at]
    if (!cell) writer.text += '…'
    else if (cell.kind === 'node') writer.node(cell.node)
    else writer.text += cell.kind === 'text' ? strText(cell.value) : elementText(cell)
  }
  writer.text += name + '('
  if (isWhole) nested(writer, array.shape, 0, 0, write)
  else writer.list('[', cells.length, `, …], shape=${shapeText(array.shape)}`, write)
  const dtype = dtypeName(array.dtype)
  const isPlain = /^[a-z]\w*$/.test(dtype)
  if (array.size === 0 || (!defaultDTypes.has(dtype) && array.dtype.kind !== 'U')) {
    writer.text += `, dtype=${isPlain ? dtype : visibleText(array.dtype.fields ? dtypeText(array.dtype) : `'${dtype}'`)}`
  }
  writer.text += ')'
}

/** Brackets for each dimension; the recursion is as deep as the array has dimensions, 64 at most. */
function nested(
  writer: LiteralWriter,
  shape: readonly number[],
  axis: number,
  start: number,
  write: (at: number) => void,
): void {
  const length = shape[axis]
  if (length === undefined) {
    write(start)
    return
  }
  let stride = 1
  for (let inner = axis + 1; inner < shape.length; inner++) stride *= shape[inner]!
  writer.list('[', length, ']', (i) => nested(writer, shape, axis + 1, start + i * stride, write))
}
