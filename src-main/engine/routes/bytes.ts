import { Hono } from 'hono'
import { z } from 'zod'
import { byteStreams, mostBytes } from '../../../shared/api/bytes.ts'
import { frameResponse } from '../http/frame.ts'
import { numberList, validate, wholeNumber } from '../http/validate.ts'
import type { EntryRoutesOptions } from './ask-value.ts'
import { askValue } from './ask-value.ts'

const bytesQuery = z.object({
  of: z.enum(byteStreams).default('decoded'),
  from: wholeNumber.default(0),
  to: wholeNumber,
})
const opcodesQuery = z.object({
  from: wholeNumber.default(0),
  to: wholeNumber.default(0),
  at: wholeNumber.optional(),
})
const nodeQuery = z.object({ offset: wholeNumber })
const wayQuery = z.object({ path: numberList('.') })

/** Bytes and opcodes of `/stores/:store/entries/:key`, and the way from them to nodes: `shared/api/bytes.ts`. */
export function byteRoutes(options: EntryRoutesOptions): Hono {
  return new Hono()
    .get('/bytes', async (context) => {
      const { of, from, to } = validate(bytesQuery, context.req.query())
      const end = Math.min(to, from + mostBytes)
      return frameResponse(await askValue<'bytes'>(options, context, { ask: 'bytes', of, from, to: end }))
    })
    .get('/opcodes', async (context) => {
      const question = validate(opcodesQuery, context.req.query())
      return context.json(await askValue<'opcodes'>(options, context, { ask: 'opcodes', question }))
    })
    .get('/node', async (context) => {
      const { offset } = validate(nodeQuery, context.req.query())
      return context.json(await askValue<'node'>(options, context, { ask: 'node', offset }))
    })
    .get('/way', async (context) => {
      const { path } = validate(wayQuery, context.req.query())
      return context.json(await askValue<'way'>(options, context, { ask: 'way', path }))
    })
}
