import type { Context, Next } from 'hono'

const limitBytes = 1024 * 1024

/** Refuses bodies above 1 MiB by their announced length, and bodies that announce none. */
export async function limitBody(context: Context, next: Next): Promise<Response | void> {
  if (context.req.header('transfer-encoding') !== undefined) {
    return refusal(411, 'The request body does not say how long it is; send it with a content-length.')
  }
  const length = Number(context.req.header('content-length') ?? 0)
  if (!(length <= limitBytes))
    return refusal(413, 'The request body is larger than 1 MiB; ask for less at once.')
  return next()
}

function refusal(status: number, message: string): Response {
  return Response.json({ code: 'USAGE', message, data: {} }, { status })
}
