import { z } from 'zod'

/**
 * Sparse matrices: a spy plot, by windows; their elements are a table (`tables.ts`) of `row`, `column`, `value`. Part of
 * the API of `contract.ts`; the answer is a frame (see `encodeFrame` of `pictures.ts`).
 *
 *   GET /api/stores/:store/entries/:key/spy?path=&rows=&columns=&height=&width= → Frame of SpyHeader: counts, means
 *
 * `counts` are stored elements in each cell, rows of cells after another; `means` their finite values' mean, NaN where
 * there is none.
 */

export const spyHeader = z.object({
  shape: z.tuple([z.number(), z.number()]),
  /** Stored elements of the whole matrix. */
  stored: z.number(),
  dtype: z.string(),
  rows: z.tuple([z.number(), z.number()]),
  columns: z.tuple([z.number(), z.number()]),
  height: z.number(),
  width: z.number(),
  /** Elements that may be in the window, and those looked at: of fewer the counts are estimates. */
  elements: z.number(),
  looked: z.number(),
  /** Of those looked at: in the window, and zeros and NaN among them. */
  inside: z.number(),
  zeros: z.number(),
  nan: z.number(),
  least: z.number().optional(),
  greatest: z.number().optional(),
  mean: z.number().optional(),
})

export type SpyHeader = z.infer<typeof spyHeader>
