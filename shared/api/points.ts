import { z } from 'zod'

/**
 * Numbers of calls against each other: an argument against a result, for all entries that a filter finds. Errors as
 * in `contract.ts`.
 *
 *   GET /api/stores/:store/points/fields?q=FILTER → PointFields
 *   GET /api/stores/:store/points?q=&x=&y=&color=&… (`pointsRequest`) → Points
 *   GET /api/stores/:store/points/csv?… → text/csv: a line for each entry with x and y, by x
 *   GET /api/stores/:store/points/row?key= → Row, as the index has it: nothing of the value is read
 *
 * Fields are written as in filters: an argument or a path in one (`cutoff`, `params.mixing`), a scalar in the output
 * (`output.energy`, `output`), `took`, `size`, `run`; for colours also the names (`func`, `user`, `version`, …). USAGE for
 * what is no such field, BAD_QUERY for a filter that cannot be read.
 *
 * A mark's filter finds just the entries that it stands for, in the language of `docs/query.md`.
 */

/** What numbers of a field are: bytes, seconds, or Unix times in seconds. */
const unit = z.enum(['number', 'bytes', 'seconds', 'time'])

export const pointField = z.object({
  field: z.string(),
  of: z.enum(['argument', 'output', 'entry']),
  unit: unit.optional(),
  /** Entries of the filter that have it, and those of them where it is a number. */
  entries: z.number(),
  numbers: z.number(),
  /** Different values, as far as they were looked at. */
  different: z.number(),
})

export const pointFields = z.object({
  /** Entries that the filter finds. */
  total: z.number(),
  functions: z.array(
    z.object({
      func: z.string().optional(),
      module: z.string().optional(),
      entries: z.number(),
      filter: z.string(),
    }),
  ),
  functionCount: z.number(),
  /** Counts are scaled up from so many entries; absent: all were looked at. */
  sampled: z.number().optional(),
  fields: z.array(pointField),
  /** Worth to be drawn; `x` is absent if no argument is a number that varies. */
  suggested: z.object({ x: z.string().optional(), y: z.string(), color: z.string().optional() }),
})

const finite = z
  .string()
  .refine((text) => text.trim() !== '' && Number.isFinite(Number(text)), 'a number is wanted')
  .transform(Number)
const flag = z
  .enum(['0', '1'])
  .default('0')
  .transform((text) => text === '1')

/** As it stands behind the question mark. The window is `[from, to]`, both ends in it. */
export const pointsRequest = z.object({
  q: z.string().default(''),
  x: z.string(),
  y: z.string(),
  color: z.string().optional(),
  as: z.enum(['points', 'line']).default('points'),
  xlog: flag,
  ylog: flag,
  xfrom: finite.optional(),
  xto: finite.optional(),
  yfrom: finite.optional(),
  yto: finite.optional(),
})

const sum = z.object({ entries: z.number(), filter: z.string() })

const axis = z.object({
  field: z.string(),
  /** As sorts call it. */
  column: z.string(),
  unit,
  isLog: z.boolean(),
  /** For filters: the window, or all that can be drawn. */
  clause: z.string(),
  /** Of all entries that can be drawn, whatever the window; absent if there are none. */
  least: z.number().optional(),
  greatest: z.number().optional(),
})

/** Cells of an axis: `edges` ascend and are one more than the clauses, which go behind a filter. */
const cells = z.object({ edges: z.array(z.number()), clauses: z.array(z.string()) })

export const points = z.object({
  /** The filter that it is about, to put clauses behind: `withClauses`. */
  base: z.string(),
  total: z.number(),
  x: axis,
  y: axis,
  /** Entries with both numbers, whatever the window. */
  drawable: sum,
  /** Those of them in the window: what is drawn. */
  shown: sum,
  /** Entries that cannot be drawn, by reason; one may be here for both axes. */
  without: z.array(
    sum.extend({
      axis: z.enum(['x', 'y']),
      field: z.string(),
      /** It has no (finite) number; the logarithm takes only those above 0. */
      reason: z.enum(['absent', 'notPositive']),
    }),
  ),
  color: z
    .discriminatedUnion('kind', [
      z.object({
        kind: z.literal('categories'),
        field: z.string(),
        /** Of what is drawn, the most frequent first, numbers in their order. */
        categories: z.array(
          sum.extend({
            /** Absent: entries without one. */
            name: z.string().optional(),
            /** All that are not listed. */
            isRest: z.boolean().optional(),
            clause: z.string(),
          }),
        ),
      }),
      z.object({
        kind: z.literal('number'),
        field: z.string(),
        unit,
        least: z.number(),
        greatest: z.number(),
        without: sum,
      }),
      /** Nearly every entry has another text. */
      z.object({ kind: z.literal('many'), field: z.string() }),
    ])
    .optional(),
  /** Each entry, in the order of keys. `colors`: places of categories, or numbers; null: it has none. */
  points: z
    .object({
      keys: z.array(z.string()),
      x: z.array(z.number()),
      y: z.array(z.number()),
      colors: z.array(z.number().nullable()).optional(),
    })
    .optional(),
  /** In place of `points` where there are too many. `colors`: the most frequent category, or the mean. */
  bins: z
    .object({
      xCells: cells,
      yCells: cells,
      /** Of each cell that is not empty: its places on the axes, and the number of its entries. */
      x: z.array(z.number()),
      y: z.array(z.number()),
      entries: z.array(z.number()),
      colors: z.array(z.number().nullable()).optional(),
    })
    .optional(),
  /** If asked for: of all entries at one x (or in one cell of x), and of one category, mean, least and greatest. */
  line: z
    .object({
      x: z.array(z.number()),
      clauses: z.array(z.string()),
      /** An x stands for a range of numbers. */
      isBinned: z.boolean(),
      series: z.array(
        z.object({
          /** Place of the category; −1: there are none. */
          category: z.number(),
          /** Places in `x`, ascending. */
          at: z.array(z.number()),
          mean: z.array(z.number()),
          least: z.array(z.number()),
          greatest: z.array(z.number()),
          entries: z.array(z.number()),
        }),
      ),
    })
    .optional(),
})

export type PointUnit = z.infer<typeof unit>
export type PointField = z.infer<typeof pointField>
export type PointFields = z.infer<typeof pointFields>
export type PointsRequest = z.infer<typeof pointsRequest>
export type Points = z.infer<typeof points>
export type PointsColor = NonNullable<Points['color']>
export type PointCells = z.infer<typeof cells>

/** The filter with a clause behind it, of those that answers here consist of. */
export function withClauses(filter: string, ...clauses: readonly string[]): string {
  return [filter, ...clauses].filter((text) => text !== '').join(' ')
}
