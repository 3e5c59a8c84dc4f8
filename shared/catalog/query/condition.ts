import type { EntryState, RegexValue } from './ast.ts'

/** What is looked for in texts. */
export type Sought = { readonly text: string } | { readonly regex: RegexValue }

/** Where it is looked for. */
export type SoughtIn = 'anywhere' | 'arguments' | 'output'

/** A piece of SQL for WHERE with its bound parameters. */
export interface Condition {
  readonly sql: string
  readonly parameters: readonly Parameter[]
}

export type Parameter = string | number | Uint8Array

/** At least one condition, in parentheses. */
export function joinConditions(word: 'AND' | 'OR', conditions: readonly Condition[]): Condition {
  return {
    sql: `(${conditions.map(({ sql }) => sql).join(` ${word} `)})`,
    parameters: conditions.flatMap(({ parameters }) => parameters),
  }
}

/** Columns of `entries` that hold numbers of `strings`. */
export type NameColumn =
  | 'func'
  | 'module'
  | 'user'
  | 'host'
  | 'cwd'
  | 'version'
  | 'output_type'
  | 'shape'
  | 'dtype'
export type NumberColumn = 'kind' | 'status' | 'size' | 'elapsed' | 'run_at'

/**
 * Which entries a filter means. Conditions on columns are tested in memory, where a million of them take a
 * millisecond or two; only what is not held there (keys, texts, arguments) is asked of SQL.
 */
export type Filter =
  | { readonly kind: 'all' | 'none' }
  | { readonly kind: 'and' | 'or'; readonly terms: readonly Filter[] }
  | { readonly kind: 'not'; readonly term: Filter }
  /** The entry has one of these names; `undefined`: it has any. */
  | { readonly kind: 'names'; readonly column: NameColumn; readonly ids: readonly number[] | undefined }
  | ({ readonly kind: 'numbers'; readonly column: NumberColumn } & Interval)
  /** A condition on the rows of `arguments` of one name; NULL counts as false. */
  | ({ readonly kind: 'argument'; readonly nameId: number } & Condition)
  /** The entry is in one of these states. */
  | { readonly kind: 'states'; readonly states: readonly EntryState[] }
  /** `SELECT` of ids. */
  | ({ readonly kind: 'select' } & Condition)

/** An absent number is in no interval. */
export interface Interval {
  readonly from: number
  readonly to: number
  /** Whether the ends belong to it; they do unless it says no. */
  readonly withFrom?: boolean
  readonly withTo?: boolean
}
