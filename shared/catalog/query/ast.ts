/**
 * A filter text as a tree. It is kept in normal form: `and` and `or` have at least two terms and
 * none of their own kind directly inside, `not` never holds a `not`.
 * Columns count UTF-16 units from 1, as editors do.
 */
export type Query =
  | { readonly kind: 'all' }
  | { readonly kind: 'and' | 'or'; readonly terms: readonly Query[] }
  | { readonly kind: 'not'; readonly term: Query }
  | FreeText
  /** An expression without a field: it is found somewhere in the entry. */
  | RegexValue
  | Comparison

/** Words without a field: a piece of text to be found somewhere in the entry. */
interface FreeText {
  readonly kind: 'text'
  readonly text: string
  readonly column: number
}

export interface Comparison {
  readonly kind: 'compare'
  readonly subject: Subject
  readonly operator: Operator
  readonly value: QueryValue
  readonly column: number
}

export type Subject =
  | { readonly kind: 'field'; readonly name: FieldName }
  /** `name` may be the path of a scalar inside an argument: `params.cutoff`. */
  | { readonly kind: 'argument'; readonly name: string }
  /** A scalar in the output by its path, which is empty for the output itself. */
  | { readonly kind: 'output'; readonly path: string }

export type Operator = ':' | '=' | '!=' | '>' | '>=' | '<' | '<='

export type QueryValue =
  | Word
  /** Both ends belong to it; an end may be open, not both. */
  | { readonly kind: 'range'; readonly from?: string; readonly to?: string; readonly column: number }
  | { readonly kind: 'list'; readonly items: readonly Word[]; readonly column: number }
  | RegexValue

/** `/pattern/` or `/pattern/i`; only behind `:`. `\/` and a space behind a backslash are plain ones in `pattern`. */
export interface RegexValue {
  readonly kind: 'regex'
  readonly pattern: string
  readonly ignoresCase: boolean
  readonly column: number
}

/** `quoted`: it stood in quotes, so `*` is a star and digits are a text. */
export interface Word {
  readonly kind: 'word'
  readonly text: string
  readonly quoted: boolean
  readonly column: number
}

/** What a field's values are, which decides how the text after the operator is read. */
export type FieldType =
  | 'name'
  | 'version'
  | 'key'
  | 'choice'
  | 'state'
  | 'shape'
  | 'size'
  | 'duration'
  | 'age'
  | 'time'
  | 'text'
  | 'arguments'
  | 'tag'

export const fieldTypes = {
  func: 'name',
  module: 'name',
  user: 'name',
  host: 'name',
  cwd: 'name',
  type: 'name',
  dtype: 'name',
  shape: 'shape',
  version: 'version',
  key: 'key',
  kind: 'choice',
  status: 'choice',
  is: 'state',
  size: 'size',
  took: 'duration',
  age: 'age',
  run: 'time',
  text: 'text',
  args: 'arguments',
  tag: 'tag',
} as const satisfies Record<string, FieldType>

export type FieldName = keyof typeof fieldTypes

export function isFieldName(name: string): name is FieldName {
  return Object.hasOwn(fieldTypes, name)
}

/** The words that `is:` takes. */
export const entryStates = [
  'superseded',
  'maybe-superseded',
  'duplicate',
  'maybe-duplicate',
  'misplaced',
] as const

export type EntryState = (typeof entryStates)[number]

/** The words that `kind:` and `status:` take, in the order of their numbers in the index. */
export const choices = {
  kind: ['call', 'dump', 'foreign'],
  status: ['ok', 'partial', 'damaged'],
} as const
