import { Hono } from 'hono'
import { tagRequest, type TagAnswer } from '../../../shared/api/tags.ts'
import type { Connections } from '../connections.ts'
import { readBody } from '../http/validate.ts'
import type { CatalogTask } from '../workers/catalog-task.ts'
import type { WorkerPool } from '../workers/pool.ts'

export interface TagRoutesOptions {
  readonly connections: Connections
  readonly catalogs: WorkerPool<CatalogTask, unknown>
}

/** `/stores/:store/tags`. They are ours: a cache that is locked can be tagged too. */
export function tagRoutes({ connections, catalogs }: TagRoutesOptions): Hono {
  return new Hono().post('/stores/:store/tags', async (context) => {
    const file = connections.get(context.req.param('store')).catalogFile
    const request = await readBody(context, tagRequest)
    return context.json((await catalogs.run({ ask: 'tags', file, request })) as TagAnswer)
  })
}
