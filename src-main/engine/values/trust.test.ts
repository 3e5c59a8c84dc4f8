import { Redis } from 'ioredis'
import { expect, it } from 'vitest'
import { toAppError } from '../../../shared/model/errors.ts'
import { openStore } from '../../../shared/stores/registry.ts'
import { freePort, startRedisAt } from '../../../shared/testing/redis.ts'
import { entryTrustOrGone } from './trust.ts'

it('a server that goes away ends the reading, and makes no entry a damaged one', async () => {
  await using server = await startRedisAt(await freePort())
  const admin = new Redis({ port: server.port })
  await admin.set('good', Buffer.from([0x80, 4, 0x4e, 0x2e]))
  await admin.rpush('list', 'a')
  admin.disconnect()
  await using store = await openStore(`redis://127.0.0.1:${server.port}`)
  expect(await entryTrustOrGone(store, 'good')).toMatchObject({ verdict: 'data' })
  expect(await entryTrustOrGone(store, 'none')).toBeUndefined()
  expect(await entryTrustOrGone(store, 'list')).toMatchObject({ verdict: 'broken' })
  server.kill()
  // Until the system has done it, the entry is as it was; after, the connection is found broken, then nobody listens.
  const said = (): Promise<unknown> =>
    entryTrustOrGone(store, 'good').then(
      (report) => report?.verdict,
      (thrown: unknown) => toAppError(thrown).message,
    )
  await expect.poll(said).toMatch(/Nothing listens/)
})
