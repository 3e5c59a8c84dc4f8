import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

import { AppError } from '../model/errors.ts'
import { withoutSecrets } from '../model/secrets.ts'

export interface ParsedLocation {
  /** `undefined`: a plain path, whose kind is to be detected. */
  readonly scheme: string | undefined
  /** Absolute; of a server its URL without the options. */
  readonly path: string
  readonly options: Readonly<Record<string, string>>
}

/** A URL as people paste it: space around it, capitals in its scheme. */
const pastedUrl = /^\s*([a-z][a-z0-9+]+)(:\/\/.*?)\s*$/is

/** Two letters at least: `C:\data` is a path. */
const schemePattern = /^([a-z][a-z0-9+]+):(.*)$/s

/**
 * Cuts `scheme:PATH?name=value&…` into its parts. Without a scheme the whole text is a path. The path is
 * taken as it is, not percent-decoded; the options are. A path that exists under the whole text, question
 * mark and all, has no options. `knownSchemes` decides whether `word:rest` is a scheme or a file with a colon; what
 * follows one of `serverSchemes` is no path and stays as it is.
 *
 * @throws AppError `USAGE` for a scheme that nobody knows
 */
export function parseLocation(
  given: string,
  knownSchemes: ReadonlySet<string>,
  serverSchemes: ReadonlySet<string> = new Set(),
): ParsedLocation {
  const text = given.replace(pastedUrl, (_, scheme: string, rest: string) => scheme.toLowerCase() + rest)
  if (text === '')
    throw new AppError('USAGE', 'The name of the cache is empty; give a path or a URL such as fs:PATH.')
  if (text.includes('\0'))
    throw new AppError('USAGE', 'The name of the cache has a zero byte, which no path has.')
  const [, scheme, rest] = schemePattern.exec(text) ?? []
  if (scheme === undefined || rest === undefined || (!knownSchemes.has(scheme) && existsSync(text))) {
    return { scheme: undefined, path: resolve(text), options: {} }
  }
  if (!knownSchemes.has(scheme)) throw unknownScheme(scheme, knownSchemes)
  if (serverSchemes.has(scheme)) return parseServer(text, scheme)
  if (rest === '') throw new AppError('USAGE', `${scheme}: needs a path behind the colon.`)
  const mark = rest.lastIndexOf('?')
  if (mark < 0 || existsSync(resolve(rest))) return { scheme, path: resolve(rest), options: {} }
  return { scheme, path: resolve(rest.slice(0, mark)), options: parseOptions(text, rest.slice(mark + 1)) }
}

/** In a server's URL a question mark always begins the options: elsewhere it is percent-encoded. */
function parseServer(text: string, scheme: string): ParsedLocation {
  const mark = text.indexOf('?')
  if (mark < 0) return { scheme, path: text, options: {} }
  return {
    scheme,
    path: text.slice(0, mark),
    options: parseOptions(withoutSecrets(text), text.slice(mark + 1)),
  }
}

function parseOptions(text: string, query: string): Record<string, string> {
  const options: Record<string, string> = Object.create(null) as Record<string, string>
  for (const [name, value] of new URLSearchParams(query)) {
    if (name in options) throw new AppError('USAGE', `${text} gives the option "${name}" twice.`)
    options[name] = value
  }
  return options
}

function unknownScheme(scheme: string, knownSchemes: ReadonlySet<string>): AppError {
  const known = [...knownSchemes].map((name) => `${name}:`).join(', ')
  const what = `There is no kind of cache ${scheme}:; known are ${known} or a path alone.`
  return new AppError('USAGE', what, { data: { scheme } })
}
