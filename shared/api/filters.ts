import { z } from 'zod'

/**
 * Filters that are kept: saved under names, and those that were used last. Errors as in `contract.ts`.
 *
 *   GET    /api/stores/:store/terms?q=                       → FilterTerm[]
 *   GET    /api/stores/:store/terms/counts?q=                → CountedTerm[] (the first 20)
 *   GET    /api/stores/:store/filters                        → StoredFilters
 *   POST   /api/stores/:store/filters          SavedFilter   → StoredFilters (replaces one of that name)
 *   POST   /api/stores/:store/filters/rename   RenameRequest → StoredFilters
 *   DELETE /api/stores/:store/filters?name=&scope=           → StoredFilters
 *   POST   /api/stores/:store/filters/used     UsedRequest   → StoredFilters
 *   DELETE /api/stores/:store/filters/used                   → StoredFilters
 */

/** For one cache, or for all of them. */
export const filterScope = z.enum(['store', 'all'])

export const savedFilter = z.object({ name: z.string(), scope: filterScope, query: z.string() })
export const storedFilters = z.object({
  /** By name; of two of the same name that of the store is meant. */
  saved: z.array(savedFilter),
  /** Of this cache, the last first. */
  recent: z.array(z.string()),
})

/** A term of a filter that must hold, with its minus: UTF-16 units `[from, to)` of the text. */
const filterTerm = z.object({ from: z.number(), to: z.number() })

export const countedTerm = filterTerm.extend({
  /** What it finds by itself. */
  entries: z.number(),
  /** What the filter would find without it. */
  without: z.number(),
})

export const renameRequest = z.object({ name: z.string(), scope: filterScope, to: z.string() })
export const usedRequest = z.object({ query: z.string().max(10_000) })

export type FilterScope = z.infer<typeof filterScope>
export type SavedFilter = z.infer<typeof savedFilter>
export type FilterTerm = z.infer<typeof filterTerm>
export type CountedTerm = z.infer<typeof countedTerm>
export type StoredFilters = z.infer<typeof storedFilters>

/** A filter as an option of the command line; none where it is empty. With a space before it, a sign at the beginning names no saved filter. */
export function queryOption(query = ''): string[] {
  const text = query.trim()
  return text === '' ? [] : [`--query=${text.startsWith('@') ? ' ' : ''}${text}`]
}
