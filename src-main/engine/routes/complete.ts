import { Hono } from 'hono'
import { z } from 'zod'
import type { Completion } from '../../../shared/api/complete.ts'
import type { CountedTerm, FilterTerm } from '../../../shared/api/filters.ts'
import { parseTerms, queryLimits } from '../../../shared/catalog/query/parse.ts'
import type { Connections } from '../connections.ts'
import { validate, wholeNumber } from '../http/validate.ts'
import type { CatalogTask } from '../workers/catalog-task.ts'
import type { WorkerPool } from '../workers/pool.ts'

export interface CompleteRoutesOptions {
  readonly connections: Connections
  readonly catalogs: WorkerPool<CatalogTask, unknown>
}

const suggestionsGiven = 50
const completeQuery = z.object({
  q: z.string().max(queryLimits.characters),
  at: wholeNumber.refine(
    (at) => at <= queryLimits.characters,
    `a filter has at most ${queryLimits.characters} characters`,
  ),
})

const termsQuery = completeQuery.pick({ q: true })

/** `/stores/:store/complete` and `/terms`: what could stand at the caret of a filter, and what its terms find. */
export function completeRoutes({ connections, catalogs }: CompleteRoutesOptions): Hono {
  return new Hono()
    .get('/stores/:store/terms', (context) => {
      const terms = parseTerms(validate(termsQuery, context.req.query()).q)
      return context.json(terms.map(({ from, to }): FilterTerm => ({ from, to })))
    })
    .get('/stores/:store/terms/counts', async (context) => {
      const { q: query } = validate(termsQuery, context.req.query())
      const file = connections.get(context.req.param('store')).catalogFile
      return context.json((await catalogs.run({ ask: 'terms', file, query })) as CountedTerm[])
    })
    .get('/stores/:store/complete', async (context) => {
      const { q: query, at: caret } = validate(completeQuery, context.req.query())
      const file = connections.get(context.req.param('store')).catalogFile
      const task = { ask: 'complete', file, query, caret, limit: suggestionsGiven } as const
      return context.json((await catalogs.run(task)) as Completion)
    })
}
