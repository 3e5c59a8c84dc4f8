import { z } from 'zod'

/**
 * What the index has of the inside of arguments and outputs. Errors as in `contract.ts`.
 *
 *   GET /api/stores/:store/inside?func=&module= → InsideColumn[], in the order in which the index met them
 *   GET /api/stores/:store/states → EntryStates
 */

/** Scalars at one path inside the arguments or the outputs of a function. */
export const insideColumn = z.object({
  of: z.enum(['arguments', 'output']),
  /** As filters call it: `params.cutoff`, `output.energy`; `output` itself where that is a scalar. */
  field: z.string(),
  /** As sorts call it: `arg:params.cutoff`, `out:energy`, `out:`. Columns of rows leave out `arg:`. */
  column: z.string(),
  /** Entries that have it, and those of them where it is a number. */
  entries: z.number(),
  numbers: z.number(),
  types: z.array(z.string()),
})

const sums = z.object({ entries: z.number(), bytes: z.number(), computeSeconds: z.number() })

/** What comparing entries with each other tells, by the word after `is:` in filters. */
export const entryStates = z.object({
  /** A newer entry of the same call exists. */
  superseded: sums,
  /** So it seems, but the index has not read all of the arguments. */
  'maybe-superseded': sums,
  /** A newer entry has the same output. */
  duplicate: sums,
  'maybe-duplicate': sums,
  /** The record says that it was stored under another key. */
  misplaced: sums,
})

export type InsideColumn = z.infer<typeof insideColumn>
export type EntryStates = z.infer<typeof entryStates>
