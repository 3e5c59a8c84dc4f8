import { Hono } from 'hono'
import { z } from 'zod'
import type { EntryStates, InsideColumn } from '../../../shared/api/inside.ts'
import type { Connections } from '../connections.ts'
import { validate } from '../http/validate.ts'
import type { CatalogTask } from '../workers/catalog-task.ts'
import type { WorkerPool } from '../workers/pool.ts'

export interface InsideRoutesOptions {
  readonly connections: Connections
  readonly catalogs: WorkerPool<CatalogTask, unknown>
}

const functionQuery = z.object({ func: z.string(), module: z.string().default('') })

/** `/stores/:store/inside` and `/states`: what the index found inside values, and by comparing them. */
export function insideRoutes({ connections, catalogs }: InsideRoutesOptions): Hono {
  const fileOf = (id: string): string => connections.get(id).catalogFile
  return new Hono()
    .get('/stores/:store/inside', async (context) => {
      const { func, module } = validate(functionQuery, context.req.query())
      const file = fileOf(context.req.param('store'))
      return context.json((await catalogs.run({ ask: 'inside', file, func, module })) as InsideColumn[])
    })
    .get('/stores/:store/states', async (context) => {
      const file = fileOf(context.req.param('store'))
      return context.json((await catalogs.run({ ask: 'states', file })) as EntryStates)
    })
}
