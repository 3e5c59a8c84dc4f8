import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { join } from 'node:path'
import { Redis, ReplyError } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { showKey } from '../../model/keys.ts'
import { freePort, loadCommands, startCluster, startRedis, startTlsRedis } from '../../testing/redis.ts'
import type { TestServer, TlsServer } from '../../testing/redis.ts'
import { collect, outcomesOf } from '../conformance/plain.ts'
import type { Store, WriteOperation, WriteOutcome } from '../contract.ts'
import { failedWrite } from './faults.ts'
import { redisStoreType } from './index.ts'
import { adaptCount } from './listing.ts'

const hostile = join(import.meta.dirname, '../../testing/corpus/hostile/redis')

function open(path: string, options: Record<string, string> = {}, write = true): Promise<Store> {
  return redisStoreType.open({ kind: 'redis', path, options }, { write })
}

type Put = Extract<WriteOperation, { kind: 'put' }>

const put = (key: string, value: string): Put => ({
  kind: 'put',
  key: Buffer.from(key),
  value: Buffer.from(value),
})

const reasonOf = (outcome: WriteOutcome): string => (outcome.done ? 'done' : outcome.reason)

/** A server that answers whatever it is told with the same bytes. */
async function fakeServer(answer: (socket: Socket) => void): Promise<AsyncDisposable & { port: number }> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    answer(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

describe('servers that are not Redis', () => {
  const answers: [string, (socket: Socket) => void][] = [
    ...readdirSync(hostile).map((name): [string, (socket: Socket) => void] => {
      const bytes = readFileSync(join(hostile, name))
      return [name, (socket) => socket.on('data', () => socket.write(bytes))]
    }),
    ['silence', (socket) => socket.resume()],
    ['a closed door', (socket) => socket.end()],
    ['a greeting first', (socket) => socket.write('220 mail.example ESMTP\r\n')],
    [
      'Redis at first, nonsense later',
      (socket) =>
        socket.once('data', () =>
          socket.on('data', () => socket.write('*2147483647\r\n')).write('+PONG\r\n'),
        ),
    ],
  ]
  test.each(answers)('%s is refused in one sentence, within seconds', async (_name, answer) => {
    await using server = await fakeServer(answer)
    const startMs = performance.now()
    const memoryBefore = process.memoryUsage().rss
    await expect(open(`redis://127.0.0.1:${server.port}`)).rejects.toMatchObject({
      code: 'REFUSED',
      message: expect.stringMatching(/^[^\n]*127\.0\.0\.1:\d+[^\n]+\.$/),
    })
    expect(performance.now() - startMs).toBeLessThan(5_000)
    expect(process.memoryUsage().rss - memoryBefore).toBeLessThan(200_000_000)
  })

  test('an HTTP server is called one', async () => {
    const bytes = readFileSync(join(hostile, 'http.resp'))
    await using server = await fakeServer((socket) => socket.on('data', () => socket.write(bytes)))
    await expect(open(`redis://127.0.0.1:${server.port}`)).rejects.toThrow(/not Redis: it is a web server/)
  })
})

describe('connecting', () => {
  let plain: TestServer
  let tls: TlsServer
  beforeAll(async () => {
    plain = await startRedis('requirepass geheim')
    tls = await startTlsRedis()
  })
  afterAll(async () => {
    await plain[Symbol.asyncDispose]()
    await tls[Symbol.asyncDispose]()
  })

  test('what is wrong is said, the password never', async () => {
    const faults: [string, Record<string, string>, RegExp][] = [
      [`redis://127.0.0.1:${await freePort()}`, {}, /Nothing listens/],
      ['redis://no-such-host.invalid', {}, /host .* not known/],
      [`redis://127.0.0.1:${plain.port}`, {}, /wants a password/],
      [`redis://:wr0ng@127.0.0.1:${plain.port}`, {}, /does not take this user and password/],
      [`redis://nobody:wr0ng@127.0.0.1:${plain.port}`, {}, /does not take this user and password/],
      [`redis://:geheim@127.0.0.1:${plain.port}/99`, {}, /no database of that number/],
      [`redis+cluster://:geheim@127.0.0.1:${plain.port}`, {}, /no Redis Cluster/],
      [`redis+sentinel://127.0.0.1:${plain.port}/caches`, {}, /./],
      [`rediss://127.0.0.1:${plain.port}`, {}, /TLS/],
      [`rediss://127.0.0.1:${tls.port}`, {}, /TLS .*(?:SELF_SIGNED|UNABLE_TO)/],
      [`rediss://127.0.0.1:${tls.port}`, { ca: tls.ca, servername: 'other.test' }, /TLS/],
      [`rediss://127.0.0.1:${tls.port}`, { ca: '/no/such.pem' }, /no file \/no\/such\.pem/],
      [`redis://127.0.0.1:${tls.port}`, {}, /closed the connection|not Redis/],
      [`rediss://cache:wr0ng@127.0.0.1:${tls.port}`, { ca: tls.ca }, /does not take this user/],
    ]
    for (const [url, options, message] of faults) {
      const opening = open(url, options)
      await expect(opening).rejects.toThrow(message)
      await expect(opening).rejects.not.toThrow(/geheim|wr0ng/)
    }
  })

  test('a signal ends connecting at once', async () => {
    await using server = await fakeServer((socket) => socket.resume())
    const controller = new AbortController()
    const location = { kind: 'redis', path: `redis://127.0.0.1:${server.port}`, options: {} } as const
    const opening = redisStoreType.open(location, { signal: controller.signal })
    controller.abort()
    await expect(opening).rejects.toMatchObject({ code: 'CANCELLED' })
  })

  test('a user without rights is told which are missing', async () => {
    const admin = new Redis({ port: plain.port, password: 'geheim' })
    await admin.call('ACL', 'SETUSER', 'reader', 'on', '>pw', '~*', '+@read', '+ping', '+scan', '-info')
    await admin.set('k', 'v')
    await using store = await open(`redis://reader:pw@127.0.0.1:${plain.port}`)
    expect((await collect(store.entries())).map(({ key }) => showKey(key))).toEqual(['k'])
    const [outcome] = await store.apply([put('a', 'b')])
    expect(outcome).toMatchObject({
      done: false,
      reason: 'REFUSED',
      sentence: expect.stringMatching(/NOPERM/),
    })
    expect(await store.changeToken()).not.toEqual(await store.changeToken())
    admin.disconnect()
  })
})

describe('one server', () => {
  let server: TestServer
  let admin: Redis
  beforeAll(async () => {
    server = await startRedis()
    admin = new Redis({ port: server.port })
  })
  afterAll(async () => {
    admin.disconnect()
    await server[Symbol.asyncDispose]()
  })
  const at = (prefix: string): Promise<Store> => open(`redis://127.0.0.1:${server.port}`, { prefix })

  test('keys of other types are shown, never touched', async () => {
    await admin.rpush('t:list', 'a')
    await admin.hset('t:hash', 'a', 'b')
    await admin.set('t:string', 's')
    await using store = await at('t:')
    expect((await collect(store.entries())).map(({ key }) => showKey(key))).toEqual(['string'])
    const strays = await store.strays!(10)
    expect(Object.fromEntries(strays.map(({ name, reason }) => [name, reason.split(',')[0]]))).toEqual({
      't:hash': 'a Redis hash',
      't:list': 'a Redis list',
    })
    expect(await store.getMany([Buffer.from('list')])).toMatchObject([{ code: 'UNREADABLE' }])
    const operations: WriteOperation[] = [put('list', 'x'), { kind: 'delete', key: Buffer.from('hash') }]
    expect(outcomesOf(await store.apply(operations))).toEqual(['REFUSED', 'REFUSED'])
    expect(await admin.lrange('t:list', 0, -1)).toEqual(['a'])
    expect(await admin.hgetall('t:hash')).toEqual({ a: 'b' })
  })

  test('times to live are listed, and kept by a put that has them', async () => {
    await using store = await at('life:')
    const expiresAtMs = Date.now() + 1_000_000
    await store.apply([
      { ...put('a', 'x'), expiresAtMs },
      put('b', 'x'),
      { ...put('c', 'x'), expect: 'absent', expiresAtMs },
    ])
    const entries = await collect(store.entries())
    const lives = Object.fromEntries(entries.map((entry) => [showKey(entry.key), entry.expiresAtMs]))
    expect(lives['b']).toBeUndefined()
    for (const name of ['a', 'c']) expect(Math.abs(lives[name]! - expiresAtMs)).toBeLessThan(1_000)
    const late = await store.apply([{ ...put('d', 'x'), expiresAtMs: Date.now() - 1 }])
    expect(late).toMatchObject([{ done: false, reason: 'REFUSED' }])
  })

  test('a prefix is text, not a pattern', async () => {
    await admin.mset({ 'p*q:1': 'a', 'pxq:2': 'b', 'p*q:': 'c' })
    await using store = await at('p*q:')
    expect((await collect(store.entries())).map(({ key }) => showKey(key)).toSorted()).toEqual(['', '1'])
  })

  test('a value written again and again is whole, or a problem', async () => {
    await using store = await at('race:')
    const values = ['a', 'b'].map((letter) => Buffer.alloc(3_000_000, letter))
    await admin.set('race:k', values[0]!)
    const stop = new AbortController()
    const writer = (async () => {
      for (let round = 0; !stop.signal.aborted; round++) await admin.set('race:k', values[round % 2]!)
    })()
    for (let round = 0; round < 10; round++) {
      const [value] = await store.getMany([Buffer.from('k')])
      const isWhole =
        value instanceof Uint8Array && values.some((whole) => Buffer.compare(whole, value) === 0)
      expect(isWhole || !(value instanceof Uint8Array)).toBe(true)
    }
    stop.abort()
    await writer
  })

  test('a full server says so, and a replica', async () => {
    await using store = await at('full:')
    await admin.config('SET', 'maxmemory', '1')
    expect(await store.apply([put('a', 'b')])).toMatchObject([
      { done: false, reason: 'NO_SPACE', sentence: expect.stringMatching(/maxmemory/) },
    ])
    await admin.config('SET', 'maxmemory', '0')
    await using master = await startRedis()
    await using replica = await startRedis(`replicaof 127.0.0.1 ${master.port}`)
    await using copy = await open(`redis://127.0.0.1:${replica.port}`)
    expect(await copy.apply([put('a', 'b')])).toMatchObject([
      { done: false, reason: 'UNWRITABLE', sentence: expect.stringMatching(/replica/) },
    ])
  })

  test('what it refuses of one entry is that entry’s, and the others are written', async () => {
    await using strict = await startRedis('proto-max-bulk-len 1mb')
    await using store = await open(`redis://127.0.0.1:${strict.port}`)
    const large = { ...put('large', ''), value: Buffer.alloc(2_000_000) }
    expect(await store.apply([put('a', 'x'), large, put('b', 'x')])).toMatchObject([
      { done: true },
      { done: false, reason: 'REFUSED', sentence: expect.stringMatching(/1,048,576 bytes .* 2,000,000/) },
      { done: true },
    ])
  })

  test('answers about one entry are told apart from those about the server', () => {
    const reasons = (messages: readonly string[]): unknown[] =>
      messages.map((message) => failedWrite('here', new ReplyError(message))).map(reasonOf)
    const script = 'ERR Error running script (call to f_1): @user_script:1: @user_script: 1: -'
    const wrongType = 'WRONGTYPE Operation against a key holding the wrong kind of value'
    expect(
      reasons([wrongType, `${script}${wrongType}`, 'ERR string exceeds maximum allowed size', 'NOPERM no']),
    ).toEqual(Array(4).fill('REFUSED'))
    const whole = ['NOAUTH Authentication required.', 'LOADING Redis is loading', 'CLUSTERDOWN down']
    expect(reasons([...whole, 'MISCONF no', `${script}READONLY no`, 'MASTERDOWN no'])).toEqual(
      Array(6).fill('UNWRITABLE'),
    )
    expect(reasons([`${script}OOM command not allowed`])).toEqual(['NO_SPACE'])
    expect(reasonOf(failedWrite('here', new Error('Connection is closed.')))).toBe('UNWRITABLE')
  })

  test('after the connection broke, the next call makes another', async () => {
    await using store = await at('again:')
    await store.apply([put('a', 'b')])
    await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
    const twice = async (): Promise<unknown> => {
      await store.getMany([Buffer.from('a')]).catch(() => undefined)
      return store.getMany([Buffer.from('a')])
    }
    expect(await twice()).toEqual([Uint8Array.from(Buffer.from('b'))])
  })

  test('cancelling closes the socket that it waits on', async () => {
    await using store = await at('stop:')
    await store.apply([put('a', 'b')])
    const connections = async (): Promise<number> => {
      const list = String(await admin.call('CLIENT', 'LIST', 'TYPE', 'normal'))
      return list.trim().split('\n').length
    }
    const before = await connections()
    const controller = new AbortController()
    const reading = store.getMany([Buffer.from('a')], { signal: controller.signal })
    await Promise.resolve()
    controller.abort()
    await expect(reading).rejects.toMatchObject({ code: 'CANCELLED' })
    await expect.poll(connections).toBeLessThan(before)
    expect(await store.getMany([Buffer.from('a')])).toEqual([Uint8Array.from(Buffer.from('b'))])
  })
})

test('the corpus, loaded into a server and into a cluster, is listed and read as Python wrote it', async () => {
  const corpus = join(import.meta.dirname, '../../testing/corpus/redis')
  const lines = readFileSync(join(corpus, 'dump.jsonl'), 'utf8').trim().split('\n')
  const rows = lines.map((line) => JSON.parse(line) as { key: string; value: string; ttl?: number })
  const expected = Object.fromEntries(rows.map((row) => [showKey(Buffer.from(row.key, 'base64')), row.value]))
  await using server = await startRedis()
  await loadCommands(server.port, readFileSync(join(corpus, 'load.resp')))
  await using store = await open(`redis://127.0.0.1:${server.port}`, {}, false)
  expect(await contentOf(store)).toEqual(expected)
  const truth = JSON.parse(readFileSync(join(corpus, 'expected.json'), 'utf8')) as {
    other_keys: Record<string, string>
    entries: { key: string; size: number }[]
  }
  const sizes = new Map(
    (await collect(store.entries())).map(({ key, sizeBytes }) => [showKey(key), sizeBytes]),
  )
  for (const { key, size } of truth.entries) expect(sizes.get(key)).toBe(size)
  const strays = (await store.strays!(100)).map(({ name }) => name).toSorted()
  const others = Object.keys(truth.other_keys).filter((key) => truth.other_keys[key] !== 'string')
  expect(strays).toEqual(others.toSorted())

  await using cluster = await startCluster()
  await using spread = await open(`redis+cluster://127.0.0.1:${cluster.ports[1]}`)
  const copies = rows.map(({ key, value }): WriteOperation => ({
    kind: 'put',
    key: Buffer.from(key, 'base64'),
    value: Buffer.from(value, 'base64'),
  }))
  expect(outcomesOf(await spread.apply(copies)).every((outcome) => outcome === 'done')).toBe(true)
  expect(await contentOf(spread)).toEqual(expected)
})

async function contentOf(store: Store): Promise<Record<string, string>> {
  const keys = (await collect(store.entries())).map(({ key }) => key)
  const values = await store.getMany(keys)
  return Object.fromEntries(
    keys.map((key, index) => [showKey(key), Buffer.from(values[index] as Uint8Array).toString('base64')]),
  )
}

test('COUNT follows how long a call takes', () => {
  expect(adaptCount(1_000, 20)).toBe(500)
  expect(adaptCount(1_000, 0.1)).toBe(1_250)
  expect(adaptCount(1_000, 3)).toBe(1_000)
  expect(adaptCount(50, 1_000)).toBe(50)
})
