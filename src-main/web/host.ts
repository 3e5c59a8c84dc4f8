import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { AppError } from '../../shared/model/errors.ts'
import type { Engine } from '../engine/engine.ts'
import { withSecurityHeaders } from '../engine/http/headers.ts'
import { staticFiles } from '../engine/http/static-files.ts'
import { createSecrets, judge } from './access.ts'
import { LaunchCodes } from './launch-codes.ts'
import { refusal } from './pages.ts'

export interface WebHost extends AsyncDisposable {
  readonly port: number
  readonly token: string
  /** What the user opens: `http://127.0.0.1:PORT/?token=…`. */
  readonly url: string
  /**
   * An address that works once, within a minute: for handing to a browser on its command line, where
   * other users of the machine can read it.
   */
  launchUrl(): string
  /** Ends live streams and idle connections at once, running answers after half a second at most. The engine is not closed. */
  close(): Promise<void>
}

export interface WebHostOptions {
  readonly engine: Pick<Engine, 'app' | 'endStreams'>
  /** Folder of the built interface. */
  readonly rendererFolder: string
  /** 0 or absent: a free port. */
  readonly port?: number
}

const closeGraceMs = 500

/**
 * Listens on 127.0.0.1, and only there. Every request is judged (`access.ts`) before
 * it is routed. Throws `REFUSED` where the port is taken or not allowed, `USAGE` where there is none of
 * this number.
 */
export async function startWebHost(options: WebHostOptions): Promise<WebHost> {
  const secrets = createSecrets()
  const launchCodes = new LaunchCodes()
  const files = staticFiles(options.rendererFolder)
  let port = 0

  const answer = async (request: Request): Promise<Response> => {
    const path = new URL(request.url).pathname
    const isApi = path === '/api' || path.startsWith('/api/')
    const verdict = judge(request, { port, secrets, redeem: (code) => launchCodes.redeem(code) })
    if (verdict.kind === 'refuse') return refusal(verdict.status, verdict.reason, isApi)
    if (verdict.kind === 'sign-in') {
      return new Response(null, {
        status: 303,
        headers: { location: verdict.location, 'set-cookie': verdict.cookie },
      })
    }
    return isApi ? options.engine.app.fetch(request) : files.respond({ method: request.method, path })
  }
  const listener = getRequestListener(async (request) => withSecurityHeaders(await answer(request)))
  const server = createServer(
    { maxHeaderSize: 16_384, requestTimeout: 30_000, headersTimeout: 10_000 },
    (incoming, outgoing) => {
      if (!isOriginForm(incoming)) return refuseRaw(outgoing)
      void listener(incoming, outgoing)
    },
  )
  // Upgrades and CONNECT are no part of the API.
  server.on('upgrade', (_incoming, socket) => socket.destroy())
  server.on('connect', (_incoming, socket) => socket.destroy())

  port = await listen(server, options.port ?? 0)
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => {
    closing ??= new Promise((resolve) => {
      options.engine.endStreams()
      server.close(() => resolve())
      server.closeIdleConnections()
      setTimeout(() => server.closeAllConnections(), closeGraceMs).unref()
    })
    return closing
  }
  return {
    port,
    token: secrets.token,
    url: `http://127.0.0.1:${port}/?token=${secrets.token}`,
    launchUrl: () => `http://127.0.0.1:${port}/?token=${launchCodes.create()}`,
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** `GET http://elsewhere/ HTTP/1.1` is for proxies; a Host line that is missing or doubled is no browser's. */
function isOriginForm(incoming: IncomingMessage): boolean {
  const hosts = incoming.rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === 'host')
  return hosts.length === 1 && incoming.url?.startsWith('/') === true
}

function refuseRaw(outgoing: ServerResponse): void {
  outgoing.writeHead(400, { connection: 'close', 'content-type': 'text/plain' }).end('Bad request.\n')
}

async function listen(server: Server, port: number): Promise<number> {
  if (port > 65_535) {
    throw new AppError('USAGE', `${port} is no port; name one up to 65535 with --port, or leave it out.`)
  }
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const reason =
        cause.code === 'EADDRINUSE' ? 'is in use' : `cannot be used (${cause.code ?? cause.message})`
      reject(
        new AppError(
          'REFUSED',
          `Port ${port} ${reason}; name another with --port, or leave it out for a free one.`,
          { cause },
        ),
      )
    })
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () =>
      resolve((server.address() as AddressInfo).port),
    )
  })
}
