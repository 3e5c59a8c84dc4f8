import type { DType } from '../numpy/dtype.ts'
import type { Element } from '../numpy/element.ts'
import type { NdArray } from '../numpy/ndarray.ts'
import type { NumberLine } from '../numpy/sections.ts'
import type { Value } from '../value/value.ts'

/** One cell of a table, an index or a list of categories. */
export type TableCell =
  | { readonly kind: 'element'; readonly dtype: DType; readonly element: Element }
  | { readonly kind: 'node'; readonly node: Value }
  | { readonly kind: 'timestamp'; readonly iso: string; readonly zone: string | undefined }
  | { readonly kind: 'pandas-timedelta'; readonly iso: string }
  | { readonly kind: 'pandas-constant'; readonly name: 'NaT' | 'NA' }
  /** Of a MultiIndex. */
  | { readonly kind: 'tuple'; readonly cells: readonly TableCell[] }
  /** A float that stands for nothing: the value of a category that is not there. */
  | { readonly kind: 'nan' }
  /** Stored in a form that is not read here (pyarrow) or not present. */
  | { readonly kind: 'unread' }

/** A column of known length whose cells are read by range. */
export interface Column {
  /** As pandas prints it: `float64`, `datetime64[ns, UTC]`, `category`, `str`. */
  readonly dtype: string
  readonly length: number
  /** Cells `[from, to)`, cut to the length. */
  cells(from: number, to: number): TableCell[]
  /** Where the column is a row of a plain array. */
  readonly stored?: { readonly array: NdArray; readonly row: number }
  /** The column as numbers, where it is some: NaN where one is missing, seconds since 1970 or of a span for times. */
  readonly numbers?: ColumnNumbers
  /** Of categories: which of them each row has, NaN for none. */
  readonly codes?: { readonly line: NumberLine; readonly categories: readonly TableCell[] }
}

export interface ColumnNumbers extends NumberLine {
  readonly unit: 'number' | 'time' | 'seconds'
}

export interface Index extends Column {
  /** `RangeIndex`, `Index`, `DatetimeIndex`, `MultiIndex`… */
  readonly className: string
  /** One per level; absent names are `None` nodes or missing. */
  readonly names: readonly (Value | undefined)[]
  /** The columns of a MultiIndex. */
  readonly levels?: readonly Column[]
}

/** A DataFrame, a Series (one column) or a structured array. */
export interface Table {
  readonly rows: number
  /** Column labels; for a Series its name. */
  readonly labels: Column
  readonly columns: readonly Column[]
  /** Absent for structured arrays. */
  readonly index?: Index
}
