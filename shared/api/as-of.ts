import { z } from 'zod'

/**
 * Of two states of one thing that are told, the one with the higher number is the newer: answers and events overtake
 * one another. Milliseconds since 1970 at first, then rising by at least 1 with each state, also over restarts.
 */
export const asOf = z.number()

/** All there is. What is not in it and has no higher number of its own is there no more. */
export function listAsOf<Item extends z.ZodType>(item: Item) {
  return z.object({ asOf, items: z.array(item) })
}
