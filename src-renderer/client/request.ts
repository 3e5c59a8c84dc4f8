import type { SerializedError } from '../../shared/model/errors.ts'

/** The engine answered with an error: `message` is the engine's own sentence. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly data: Readonly<Record<string, unknown>>

  constructor(
    status: number,
    error: Pick<SerializedError, 'message'> & { code: string; data?: Record<string, unknown> },
  ) {
    super(error.message)
    this.name = 'ApiError'
    this.status = status
    this.code = error.code
    this.data = error.data ?? {}
  }
}

/** No answer at all: the engine stopped, or the connection to it broke. */
export class EngineGoneError extends Error {
  constructor(cause: unknown) {
    super('The engine does not answer. It may have been stopped; start it again, then retry.', { cause })
    this.name = 'EngineGoneError'
  }
}

export interface CallOptions {
  method?: 'GET' | 'POST' | 'DELETE'
  body?: unknown
  signal?: AbortSignal
}

/** One request of the HTTP API; throws `ApiError` or `EngineGoneError`, and the signal's reason if it was cancelled. */
export async function request(path: string, options: CallOptions = {}): Promise<Response> {
  const { method = 'GET', body, signal } = options
  let response: Response
  try {
    response = await fetch(`/api/${path}`, {
      method,
      signal,
      headers: body === undefined ? undefined : { 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
  } catch (error) {
    if (signal?.aborted) throw error
    throw new EngineGoneError(error)
  }
  if (!response.ok) throw await errorOf(response)
  return response
}

export async function callJson<Answer>(path: string, options: CallOptions = {}): Promise<Answer> {
  const response = await request(path, options)
  return (await response.json()) as Answer
}

async function errorOf(response: Response): Promise<ApiError> {
  try {
    const error = (await response.json()) as SerializedError
    if (typeof error.code === 'string' && typeof error.message === 'string')
      return new ApiError(response.status, error)
  } catch {
    // Not JSON: something between us and the engine answered.
  }
  return new ApiError(response.status, {
    code: 'INTERNAL',
    message: `The engine answered ${response.status} ${response.statusText}.`,
  })
}

/** Joins a path of segments that are data, and the query parameters that are set. */
export function address(
  segments: readonly string[],
  parameters: Record<string, string | number | undefined> = {},
): string {
  const path = segments.map((segment) => encodeURIComponent(segment)).join('/')
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined) search.set(name, String(value))
  const query = search.toString()
  return query === '' ? path : `${path}?${query}`
}
