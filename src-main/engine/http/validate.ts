import type { Context } from 'hono'
import { z } from 'zod'
import { AppError } from '../../../shared/model/errors.ts'

/** Checks `value` against the schema; throws `USAGE` that names the first field that is off. */
export function validate<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const field = issue?.path.join('.') ?? ''
  throw new AppError(
    'USAGE',
    `The request's ${field === '' ? 'body' : `field "${field}"`} is off: ${issue?.message ?? 'unknown fault'}.`,
  )
}

/** The request's JSON body, checked. */
export async function readBody<Schema extends z.ZodType>(
  context: Context,
  schema: Schema,
): Promise<z.infer<Schema>> {
  let body: unknown
  try {
    body = await context.req.json()
  } catch (cause) {
    throw new AppError(
      'USAGE',
      'The request has no JSON body; send one with content-type application/json.',
      { cause },
    )
  }
  return validate(schema, body)
}

/** Whole numbers from 0 as query texts. */
export const wholeNumber = z
  .string()
  .regex(/^\d{1,15}$/, 'a whole number from 0 is wanted')
  .transform(Number)

/** `a:b`, the half-open range `[a, b)`. */
export const span = z
  .string()
  .regex(/^\d{1,15}:\d{1,15}$/, 'a range such as 0:40 is wanted')
  .transform((text): [number, number] => {
    const [from = 0, to = 0] = text.split(':').map(Number)
    return [from, Math.max(from, to)]
  })

export const everything = Number.MAX_SAFE_INTEGER
export const positive = wholeNumber.refine((number) => number > 0, 'a number above 0 is wanted')

/** A window of two axes and the cells that it is to be cut into. */
export const pictureArea = {
  rows: span.default([0, everything]),
  columns: span.default([0, everything]),
  height: positive.default(400),
  width: positive.default(400),
}

/** Numbers from 0 joined by dots or commas; the empty text is the empty list. */
export function numberList(separator: '.' | ',') {
  return z
    .string()
    .regex(
      separator === '.' ? /^(\d{1,15}(\.\d{1,15})*)?$/ : /^(\d{1,15}(,\d{1,15})*)?$/,
      `whole numbers joined by "${separator}" are wanted`,
    )
    .transform((text) => (text === '' ? [] : text.split(separator).map(Number)))
}
