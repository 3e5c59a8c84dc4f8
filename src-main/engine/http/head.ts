import type { Context, Next } from 'hono'

/** A HEAD request is answered as a GET whose body nobody reads: it is let go, with the file or stream behind it. */
export async function dropHeadBody(context: Context, next: Next): Promise<void> {
  await next()
  if (context.req.raw.method === 'HEAD') await context.res.body?.cancel()
}
