import type { Context } from 'hono'
import { Hono } from 'hono'
import { z } from 'zod'
import { complexParts, exportFormats } from '../../../shared/api/pictures.ts'
import { frameResponse } from '../http/frame.ts'
import { pulled } from '../http/pulled.ts'
import { contentDisposition } from '../http/raw.ts'
import {
  everything,
  numberList,
  pictureArea,
  positive,
  span,
  validate,
  wholeNumber,
} from '../http/validate.ts'
import { exportFiles } from '../values/export.ts'
import type { ValueAnswers } from '../workers/value-task.ts'
import type { EntryRoutesOptions, Question } from './ask-value.ts'
import { addressIn, askValue } from './ask-value.ts'

const path = numberList('.').default([])
const index = numberList(',').default([])
const complex = z.enum(complexParts).default('magnitude')
const number = z
  .string()
  .regex(/^-?\d{1,400}(\.\d{0,400})?(e[+-]?\d{1,3})?$/, 'a number is wanted')
  .transform(Number)

const lineQuery = z.object({
  path,
  column: wholeNumber.default(0),
  axis: wholeNumber.optional(),
  index,
  from: wholeNumber.default(0),
  to: wholeNumber.default(everything),
  buckets: positive.default(1_000),
  part: span.optional(),
  complex,
})
const area = {
  path,
  index,
  ...pictureArea,
}
const axes = z
  .string()
  .regex(/^\d{1,2},\d{1,2}$/, 'two axes such as 0,1 are wanted')
  .transform((text): [number, number] => {
    const [rows = 0, columns = 1] = text.split(',').map(Number)
    return [rows, columns]
  })
const planeQuery = z.object({ ...area, axes: axes.optional(), part: span.optional(), complex })
const imageQuery = z.object({
  ...area,
  channels: z.enum(['none', 'last', 'first']).default('none'),
  low: number.optional(),
  high: number.optional(),
})
const exportQuery = z.object({ path, as: z.enum(exportFormats) })

/** Pictures of arrays and values as files, of one entry: `/stores/:store/entries/:key`. */
export function pictureRoutes(options: EntryRoutesOptions): Hono {
  const { values } = options
  const frame = async <Ask extends 'line' | 'plane' | 'image'>(
    context: Context,
    question: Question<Ask>,
  ): Promise<Response> => frameResponse(await askValue<Ask>(options, context, question))
  return new Hono()
    .get('/line', (context) => {
      const { path: node, ...question } = validate(lineQuery, context.req.query())
      return frame<'line'>(context, { ask: 'line', path: node, question })
    })
    .get('/plane', (context) => {
      const { path: node, ...question } = validate(planeQuery, context.req.query())
      return frame<'plane'>(context, { ask: 'plane', path: node, question })
    })
    .get('/image', (context) => {
      const { path: node, ...question } = validate(imageQuery, context.req.query())
      return frame<'image'>(context, { ask: 'image', path: node, question })
    })
    .get('/export', async (context) => {
      const question = validate(exportQuery, context.req.query())
      const address = addressIn(options, context)
      const session = (await values.run({ ask: 'export', ...question, ...address })) as string
      const next = async (): Promise<Uint8Array | undefined> =>
        (await values.run({ ask: 'exportNext', session })) as ValueAnswers['exportNext']
      // What cannot be made fails here, as an answer with its sentence, and not in the middle of a file.
      const first = await next()
      const { ending, mediaType } = exportFiles[question.as]
      const suffix = question.path.length === 0 ? '' : `-${question.path.join('.')}`
      return new Response(
        pulled(first, next, () => void values.run({ ask: 'exportEnd', session })),
        {
          headers: {
            'content-type': mediaType,
            'content-disposition': contentDisposition(`${address.key}${suffix}${ending}`),
          },
        },
      )
    })
}
