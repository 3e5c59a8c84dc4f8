import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Connection } from '../../shared/api/contract.ts'
import { storeTrustEvent, type StoreTrust, type StoreTrustEvent } from '../../shared/api/trust.ts'
import { corpus, refusal, startEngine } from './testing/client.ts'

const attackKey = 'aa'.repeat(20)
const brokenKey = 'bb'.repeat(20)

const client = await startEngine()
const { folder, ask, post, ready } = client
let store: Connection

beforeAll(async () => {
  const cache = join(folder, 'cache')
  await cp(join(corpus, 'fs-class', 'cache'), cache, { recursive: true })
  for (const key of [attackKey, brokenKey]) mkdirSync(join(cache, key.slice(0, 2)), { recursive: true })
  copyFileSync(join(corpus, 'hostile', 'run-joblib-plain.joblib'), join(cache, 'aa', attackKey))
  writeFileSync(join(cache, 'bb', brokenKey), Buffer.from([0x80, 4, 0x7d]))
  store = await ready(await post<Connection>('stores', { location: cache }))
})

afterAll(() => client[Symbol.asyncDispose]())

async function eventsOf(query: string): Promise<StoreTrustEvent[]> {
  const response = await ask(`stores/${store.id}/trust?q=${encodeURIComponent(query)}`)
  expect(response.headers.get('content-type')).toBe('application/x-ndjson')
  const lines = (await response.text()).trimEnd().split('\n')
  return lines.map((line) => storeTrustEvent.parse(JSON.parse(line)))
}

async function trustOf(query: string): Promise<StoreTrust> {
  const last = (await eventsOf(query)).at(-1)!
  if (last.type !== 'end') throw new Error(JSON.stringify(last))
  return last.trust
}

it('adds up a cache: the unknown first, with the keys of the entries', async () => {
  const trust = await trustOf('')
  expect(trust.verdicts).toMatchObject({ unknown: 1, broken: 1 })
  expect(trust.entries).toBe(155)
  expect(trust.calls).toMatchObject([{ callee: 'posix.system', entries: 1, keys: [attackKey] }])
  expect(trust.imports[0]).toMatchObject({ module: 'posix', what: 'unknown', keys: [attackKey] })
  const known = trust.imports.find(({ what }) => what === 'known')!
  expect(known.keys).toHaveLength(Math.min(known.entries, 200))
  expect(trust.notable.map(({ key, verdict }) => [key, verdict])).toEqual([
    [attackKey, 'unknown'],
    [brokenKey, 'broken'],
  ])
})

it('is about the entries of a filter', async () => {
  const { entries, verdicts } = await trustOf('func:langevin_trace')
  expect({ entries, unknown: verdicts.unknown, broken: verdicts.broken }).toEqual({
    entries: 6,
    unknown: 0,
    broken: 0,
  })
})

it('says what is wrong with a filter, and with a cache that is not open', async () => {
  const path = `stores/${store.id}/trust?q=`
  expect(await refusal(ask(`${path}size>`))).toMatchObject({ status: 400, code: 'BAD_QUERY' })
  expect(await refusal(ask(path + 'a'.repeat(10_001)))).toMatchObject({ status: 400, code: 'BAD_QUERY' })
  expect(await refusal(ask('stores/none/trust'))).toMatchObject({ status: 404 })
})

it('ends when nobody waits for it', async () => {
  const response = await ask(`stores/${store.id}/trust`)
  await response.body!.cancel()
  // The one thread is free again for the next question.
  expect((await trustOf('func:langevin_trace')).entries).toBe(6)
})
