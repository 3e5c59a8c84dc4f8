import type { Context } from 'hono'
import { Hono } from 'hono'
import { z } from 'zod'
import { compareRequest, relation, section } from '../../../shared/api/compare.ts'
import type { Connections } from '../connections.ts'
import type { Comparisons } from '../comparisons.ts'
import { readBody, validate, wholeNumber } from '../http/validate.ts'
import type { CompareQuestion } from '../values/compare.ts'
import type { WorkerPool } from '../workers/pool.ts'
import type { ValueTask } from '../workers/value-task.ts'

export interface CompareRoutesOptions {
  readonly connections: Connections
  readonly values: WorkerPool<ValueTask, unknown>
  readonly comparisons: Comparisons
}

const amount = z
  .string()
  .regex(/^\d+(\.\d+)?(e[-+]?\d+)?$/i, 'a number from 0 such as 1e-9 is wanted')
  .transform(Number)
  .optional()
const sidesQuery = z.object({
  left: z.string(),
  leftKey: z.string(),
  right: z.string(),
  rightKey: z.string(),
  absolute: amount,
  relative: amount,
  ulp: amount,
})
/** Names joined by commas; absent: all. */
function names<Name extends string>(choices: readonly Name[]) {
  return z
    .string()
    .default(choices.join(','))
    .transform((text) => (text === '' ? [] : text.split(',')))
    .pipe(z.array(z.enum(choices)))
}
const changesQuery = z.object({
  from: wholeNumber.default(0),
  to: wholeNumber.default(200),
  find: z.string().default(''),
  sections: names(section.options),
})
const changeQuery = z.object({ change: wholeNumber })
const textQuery = z.object({ change: wholeNumber.optional() })
const linesQuery = z.object({
  relations: names(relation.options),
  query: z.string().default(''),
  from: wholeNumber.default(0),
  to: wholeNumber.default(200),
})
const pageAtMost = 1_000

/** `/compare`: two entries, or two caches. */
export function compareRoutes({ connections, values, comparisons }: CompareRoutesOptions): Hono {
  const ask = async (context: Context, question: CompareQuestion): Promise<Response> => {
    const { left, leftKey, right, rightKey, absolute, relative, ulp } = validate(
      sidesQuery,
      context.req.query(),
    )
    const address = (id: string, key: string) => ({ id, key, store: connections.get(id).store })
    const task = {
      ask: 'compare',
      left: address(left, leftKey),
      right: address(right, rightKey),
      tolerance: { absolute, relative, ulp },
      question,
    } as const
    return context.json((await values.run(task, { signal: context.req.raw.signal })) as object)
  }
  return new Hono()
    .get('/entries', (context) => {
      const { from, to, ...rest } = validate(changesQuery, context.req.query())
      return ask(context, { about: 'changes', from, to: Math.min(to, from + pageAtMost), ...rest })
    })
    .get('/entries/map', (context) =>
      ask(context, { about: 'map', ...validate(changeQuery, context.req.query()) }),
    )
    .get('/entries/text', (context) => {
      const { change } = validate(textQuery, context.req.query())
      return ask(context, { about: 'text', change })
    })
    .post('/stores', async (context) =>
      context.json(comparisons.start(await readBody(context, compareRequest))),
    )
    .get('/stores/:id', async (context) => context.json(await comparisons.get(context.req.param('id'))))
    .post('/stores/:id/cancel', async (context) =>
      context.json(await comparisons.cancel(context.req.param('id'))),
    )
    .get('/stores/:id/lines', async (context) => {
      const { from, to, ...rest } = validate(linesQuery, context.req.query())
      const page = { from, to: Math.min(to, from + pageAtMost), ...rest }
      return context.json(await comparisons.lines(context.req.param('id'), page))
    })
}
