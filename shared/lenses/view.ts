import type { Problem } from '../model/errors.ts'
import type { DType } from '../numpy/dtype.ts'
import type { Element } from '../numpy/element.ts'
import type { NdArray } from '../numpy/ndarray.ts'
import type { BytesRef, Value } from '../value/value.ts'
import type { QualifiedName } from './names.ts'
import type { ObjectParts } from './parts.ts'
import type { Index, Table, TableCell } from './table.ts'

/**
 * What a node means to a person: the friendly view of a value. `object` is the
 * view of everything that no lens knows, or whose shape is not what a lens knows.
 */
export type View =
  | { readonly kind: 'none' }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'int'; readonly value: number | bigint }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'complex'; readonly real: number; readonly imaginary: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'bytes' | 'bytearray'; readonly bytes: BytesRef }
  | { readonly kind: 'list' | 'tuple' | 'set' | 'frozenset'; readonly items: readonly Value[] }
  | DictView
  | {
      readonly kind: 'deque'
      readonly items: readonly Value[]
      /** `undefined` for a deque without a limit. */
      readonly maxLength: number | undefined
    }
  | {
      readonly kind: 'range'
      readonly start: number | bigint
      readonly stop: number | bigint
      readonly step: number | bigint
    }
  | { readonly kind: 'slice'; readonly start: Value; readonly stop: Value; readonly step: Value }
  /** `iso` as Python's `isoformat()`, with the offset where the time zone is known. */
  | { readonly kind: 'datetime'; readonly iso: string; readonly tzinfo?: Value; readonly fold: 0 | 1 }
  | { readonly kind: 'date'; readonly iso: string }
  | { readonly kind: 'time'; readonly iso: string; readonly tzinfo?: Value; readonly fold: 0 | 1 }
  | {
      readonly kind: 'timedelta'
      readonly days: number
      readonly seconds: number
      readonly microseconds: number
    }
  | { readonly kind: 'timezone'; readonly offsetSeconds: number; readonly name: string }
  | { readonly kind: 'zoneinfo'; readonly key: string }
  | { readonly kind: 'decimal'; readonly text: string }
  | { readonly kind: 'fraction'; readonly text: string }
  | { readonly kind: 'uuid'; readonly text: string }
  | { readonly kind: 'path'; readonly className: string; readonly path: string }
  | EnumView
  | ({ readonly kind: 'global' } & QualifiedName)
  /** A function that cloudpickle or dill carries as code. */
  | { readonly kind: 'lambda'; readonly library: 'cloudpickle' | 'dill'; readonly name: string | undefined }
  | { readonly kind: 'dtype'; readonly dtype: DType }
  | { readonly kind: 'npscalar'; readonly dtype: DType; readonly element: Element }
  | ArrayView
  | MaskedView
  | { readonly kind: 'dataframe'; readonly table: Table }
  | { readonly kind: 'series'; readonly table: Table; readonly name: Value | undefined }
  | { readonly kind: 'index'; readonly index: Index }
  | CategoricalView
  | { readonly kind: 'timestamp'; readonly iso: string; readonly zone: string | undefined }
  /** `iso` as pandas' `isoformat()`: `P1DT2H0M0S`. */
  | { readonly kind: 'pandas-timedelta'; readonly iso: string }
  | { readonly kind: 'pandas-constant'; readonly name: 'NaT' | 'NA' }
  | SparseView
  | AtomsView
  | { readonly kind: 'object'; readonly parts: ObjectParts }
  | { readonly kind: 'persistent'; readonly id: Value }
  /** Bytes that the pickle says are elsewhere. */
  | { readonly kind: 'outofband' }
  | { readonly kind: 'extension'; readonly code: number }
  | { readonly kind: 'cut'; readonly problem: Problem }

export interface DictView {
  readonly kind: 'dict' | 'ordereddict' | 'counter' | 'defaultdict'
  readonly keys: readonly Value[]
  readonly values: readonly Value[]
  /** Of a defaultdict. */
  readonly factory?: Value
}

/**
 * An enum member. Some Python versions store the value, others the name; nothing
 * in a pickle says that a class is an enum, so this is a well-founded guess.
 */
export interface EnumView {
  readonly kind: 'enum'
  readonly className: QualifiedName
  /** Stored by Python to 3.10 and from 3.12 on. */
  readonly value?: Value
  /** Stored by Python 3.11: names of the members, more than one for a combined flag. */
  readonly names?: readonly string[]
  readonly parts: ObjectParts
}

export interface ArrayView {
  readonly kind: 'ndarray'
  readonly array: NdArray
  /** Class name, where it is not `numpy.ndarray`. */
  readonly className?: string
  /** Why the elements are not here. */
  readonly problem?: Problem
}

export interface MaskedView {
  readonly kind: 'masked'
  readonly className: string
  readonly data: NdArray
  /** Booleans of the data's shape; absent where nothing is masked and none are stored. */
  readonly mask?: NdArray
  readonly fill?: { readonly dtype: DType; readonly element: Element }
}

export interface CategoricalView {
  readonly kind: 'categorical'
  readonly codes: NdArray
  readonly categories: readonly TableCell[]
  /** Of which `categories` may be the first thousand only. */
  readonly categoryCount: number
  readonly ordered: boolean
}

/** A scipy.sparse matrix or array; `parts` are what it is made of. */
interface SparseView {
  readonly kind: 'sparse'
  /** `csr`, `csc`, `coo`, … */
  readonly format: string
  readonly shape: readonly number[]
  /** Stored elements, where the arrays tell. */
  readonly stored: number | undefined
  readonly dtype: DType | undefined
  readonly parts: ObjectParts
}

/** An `ase.Atoms`; `parts` are what it is made of. */
interface AtomsView {
  readonly kind: 'atoms'
  /** In Hill's order: `CH4O`, `Cu32`. */
  readonly formula: string
  readonly count: number
  /** Lengths of the cell's vectors, as far as the cell is here. */
  readonly cellLengths: readonly number[] | undefined
  readonly periodic: readonly boolean[] | undefined
  readonly parts: ObjectParts
}
