import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll } from 'vitest'
import type { Store } from '../contract.ts'
import type { Subject } from '../conformance/harness.ts'
import { storeConformance } from '../conformance/suite.ts'
import { startCluster, startRedis, startSentinel, startTlsRedis } from '../../testing/redis.ts'
import { redisStoreType } from './index.ts'

const encoder = new TextEncoder()
const oddKeys = [
  new Uint8Array(0),
  Uint8Array.of(0),
  Uint8Array.of(0xff, 0xfe, 0x80),
  encoder.encode('{same}slot'),
  encoder.encode('*?[a-z]\\'),
  encoder.encode('two words\r\n$3\r\nGET'),
  encoder.encode('x'.repeat(5_000)),
]

interface Place {
  readonly path: string
  readonly options: Readonly<Record<string, string>>
}

/** One server for all tests of a suite; each test has a prefix of its own on it. */
function conformance(name: string, start: () => Promise<AsyncDisposable & { place: Place }>): void {
  let server: (AsyncDisposable & { place: Place }) | undefined
  beforeAll(async () => {
    server = await start()
  })
  afterAll(async () => server?.[Symbol.asyncDispose]())

  async function create(): Promise<Subject> {
    const { path, options } = server!.place
    const prefix = `${options['prefix'] ?? ''}${randomUUID()}:`
    const open = (openOptions: { write: boolean }): Promise<Store> =>
      redisStoreType.open({ kind: 'redis', path, options: { ...options, prefix } }, openOptions)
    const store = await open({ write: true })
    return { store, reopen: open, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() }
  }
  storeConformance(name, { create, badKeys: [], oddKeys })
}

function at(
  server: AsyncDisposable,
  path: string,
  options: Record<string, string> = {},
): AsyncDisposable & { place: Place } {
  return { place: { path, options }, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

conformance('Redis', async () => {
  const server = await startRedis()
  return at(server, `redis://127.0.0.1:${server.port}/3`)
})

conformance('Redis with TLS and a user of few rights', async () => {
  const server = await startTlsRedis()
  const user = `cache:${encodeURIComponent('se:cret/€')}`
  return at(server, `rediss://${user}@127.0.0.1:${server.port}`, {
    ca: server.ca,
    servername: 'cache.test',
    prefix: 'c:',
  })
})

conformance('Redis Cluster', async () => {
  const cluster = await startCluster()
  return at(cluster, `redis+cluster://${cluster.ports.map((port) => `127.0.0.1:${port}`).join(',')}`)
})

conformance('Redis behind Sentinel', async () => {
  const sentinel = await startSentinel()
  return at(sentinel, `redis+sentinel://127.0.0.1:${sentinel.port}/caches`)
})
