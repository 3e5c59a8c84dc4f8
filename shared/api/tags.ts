import { z } from 'zod'
import { ranges } from './ranges.ts'

/**
 * Tags of entries over HTTP (`docs/eviction.md`). Errors as in `contract.ts`.
 *
 *   POST /api/stores/:store/tags   TagRequest → TagAnswer   changes nothing where `add` and `remove` are empty
 */
export const tagRequest = z.object({
  /** Shown keys, or rows of a result set (`POST /search`). */
  keys: z
    .array(z.string())
    .max(
      20_000,
      'at most 20,000 keys are named at once, since a request holds 1 MiB; more go as rows of a result',
    )
    .optional(),
  result: z.object({ id: z.string(), ranges }).optional(),
  add: z.array(z.string()).max(50).default([]),
  remove: z.array(z.string()).max(50).default([]),
})

const tagCount = z.object({ tag: z.string(), entries: z.number() })

export const tagAnswer = z.object({
  /** Of how many entries the answer is, and how many of them are different now. */
  entries: z.number(),
  changed: z.number(),
  /** The tags that they have, with how many of them have each. */
  tags: z.array(tagCount),
  /** All tags of the cache. */
  all: z.array(tagCount),
})

export type TagRequest = z.input<typeof tagRequest>
export type TagAnswer = z.infer<typeof tagAnswer>
