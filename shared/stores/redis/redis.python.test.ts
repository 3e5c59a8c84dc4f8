import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { python } from '../../testing/python.ts'
import { startRedis } from '../../testing/redis.ts'
import { collect } from '../conformance/plain.ts'
import type { WriteOperation } from '../contract.ts'
import { redisStoreType } from './index.ts'

const each = 10_000
const keyOf = (side: string, index: number): string =>
  createHash('sha1').update(`${side} ${index}`).digest('hex')

test('while Python keeps writing to the same server, nothing of either side is lost', async () => {
  await using server = await startRedis()
  await using store = await redisStoreType.open(
    { kind: 'redis', path: `redis://127.0.0.1:${server.port}/0`, options: {} },
    { write: true },
  )
  const script = `
import hashlib, redis, sys
db = redis.Redis(port=int(sys.argv[1]))
for i in range(${each}):
    db.set(hashlib.sha1(b'python %d' % i).hexdigest(), b'python %d' % i)
`
  const writer = spawn(python, ['-c', script, String(server.port)], { stdio: 'inherit' })
  const ended = once(writer, 'exit')
  for (let start = 0; start < each; start += 500) {
    const batch = Array.from({ length: 500 }, (_, offset): WriteOperation => {
      const text = `node ${start + offset}`
      return {
        kind: 'put',
        key: Buffer.from(keyOf('node', start + offset)),
        value: Buffer.from(text),
        expect: 'absent',
      }
    })
    for (const outcome of await store.apply(batch)) expect(outcome).toEqual({ done: true })
  }
  expect((await ended)[0]).toBe(0)
  const listed = new Set((await collect(store.entries())).map(({ key }) => Buffer.from(key).toString()))
  expect(listed.size).toBe(2 * each)
  for (const side of ['node', 'python']) {
    const keys = Array.from({ length: each }, (_, index) => keyOf(side, index))
    const values = await store.getMany(keys.map((key) => Buffer.from(key)))
    const wrong = values.filter(
      (value, index) => Buffer.from(value as Uint8Array).toString() !== `${side} ${index}`,
    )
    expect(wrong).toEqual([])
    expect(keys.filter((key) => !listed.has(key))).toEqual([])
  }
})
