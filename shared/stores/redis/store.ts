import { Cluster } from 'ioredis'
import type { Redis } from 'ioredis'
import { AppError } from '../../model/errors.ts'
import type { Problem } from '../../model/errors.ts'
import type {
  ApplyOptions,
  Capabilities,
  ChangeToken,
  Entry,
  Store,
  StoreAbout,
  StoreLimits,
  Stray,
  WriteOperation,
  WriteOutcome,
} from '../contract.ts'
import { openedForReading } from '../misuse.ts'
import { connectRedis, serverName } from './connect.ts'
import type { Connection } from './connect.ts'
import { redisFault } from './faults.ts'
import { memoryLimits } from './limits.ts'
import { listServer } from './listing.ts'
import { lookUpKeys } from './look-up.ts'
import { locationOf } from './target.ts'
import type { RedisTarget } from './target.ts'
import { aboutServers } from './about.ts'
import { serverToken } from './token.ts'
import { ValueReader } from './values.ts'
import { writeRedis } from './write.ts'

const defaultBatchSize = 1_000
const idleNote =
  'This server is older than Redis 7.2: reading a key here counts as a use of it (OBJECT IDLETIME, LRU eviction).'

/**
 * A cache in Redis or Valkey: string keys of one database, or of a cluster,
 * under a prefix that keys do not show. One connection, made again on the next
 * use after it broke; nothing is retried in the background.
 */
export class RedisStore implements Store {
  readonly kind = 'redis'
  readonly location: string
  readonly label: string
  readonly capabilities: Capabilities
  readonly notes: readonly string[]
  readonly #target: RedisTarget
  readonly #prefix: Buffer
  #connection: Live | undefined
  #connecting: Promise<Live> | undefined
  #running = 0
  #isClosed = false
  #strays: Stray[] | undefined

  private constructor(target: RedisTarget, connection: Connection, write: boolean) {
    this.#target = target
    this.#prefix = Buffer.from(target.prefix)
    this.#connection = liven(connection)
    this.location = locationOf(target)
    this.label = this.location
    this.notes = connection.canLeaveIdleTimes ? [] : [idleNote]
    this.capabilities = {
      write,
      rangeRead: true,
      sizes: 'exact',
      stamps: 'none',
      keys: 'bytes',
      order: 'none',
      values: 'any',
    }
  }

  /** Throws `REFUSED` with what is wrong, within some seconds. */
  static async open(
    target: RedisTarget,
    options: { write: boolean; signal?: AbortSignal },
  ): Promise<RedisStore> {
    const connection = await connectRedis(target, options.signal)
    return new RedisStore(target, connection, options.write)
  }

