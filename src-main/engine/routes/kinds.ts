import { Hono } from 'hono'
import { z } from 'zod'
import { frameResponse } from '../http/frame.ts'
import { numberList, pictureArea, span, validate } from '../http/validate.ts'
import type { EntryRoutesOptions } from './ask-value.ts'
import { askValue } from './ask-value.ts'

const path = numberList('.').default([])
const nodeQuery = z.object({ path })
const columnsQuery = z.object({ path, columns: span })
const spyQuery = z.object({ path, ...pictureArea })

/** Values of known classes of one entry: tables, sparse matrices, structures. `/stores/:store/entries/:key`. */
export function kindRoutes(options: EntryRoutesOptions): Hono {
  return new Hono()
    .get('/table', async (context) => {
      const question = validate(nodeQuery, context.req.query())
      return context.json(await askValue<'table'>(options, context, { ask: 'table', ...question }))
    })
    .get('/spy', async (context) => {
      const { path: node, ...question } = validate(spyQuery, context.req.query())
      return frameResponse(await askValue<'spy'>(options, context, { ask: 'spy', path: node, question }))
    })
    .get('/atoms', async (context) => {
      const question = validate(nodeQuery, context.req.query())
      return frameResponse(await askValue<'atoms'>(options, context, { ask: 'atoms', ...question }))
    })
    .get('/columns', async (context) => {
      const question = validate(columnsQuery, context.req.query())
      return context.json(await askValue<'columns'>(options, context, { ask: 'columns', ...question }))
    })
}
