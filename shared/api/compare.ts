import { z } from 'zod'
import { row } from './contract.ts'

/**
 * Comparing over HTTP. Errors as in `contract.ts`. `left`, `right`: ids of open stores. Tolerances: `absolute`, `relative`, `ulp`.
 *
 *   GET    /api/compare/entries?left=&leftKey=&right=&rightKey=&absolute=&relative=&ulp=&from=&to=&find=&sections= → EntryDifferences
 *   GET    /api/compare/entries/map?…&change=N   → ArrayMap      of change N of the same comparison
 *   GET    /api/compare/entries/text?…&change=N  → TextPair      both texts; without `change` those of the whole values
 *   POST   /api/compare/stores  CompareRequest   → Comparison    begins one, or gives the one that is there for the same caches as they are
 *   GET    /api/compare/stores/:id               → Comparison    ask again while it is running
 *   POST   /api/compare/stores/:id/cancel        → Comparison    what was found stays
 *   GET    /api/compare/stores/:id/lines?relations=&query=&from=&to= → ComparePage
 */
const sidePreview = z.object({ type: z.string(), preview: z.string() })
const numbers = z.array(z.number())

const arrayDifference = z.object({
  dtype: z.tuple([z.string(), z.string()]).optional(),
  shape: z.tuple([numbers, numbers]).optional(),
  elements: z.number(),
  differing: z.number(),
  firstAt: numbers.optional(),
  maxAbsolute: z.number().optional(),
  maxAt: numbers.optional(),
})

/** What a change is about: the output, the arguments, or the rest of the record. */
export const section = z.enum(['output', 'arguments', 'metadata'])

export const change = z.object({
  /** Its number in the comparison, by which its map and texts are asked for. */
  n: z.number(),
  section,
  path: z.string(),
  kind: z.enum(['added', 'removed', 'changed', 'type']),
  left: sidePreview.optional(),
  right: sidePreview.optional(),
  array: arrayDifference.optional(),
  /** What can be shown of it. */
  hasMap: z.boolean(),
  hasText: z.boolean(),
})

const argument = z.object({
  name: z.string(),
  left: sidePreview.optional(),
  right: sidePreview.optional(),
  differs: z.boolean(),
})

export const entryDifferences = z.object({
  left: row.extend({ location: z.string() }),
  right: row.extend({ location: z.string() }),
  isSame: z.boolean(),
  /** False: a limit, damage or a missing file left something out; then no change does not mean equal. */
  isComplete: z.boolean(),
  /** Why not, where the engine knows. */
  problem: z.string().optional(),
  arguments: z.array(argument),
  counts: z.object({ added: z.number(), removed: z.number(), changed: z.number(), type: z.number() }),
  /** Of the changes that are listed, by what they are about. */
  sections: z.object({ output: z.number(), arguments: z.number(), metadata: z.number() }),
  /** Of the changes that are listed and match: how many, and this page of them. */
  total: z.number(),
  from: z.number(),
  changes: z.array(change),
})

/** `cells`: |left − right| row by row; null where the difference has no size. */
export const arrayMap = z.object({
  shape: z.tuple([z.number(), z.number()]),
  grid: z.tuple([z.number(), z.number()]),
  cells: z.array(z.number().nullable()),
  differing: z.number(),
  elements: z.number(),
  max: z.number(),
  maxAt: numbers.optional(),
  mean: z.number(),
  isComplete: z.boolean(),
})

export const textPair = z.object({ left: z.string(), right: z.string(), isCut: z.boolean() })

export const relation = z.enum([
  'different',
  'unclear',
  'metadata',
  'onlyLeft',
  'onlyRight',
  'sameCall',
  'sameValue',
  'same',
])

export const tolerance = z.object({
  absolute: z.number().min(0).optional(),
  relative: z.number().min(0).optional(),
  ulp: z.number().min(0).optional(),
})

export const compareRequest = z.object({
  left: z.string(),
  right: z.string(),
  by: z.enum(['key', 'call']),
  tolerance,
})

const totals = z.object({ entries: z.number(), bytes: z.number(), computeSeconds: z.number() })

export const comparison = z.object({
  id: z.string(),
  left: z.string(),
  right: z.string(),
  by: z.enum(['key', 'call']),
  state: z.enum(['running', 'done', 'cancelled', 'failed']),
  phase: z.enum(['list', 'calls', 'values']),
  done: z.number(),
  of: z.number(),
  totals: z.record(relation, totals),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
})

const compareLine = z.object({
  relation,
  left: z.string().optional(),
  right: z.string().optional(),
  call: z.string().optional(),
  sizeBytes: z.number().optional(),
  elapsedSeconds: z.number().optional(),
  why: z.string().optional(),
  changes: z.number().optional(),
})

export const comparePage = z.object({ from: z.number(), lines: z.array(compareLine), total: z.number() })

export type EntryDifferences = z.infer<typeof entryDifferences>
export type EntryChange = z.infer<typeof change>
export type ChangeSection = z.infer<typeof section>
export type ArrayMap = z.infer<typeof arrayMap>
export type TextPair = z.infer<typeof textPair>
export type ToleranceAmounts = z.infer<typeof tolerance>
export type CompareRequest = z.infer<typeof compareRequest>
export type Comparison = z.infer<typeof comparison>
export type CompareRelation = z.infer<typeof relation>
export type ComparePage = z.infer<typeof comparePage>
