/**
 * The one error of the program. The core throws it; the engine answers it as
 * `{ code, message, data }`; nothing else crosses a boundary.
 *
 * `message` is one sentence that names the cause, the file or key, and the next step.
 */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly data: Readonly<Record<string, string | number | boolean>>

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; data?: Record<string, string | number | boolean> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.data = options.data ?? {}
  }

  toJSON(): SerializedError {
    return { code: this.code, message: this.message, data: { ...this.data } }
  }
}

export interface SerializedError {
  code: ErrorCode
  message: string
  data: Record<string, string | number | boolean>
}

/** Codes are stable: scripts match on them. */
export type ErrorCode =
  /** The caller's words are off: a wrong option, a bad URL, an unknown field. */
  | 'USAGE'
  /** There is no such store, entry, result or file. */
  | 'NOT_FOUND'
  /** The thing exists but is none of the kinds that the program reads. */
  | 'NOT_A_STORE'
  /** The operating system or a server said no: permission, connection, password. */
  | 'REFUSED'
  /** The store is locked against writing, or its kind cannot be written. */
  | 'READ_ONLY'
  /** A key that this kind of store cannot hold (for example one that would leave its folder). */
  | 'BAD_KEY'
  /** A file is damaged as a whole (a damaged entry is a `Problem`, not an error). */
  | 'DAMAGED'
  /** A filter text that does not parse; `data.column` points at the place. */
  | 'BAD_QUERY'
  | 'CANCELLED'
  /** A fault of ours. */
  | 'INTERNAL'

/** Wraps whatever was thrown; an `AppError` passes unchanged. */
export function toAppError(thrown: unknown, code: ErrorCode = 'INTERNAL'): AppError {
  if (thrown instanceof AppError) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return new AppError(code, message, { cause: thrown })
}

/**
 * What is wrong with one entry or value. Data, never thrown across a module's
 * border: one bad entry does not stop the other million.
 */
export interface Problem {
  readonly code: ProblemCode
  /** Byte offset in the decoded (decompressed) stream where reading stopped. */
  readonly offset?: number
  /** Name of the pickle opcode at that offset, where there is one. */
  readonly opcode?: string
  /** One sentence for people. */
  readonly sentence: string
}

export type ProblemCode =
  /** The bytes end before the value does. */
  | 'TRUNCATED'
  /** No byte at all. */
  | 'EMPTY'
  /** Not a pickle, a joblib stream or JSON by its first bytes. */
  | 'NOT_A_PICKLE'
  | 'UNKNOWN_OPCODE'
  /** Pop from an empty stack, a missing mark, a memo entry that is not there. */
  | 'STACK'
  | 'MEMO'
  /** An argument that is not of the opcode's form (bad number, negative length, invalid UTF-8). */
  | 'BAD_ARGUMENT'
  /** An operation on a value that cannot take it (append to an int). */
  | 'BAD_OPERATION'
  | 'LIMIT_DEPTH'
  | 'LIMIT_NODES'
  | 'LIMIT_MEMO'
  | 'LIMIT_INFLATED'
  | 'LIMIT_SIZE'
  /** An array whose dtype or shape is impossible or larger than the bytes present. */
  | 'BAD_ARRAY'
  /** The compressed stream is broken. */
  | 'BAD_COMPRESSION'
  | 'BAD_JSON'
  /** The bytes of an array stand in a side file that is missing or not to be opened. */
  | 'SIDE_FILE'
  /** The store could not hand out the bytes (permission, vanished, a database page is broken). */
  | 'UNREADABLE'

/** Thrown inside the readers only; their public functions turn it into `Problem` data. */
export class ProblemError extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.sentence)
    this.name = 'ProblemError'
    this.problem = problem
  }
}
