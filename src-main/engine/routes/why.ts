import { Hono } from 'hono'
import type { Why } from '../../../shared/api/why.ts'
import type { Connections } from '../connections.ts'
import type { CatalogTask } from '../workers/catalog-task.ts'
import type { WorkerPool } from '../workers/pool.ts'

export interface WhyRoutesOptions {
  readonly connections: Connections
  readonly catalogs: WorkerPool<CatalogTask, unknown>
}

/** `/stores/:store/entries/:key/why`: why an entry has its key. */
export function whyRoutes({ connections, catalogs }: WhyRoutesOptions): Hono {
  return new Hono().get('/stores/:store/entries/:key/why', async (context) => {
    const file = connections.get(context.req.param('store')).catalogFile
    return context.json((await catalogs.run({ ask: 'why', file, key: context.req.param('key') })) as Why)
  })
}
