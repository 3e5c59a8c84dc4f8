import type { Database } from 'better-sqlite3'

import type { StoreLimits } from '../contract.ts'

/** Columns that are read; later versions may add others. */
const cacheColumns = [
  'rowid',
  'key',
  'raw',
  'store_time',
  'expire_time',
  'access_time',
  'access_count',
  'tag',
  'size',
  'mode',
  'filename',
  'value',
]

/** Why a database is none of diskcache's; `undefined` if it is one. */
export function whyNotDiskcache(database: Database): string | undefined {
  for (const [table, wanted] of [
    ['Cache', cacheColumns],
    ['Settings', ['key', 'value']],
  ] as const) {
    const kind = database
      .prepare("SELECT type FROM sqlite_schema WHERE name = ? AND type IN ('table', 'view')")
      .pluck()
      .get(table)
    if (kind !== 'table') return `it has no table ${table}`
    const columns = database
      .prepare('SELECT name, pk FROM pragma_table_xinfo(?) WHERE hidden = 0')
      .all(table) as {
      name: string
      pk: number
    }[]
    const missing = wanted.find((name) => !columns.some((column) => column.name === name))
    if (missing !== undefined) return `its table ${table} has no column ${missing}`
  }
  const encoding: unknown = database.pragma('encoding', { simple: true })
  return encoding === 'UTF-8' ? undefined : `its texts are ${String(encoding)}, which diskcache never writes`
}

/** How many entries diskcache's own counter says there are. */
export function countOf(database: Database): number | undefined {
  const count: unknown = database.prepare("SELECT value FROM main.Settings WHERE key = 'count'").pluck().get()
  return typeof count === 'number' ? count : undefined
}

/**
 * What diskcache lets grow before it drops entries with the next writes: its own sum of rows and files (`Cache.volume`)
 * against `size_limit`. No limit where its policy or `cull_limit` says that nothing is dropped.
 */
export function limitsOf(database: Database): StoreLimits {
  const setting = (key: string): unknown =>
    database.prepare('SELECT value FROM main.Settings WHERE key = ?').pluck().get(key)
  const pages = Number(database.pragma('page_count', { simple: true }))
  const pageBytes = Number(database.pragma('page_size', { simple: true }))
  const usedBytes = pages * pageBytes + Number(setting('size') ?? 0)
  const [evicts, maxBytes] = [setting('eviction_policy'), setting('size_limit')]
  const isLimited = typeof evicts === 'string' && evicts !== 'none' && setting('cull_limit') !== 0
  return isLimited && typeof maxBytes === 'number' ? { usedBytes, maxBytes, evicts } : { usedBytes }
}
