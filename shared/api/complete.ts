import { z } from 'zod'

/**
 * What could stand at the caret of a filter text. Errors as in `contract.ts`.
 *
 *   GET /api/stores/:store/complete?q=&at= → Completion; `at`: UTF-16 units before the caret
 */

export const suggestion = z.object({
  /** What to put in place of the text from `from` to `to`. */
  text: z.string(),
  kind: z.enum(['field', 'argument', 'path', 'function', 'operator', 'value', 'unit']),
  /** What it means, for people. */
  detail: z.string().optional(),
  /** Entries that have it, among those that the rest of the filter finds where that is known. */
  entries: z.number().optional(),
})

export const completion = z.object({
  /** UTF-16 units of the text that a suggestion replaces, `[from, to)`. */
  from: z.number(),
  to: z.number(),
  /** The likeliest first. */
  items: z.array(suggestion),
  /** How many more there are, as far as they were counted. */
  more: z.number(),
})

export type Suggestion = z.infer<typeof suggestion>
export type Completion = z.infer<typeof completion>
