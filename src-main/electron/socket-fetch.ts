import { request as httpRequest } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { secretHeader } from '../engine/http/headers.ts'

/** Where a started engine listens, and the secret it wants to see. */
export interface EngineAddress {
  readonly socketPath: string
  readonly secret: string
}

/** Headers that belong to one hop and are not passed on. */
const hopHeaders = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'host',
  'content-length',
  secretHeader,
])

/** `fetch` over the engine's private socket: the answer is streamed, the request's signal ends both. */
export async function socketFetch(address: EngineAddress, request: Request): Promise<Response> {
  const url = new URL(request.url)
  const headers: Record<string, string> = { host: 'engine', [secretHeader]: address.secret }
  for (const [name, value] of request.headers) if (!hopHeaders.has(name)) headers[name] = value
  // Bodies are small (the engine takes 1 MiB) and must say their length.
  const body = request.body === null ? undefined : Buffer.from(await request.arrayBuffer())
  if (body) headers['content-length'] = String(body.length)
  const { socketPath } = address
  const { method, signal } = request
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      { socketPath, path: url.pathname + url.search, method, headers, signal },
      (incoming) => resolve(toResponse(incoming, method)),
    )
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

function toResponse(incoming: IncomingMessage, method: string): Response {
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined && !hopHeaders.has(name))
      headers.set(name, Array.isArray(value) ? value.join(', ') : value)
  }
  const status = incoming.statusCode ?? 502
  const isEmpty = method === 'HEAD' || status === 204 || status === 304
  if (isEmpty) incoming.resume()
  return new Response(isEmpty ? null : (Readable.toWeb(incoming) as ReadableStream<Uint8Array>), {
    status,
    headers,
  })
}