  async *entries(options: { batchSize?: number; signal?: AbortSignal } = {}): AsyncGenerator<Entry[]> {
    const batchSize = options.batchSize ?? defaultBatchSize
    const strays: Stray[] = []
    const seen = new Set<string>()
    let waiting: Entry[] = []
    let largestBytes = 0
    const { connection, reader } = await this.#live(options.signal)
    for (const server of connection.masters()) {
      const listing = listServer(server, this.#prefix, {
        database: this.#target.database,
        strays,
        seen,
        signal: options.signal,
      })
      for (;;) {
        // oxlint-disable-next-line no-await-in-loop -- each server is asked piece by piece
        const next = await this.#run(options.signal, () => listing.next())
        if (next.done) break
        waiting.push(...next.value)
        for (const { sizeBytes } of next.value) largestBytes = Math.max(largestBytes, sizeBytes ?? 0)
        while (waiting.length >= batchSize) yield waiting.splice(0, batchSize)
      }
    }
    if (waiting.length > 0) yield waiting
    reader.largestBytes = largestBytes
    this.#strays = strays
  }

  async lookUp(
    keys: readonly Uint8Array[],
    options: { signal?: AbortSignal } = {},
  ): Promise<(Entry | undefined)[]> {
    return this.#run(options.signal, ({ connection }) => lookUpKeys(connection.client, this.#prefix, keys))
  }

  async getMany(
    keys: readonly Uint8Array[],
    options: {
      range?: readonly [start: number, end: number]
      signal?: AbortSignal
      expectBytes?: number
    } = {},
  ): Promise<(Uint8Array | Problem | undefined)[]> {
    const full = keys.map((key) => Buffer.concat([this.#prefix, key]))
    return this.#run(options.signal, ({ reader }) => reader.read(full, options))
  }

  async apply(operations: readonly WriteOperation[], options: ApplyOptions = {}): Promise<WriteOutcome[]> {
    if (!this.capabilities.write) throw openedForReading(this.location)
    return this.#run(options.signal, ({ connection }) =>
      writeRedis(
        { client: connection.client, server: serverName(this.#target), prefix: this.#prefix, ...options },
        operations,
      ),
    )
  }

  /** Of the whole server; see `serverToken` for what it promises. */
  async changeToken(signal?: AbortSignal): Promise<ChangeToken> {
    return this.#run(signal, async ({ connection }) => {
      const tokens = await Promise.all(
        connection.masters().map((server) => serverToken(server, this.#target.database)),
      )
      return { whole: tokens.toSorted().join('; ') }
    })
  }

  /** Keys of other types are counted too; under a prefix nothing is counted. */
  async about(signal?: AbortSignal): Promise<StoreAbout> {
    return this.#run(signal, ({ connection }) => aboutServers(connection.masters(), this.#target))
  }

  async limits(): Promise<StoreLimits> {
    return this.#run(undefined, ({ connection }) => memoryLimits(connection.masters()))
  }

  async strays(limit: number): Promise<Stray[]> {
    if (!this.#strays) {
      const listing = this.entries()
      // oxlint-disable-next-line no-await-in-loop -- batches come one after the other
      while ((await listing.next()).done !== true) continue
    }
    return (this.#strays ?? []).slice(0, limit)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    this.#connection?.connection[Symbol.dispose]()
    this.#connection = undefined
  }

  /**
   * Runs on the connection. Faults come out as sentences. A cancelled call
   * ends at once, and closes the socket that it waits on unless others do too.
   */
  async #run<T>(signal: AbortSignal | undefined, work: (live: Live) => Promise<T>): Promise<T> {
    const live = await this.#live(signal)
    const { promise, reject } = Promise.withResolvers<never>()
    const cancel = (): void => {
      if (this.#running === 1) live.connection[Symbol.dispose]()
      reject(new AppError('CANCELLED', 'The work on the Redis cache was cancelled.'))
    }
    signal?.addEventListener('abort', cancel, { once: true })
    this.#running++
    const working = work(live)
    try {
      return await Promise.race([working, promise])
    } catch (thrown) {
      working.catch(() => undefined)
      throw redisFault(serverName(this.#target), thrown)
    } finally {
      this.#running--
      signal?.removeEventListener('abort', cancel)
    }
  }

  async #live(signal: AbortSignal | undefined): Promise<Live> {
    if (signal?.aborted) throw new AppError('CANCELLED', 'The work on the Redis cache was cancelled.')
    if (this.#isClosed) throw new AppError('REFUSED', `${this.location} was closed; open it again.`)
    if (this.#connection && this.#connection.connection.client.status !== 'end') return this.#connection
    this.#connecting ??= connectRedis(this.#target)
      .then(liven)
      .finally(() => (this.#connecting = undefined))
    this.#connection = await this.#connecting
    return this.#connection
  }
}

interface Live {
  readonly connection: Connection
  readonly reader: ValueReader
}

function liven(connection: Connection): Live {
  const { client } = connection
  const nodeOf = async (key: Buffer): Promise<Redis> => {
    if (!(client instanceof Cluster)) return client
    const slot = await client.cluster('KEYSLOT', key)
    const name = client.slots[slot]?.[0]
    const node = client.nodes('master').find(({ options }) => `${options.host}:${options.port}` === name)
    if (!node) throw new Error(`No master of the cluster has slot ${slot}`)
    return node
  }
  return { connection, reader: new ValueReader(client, nodeOf) }
}
