import { Hono } from 'hono'
import { z } from 'zod'
import type { SearchResult, StoreSummary } from '../../../shared/api/contract.ts'
import { lockRequest, openRequest, searchRequest } from '../../../shared/api/contract.ts'
import type { Connections } from '../connections.ts'
import { readBody, validate } from '../http/validate.ts'
import type { CatalogTask } from '../workers/catalog-task.ts'
import type { WorkerPool } from '../workers/pool.ts'

export interface StoreRoutesOptions {
  readonly connections: Connections
  readonly catalogs: WorkerPool<CatalogTask, unknown>
}

const argumentsQuery = z.object({ func: z.string(), module: z.string().default('') })

/** `/stores`: connections, and what is asked of a whole store. */
export function storeRoutes({ connections, catalogs }: StoreRoutesOptions): Hono {
  const fileOf = (id: string): string => connections.get(id).catalogFile
  return new Hono()
    .get('/stores', (context) => context.json(connections.told()))
    .post('/stores', async (context) => {
      const { location, kind } = await readBody(context, openRequest)
      return context.json(await connections.open(location, kind))
    })
    .delete('/stores/:store', async (context) =>
      context.json(await connections.close(context.req.param('store'))),
    )
    .post('/stores/:store/refresh', (context) =>
      context.json(connections.refresh(context.req.param('store'))),
    )
    .post('/stores/:store/index/cancel', async (context) =>
      context.json(await connections.cancel(context.req.param('store'))),
    )
    .post('/stores/:store/lock', async (context) => {
      const { writable } = await readBody(context, lockRequest)
      return context.json(await connections.lock(context.req.param('store'), writable))
    })
    .get('/stores/:store/databases', async (context) =>
      context.json(await connections.databases(context.req.param('store'))),
    )
    .get('/stores/:store/summary', async (context) => {
      const { strays } = connections.get(context.req.param('store'))
      const sums = (await catalogs.run({ ask: 'summary', file: fileOf(context.req.param('store')) })) as Omit<
        StoreSummary,
        'strays'
      >
      return context.json({ ...sums, strays: [...strays] } satisfies StoreSummary)
    })
    .get('/stores/:store/arguments', async (context) => {
      const { func, module } = validate(argumentsQuery, context.req.query())
      return context.json(
        await catalogs.run({ ask: 'arguments', file: fileOf(context.req.param('store')), func, module }),
      )
    })
    .post('/stores/:store/search', async (context) => {
      const { query, sort } = await readBody(context, searchRequest)
      const result = await catalogs.run({
        ask: 'search',
        file: fileOf(context.req.param('store')),
        query,
        sort,
      })
      return context.json(result as SearchResult)
    })
}
