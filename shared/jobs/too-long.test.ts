import Database from 'better-sqlite3'
import { mkdtempSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openStore, resolveStore } from '../stores/registry.ts'
import { longestValueBytes } from '../stores/sqlite-file/largest.ts'
import { planJob, runPlanned, type JobsOptions } from './jobs.ts'
import { JobFile } from './job-file.ts'
import { contentOf } from './testing/caches.ts'
import { listTrash } from './trash.ts'

// What SQLite cannot hold in a value the trash cannot keep: then it stays in the cache. And what is damaged in the trash is in
// the way of nothing else.

let folder: string
let options: { dataFolder: string }
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashcache-too-long-'))
  options = { dataFolder: join(folder, 'data') }
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const encoder = new TextEncoder()

/** Nobody touches their pages. */
const tooLong = (): Uint8Array => new Uint8Array(longestValueBytes + 1)
/** SQLite's library keeps of such a value what is over, or nothing. */
const huge = (): Uint8Array => new Uint8Array(2 ** 31 + 5)

async function cacheOf(count: number): Promise<string> {
  const url = `sqlite:${join(folder, 'cache')}`
  await using store = await openStore(url, { write: true })
  await store.apply(
    Array.from({ length: count }, (_, i) => ({
      kind: 'put',
      key: encoder.encode(`key ${i}`),
      value: encoder.encode(`value ${i}`),
    })),
  )
  return url
}

function reasonsOf(id: string): string[] {
  using file = JobFile.open(options.dataFolder, id)
  return [...file.outcomes('failed')].map(({ outcome }) => outcome?.reason ?? '')
}

it('an entry that is too long for the trash stays in the cache, and the others go', async () => {
  const url = await cacheOf(3)
  const open: JobsOptions['open'] = async (location, how) => {
    const store = await openStore(location, how)
    const real = store.getMany.bind(store)
    const getMany: typeof store.getMany = async (keys, given) => {
      const values = await real(keys, given)
      return keys.map((key, i) => (Buffer.from(key).toString() === 'key 1' ? tooLong() : values[i]))
    }
    return Object.assign(store, { getMany })
  }
  const job = await planJob(
    { kind: 'evict', store: await resolveStore(url), selection: {} },
    { ...options, open },
  )
  expect(await runPlanned(job.id, { ...options, open })).toMatchObject({
    state: 'done',
    outcomes: { done: 2, failed: 1 },
  })
  expect(reasonsOf(job.id)).toEqual([expect.stringMatching(/key 1 cannot be kept in the trash: it has 1 GB/)])
  expect(Object.keys(await contentOf(url))).toEqual(['key 1'])
  expect(listTrash(options.dataFolder)).toMatchObject([{ entries: 2 }])
}, 60_000)

it('an SQLite cache refuses what it cannot hold, and says so', async () => {
  const url = await cacheOf(1)
  await using store = await openStore(url, { write: true })
  const outcomes = await store.apply(
    [tooLong(), huge(), encoder.encode('small')].map((value, i) => ({
      kind: 'put',
      key: encoder.encode(`new ${i}`),
      value,
    })),
  )
  expect(outcomes).toEqual([
    {
      done: false,
      reason: 'REFUSED',
      sentence: expect.stringMatching(/new 0 cannot be written: it has 1 GB/),
    },
    {
      done: false,
      reason: 'REFUSED',
      sentence: expect.stringMatching(/new 1 cannot be written: it has 2.1 GB/),
    },
    { done: true },
  ])
}, 60_000)

it('what is damaged in the trash is told, and the others come back', async () => {
  const url = await cacheOf(3)
  const old = await contentOf(url)
  const planned = await planJob({ kind: 'evict', store: await resolveStore(url), selection: {} }, options)
  const job = await runPlanned(planned.id, options)
  const bin = new Database(join(options.dataFolder, 'trash', job.id, 'bin.sqlite'))
  bin.prepare('UPDATE entries SET value = ? WHERE key = ?').run(Buffer.from('broken'), Buffer.from('key 1'))
  bin.close()
  const undo = await planJob({ kind: 'undo', job: job.id }, options)
  expect(await runPlanned(undo.id, options)).toMatchObject({
    state: 'done',
    outcomes: { done: 2, failed: 1 },
  })
  expect(reasonsOf(undo.id)).toEqual([expect.stringMatching(/^key 1 is damaged in the trash/)])
  expect(await contentOf(url)).toEqual({ 'key 0': old['key 0'], 'key 2': old['key 2'] })
  expect(listTrash(options.dataFolder)).toMatchObject([{ entries: 1 }])
})

it('a plan says that the trash keeps less than it takes', async () => {
  const cache = join(folder, 'files')
  const key = 'ab'.repeat(20)
  {
    await using store = await openStore(`fs:${cache}`, { write: true })
    await store.apply([{ kind: 'put', key: encoder.encode(key), value: encoder.encode('no pickle') }])
  }
  const spec = { kind: 'evict', store: await resolveStore(`fs:${cache}`), selection: {} } as const
  expect((await planJob(spec, options)).plan?.warnings).not.toContainEqual(
    expect.stringContaining('the trash keeps'),
  )
  truncateSync(join(cache, 'ab', key), 21e9)
  expect((await planJob(spec, options)).plan?.warnings).toContainEqual(
    expect.stringMatching(/^These are 21 GB, and the trash keeps 20 GB: .* go for good/),
  )
})
