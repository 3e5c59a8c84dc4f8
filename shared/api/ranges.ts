import { z } from 'zod'

/** Half-open row ranges `[from, to)`, sorted, not overlapping. */
export const ranges = z.array(z.tuple([z.number().int().min(0), z.number().int().min(0)])).max(10_000)
export type Ranges = z.infer<typeof ranges>
