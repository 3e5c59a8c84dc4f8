import { Hono } from 'hono'
import { z } from 'zod'
import type { RowPage, SelectionTotals } from '../../../shared/api/contract.ts'
import { keysRequest, selectionRequest } from '../../../shared/api/contract.ts'
import { readBody, validate, wholeNumber } from '../http/validate.ts'
import type { CatalogTask } from '../workers/catalog-task.ts'
import type { WorkerPool } from '../workers/pool.ts'

const rowsQuery = z.object({ from: wholeNumber, to: wholeNumber, args: z.string().default('') })
const positionQuery = z.object({ key: z.string() })

/** `/results/:result`: rows of a search by number. Throws `NOT_FOUND` for results that are not kept any more. */
export function resultRoutes(catalogs: WorkerPool<CatalogTask, unknown>): Hono {
  return new Hono()
    .get('/:result/rows', async (context) => {
      const { from, to, args } = validate(rowsQuery, context.req.query())
      const names = args === '' ? [] : args.split(',')
      return context.json(
        (await catalogs.run({
          ask: 'rows',
          result: context.req.param('result'),
          from,
          to,
          args: names,
        })) as RowPage,
      )
    })
    .get('/:result/position', async (context) => {
      const { key } = validate(positionQuery, context.req.query())
      const row = (await catalogs.run({ ask: 'position', result: context.req.param('result'), key })) as
        | number
        | null
      return context.json({ row })
    })
    .post('/:result/selection', async (context) => {
      const { ranges } = await readBody(context, selectionRequest)
      return context.json(
        (await catalogs.run({
          ask: 'totals',
          result: context.req.param('result'),
          ranges,
        })) as SelectionTotals,
      )
    })
    .post('/:result/keys', async (context) => {
      const { ranges, limit } = await readBody(context, keysRequest)
      const keys = (await catalogs.run({
        ask: 'keys',
        result: context.req.param('result'),
        ranges,
        limit,
      })) as string[]
      return context.json({ keys })
    })
}
