import { z } from 'zod'

/**
 * Tables: DataFrames, Series, indexes and structured arrays. Their cells come by windows (`array` of `contract.ts`);
 * part of the API of `contract.ts`.
 *
 *   GET /api/stores/:store/entries/:key/table?path=            → TableHead
 *   GET /api/stores/:store/entries/:key/columns?path=&columns= → TableColumns, at most 32
 */

export const tableHead = z.object({
  rows: z.number(),
  columns: z.number(),
  /** Columns of the index, one for each level; none for structured arrays. */
  index: z.array(z.object({ name: z.string(), dtype: z.string(), characters: z.number() })),
  /** What a column wants for its name and the cells of its first rows, in characters; of the first columns only. */
  characters: z.array(z.number()),
})

export const tableColumns = z.object({
  columns: z.tuple([z.number(), z.number()]),
  summaries: z.array(
    z.object({
      /** As Python writes it. */
      name: z.string(),
      dtype: z.string(),
      rows: z.number(),
      /** Less than `rows`: a sample, spread evenly. */
      looked: z.number(),
      missing: z.number(),
      unread: z.number(),
      isDrawable: z.boolean(),
      numbers: z
        .object({
          unit: z.enum(['number', 'time', 'seconds']),
          infinite: z.number(),
          min: z.number(),
          max: z.number(),
          mean: z.number(),
          histogram: z.array(z.number()),
        })
        .optional(),
      values: z
        .object({
          top: z.array(z.object({ text: z.string(), count: z.number() })),
          distinct: z.number(),
          isDistinctCut: z.boolean(),
        })
        .optional(),
    }),
  ),
})

export type TableHead = z.infer<typeof tableHead>
export type TableColumns = z.infer<typeof tableColumns>
export type TableColumn = TableColumns['summaries'][number]
