import { AppError } from '../../model/errors.ts'
import type { Subject } from './ast.ts'
import { parseQuery } from './parse.ts'

/**
 * What a filter would compare if this stood before its operator: `cutoff`, `params.mixing`, `output.energy`, `"size"`.
 *
 * @throws AppError USAGE
 */
export function parseSubject(text: string): Subject {
  const query = readComparison(text)
  // Anything behind the field would have become part of the value, or another term.
  if (
    query?.kind === 'compare' &&
    query.operator === '=' &&
    query.value.kind === 'word' &&
    query.value.text === '0'
  )
    return query.subject
  throw new AppError(
    'USAGE',
    `'${text}' is no field; write one as in filters, such as cutoff, params.mixing, output.energy or took.`,
  )
}

function readComparison(text: string) {
  try {
    return parseQuery(`${text}=0`)
  } catch {
    return undefined
  }
}
