/** Stands in place of a secret in what is shown and kept. */
const hidden = '***'

const serverUrl = /^\s*[a-z][a-z0-9+]+:\/\//i
/** A server without a user: hosts with port numbers, and what follows them. */
const plainHosts = /^\s*[a-z][a-z0-9+]+:\/\/(?:\[[0-9a-f:.]*\]|[^:/?#@[\]]*)(?::\d{1,5}(?!\d))?(?:[,/?#]|$)/i
const sentinelOption = 'sentinelPassword='
const secretOption = /([?&][a-z]*password=)([^&]*)/gi

/**
 * The name of a cache as it may be shown, logged and kept: passwords of a server's URL become `***`. Other names
 * stay as they are. A URL that is not well formed loses all that could be a password.
 */
export function withoutSecrets(text: string): string {
  if (!serverUrl.test(text)) return text
  const { head, user, rest } = splitUser(text)
  return `${head}${user === undefined ? '' : hidePassword(user)}${rest.replace(secretOption, `$1${hidden}`)}`
}

/** True for what `withoutSecrets` left of a URL with secrets: it opens nothing before they are given again. */
export function hasHiddenSecrets(text: string): boolean {
  if (!serverUrl.test(text)) return false
  const { user, rest } = splitUser(text)
  return (
    user?.endsWith(`:${hidden}@`) === true ||
    [...rest.matchAll(secretOption)].some(([, , given]) => given === hidden)
  )
}

/** True if the password of the sentinels is one of those. */
export function hidesSentinelPassword(text: string): boolean {
  return serverUrl.test(text) && text.includes(`${sentinelOption}${hidden}`)
}

/** User and password of a server's URL, decoded; a hidden password counts as none. */
export function credentialsOf(text: string): { user: string; password: string } {
  const { user = '@' } = serverUrl.test(text) ? splitUser(text) : {}
  const given = user.slice(0, -1)
  const colon = given.indexOf(':')
  const password = colon < 0 ? '' : given.slice(colon + 1)
  return {
    user: decode(colon < 0 ? given : given.slice(0, colon)),
    password: password === hidden ? '' : decode(password),
  }
}

export interface Credentials {
  readonly user: string
  readonly password: string
  /** In place of a hidden password of the sentinels. */
  readonly sentinelPassword?: string
}

/** The URL with this user and password in place of those that it has; other options stay. */
export function withCredentials(text: string, credentials: Credentials): string {
  if (!serverUrl.test(text)) return text
  const { user, password, sentinelPassword = '' } = credentials
  const { head, rest: shown } = splitUser(text)
  const rest = shown.replace(
    `${sentinelOption}${hidden}`,
    () => sentinelOption + encodeURIComponent(sentinelPassword),
  )
  const colon = password === '' ? '' : `:${encodeURIComponent(password)}`
  const given = `${encodeURIComponent(user)}${colon}`
  return `${head}${given === '' ? '' : `${given}@`}${rest}`
}

/** `redis://`, `user:password@`, `host:6379/0?prefix=p`. */
function splitUser(text: string): { head: string; user: string | undefined; rest: string } {
  const [head = ''] = serverUrl.exec(text) ?? []
  const behind = text.slice(head.length)
  const mark = behind.indexOf('?')
  const at = (mark < 0 ? behind : behind.slice(0, mark)).lastIndexOf('@')
  if (at >= 0) return { head, user: behind.slice(0, at + 1), rest: behind.slice(at + 1) }
  if (plainHosts.test(text)) return { head, user: undefined, rest: behind }
  const colon = behind.indexOf(':')
  // Without an @ where one belongs, what stands behind the colon may be a password and all else.
  return colon < 0
    ? { head, user: undefined, rest: behind }
    : { head, user: `${behind.slice(0, colon)}:@`, rest: '' }
}

function hidePassword(user: string): string {
  const colon = user.indexOf(':')
  return colon < 0 ? user : `${user.slice(0, colon)}:${hidden}@`
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
