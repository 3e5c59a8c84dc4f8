import type { StoreKindInfo } from '../../../shared/api/locations.ts'

/** A kind of cache that can be made, in one of its forms. */
export interface NewKind {
  /** What it is called in the list: the beginning and the end of its URL. */
  readonly value: string
  readonly title: string
  readonly scheme: string
  /** As they stand in the URL; empty: none. */
  readonly options: string
}

const suffixes: readonly (readonly [RegExp, string])[] = [
  [/\.(?:sqlite3?|db)$/i, 'sqlite'],
  [/\.(?:lmdb|mdb)$/i, 'lmdb'],
  [/\.(?:shlv|shelve|shelf)$/i, 'shelve?format=dumb'],
  [/\.hashcache$/i, 'archive'],
]

/** What can be made where there is no cache yet. */
export function newKinds(kinds: readonly StoreKindInfo[]): NewKind[] {
  return kinds.flatMap(({ scheme, makes }) =>
    makes.map(({ title, options }) => ({ value: withOptions(scheme, options), title, scheme, options })),
  )
}

/** The kind of `newKinds` that a file of this name most likely is to be; empty where the name does not say. */
export function kindBySuffix(path: string): string {
  return suffixes.find(([suffix]) => suffix.test(path))?.[1] ?? ''
}

/** A path as the URL of what is to be made there. */
export function urlOf(path: string, kind: NewKind | undefined): string {
  return kind ? withOptions(`${kind.scheme}:${path}`, kind.options) : path
}

export function isUrl(text: string): boolean {
  return /^[a-z][a-z0-9+]+:/i.test(text)
}

function withOptions(text: string, options: string): string {
  return options === '' ? text : `${text}?${options}`
}
