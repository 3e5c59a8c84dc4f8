import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'
import { Cluster, Redis } from 'ioredis'
import type { RedisOptions } from 'ioredis'
import { AppError } from '../../model/errors.ts'
import { fileError } from '../../decode/file-source.ts'
import { redisFault } from './faults.ts'
import { probeServer } from './probe.ts'
import { showHost } from './target.ts'
import type { HostPort, RedisTarget, TlsOptions } from './target.ts'

/** Opening is over after this, whatever the server does. */
const openTimeoutMs = 4_000
/** A command that has no answer by then has failed. */
const commandTimeoutMs = 20_000

export type Client = Redis | Cluster

/** A connection that is ready. It never connects again by itself: when it has ended, make another. */
export interface Connection extends Disposable {
  readonly client: Client
  /** The servers that hold keys: the one, or each master of the cluster. */
  masters(): Redis[]
  /** Reading leaves idle times and frequencies as they are (`CLIENT NO-TOUCH`, Redis 7.2). */
  readonly canLeaveIdleTimes: boolean
}

/** Connects, within some seconds. Throws `REFUSED` with what is wrong, or `CANCELLED`. */
export async function connectRedis(target: RedisTarget, signal?: AbortSignal): Promise<Connection> {
  const tls = target.tls && tlsConnection(target.tls)
  const endMs = performance.now() + openTimeoutMs
  await probeAny(target.hosts, tls, { timeoutMs: openTimeoutMs, signal })
  const client = makeClient(target, tls)
  const server = serverName(target)
  const faults: unknown[] = []
  client.on('error', (error: unknown) => faults.push(error))
  try {
    const timeoutMs = endMs - performance.now()
    const canLeaveIdleTimes = await within(timeoutMs, signal, settle(client, target.database))
    faults.length = 0
    return {
      client,
      masters: () => (client instanceof Cluster ? client.nodes('master') : [client]),
      canLeaveIdleTimes,
      [Symbol.dispose]: () => client.disconnect(),
    }
  } catch (thrown) {
    client.disconnect()
    throw redisFault(server, thrown instanceof AppError ? thrown : (tellingFault(faults) ?? thrown))
  }
}

/** A refused password shows as an event only; what fails is the next command. */
function tellingFault(faults: readonly unknown[]): unknown {
  return (
    faults.find((fault) =>
      /WRONGPASS|invalid password|without any password|out of range/.test(String(fault)),
    ) ?? faults.at(-1)
  )
}

export function serverName(target: RedisTarget): string {
  return target.hosts.map(showHost).join(',')
}

async function settle(client: Client, database: number): Promise<boolean> {
  await client.connect()
  await client.ping()
  // While connecting, a refused SELECT is an event only, and all goes on in database 0.
  if (client instanceof Redis && database !== 0) await client.select(database)
  const first = client instanceof Cluster ? client.nodes('master')[0] : client
  if (!first) throw new Error('Failed to refresh slots: no master')
  try {
    await first.call('CLIENT', 'NO-TOUCH', 'ON')
    return true
  } catch {
    return false
  }
}

function makeClient(target: RedisTarget, tls: ConnectionOptions | undefined): Client {
  const common = {
    username: target.username,
    password: target.password,
    tls,
    protocol: 2,
    lazyConnect: true,
    connectTimeout: openTimeoutMs,
    commandTimeout: commandTimeoutMs,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    disableClientInfo: true,
    // It would be an INFO, which a user may lack; `settle` asks for a PING.
    enableReadyCheck: false,
  } as const satisfies RedisOptions
  // Nothing connects again in the background: the store makes a new connection when it is next used.
  const never = (): null => null
  if (target.mode === 'cluster') {
    const cluster = new Cluster([...target.hosts], {
      lazyConnect: true,
      redisOptions: common,
      clusterRetryStrategy: never,
      slotsRefreshTimeout: openTimeoutMs,
      // The names that a cluster gives for its nodes are addresses; a certificate is checked against `servername`.
      dnsLookup: (address, callback) => callback(null, address),
    })
    cluster.on('+node', keepIdleTimes)
    return cluster
  }
  const client =
    target.mode === 'sentinel'
      ? new Redis({
          ...common,
          db: target.database,
          retryStrategy: never,
          sentinels: [...target.hosts],
          name: target.masterName!,
          sentinelPassword: target.sentinelPassword,
          sentinelRetryStrategy: never,
          sentinelTLS: tls,
          enableTLSForSentinelMode: tls !== undefined,
        })
      : new Redis({ ...common, ...target.hosts[0]!, db: target.database, retryStrategy: never })
  keepIdleTimes(client)
  return client
}

/** Asks each new connection for it, ahead of whatever else is sent. Servers before 7.2 refuse; the store says so. */
function keepIdleTimes(client: Redis): void {
  client.on('connect', () => {
    client.call('CLIENT', 'NO-TOUCH', 'ON').catch(() => undefined)
  })
}

function tlsConnection(options: TlsOptions): ConnectionOptions {
  const read = (path: string | undefined): Buffer | undefined => {
    try {
      return path === undefined ? undefined : readFileSync(path)
    } catch (error) {
      throw fileError(path!, error)
    }
  }
  return {
    ca: read(options.ca),
    cert: read(options.cert),
    key: read(options.key),
    servername: options.servername,
  }
}

/** One of the hosts must answer as Redis; else the first one's fault is thrown. */
async function probeAny(
  hosts: readonly HostPort[],
  tls: ConnectionOptions | undefined,
  limits: { timeoutMs: number; signal?: AbortSignal },
): Promise<void> {
  try {
    await Promise.any(hosts.map((host) => probeServer(host, tls, limits)))
  } catch (thrown) {
    throw thrown instanceof AggregateError ? thrown.errors[0] : thrown
  }
}

async function within<T>(timeoutMs: number, signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error('Command timed out')), Math.max(0, timeoutMs))
  const cancel = (): void => reject(new AppError('CANCELLED', 'Connecting to Redis was cancelled.'))
  signal?.addEventListener('abort', cancel, { once: true })
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', cancel)
  }
}
