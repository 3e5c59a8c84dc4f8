import { z } from 'zod'
import { row } from './contract.ts'

/**
 * Why an entry has the key it has. Errors as in `contract.ts`.
 *
 *   GET /api/stores/:store/entries/:key/why → Why (NOT_FOUND for a key that the index does not have)
 */

/** An argument as the index shows it; absent where a call has none of the name. */
const side = z.object({ type: z.string(), preview: z.string() })

const nearCall = z.object({
  row,
  differing: z.array(z.object({ name: z.string(), here: side.optional(), there: side.optional() })),
})

export const whyReason = z.object({
  code: z.enum(['noCall', 'onlyCall', 'keyOnly', 'superseded', 'arguments', 'types', 'unseen', 'otherKeys']),
  sentence: z.string(),
})

export const why = z.object({
  row,
  arguments: z.array(side.extend({ name: z.string(), isShortened: z.boolean() })),
  /** Entries of the same function in this cache, this one among them. */
  callsOfFunction: z.number(),
  /** Entries of the same function with the same arguments, as far as the index shows them, under other keys; newest first, the first 20. */
  sameCall: z.object({ total: z.number(), rows: z.array(row), isCertain: z.boolean() }),
  /** Key of the newest of these, if it is newer than this entry. */
  newerKey: z.string().optional(),
  /** Calls whose arguments differ, the nearest first. */
  nearest: z.array(nearCall),
  /** What follows from this, for people; the last are what holds for every key. */
  reasons: z.array(whyReason),
})

export type Why = z.infer<typeof why>
export type NearCall = z.infer<typeof nearCall>
export type WhyReason = z.infer<typeof whyReason>
