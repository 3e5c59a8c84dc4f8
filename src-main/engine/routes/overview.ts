import { Hono } from 'hono'
import type { Overview } from '../../../shared/api/overview.ts'
import type { Connections } from '../connections.ts'
import type { CatalogTask } from '../workers/catalog-task.ts'
import type { WorkerPool } from '../workers/pool.ts'

export interface OverviewRoutesOptions {
  readonly connections: Connections
  readonly catalogs: WorkerPool<CatalogTask, unknown>
}

/** `/stores/:store/overview`: sums over what a filter finds. */
export function overviewRoutes({ connections, catalogs }: OverviewRoutesOptions): Hono {
  return new Hono().get('/stores/:store/overview', async (context) => {
    const file = connections.get(context.req.param('store')).catalogFile
    const query = context.req.query('q') ?? ''
    return context.json((await catalogs.run({ ask: 'overview', file, query })) as Overview)
  })
}
