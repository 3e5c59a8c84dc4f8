import { Hono } from 'hono'
import { z } from 'zod'
import { numberList, span, validate } from '../http/validate.ts'
import type { EntryRoutesOptions } from './ask-value.ts'
import { askValue } from './ask-value.ts'

const path = numberList('.').default([])
const nodeQuery = z.object({ path })
const columnsQuery = z.object({ path, columns: span })

/** Values of known classes of one entry: tables. `/stores/:store/entries/:key`. */
export function kindRoutes(options: EntryRoutesOptions): Hono {
  return new Hono()
    .get('/table', async (context) => {
      const question = validate(nodeQuery, context.req.query())
      return context.json(await askValue<'table'>(options, context, { ask: 'table', ...question }))
    })
    .get('/columns', async (context) => {
      const question = validate(columnsQuery, context.req.query())
      return context.json(await askValue<'columns'>(options, context, { ask: 'columns', ...question }))
    })
}
