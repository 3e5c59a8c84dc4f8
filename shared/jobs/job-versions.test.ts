import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { parseKey } from '../model/keys.ts'
import { openStore, resolveStore } from '../stores/registry.ts'
import type { Job, MigrateSpec } from './contract.ts'
import { JobFile, listJobs } from './job-file.ts'
import { planJob, replanJob, runPlanned } from './jobs.ts'
import { contentOf } from './testing/caches.ts'
import { asVersion1 } from './testing/version-1.ts'

let folder: string
let options: { dataFolder: string }
let from: string
let to: string
const keys = Array.from({ length: 30 }, (_, i) => i.toString(16).padStart(40, '0'))

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hashcache-versions-'))
  options = { dataFolder: join(folder, 'data') }
  from = `fs:${join(folder, 'from')}`
  to = `sqlite:${join(folder, 'to.sqlite')}`
  await put(from, keys, 'source')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function put(url: string, those: readonly string[], text: string): Promise<void> {
  await using store = await openStore(url, { write: true })
  const value = Buffer.concat([Buffer.from([0x80, 4, 0x8c, text.length]), Buffer.from(`${text}.`)])
  await store.apply(those.map((key) => ({ kind: 'put', key: parseKey(key), value })))
}

async function plan(change: Partial<MigrateSpec> = {}): Promise<Job> {
  const [source, target] = [await resolveStore(from), await resolveStore(to)]
  const spec: MigrateSpec = { kind: 'migrate', from: source, to: target, selection: {}, onConflict: 'fail' }
  return planJob({ ...spec, ...change }, options)
}

function become1(job: Job): void {
  asVersion1(options.dataFolder, job.id)
  expect(listJobs(options.dataFolder).find(({ id }) => id === job.id)).toEqual(job)
}

it('runs what the first version of the program planned', async () => {
  const planned = await plan()
  become1(planned)
  expect(await runPlanned(planned.id, options)).toMatchObject({ state: 'done', outcomes: { done: 30 } })
  expect(await contentOf(to)).toEqual(await contentOf(from))
})

it('resumes and undoes what the first version began', async () => {
  const planned = await plan()
  const stop = new AbortController()
  const half = await runPlanned(planned.id, {
    ...options,
    limits: { items: 10, bytes: 1e6 },
    signal: stop.signal,
    onProgress: () => stop.abort('pause'),
  })
  expect(half.finished.entries).toBeLessThan(30)
  become1(half)
  const done = await runPlanned(planned.id, options)
  expect(done).toMatchObject({ state: 'done', outcomes: { done: 30 } })
  become1(done)
  const undo = await planJob({ kind: 'undo', job: done.id }, options)
  expect(await runPlanned(undo.id, options)).toMatchObject({ state: 'done', outcomes: { done: 30 } })
  expect(await contentOf(to)).toEqual({})
})

it('plans conflicts of the first version again, now with the facts of both sides', async () => {
  await put(to, keys.slice(0, 3), 'target')
  const asked = await plan({ onConflict: 'ask' })
  become1(asked)
  await replanJob(asked.id, asked.spec, options)
  using file = JobFile.open(options.dataFolder, asked.id)
  const { items } = file.items({ from: 0, to: 9, action: 'ask' })
  expect(items.map(({ sides }) => sides?.target.bytes)).toEqual([11, 11, 11])
})

it('leaves a job of a newer version alone', async () => {
  const { id } = await plan()
  const database = new Database(join(options.dataFolder, 'jobs', id, 'job.sqlite'))
  database.pragma('user_version = 99')
  database.close()
  expect(() => JobFile.open(options.dataFolder, id)).toThrow('of this version of the program')
  expect(listJobs(options.dataFolder)).toEqual([])
})
