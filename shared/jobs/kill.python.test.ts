import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { parseKey, showKey } from '../model/keys.ts'
import { openStore, resolveStore } from '../stores/registry.ts'
import { startRedis, type TestServer } from '../testing/redis.ts'
import { kills, KillStory } from './testing/kills.ts'
import { sha256Of } from './trash-bin.ts'

// A job is killed (SIGKILL, so that nothing of it can clean up) at a random moment, as often as it takes to come to an
// end. Then it is undone. Nothing may be lost, doubled or half written, and the source of a migration stays as it is.
// HASHCACHE_KILLS=1000 makes it a long test. What fails says its seed: HASHCACHE_SEED=… draws the same moments again.

const entryCount = 160
const maker = fileURLToPath(new URL('./testing/make-caches.ts', import.meta.url))

let folder: string
let redis: TestServer
let round = 0
const story = new KillStory()

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hashcache-kill-'))
  redis = await startRedis()
}, 60_000)
afterAll(async () => {
  await redis[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
}, 60_000)
beforeEach(({ onTestFailed }) => {
  onTestFailed(() => void process.stderr.write(`${story.told()}\n`))
})

/** Values of several sizes; a half written one would have another digest. */
function values(): [key: string, value: Uint8Array][] {
  return Array.from({ length: entryCount }, (_, i) => {
    const body = Buffer.alloc((i % 7) * 3_000 + 20, `${i} `)
    const header = Buffer.from([0x80, 4, 0x42, body.length & 255, body.length >> 8, 0, 0])
    return [sha256Of(Buffer.from(String(i))).slice(0, 40), Buffer.concat([header, body, Buffer.from('.')])]
  })
}

async function fill(url: string): Promise<void> {
  await using store = await openStore(url, { write: true })
  const outcomes = await store.apply(
    values().map(([key, value]) => ({ kind: 'put', key: parseKey(key), value })),
  )
  expect(outcomes.every(({ done }) => done)).toBe(true)
}

/** Digests by key; what is listed twice would show as more entries than keys. */
async function stateOf(url: string): Promise<{ listed: number; digests: Record<string, string> }> {
  await using store = await openStore(url)
  const digests: Record<string, string> = {}
  let listed = 0
  for await (const batch of store.entries()) {
    listed += batch.length
    const found = await store.getMany(batch.map(({ key }) => key))
    for (const [i, value] of found.entries()) digests[showKey(batch[i]!.key)] = sha256Of(value as Uint8Array)
  }
  return { listed, digests }
}

const places = ['fs', 'sqlite', 'lmdb', 'redis'] as const
const next = { fs: 'lmdb', lmdb: 'sqlite', sqlite: 'redis', redis: 'fs' } as const

function urlOf(kind: (typeof places)[number], name: string): string {
  const at = join(folder, `${round}-${name}`)
  mkdirSync(at, { recursive: true })
  if (kind === 'redis') return `redis://127.0.0.1:${redis.port}/${name === 'from' ? 1 : 2}`
  if (kind === 'sqlite') return `sqlite:${at}/cache.sqlite`
  return kind === 'lmdb' ? `lmdb:${at}/cache.lmdb` : `fs:${at}/cache`
}

function freshRound(): string {
  round++
  story.begin(round)
  execFileSync('redis-cli', ['-p', String(redis.port), 'flushall'])
  const dataFolder = join(folder, `${round}-data`)
  mkdirSync(dataFolder)
  return dataFolder
}

describe.each(places)('killed at random moments: %s', (kind) => {
  it('an eviction and its undo lose nothing', async () => {
    const budget = story.budgetOf(`${kind} evict`)
    while (budget.kills > 0) {
      const dataFolder = freshRound()
      const url = urlOf(kind, 'from')
      await fill(url)
      const before = await stateOf(url)
      expect(before.listed).toBe(entryCount)
      const store = await resolveStore(url)
      const job = await story.killOften(
        { kind: 'evict', store, selection: { query: 'size>3000' } },
        dataFolder,
        budget,
      )
      expect(job).toMatchObject({ state: 'done', outcomes: { failed: 0, changed: 0, skipped: 0 } })
      const evicted = job.outcomes.done
      expect(evicted).toBeGreaterThan(100)
      const during = await stateOf(url)
      expect(during.listed).toBe(entryCount - evicted)
      for (const [key, digest] of Object.entries(during.digests)) expect(before.digests[key]).toBe(digest)
      const undo = await story.killOften({ kind: 'undo', job: job.id }, dataFolder, budget)
      expect(undo).toMatchObject({
        state: 'done',
        outcomes: { done: evicted, failed: 0, changed: 0, skipped: 0 },
      })
      expect(await stateOf(url)).toEqual(before)
    }
  })

  it(`a migration to ${next[kind]} and its undo leave the source as it is`, async () => {
    const budget = story.budgetOf(`${kind} migrate`)
    while (budget.kills > 0) {
      const dataFolder = freshRound()
      const from = urlOf(kind, 'from')
      const to = urlOf(next[kind], 'to')
      await fill(from)
      const before = await stateOf(from)
      const job = await story.killOften(
        {
          kind: 'migrate',
          from: await resolveStore(from),
          to: await resolveStore(to),
          selection: {},
          onConflict: 'fail',
        },
        dataFolder,
        budget,
      )
      expect(job).toMatchObject({
        state: 'done',
        outcomes: { done: entryCount, failed: 0, changed: 0, skipped: 0 },
      })
      expect(await stateOf(to)).toEqual(before)
      expect(await stateOf(from)).toEqual(before)
      const undo = await story.killOften({ kind: 'undo', job: job.id }, dataFolder, budget)
      expect(undo).toMatchObject({
        state: 'done',
        outcomes: { done: entryCount, failed: 0, skipped: 0 },
      })
      expect(await stateOf(to)).toEqual({ listed: 0, digests: {} })
    }
  })
})

it('the kills were in the middle of migrations and evictions, and as many as were to be', () => {
  expect(story.counted).toBeGreaterThanOrEqual(kills)
})

describe.each([
  ['fs', 'fs', ''],
  ['json', 'json', ''],
  ['sqlite', 'sqlite', ''],
  ['archive', 'archive', ''],
  ['lmdb', 'lmdb', ''],
  ['shelve gnu', 'shelve', '?format=gnu'],
  ['shelve dumb', 'shelve', '?format=dumb'],
  ['shelve sqlite3', 'shelve', '?format=sqlite3'],
])('killed while it makes a new cache: %s', (name, scheme, query) => {
  it('the next that writes there makes it whole', async () => {
    const random = story.randomOf(name)
    const [key] = values()[0]!
    const value = scheme === 'json' ? Buffer.from('{}') : values()[0]![1]
    for (let kill = 0; kill < Math.ceil(kills / 25); kill++) {
      freshRound()
      const at = join(folder, `${round}-made`)
      const output = await story.runAndKill([maker, scheme, at, query], random)
      const last = Number(output.trimEnd().split('\n').at(-1))
      for (const i of [last, last + 1]) {
        await using store = await openStore(`${scheme}:${at}-${i}${query}`, { write: true })
        const [outcome] = await store.apply([{ kind: 'put', key: parseKey(key), value }])
        expect(outcome).toEqual({ done: true })
        expect(await store.getMany([parseKey(key)])).toEqual([new Uint8Array(value)])
      }
    }
  })
})
