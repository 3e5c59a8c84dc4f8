import type { Context } from 'hono'
import { Hono } from 'hono'
import { z } from 'zod'
import { rawResponse } from '../http/raw.ts'
import { numberList, span, validate, wholeNumber } from '../http/validate.ts'
import type { ValueAnswers } from '../workers/value-task.ts'
import type { EntryRoutesOptions, Question } from './ask-value.ts'
import { askValue } from './ask-value.ts'

const path = numberList('.').default([])
const treeQuery = z.object({ path, from: wholeNumber.default(0), to: wholeNumber.default(100) })
const arrayQuery = z.object({
  path,
  index: numberList(',').default([]),
  rows: span.default([0, 100]),
  columns: span.default([0, 50]),
})
const pathQuery = z.object({ path })
const textQuery = z.object({ path, as: z.enum(['json', 'python']).default('json') })

const findQuery = z.object({ text: z.string().max(1_000), from: wholeNumber.default(0) })

/** `/stores/:store/entries/:key`: one entry, its value piece by piece, its bytes. */
export function entryRoutes(options: EntryRoutesOptions): Hono {
  const ask = <Ask extends keyof ValueAnswers>(
    context: Context,
    question: Question<Ask>,
  ): Promise<ValueAnswers[Ask]> => askValue(options, context, question)
  return new Hono()
    .get('/', async (context) => context.json(await ask<'detail'>(context, { ask: 'detail' })))
    .get('/tree', async (context) =>
      context.json(await ask<'tree'>(context, { ask: 'tree', ...validate(treeQuery, context.req.query()) })),
    )
    .get('/array', async (context) => {
      const { path: node, ...window } = validate(arrayQuery, context.req.query())
      return context.json(await ask<'array'>(context, { ask: 'array', path: node, window }))
    })
    .get('/statistics', async (context) =>
      context.json(
        await ask<'statistics'>(context, { ask: 'statistics', ...validate(pathQuery, context.req.query()) }),
      ),
    )
    .get('/text', async (context) => {
      const { text, isCut } = await ask<'text'>(context, {
        ask: 'text',
        ...validate(textQuery, context.req.query()),
      })
      return context.body(text, 200, {
        'content-type': 'text/plain; charset=utf-8',
        ...(isCut ? { 'x-truncated': '1' } : {}),
      })
    })
    .get('/find', async (context) =>
      context.json(await ask<'find'>(context, { ask: 'find', ...validate(findQuery, context.req.query()) })),
    )
    .get('/trust', async (context) => context.json(await ask<'trust'>(context, { ask: 'trust' })))
    .get('/raw', async (context) => {
      const place = await ask<'place'>(context, { ask: 'place' })
      return rawResponse({
        name: context.req.param('key') ?? 'value',
        range: context.req.header('range'),
        place,
        read: (from, to) => ask<'bytes'>(context, { ask: 'bytes', of: 'stored', from, to }),
      })
    })
}
