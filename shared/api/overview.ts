import { z } from 'zod'

/**
 * What there is in a cache, or in the entries that a filter finds, as sums. Errors as in `contract.ts`.
 *
 *   GET /api/stores/:store/overview?q=FILTER → Overview (BAD_QUERY for a filter that cannot be read)
 *
 * Every sum comes with the filter that finds just its entries, in the language of `docs/query.md`. Calendar units are
 * those of the engine's time zone, as in filters.
 */

const sums = z.object({ entries: z.number(), bytes: z.number(), computeSeconds: z.number() })
const mark = sums.extend({ filter: z.string() })
/** The range of a histogram, `[from, to)`; absent: open. Sizes in bytes, ages in seconds. */
const range = mark.extend({ from: z.number().optional(), to: z.number().optional() })

/** What is worth a look, with its name. */
export const lookTitles = {
  superseded: 'Superseded calls',
  'maybe-superseded': 'Maybe superseded',
  duplicate: 'Same output under several keys',
  'maybe-duplicate': 'Maybe the same output',
  misplaced: 'Stored under a wrong key',
  old: 'Not run for a year',
  largeCheap: 'Cheap to recompute, large',
  damaged: 'Damaged',
  partial: 'Partly readable',
  noRecord: 'No record of a call',
} as const

export const overview = z.object({
  /** The filter that it is about; empty: the whole cache. */
  filter: z.string(),
  /** The moment that ages count from. */
  nowSeconds: z.number(),
  total: mark,
  /** Superseded and damaged entries: without them no call that runs today is computed again. */
  couldGo: mark,
  looks: z.array(mark.extend({ id: z.enum(Object.keys(lookTitles) as (keyof typeof lookTitles)[]) })),
  time: z.object({
    unit: z.enum(['day', 'week', 'month', 'year']),
    /** One after another, also the empty ones; `start` is its first day, as `2025-06-01`. */
    bars: z.array(mark.extend({ start: z.string() })),
    /** Entries without a time of their run, or with an impossible one (before 1970 or more than a year ahead). */
    without: mark,
  }),
  ages: z.array(range),
  sizes: z.array(range),
  /** The largest first; a name that is absent stands for entries without one. */
  functions: z.array(
    mark.extend({
      func: z.string().optional(),
      module: z.string().optional(),
      versions: z.array(mark.extend({ version: z.string().optional() })),
      /** Of versions beyond the listed ones. */
      otherVersions: mark.optional(),
    }),
  ),
  functionCount: z.number(),
  /** Of functions beyond the listed ones. */
  otherFunctions: mark.optional(),
  users: z.array(mark.extend({ user: z.string().optional() })),
  otherUsers: mark.optional(),
  /** Calls with a size and a time; a sample of all such (`total`) where they are many. Arrays of one length. */
  calls: z.object({
    total: z.number(),
    keys: z.array(z.string()),
    bytes: z.array(z.number()),
    seconds: z.array(z.number()),
    /** Place in `functions`; −1: in none of them. */
    functions: z.array(z.number()),
  }),
  /** What counts as large and cheap: at least so many bytes, less than so many seconds. */
  largeCheap: z.object({ bytes: z.number(), seconds: z.number() }),
})

export type Overview = z.infer<typeof overview>
export type OverviewMark = z.infer<typeof mark>
export type OverviewLook = Overview['looks'][number]
