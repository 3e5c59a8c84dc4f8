import { randomBytes } from 'node:crypto'
import { equalSecrets } from '../engine/http/secrets.ts'

/** The secrets of one start of the web host. Neither is ever written to disk. */
export interface Secrets {
  /** Stands in the printed URL and in `Authorization: Bearer`. 192 bits. */
  readonly token: string
  /** Stands in the cookie; another one, so that a leaked cookie does not give the URL away. */
  readonly session: string
}

export function createSecrets(): Secrets {
  return { token: randomBytes(24).toString('base64url'), session: randomBytes(24).toString('base64url') }
}

/** The cookie's name has the port in it: browsers send cookies to all ports of a host, and two servers must not clash. */
function cookieName(port: number): string {
  return `hashcache-${port}`
}

export type Verdict =
  | { readonly kind: 'pass' }
  /** A page request with the right token in its address: set the cookie and go to the address without it. */
  | { readonly kind: 'sign-in'; readonly location: string; readonly cookie: string }
  | { readonly kind: 'refuse'; readonly status: 400 | 401 | 403 | 405; readonly reason: string }

export interface JudgeOptions {
  readonly port: number
  readonly secrets: Secrets
  /** Whether the text is a launch code that has not been used; it then has been. */
  readonly redeem: (code: string) => boolean
}

/**
 * Judges one request before anything else looks at it:
 * 1. Host must be a loopback name with our port (DNS rebinding arrives with another).
 * 2. A cross-site or merely same-site (another port!) request is refused by what the browser says of it.
 * 3. Origin, where present, must be ours; a request that is not GET or HEAD needs it, or the bearer token.
 * 4. The token (bearer), the session cookie, or, for pages, `?token=` in the address.
 */
export function judge(request: Request, options: JudgeOptions): Verdict {
  const { port, secrets, redeem } = options
  const url = new URL(request.url)
  const headers = request.headers
  const host = headers.get('host')?.toLowerCase()
  if (host === undefined || !ownHosts(port).includes(host)) {
    return refuse(
      403,
      `This server answers to 127.0.0.1:${port} and localhost:${port} only; forward the same port number when tunnelling.`,
    )
  }
  if (!['GET', 'HEAD', 'POST', 'DELETE'].includes(request.method))
    return refuse(405, 'The method is not allowed.')
  const bearer = /^Bearer ([\w-]{1,100})$/.exec(headers.get('authorization') ?? '')?.[1]
  const hasBearer = bearer !== undefined && equalSecrets(bearer, secrets.token)
  const stranger = strangerReason(request, `http://${host}`, hasBearer)
  if (stranger !== undefined) return refuse(403, stranger)

  const isApi = url.pathname === '/api' || url.pathname.startsWith('/api/')
  const addressToken = url.searchParams.get('token')
  if (
    !isApi &&
    request.method === 'GET' &&
    addressToken !== null &&
    (equalSecrets(addressToken, secrets.token) || redeem(addressToken))
  ) {
    url.searchParams.delete('token')
    const cookie = `${cookieName(port)}=${secrets.session}; HttpOnly; SameSite=Strict; Path=/`
    return { kind: 'sign-in', location: url.pathname.replace(/^\/{2,}/, '/') + url.search, cookie }
  }
  if (
    hasBearer ||
    cookieValues(headers.get('cookie'), cookieName(port)).some((value) =>
      equalSecrets(value, secrets.session),
    )
  ) {
    return { kind: 'pass' }
  }
  return refuse(401, 'The access token is missing or wrong.')
}

function strangerReason(request: Request, ownOrigin: string, hasBearer: boolean): string | undefined {
  const site = request.headers.get('sec-fetch-site')
  if (site !== null && site !== 'same-origin' && site !== 'none') {
    return 'Requests from other sites are refused; paste the address into the address bar.'
  }
  const origin = request.headers.get('origin')
  if (origin !== null && origin !== ownOrigin) return 'Requests from other origins are refused.'
  const reads = request.method === 'GET' || request.method === 'HEAD'
  if (!reads && origin === null && !hasBearer)
    return 'A request that changes something must name its origin or carry the bearer token.'
  return undefined
}

function ownHosts(port: number): string[] {
  const names = ['127.0.0.1', 'localhost', '[::1]']
  return port === 80
    ? [...names, ...names.map((name) => `${name}:80`)]
    : names.map((name) => `${name}:${port}`)
}

function cookieValues(header: string | null, name: string): string[] {
  const values: string[] = []
  for (const part of (header ?? '').split(';')) {
    const equals = part.indexOf('=')
    if (equals > 0 && part.slice(0, equals).trim() === name) values.push(part.slice(equals + 1).trim())
  }
  return values
}

function refuse(status: 400 | 401 | 403 | 405, reason: string): Verdict {
  return { kind: 'refuse', status, reason }
}
