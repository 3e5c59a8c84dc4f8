import { viewOf } from '../lenses/view-of.ts'
import type { View } from '../lenses/view.ts'
import type { ByteSource } from '../model/source.ts'
import { dtypeName, shapeText } from '../numpy/dtype.ts'
import type { NdArray } from '../numpy/ndarray.ts'
import { cellsOf } from '../numpy/ndarray.ts'
import type { Value } from '../value/value.ts'
import { visibleText } from '../value/python-text.ts'
import { arrayCellText } from './cell.ts'
import type { Fact, Family } from './facts.ts'
import { factsOf, familyOf } from './facts.ts'
import { clip, pythonLiteral } from './python.ts'
import { typeName } from './type-name.ts'

/** What one line of a tree, a list or a tooltip says about a value. */
export interface Preview {
  /** See `typeName`. */
  readonly type: string
  readonly family: Family
  /** What it may be looked at as. */
  readonly look?: 'table' | 'sparse' | 'atoms'
  /** One line without control characters or marks that turn the direction of the text, at most 200 characters. */
  readonly preview: string
  readonly facts?: readonly Fact[]
}

const looks: Readonly<Partial<Record<View['kind'], Preview['look']>>> = {
  dataframe: 'table',
  series: 'table',
  index: 'table',
  categorical: 'table',
  sparse: 'sparse',
  atoms: 'atoms',
}

const previewCharacters = 200
const shownElements = 6

/** The preview of a node; reads at most a handful of elements. */
export function previewOf(node: Value, source: ByteSource): Preview {
  const view = viewOf(node, source)
  const facts = factsOf(view)
  return {
    type: typeName(view),
    family: familyOf(view),
    look: looks[view.kind],
    preview: clip(textOf(node, view, source), previewCharacters),
    facts: facts.length === 0 ? undefined : facts,
  }
}

function textOf(node: Value, view: View, source: ByteSource): string {
  switch (view.kind) {
    case 'ndarray':
      return arrayText(view.array, source)
    case 'masked':
      return `${dtypeName(view.data.dtype)} ${shapeText(view.data.shape)}, masked`
    case 'dataframe':
      return `${view.table.rows} rows × ${view.table.columns.length} columns`
    case 'series':
      return `${view.table.rows} rows of ${view.table.columns[0]?.dtype ?? 'object'}`
    case 'index':
      return `${view.index.length} labels of ${view.index.dtype}`
    case 'categorical':
      return `${view.codes.size} of ${view.categoryCount} categories`
    case 'sparse': {
      const stored = view.stored === undefined ? '' : `, ${view.stored} stored`
      return `${view.dtype ? dtypeName(view.dtype) + ' ' : ''}${shapeText(view.shape)}${stored}`
    }
    case 'atoms':
      return view.formula
    case 'cut':
      return visibleText(view.problem.sentence)
    default:
      return pythonLiteral(node, { source, maxCharacters: previewCharacters })
  }
}

/** `float64 (240, 96)`; the elements too if they are few. */
function arrayText(array: NdArray, source: ByteSource): string {
  const head = visibleText(`${dtypeName(array.dtype)} ${shapeText(array.shape)}`)
  if (array.size === 0 || array.size > shownElements || array.shape.length > 1) return head
  const cells = cellsOf(array, 0, array.size).map((cell) => arrayCellText(cell, source))
  if (cells.includes('')) return head
  return array.shape.length === 0 ? `${head} ${cells[0]}` : `${head} [${cells.join(', ')}]`
}
