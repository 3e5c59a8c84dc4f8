import { z } from 'zod'

/**
 * Structures of atoms (`ase.Atoms`). Their atoms are a table, too (`tables.ts`): `element`, `x`, `y`, `z`. Part of the
 * API of `contract.ts`; the answer is a frame (see `encodeFrame` of `pictures.ts`).
 *
 *   GET /api/stores/:store/entries/:key/atoms?path= → Frame of AtomsHeader: positions (x, y, z of each), numbers, index
 *
 * `index` says which atom each is, where not all are in the answer. Lengths in ångström, angles in degrees.
 */

export const atomsHeader = z.object({
  formula: z.string(),
  count: z.number(),
  /** Atoms in the answer: fewer than `count` are every n-th. */
  shown: z.number(),
  elements: z.array(z.object({ number: z.number(), symbol: z.string(), count: z.number() })),
  cell: z
    .object({
      /** Rows are the vectors. */
      vectors: z.array(z.number()),
      lengths: z.array(z.number()),
      /** `null` beside a vector of length 0. */
      angles: z.array(z.number().nullable()),
      volume: z.number(),
    })
    .optional(),
  periodic: z.array(z.boolean()).optional(),
})

export type AtomsHeader = z.infer<typeof atomsHeader>
