import { z } from 'zod'

/**
 * Looking for something in the whole value of an entry (`docs/find.md`). Below `/api/stores/:store/entries/:key`:
 *
 *   GET find?text=&from=  → FindPage: hits from number `from` on. It goes on looking for a while with every request,
 *                           until `isComplete`; whoever asks no more has cancelled it
 *
 * `text` is a piece of text (the case of letters does not count), a number, or `/expression/`, `/expression/i`.
 */

const findHit = z.object({
  /** Of the node: child numbers joined by dots. */
  path: z.string(),
  /** A key of a dict leads to its value. */
  where: z.enum(['value', 'key']),
  /** What was found, with some of what is around it, in one line. */
  text: z.string(),
})

export const findPage = z.object({
  from: z.number(),
  hits: z.array(findHit),
  /** Hits so far. */
  found: z.number(),
  /** Nodes and stretches of arrays that were looked at. */
  looked: z.number(),
  isComplete: z.boolean(),
  /** It ended because more than `mostHits` were found. */
  isFull: z.boolean(),
})

export const mostHits = 10_000

export type FindHit = z.infer<typeof findHit>
export type FindPage = z.infer<typeof findPage>
