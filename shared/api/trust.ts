import { z } from 'zod'
import { problem } from './problem.ts'

/**
 * What loading all entries of a cache, or those that a filter finds, would import and call (`docs/trust.md`):
 *
 *   GET /api/stores/:store/trust?q=FILTER → application/x-ndjson of StoreTrustEvent; dropping it ends the reading
 *
 * Every entry is read for it. Lists are cut; their `…Count` is not.
 */

/** Verdicts as people read them; none of them says that something is safe. */
export const verdictWords = {
  data: 'plain data',
  known: 'known names only',
  unknown: 'not known safe',
  broken: 'damaged or cut',
} as const

/** Entries that have something in common: how many, and the first keys of them. */
export const mostExamples = 200
export const mostListed = { names: 500, entries: 1_000 }

const verdict = z.enum(['data', 'known', 'unknown', 'broken'])
const verdicts = z.object({ data: z.number(), known: z.number(), unknown: z.number(), broken: z.number() })
const common = { entries: z.number(), keys: z.array(z.string()) }

export const storeTrust = z.object({
  entries: z.number(),
  verdicts,
  /** The unknown ones first, then the most frequent. */
  imports: z.array(
    z.object({
      module: z.string(),
      name: z.string(),
      what: z.enum(['known', 'unknown']),
      why: z.string().optional(),
      ...common,
    }),
  ),
  importCount: z.number(),
  /** Only those that are not known; `args` are those of the first. */
  calls: z.array(
    z.object({
      callee: z.string(),
      how: z.enum(['call', 'new', 'change']),
      args: z.string(),
      why: z.string().optional(),
      ...common,
    }),
  ),
  callCount: z.number(),
  warnings: z.array(z.object({ sentence: z.string(), ...common })),
  warningCount: z.number(),
  /** Entries that are not known safe, damaged or cut. */
  notable: z.array(z.object({ key: z.string(), verdict, sentence: z.string(), problem: problem.optional() })),
})

export const storeTrustEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), done: z.number(), of: z.number(), verdicts }),
  z.object({ type: z.literal('end'), trust: storeTrust }),
  z.object({ type: z.literal('error'), code: z.string(), message: z.string() }),
])

export type StoreTrust = z.infer<typeof storeTrust>
export type StoreTrustEvent = z.infer<typeof storeTrustEvent>
