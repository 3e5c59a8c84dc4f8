import { ProblemError } from '../model/errors.ts'
import type { ProblemCode } from '../model/errors.ts'
import type { Value } from '../value/value.ts'

/** An error without a place; the machine adds offset and opcode (`located`). */
export function fault(code: ProblemCode, sentence: string): ProblemError {
  return new ProblemError({ code, sentence })
}

/** The same error with the place where it happened, if it has none yet. */
export function located(error: ProblemError, offset: number, opcode: string | undefined): ProblemError {
  if (error.problem.offset !== undefined) return error
  return new ProblemError({ ...error.problem, offset, ...(opcode === undefined ? {} : { opcode }) })
}

/** `an int`, `a list`. */
export function withArticle(kind: Value['kind']): string {
  return `${/^[aeio]/.test(kind) ? 'an' : 'a'} ${kind}`
}
