import { withSecurityHeaders } from '../engine/http/headers.ts'
import type { StaticFiles } from '../engine/http/static-files.ts'
import type { EngineProcess } from './engine-process.ts'
import { isAppUrl } from './security.ts'

export interface AppProtocolOptions {
  readonly files: StaticFiles
  readonly engine: Pick<EngineProcess, 'state' | 'restart'>
  /** Answers `/api/*`. */
  readonly ask: (request: Request) => Promise<Response>
}

/**
 * The handler of `hashcache://app/…`: `/api/*` goes to the engine, everything else is a file of
 * the built interface. While the engine has given up, pages say why and how to try again.
 */
export function appProtocol({
  files,
  engine,
  ask,
}: AppProtocolOptions): (request: Request) => Promise<Response> {
  return async (request) => {
    if (!isAppUrl(request.url)) return withSecurityHeaders(new Response('Not found.\n', { status: 404 }))
    const { pathname, searchParams } = new URL(request.url)
    if (pathname.startsWith('/api/')) return withSecurityHeaders(await ask(request))
    const state = engine.state
    if (state.kind === 'failed' && isPage(pathname)) {
      if (searchParams.has('restart')) {
        engine.restart()
        return withSecurityHeaders(new Response(null, { status: 303, headers: { location: '/' } }))
      }
      return withSecurityHeaders(reasonPage(state.reason))
    }
    return withSecurityHeaders(await files.respond({ method: request.method, path: pathname }))
  }
}

function isPage(pathname: string): boolean {
  return !/\.[a-z0-9]+$/i.test(pathname)
}

function reasonPage(reason: string): Response {
  const safe = reason.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return new Response(
    `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Hashcache Inspector</title>
<style>body{font:15px/1.5 system-ui,sans-serif;max-width:44em;margin:4em auto;padding:0 1em;color-scheme:light dark}pre{white-space:pre-wrap}</style>
<h1>The engine does not start</h1>
<p>It ended several times in a row. Your caches are untouched. Its last words:</p>
<pre>${safe}</pre>
<p><a href="/?restart=1">Start it again</a></p>
</html>
`,
    { status: 503, headers: { 'content-type': 'text/html; charset=utf-8' } },
  )
}
