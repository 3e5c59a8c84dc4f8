import { Hono } from 'hono'
import type { StoreTrustEvent } from '../../../shared/api/trust.ts'
import { parseQuery } from '../../../shared/catalog/query/parse.ts'
import type { Connections } from '../connections.ts'
import { linesResponse } from '../http/lines.ts'
import type { TrustTask } from '../workers/trust-task.ts'
import type { WorkerPool } from '../workers/pool.ts'

export interface TrustRoutesOptions {
  readonly connections: Connections
  readonly readers: WorkerPool<TrustTask, unknown>
}

/** `/stores/:store/trust`: what loading its entries would do, told as they are read. */
export function trustRoutes({ connections, readers }: TrustRoutesOptions): Hono {
  return new Hono().get('/stores/:store/trust', (context) => {
    const { store, catalogFile } = connections.get(context.req.param('store'))
    const query = context.req.query('q') ?? ''
    // What is wrong with it is said before the answer begins, as everywhere.
    parseQuery(query)
    return linesResponse<StoreTrustEvent>({
      run: (port, signal) => readers.run({ store, catalogFile, query, port }, { transfer: [port], signal }),
      lineOf: (event) => event,
    })
  })
}
