import type { ErrorCode, SerializedError } from '../../../shared/model/errors.ts'
import { AppError, toAppError } from '../../../shared/model/errors.ts'

const statusOfCode: Readonly<Record<ErrorCode, number>> = {
  USAGE: 400,
  BAD_KEY: 400,
  BAD_QUERY: 400,
  REFUSED: 403,
  READ_ONLY: 403,
  NOT_FOUND: 404,
  CANCELLED: 409,
  NOT_A_STORE: 422,
  DAMAGED: 422,
  INTERNAL: 500,
}

/** The answer to a request that failed: `{ code, message, data }` and the status that fits the code. */
export function errorResponse(thrown: unknown): Response {
  const error = toAppError(thrown)
  return Response.json(error.toJSON(), { status: statusOfCode[error.code] })
}

/** An `AppError` that crossed a thread or process border, as an `AppError` again. */
export function reviveError(error: SerializedError): AppError {
  return new AppError(error.code, error.message, { data: error.data })
}
