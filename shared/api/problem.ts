import { z } from 'zod'

/** What is wrong with a value; `shared/model/errors.ts`. */
export const problem = z.object({
  code: z.string(),
  offset: z.number().optional(),
  opcode: z.string().optional(),
  sentence: z.string(),
})
