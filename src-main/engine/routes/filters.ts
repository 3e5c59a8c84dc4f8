import type { Context } from 'hono'
import { Hono } from 'hono'
import { z } from 'zod'
import {
  filterScope,
  renameRequest,
  savedFilter,
  usedRequest,
  type StoredFilters,
} from '../../../shared/api/filters.ts'
import type { Connections } from '../connections.ts'
import { readBody, validate } from '../http/validate.ts'
import type { CatalogTask, FiltersTask } from '../workers/catalog-task.ts'
import type { WorkerPool } from '../workers/pool.ts'

export interface FilterRoutesOptions {
  readonly connections: Connections
  readonly catalogs: WorkerPool<CatalogTask, unknown>
  readonly dataFolder: string
}

const removeQuery = z.object({ name: z.string(), scope: filterScope })

/** `/stores/:store/filters`: filters saved under names, and those that were used last. */
export function filterRoutes({ connections, catalogs, dataFolder: folder }: FilterRoutesOptions): Hono {
  const answer = async (context: Context, change?: FiltersTask['change']): Promise<Response> => {
    const store = connections.get(context.req.param('store') ?? '').shown.location
    const filters = await catalogs.run({ ask: 'filters', folder, store, ...(change && { change }) })
    return context.json(filters as StoredFilters)
  }
  return new Hono()
    .get('/', (context) => answer(context))
    .post('/', async (context) =>
      answer(context, { do: 'save', filter: await readBody(context, savedFilter) }),
    )
    .post('/rename', async (context) =>
      answer(context, { do: 'rename', ...(await readBody(context, renameRequest)) }),
    )
    .delete('/', (context) =>
      answer(context, { do: 'remove', ...validate(removeQuery, context.req.query()) }),
    )
    .post('/used', async (context) =>
      answer(context, { do: 'use', ...(await readBody(context, usedRequest)) }),
    )
    .delete('/used', (context) => answer(context, { do: 'forgetUsed' }))
}
