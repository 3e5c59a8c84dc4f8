import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseKey, showKey } from '../model/keys.ts'
import { openStore, resolveStore } from '../stores/registry.ts'
import { startRedis, type TestServer } from '../testing/redis.ts'
import type { Job, JobSpec } from './contract.ts'
import { JobFile } from './job-file.ts'
import { planJob, runPlanned } from './jobs.ts'
import { sha256Of } from './trash-bin.ts'

// A job is killed (SIGKILL, so that nothing of it can clean up) at a random moment, as often as it takes to come to an
// end. Then it is undone. Nothing may be lost, doubled or half written, and the source of a migration stays as it is.
// HASHCACHE_KILLS=1000 makes it a long test.

const kills = Number(process.env.HASHCACHE_KILLS ?? 100)
const entryCount = 160
const runner = fileURLToPath(new URL('./testing/run-job.ts', import.meta.url))

let folder: string
let redis: TestServer
let round = 0

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hashcache-kill-'))
  redis = await startRedis()
}, 60_000)
afterAll(async () => {
  await redis[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
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

/** Runs a job in a process that is killed after so long, if it has not ended by itself. */
function runAndKill(dataFolder: string, id: string, afterMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [runner, dataFolder, id], { stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.on('data', (piece: Buffer) => {
      if (output === '') setTimeout(() => child.kill('SIGKILL'), afterMs)
      output += piece.toString()
    })
    child.once('error', reject)
    child.once('close', (code) => {
      if (code !== 0 && code !== null) reject(new Error(`the run failed: ${output}`))
      else resolve()
    })
  })
}

async function killOften(spec: JobSpec, dataFolder: string, budget: { kills: number }): Promise<Job> {
  const options = { dataFolder }
  const planned = await planJob(spec, options)
  // A long run would be killed again and again, and the last one is to see the end.
  for (let tries = 0; tries < 12; tries++) {
    await runAndKill(dataFolder, planned.id, Math.random() ** 2 * 250)
    const job = jobOf(dataFolder, planned.id)
    if (job.state === 'done') return job
    budget.kills--
  }
  return runPlanned(planned.id, options)
}

function jobOf(dataFolder: string, id: string): Job {
  using file = JobFile.open(dataFolder, id)
  return file.job()
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
  execFileSync('redis-cli', ['-p', String(redis.port), 'flushall'])
  const dataFolder = join(folder, `${round}-data`)
  mkdirSync(dataFolder)
  return dataFolder
}

describe.each(places)('killed at random moments: %s', (kind) => {
  it('an eviction and its undo lose nothing', async () => {
    const budget = { kills: kills / 8 }
    while (budget.kills > 0) {
      const dataFolder = freshRound()
      const url = urlOf(kind, 'from')
      await fill(url)
      const before = await stateOf(url)
      expect(before.listed).toBe(entryCount)
      const store = await resolveStore(url)
      const job = await killOften(
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
      const undo = await killOften({ kind: 'undo', job: job.id }, dataFolder, budget)
      expect(undo).toMatchObject({
        state: 'done',
        outcomes: { done: evicted, failed: 0, changed: 0, skipped: 0 },
      })
      expect(await stateOf(url)).toEqual(before)
    }
  })

  it(`a migration to ${next[kind]} and its undo leave the source as it is`, async () => {
    const budget = { kills: kills / 8 }
    while (budget.kills > 0) {
      const dataFolder = freshRound()
      const from = urlOf(kind, 'from')
      const to = urlOf(next[kind], 'to')
      await fill(from)
      const before = await stateOf(from)
      const job = await killOften(
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
      const undo = await killOften({ kind: 'undo', job: job.id }, dataFolder, budget)
      expect(undo).toMatchObject({ state: 'done', outcomes: { done: entryCount, failed: 0, skipped: 0 } })
      expect(await stateOf(to)).toEqual({ listed: 0, digests: {} })
    }
  })
})
