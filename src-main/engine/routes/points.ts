import { Hono } from 'hono'
import { z } from 'zod'
import type { Row, SearchResult } from '../../../shared/api/contract.ts'
import type { PointFields, Points, PointsRequest } from '../../../shared/api/points.ts'
import { pointsRequest } from '../../../shared/api/points.ts'
import { AppError } from '../../../shared/model/errors.ts'
import type { Connections } from '../connections.ts'
import { csvLine } from '../csv-line.ts'
import { pulled } from '../http/pulled.ts'
import { contentDisposition } from '../http/raw.ts'
import { validate } from '../http/validate.ts'
import type { CatalogTask } from '../workers/catalog-task.ts'
import type { WorkerPool } from '../workers/pool.ts'

export interface PointRoutesOptions {
  readonly connections: Connections
  readonly catalogs: WorkerPool<CatalogTask, unknown>
}

const fieldsQuery = z.object({ q: z.string().default('') })
const rowQuery = z.object({ key: z.string() })
const rowsOfPiece = 5_000
const encoder = new TextEncoder()

/** `/stores/:store/points`: numbers of calls against each other. */
export function pointRoutes({ connections, catalogs }: PointRoutesOptions): Hono {
  const fileOf = (id: string): string => connections.get(id).catalogFile
  const pointsOf = async (file: string, request: PointsRequest): Promise<Points> =>
    (await catalogs.run({ ask: 'points', file, request })) as Points
  return new Hono()
    .get('/stores/:store/points', async (context) => {
      const request = validate(pointsRequest, context.req.query())
      return context.json(await pointsOf(fileOf(context.req.param('store')), request))
    })
    .get('/stores/:store/points/fields', async (context) => {
      const { q } = validate(fieldsQuery, context.req.query())
      const file = fileOf(context.req.param('store'))
      return context.json((await catalogs.run({ ask: 'pointFields', file, query: q })) as PointFields)
    })
    .get('/stores/:store/points/row', async (context) => {
      const { key } = validate(rowQuery, context.req.query())
      const file = fileOf(context.req.param('store'))
      const row = (await catalogs.run({ ask: 'row', file, key })) as Row | undefined
      if (!row) throw new AppError('NOT_FOUND', `There is no entry ${key} in the index; refresh the list.`)
      return context.json(row)
    })
    .get('/stores/:store/points/csv', async (context) => {
      const request = validate(pointsRequest, context.req.query())
      const file = fileOf(context.req.param('store'))
      const { shown, x, y } = await pointsOf(file, request)
      const fields = [request.x, request.y, ...(request.color === undefined ? [] : [request.color])]
      const sort = [{ column: x.column, descending: false }]
      const found = await catalogs.run({ ask: 'search', file, query: shown.filter, sort })
      const { id: result, entries } = found as SearchResult
      let at = 0
      const next = async (): Promise<Uint8Array | undefined> => {
        if (at >= entries) return undefined
        const from = at
        at += rowsOfPiece
        const rows = (await catalogs.run({ ask: 'cells', result, fields, from, to: at })) as string[][]
        return encoder.encode(rows.map(csvLine).join(''))
      }
      const head = encoder.encode(csvLine(['key', ...fields]))
      return new Response(
        pulled(head, next, () => undefined),
        {
          headers: {
            'content-type': 'text/csv; charset=utf-8',
            'content-disposition': contentDisposition(`${y.field}-against-${x.field}.csv`),
          },
        },
      )
    })
}
