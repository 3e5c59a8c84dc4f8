/**
 * The thread that reads the source of a migration ahead and makes the digests of what it reads, while the other thread
 * writes. It only reads; whatever goes wrong here is left to the other, which then reads itself.
 */
import { hash } from 'node:crypto'
import { parentPort } from 'node:worker_threads'
import type { Problem } from '../../model/errors.ts'
import type { Store, StoreKind, StoreLocation, StoreType } from '../../stores/contract.ts'
import { pack, unpack } from '../../stores/pack.ts'
import type { ReadingReply, ReadingRequest } from './reading-protocol.ts'

/** Only what is needed is brought in: a job waits for it. */
const types: Readonly<Partial<Record<StoreKind, () => Promise<StoreType>>>> = {
  fs: async () => (await import('../../stores/fs/index.ts')).fsStoreType,
  json: async () => (await import('../../stores/json/index.ts')).jsonStoreType,
  lmdb: async () => (await import('../../stores/lmdb/index.ts')).lmdbStoreType,
  sqlite: async () => (await import('../../stores/sqlite/index.ts')).sqliteStoreType,
  redis: async () => (await import('../../stores/redis/index.ts')).redisStoreType,
}
const nothing = new Uint8Array(0)
let store: Store | undefined

async function open(location: StoreLocation): Promise<Store> {
  const type = types[location.kind]
  if (type) return (await type()).open(location)
  return (await import('../../stores/registry.ts')).openStore(location)
}

async function answer(request: ReadingRequest): Promise<ReadingReply> {
  if (request.kind === 'prepare') await types[request.of]?.()
  if (request.kind === 'close') {
    await store?.[Symbol.asyncDispose]()
    store = undefined
  }
  if (request.kind === 'open') store = await open(request.location)
  return request.kind === 'read' && store ? read(store, request) : { kind: 'done' }
}

async function read(
  source: Store,
  { keys: packed, expectBytes, facts }: ReadingRequest & { kind: 'read' },
): Promise<ReadingReply> {
  const keys = unpack(packed)
  const entries = facts ? ((await source.lookUp?.(keys)) ?? []) : []
  const found = await source.getMany(keys, { expectBytes })
  const without = new Map<number, Problem | undefined>()
  let sha256 = ''
  const values = found.map((value, i) => {
    if (!(value instanceof Uint8Array)) without.set(i, value)
    const bytes = value instanceof Uint8Array ? value : nothing
    sha256 += hash('sha256', bytes, 'hex')
    return bytes
  })
  return { kind: 'read', values: pack(values), sha256, without, entries }
}

const port = parentPort!
let queue: Promise<void> = Promise.resolve()
port.on('message', (request: ReadingRequest) => {
  queue = replyAfter(queue, request)
})

async function replyAfter(earlier: Promise<void>, request: ReadingRequest): Promise<void> {
  await earlier
  const reply = await answer(request).catch((): ReadingReply => ({ kind: 'failed' }))
  const moved = reply.kind === 'read' ? [reply.values.bytes.buffer, reply.values.ends.buffer] : []
  port.postMessage(reply, moved)
}
