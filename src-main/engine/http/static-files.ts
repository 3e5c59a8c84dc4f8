import { readdir, readFile, stat } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'

const mediaTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
}

/** Names with a hash of their content (`index-B2f0aC9x.js`) never change. */
const hashedName = /^assets\/.+-[\w-]{8}\.[a-z0-9]+$/

/** Answers paths of the built interface. Only files that were listed in its folder are ever opened. */
export interface StaticFiles {
  /** The file of this URL path, the page for a deep link, or 404. `GET` and `HEAD` only. */
  respond(request: { method: string; path: string }): Promise<Response>
}

/**
 * Serves the folder that `vite build` made. What is asked for is looked up in a
 * list of the folder's files and never joined to a path, so that no spelling of
 * `..` leads out of it. Paths without a file extension are deep links and get the page.
 */
export function staticFiles(folder: string): StaticFiles {
  let listed: Map<string, string> | undefined
  const list = async (): Promise<Map<string, string>> => (listed = await listFiles(folder))

  return {
    async respond({ method, path }) {
      if (method !== 'GET' && method !== 'HEAD') return plain(405, 'Only GET and HEAD are served here.')
      let name: string
      try {
        name = decodeURIComponent(path).replace(/^\/+/, '')
      } catch {
        return plain(400, 'The address is not valid.')
      }
      const isPage = name === '' || (extname(name) === '' && !name.includes('\0'))
      const wanted = isPage ? 'index.html' : name
      const files = isPage || !listed ? await list() : listed
      const file = files.get(wanted)
      if (file === undefined) {
        return isPage
          ? plain(503, 'The interface is not built yet. Run "npm run build" and load this page again.')
          : plain(404, 'There is no such file.')
      }
      const bytes = await readFile(file)
      return new Response(method === 'HEAD' ? null : new Uint8Array(bytes), {
        headers: {
          'content-type': mediaTypes[extname(wanted)] ?? 'application/octet-stream',
          'content-length': String(bytes.length),
          'cache-control': hashedName.test(wanted) ? 'private, max-age=31536000, immutable' : 'no-store',
        },
      })
    },
  }
}

async function listFiles(folder: string): Promise<Map<string, string>> {
  const files = new Map<string, string>()
  const found = await stat(folder).then(
    () => readdir(folder, { recursive: true, withFileTypes: true }),
    () => [],
  )
  for (const entry of found) {
    if (!entry.isFile()) continue
    const file = join(entry.parentPath, entry.name)
    files.set(relative(folder, file).split(sep).join('/'), file)
  }
  return files
}

function plain(status: number, text: string): Response {
  return new Response(text + '\n', { status, headers: { 'content-type': 'text/plain; charset=utf-8' } })
}
