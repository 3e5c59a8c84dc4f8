import type { View } from '../lenses/view.ts'
import { dtypeName, shapeText } from '../numpy/dtype.ts'
import type { NdArray } from '../numpy/ndarray.ts'
import { visibleText } from '../value/python-text.ts'

/** Colour families of types; the same words as `TreeNode['family']` of the API. */
export type Family =
  | 'scalar'
  | 'text'
  | 'bytes'
  | 'container'
  | 'array'
  | 'table'
  | 'object'
  | 'time'
  | 'reference'
  | 'problem'

const kindsOf: Readonly<Record<Family, readonly View['kind'][]>> = {
  scalar: ['none', 'bool', 'int', 'float', 'complex', 'decimal', 'fraction', 'npscalar', 'pandas-constant'],
  text: ['text', 'uuid', 'path'],
  bytes: ['bytes', 'bytearray'],
  container: [
    ...(['list', 'tuple', 'set', 'frozenset', 'dict', 'ordereddict', 'counter', 'defaultdict'] as const),
    ...(['deque', 'range', 'slice'] as const),
  ],
  array: ['ndarray', 'masked', 'sparse'],
  table: ['dataframe', 'series', 'index', 'categorical'],
  object: ['enum', 'atoms', 'object', 'dtype'],
  time: ['datetime', 'date', 'time', 'timedelta', 'timezone', 'zoneinfo', 'timestamp', 'pandas-timedelta'],
  reference: ['global', 'lambda', 'persistent', 'outofband', 'extension'],
  problem: ['cut'],
}

const families: ReadonlyMap<View['kind'], Family> = new Map(
  Object.entries(kindsOf).flatMap(([family, kinds]) =>
    kinds.map((kind) => [kind, family as Family] as const),
  ),
)

export function familyOf(view: View): Family {
  return families.get(view.kind) ?? 'object'
}

export type Fact = [name: string, value: string]

/** What the friendly view knows beyond the one line of the preview; empty for most. Reads no elements. */
export function factsOf(view: View): Fact[] {
  switch (view.kind) {
    case 'ndarray':
      return arrayFacts(view.array)
    case 'masked':
      return [...arrayFacts(view.data), ['mask', view.mask ? 'yes' : 'none']]
    case 'dataframe':
      return [
        ['rows', String(view.table.rows)],
        ['columns', String(view.table.columns.length)],
        ...(view.table.index ? [['index', visibleText(view.table.index.className)] satisfies Fact] : []),
      ]
    case 'series':
      return [
        ['rows', String(view.table.rows)],
        ['dtype', view.table.columns[0]?.dtype ?? 'object'],
      ]
    case 'index':
      return [
        ['length', String(view.index.length)],
        ['dtype', view.index.dtype],
      ]
    case 'categorical':
      return [
        ['length', String(view.codes.size)],
        ['categories', String(view.categoryCount)],
        ['ordered', view.ordered ? 'yes' : 'no'],
      ]
    case 'sparse':
      return [
        ['format', view.format],
        ['shape', shapeText(view.shape)],
        ...(view.stored === undefined ? [] : [['stored', String(view.stored)] satisfies Fact]),
        ...(view.dtype ? [['dtype', dtypeName(view.dtype)] satisfies Fact] : []),
      ]
    case 'atoms':
      return [
        ['formula', view.formula],
        ['atoms', String(view.count)],
        ...(view.cellLengths
          ? [['cell', view.cellLengths.map(lengthText).join(' × ') + ' Å'] satisfies Fact]
          : []),
        ...(view.periodic
          ? [['periodic', view.periodic.map((is) => (is ? 'yes' : 'no')).join(', ')] satisfies Fact]
          : []),
      ]
    default:
      return []
  }
}

function arrayFacts({ dtype, shape, order, size }: NdArray): Fact[] {
  return [
    ['dtype', visibleText(dtypeName(dtype))],
    ['shape', shapeText(shape)],
    ['order', order],
    ['bytes', String(size * dtype.itemsize)],
  ]
}

function lengthText(length: number): string {
  return String(Number(length.toPrecision(5)))
}
