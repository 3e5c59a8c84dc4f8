const suffixes: readonly (readonly [RegExp, string])[] = [
  [/\.(?:sqlite3?|db)$/i, 'sqlite'],
  [/\.(?:lmdb|mdb)$/i, 'lmdb'],
  [/\.(?:shlv|shelve|shelf)$/i, 'shelve'],
  [/\.hashcache$/i, 'archive'],
]

/** The scheme of the kind of cache that a file of this name most likely is to be; empty where the name does not say. */
export function kindBySuffix(path: string): string {
  return suffixes.find(([suffix]) => suffix.test(path))?.[1] ?? ''
}
