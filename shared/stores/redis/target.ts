import { AppError } from '../../model/errors.ts'
import type { StoreLocation } from '../contract.ts'

export interface HostPort {
  readonly host: string
  readonly port: number
}

/** What a Redis URL names, secrets included. */
export interface RedisTarget {
  readonly mode: 'standalone' | 'cluster' | 'sentinel'
  /** Servers to begin with: the one, some of the cluster's, or the sentinels. */
  readonly hosts: readonly HostPort[]
  readonly username: string | undefined
  readonly password: string | undefined
  readonly database: number
  /** Name of the master group, for Sentinel. */
  readonly masterName: string | undefined
  readonly sentinelPassword: string | undefined
  readonly prefix: string
  readonly tls: TlsOptions | undefined
}

export interface TlsOptions {
  /** Paths of PEM files. */
  readonly ca: string | undefined
  readonly cert: string | undefined
  readonly key: string | undefined
  /** The name that the certificate must have, where it is not the host's. */
  readonly servername: string | undefined
}

/** The schemes of a Redis URL; the first is the store's own. */
export const redisSchemes = ['redis', 'rediss', 'redis+cluster', 'redis+sentinel'] as const

const defaultPorts = { standalone: 6379, cluster: 6379, sentinel: 26379 } as const
const knownOptions = new Set(['prefix', 'tls', 'ca', 'cert', 'key', 'servername', 'sentinelPassword'])
const form = 'redis://user:password@host:6379/0?prefix=P'

/**
 * Reads a location: `redis://`, `rediss://` (TLS), `redis+cluster://host,host`
 * and `redis+sentinel://host,host/name/db`; user and password percent-encoded.
 * Options: `prefix`, `tls=1`, `ca`, `cert`, `key` (PEM files), `servername`,
 * `sentinelPassword`. Throws `USAGE`, never naming the password.
 */
export function parseTarget(location: StoreLocation): RedisTarget {
  const match = /^([a-z+]+):\/\/(?:([^@]*)@)?([^/?#@]*)(?:\/([^?#]*))?$/s.exec(location.path)
  const scheme = redisSchemes.find((known) => known === match?.[1])
  if (!match || !scheme) throw usage(`A Redis cache is named as ${form}`)
  const { options } = location
  const unknown = Object.keys(options).find((name) => !knownOptions.has(name))
  if (unknown !== undefined)
    throw usage(`redis: does not know the option "${unknown}"; it takes ${[...knownOptions].join(', ')}`)
  const mode =
    scheme === 'redis+cluster' ? 'cluster' : scheme === 'redis+sentinel' ? 'sentinel' : 'standalone'
  const hosts = match[3]!.split(',').map((text) => parseHost(text, defaultPorts[mode]))
  if (mode === 'standalone' && hosts.length > 1)
    throw usage('Several hosts make a redis+cluster:// or a redis+sentinel:// URL')
  const steps = (match[4] ?? '').split('/').filter((step) => step !== '')
  const masterName = mode === 'sentinel' ? steps.shift() : undefined
  if (mode === 'sentinel' && masterName === undefined)
    throw usage(
      'Behind the sentinels the name of the master is needed: redis+sentinel://host:26379/mymaster/0',
    )
  const database = parseDatabase(steps, mode)
  const [username, password] = parseUser(match[2])
  return {
    mode,
    hosts,
    username,
    password,
    database,
    masterName: masterName && decode(masterName),
    sentinelPassword: options['sentinelPassword'],
    prefix: options['prefix'] ?? '',
    tls: usesTls(scheme, options)
      ? { ca: options['ca'], cert: options['cert'], key: options['key'], servername: options['servername'] }
      : undefined,
  }
}

/** The URL again, without user and password: equal for every way to name the same keys of the same servers. */
export function locationOf(target: RedisTarget): string {
  const { mode, hosts, database, masterName, prefix, tls } = target
  const scheme = mode === 'standalone' ? (tls ? 'rediss' : 'redis') : `redis+${mode}`
  const servers = hosts.map(showHost).toSorted().join(',')
  const path =
    mode === 'cluster'
      ? ''
      : `/${masterName === undefined ? '' : `${encodeURIComponent(masterName)}/`}${database}`
  const options = new URLSearchParams()
  if (prefix !== '') options.set('prefix', prefix)
  if (tls && mode !== 'standalone') options.set('tls', '1')
  const query = options.toString()
  return `${scheme}://${servers}${path}${query === '' ? '' : `?${query}`}`
}

export function showHost({ host, port }: HostPort): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

function usesTls(scheme: string, options: Readonly<Record<string, string>>): boolean {
  if (scheme === 'rediss') return true
  const asked = options['tls']
  if (asked !== undefined && !/^(?:0|1|true|false)$/.test(asked)) throw usage('The option tls is 1 or 0')
  return asked === '1' || asked === 'true'
}

function parseHost(text: string, defaultPort: number): HostPort {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text)
  const port = match?.[3] === undefined ? defaultPort : Number(match[3])
  // What stands behind a colon may be a password that lost its @.
  if (!match || port < 1 || port > 65535)
    throw usage(`"${text.replace(/:.*/s, ':…')}" is no host with a port; the form is ${form}`)
  return { host: (match[1] ?? match[2]!).toLowerCase(), port }
}

function parseDatabase(steps: readonly string[], mode: RedisTarget['mode']): number {
  const [text = '0', ...more] = steps
  if (more.length > 0 || !/^\d{1,5}$/.test(text))
    throw usage(`"/${steps.join('/')}" is no database number; the form is ${form}`)
  if (mode === 'cluster' && text !== '0') throw usage('A Redis Cluster has database 0 only')
  return Number(text)
}

function parseUser(text: string | undefined): [user: string | undefined, password: string | undefined] {
  if (text === undefined || text === '') return [undefined, undefined]
  const colon = text.indexOf(':')
  const user = colon < 0 ? text : text.slice(0, colon)
  return [user === '' ? undefined : decode(user), colon < 0 ? undefined : decode(text.slice(colon + 1))]
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw usage('The user, password or name in the Redis URL has a % that is not followed by two hex digits')
  }
}

function usage(sentence: string): AppError {
  return new AppError('USAGE', `${sentence}.`)
}
