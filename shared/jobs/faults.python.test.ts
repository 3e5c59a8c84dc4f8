import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppError, toAppError } from '../model/errors.ts'
import { parseKey, showKey } from '../model/keys.ts'
import { openStore, resolveStore } from '../stores/registry.ts'
import { python } from '../testing/python.ts'
import { freePort, startRedis, startRedisAt } from '../testing/redis.ts'
import type { Job, JobSpec } from './contract.ts'
import { keysOf } from './guarded.ts'
import { asTold, planJob, runPlanned } from './jobs.ts'
import { unwrapped } from './migrate/convert.ts'
import { contentOf, withApply } from './testing/caches.ts'
import { canMount, SmallDisk } from './testing/small-disk.ts'
import { sha256Of } from './trash-bin.ts'

// Faults of the places that jobs write to: the job stops with a reason that names the place and the next step, goes on
// when that is mended, and nothing is lost or doubled.

const count = 300
const scratch = mkdtempSync(join(tmpdir(), 'hashcache-can-mount-'))
const mounts = canMount(join(scratch, 'disk'))
rmSync(scratch, { recursive: true, force: true })

let folder: string
let options: { dataFolder: string }
let from: string
let before: Record<string, string>

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hashcache-faults-'))
  options = { dataFolder: join(folder, 'data') }
  from = `fs:${join(folder, 'from')}`
  await fill(from)
  before = await contentOf(from)
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const key = (i: number): string => sha256Of(Buffer.from(String(i))).slice(0, 40)
function pickle(i: number): Uint8Array {
  const body = Buffer.alloc(2_000 + (i % 7) * 1_500, `${i} `)
  const header = Buffer.from([0x80, 4, 0x42, body.length & 255, body.length >> 8, 0, 0])
  return Buffer.concat([header, body, Buffer.from('.')])
}

async function fill(url: string): Promise<void> {
  await using store = await openStore(url, { write: true })
  const outcomes = await store.apply(
    Array.from({ length: count }, (_, i) => ({ kind: 'put', key: parseKey(key(i)), value: pickle(i) })),
  )
  expect(outcomes.every(({ done }) => done)).toBe(true)
}

async function migrateTo(url: string): Promise<Job> {
  return planJob(
    {
      kind: 'migrate',
      from: await resolveStore(from),
      to: await resolveStore(url),
      selection: {},
      onConflict: 'fail',
      acceptLimits: true,
    },
    options,
  )
}
/** In many batches, so that faults come between some of them. */
const limits = { items: 20, bytes: 1 << 20 }
const run = (job: Job, onProgress?: (job: Job) => void): Promise<Job> =>
  runPlanned(job.id, { ...options, limits, onProgress })

/** A run in whose middle something happens. */
async function runLosing(job: Job, lose: () => void): Promise<Job> {
  let isLost = false
  return runPlanned(job.id, {
    ...options,
    limits,
    open: async (location, how) => {
      const store = await openStore(location, how)
      if (!how.write) return store
      return withApply(store, async (inner, operations) => {
        const outcomes = await inner.apply(operations)
        if (!isLost) lose()
        isLost = true
        return outcomes
      })
    },
  })
}

/** What renames files, or writes into room of its own, needs no disk; what stops gives up nothing, and goes on. */
async function brought(job: Job, disk: SmallDisk): Promise<Job> {
  const first = await run(job)
  disk.free()
  if (first.state !== 'stopped') return first
  expect(first.outcomes).toMatchObject({ failed: 0, changed: 0, skipped: 0 })
  return run(job)
}

/** Every entry there is one of the source, and whole: their number. */
async function wholeIn(url: string): Promise<number> {
  const values = new Map<string, Uint8Array>()
  await using store = await openStore(url)
  for await (const batch of store.entries())
    for (const [i, value] of (await store.getMany(keysOf(batch))).entries())
      values.set(showKey(batch[i]!.key), unwrapped(store, value as Uint8Array))
  for (const [shown, value] of values) expect(sha256Of(value)).toBe(before[shown])
  return values.size
}

const onDisk = [
  ['fs', (at: string) => `fs:${at}/cache`],
  ['sqlite', (at: string) => `sqlite:${at}/cache.sqlite`],
  ['lmdb', (at: string) => `lmdb:${at}/cache.lmdb`],
  ['archive', (at: string) => `archive:${at}/cache.hashcache`],
  ['shelve gnu', (at: string) => `shelve:${at}/cache?format=gnu`],
  ['shelve dumb', (at: string) => `shelve:${at}/cache?format=dumb`],
  ['shelve sqlite3', (at: string) => `shelve:${at}/cache?format=sqlite3`],
] as const

describe.runIf(mounts).each(onDisk)('a full disk under %s', (_kind, urlAt) => {
  it('stops a migration, which goes on when there is room, and is undone', async () => {
    using disk = new SmallDisk(join(folder, 'disk'), '900k')
    const url = urlAt(disk.path)
    const planned = await migrateTo(url)
    // Not mended yet the second time: it stops again, and gives up nothing.
    for (const stopped of [await run(planned), await run(planned)]) {
      expect(stopped).toMatchObject({ state: 'stopped', problem: { code: 'REFUSED' } })
      const { sentence } = stopped.problem!
      expect(sentence).toContain(disk.path)
      expect(sentence).toMatch(/no (?:room|space)/)
      expect(sentence).toContain('resume')
      expect(stopped.outcomes).toMatchObject({ failed: 0, changed: 0, skipped: 0 })
      expect(await wholeIn(url)).toBeGreaterThanOrEqual(stopped.outcomes.done)
    }
    disk.resize('64m')
    expect(await run(planned)).toMatchObject({ state: 'done', outcomes: { done: count, failed: 0 } })
    expect(await wholeIn(url)).toBe(count)
    const undo = await planJob({ kind: 'undo', job: planned.id }, options)
    expect(await run(undo)).toMatchObject({ state: 'done', outcomes: { done: count, failed: 0, skipped: 0 } })
    expect(await contentOf(url)).toEqual({})
    expect(await contentOf(from)).toEqual(before)
  })

  it('stops an eviction, or the undo of one, and loses nothing', async () => {
    using disk = new SmallDisk(join(folder, 'disk'), '64m')
    const url = urlAt(disk.path)
    expect(await run(await migrateTo(url))).toMatchObject({ state: 'done' })
    const content = await contentOf(url)
    const evict = await planJob({ kind: 'evict', store: await resolveStore(url), selection: {} }, options)
    disk.fill()
    expect(await brought(evict, disk)).toMatchObject({ state: 'done', outcomes: { done: count, failed: 0 } })
    expect(await contentOf(url)).toEqual({})
    const undo = await planJob({ kind: 'undo', job: evict.id }, options)
    disk.fill(4_096)
    expect(await brought(undo, disk)).toMatchObject({
      state: 'done',
      outcomes: { done: count, failed: 0, skipped: 0 },
    })
    expect(await contentOf(url)).toEqual(content)
  })
})

describe.runIf(mounts)('a full disk under the trash and the journal', () => {
  it('stops an eviction with its reason, and loses nothing', async () => {
    using disk = new SmallDisk(join(folder, 'disk'), '64m')
    const url = `sqlite:${join(folder, 'cache.sqlite')}`
    await fill(url)
    options = { dataFolder: join(disk.path, 'data') }
    const evict = await planJob({ kind: 'evict', store: await resolveStore(url), selection: {} }, options)
    disk.fill(600_000)
    const stopped = await run(evict)
    expect(stopped).toMatchObject({ state: 'stopped', outcomes: { failed: 0, changed: 0 } })
    expect(stopped.problem!.sentence).toContain(disk.path)
    expect(stopped.problem!.sentence).toContain('make room')
    disk.free()
    expect(await run(evict)).toMatchObject({ state: 'done', outcomes: { done: count, failed: 0 } })
    const undo = await planJob({ kind: 'undo', job: evict.id }, options)
    expect(await run(undo)).toMatchObject({ state: 'done', outcomes: { done: count } })
    expect(await contentOf(url)).toEqual(before)
  })
})

// The process that writes LMDB keeps its file open: the disk cannot become read-only under it.
const reopened = onDisk.filter(([kind]) => kind !== 'lmdb')

describe.runIf(mounts).each(reopened)('a disk under %s that becomes read-only', (_kind, urlAt) => {
  it('stops a migration, which goes on when it may be written again', async () => {
    using disk = new SmallDisk(join(folder, 'disk'), '64m')
    const url = urlAt(disk.path)
    const planned = await migrateTo(url)
    const stopped = await runLosing(planned, () => disk.setReadOnly(true))
    expect(stopped).toMatchObject({ state: 'stopped', problem: { code: 'REFUSED' } })
    expect(stopped.problem!.sentence).toContain(disk.path)
    expect(stopped.problem!.sentence).toMatch(/reading only|readonly/)
    expect(stopped.problem!.sentence).toContain('resume')
    const again = await run(planned).catch((thrown: unknown) => toAppError(thrown))
    expect(again instanceof AppError ? again.code : again.problem?.code).toBe('REFUSED')
    disk.setReadOnly(false)
    expect(await run(planned)).toMatchObject({ state: 'done', outcomes: { done: count, failed: 0 } })
    expect(await wholeIn(url)).toBe(count)
  })
})

describe('the map of an LMDB', () => {
  const path = (): string => join(folder, 'cache.lmdb')
  const inPython = (script: string): string =>
    execFileSync(
      python,
      ['-c', `import lmdb\nenv = lmdb.open(${JSON.stringify(path())}, map_size=${most})\n${script}`],
      {
        encoding: 'utf8',
      },
    )
  const most = 4_194_304
  const filling = `
with env.begin(write=True) as txn:
    for i in range(30): txn.put(b'python %d' % i, bytes(100_000))`
  const url = (): string => `lmdb:${path()}?map_size=${most}`

  it('that is too small for what is planned is told by the plan', async () => {
    const spec: JobSpec = {
      kind: 'migrate',
      from: await resolveStore(from),
      to: await resolveStore(`lmdb:${path()}?map_size=1MB`),
      selection: {},
      onConflict: 'fail',
    }
    for (const _ of ['before it is made', 'afterwards']) {
      const { plan } = await planJob(spec, options)
      expect(plan).toMatchObject({ needs: 'acceptLimits' })
      expect(plan!.refused).toMatch(/map of this LMDB may grow to 1(?:\.0)? MB \(map_size\)/)
      expect(plan!.refused).toContain('do not fit')
      await using store = await openStore(`lmdb:${path()}`, { write: true })
      await store.apply([{ kind: 'delete', key: parseKey(key(0)) }])
    }
    expect(await contentOf(`lmdb:${path()}`)).toEqual({})
  })

  it.each([
    ['may grow', async () => `lmdb:${path()}?map_size=64MiB`],
    [
      'has room again',
      async () => {
        inPython(`
with env.begin(write=True) as txn:
    for i in range(30): txn.delete(b'python %d' % i)`)
        return url()
      },
    ],
  ])('that another program fills stops a migration until it %s', async (_how, mended) => {
    const planned = await migrateTo(url())
    const first = await runLosing(planned, () => inPython(filling))
    for (const stopped of [first, await run(planned)]) {
      expect(stopped).toMatchObject({ state: 'stopped', outcomes: { failed: 0, changed: 0, skipped: 0 } })
      expect(stopped.outcomes.done).toBeGreaterThan(0)
      const { sentence } = stopped.problem!
      expect(sentence).toContain(path())
      expect(sentence).toMatch(/may grow to 4\.2 MB \(map_size\), and .* more were to be written/)
      expect(sentence).toContain('map_size=BYTES')
      expect(sentence).toContain('resume')
    }
    // Python, which opens it with the same map, reads and writes it still.
    inPython(`with env.begin(write=True) as txn: txn.put(b'python 0', b'again')`)
    const told = await resolveStore(await mended())
    const job = await runPlanned(planned.id, {
      ...options,
      open: (location, how) => openStore(asTold(location, [told]), how),
    })
    expect(job).toMatchObject({ state: 'done', outcomes: { done: count, failed: 0 } })
    const content = await contentOf(`lmdb:${path()}`)
    for (const name of Object.keys(content)) if (name.startsWith('python')) delete content[name]
    expect(content).toEqual(before)
  })
})

describe('Redis', () => {
  it('that is full (maxmemory, noeviction) stops a migration until it has memory', async () => {
    await using redis = await startRedis('maxmemory 2mb', 'maxmemory-policy noeviction')
    const url = `redis://127.0.0.1:${redis.port}/0`
    const planned = await migrateTo(url)
    for (const stopped of [await run(planned), await run(planned)]) {
      expect(stopped).toMatchObject({ state: 'stopped', outcomes: { failed: 0, changed: 0 } })
      expect(stopped.problem!.sentence).toMatch(/maxmemory.*resume/)
      expect(stopped.problem!.sentence).toContain(String(redis.port))
      expect(await wholeIn(url)).toBeGreaterThanOrEqual(stopped.outcomes.done)
    }
    execFileSync('redis-cli', ['-p', String(redis.port), 'config', 'set', 'maxmemory', '0'])
    expect(await run(planned)).toMatchObject({ state: 'done', outcomes: { done: count, failed: 0 } })
    expect(await contentOf(url)).toEqual(before)
  })

  it('that is killed in the middle of jobs and comes back loses and doubles nothing', async () => {
    const port = await freePort()
    const kept = join(folder, 'redis')
    mkdirSync(kept)
    const settings = [`dir ${kept}`, 'appendonly yes', 'appendfsync always']
    const url = `redis://127.0.0.1:${port}/0`
    let server = await startRedisAt(port, ...settings)
    const restart = async (): Promise<void> => {
      server = await startRedisAt(port, ...settings)
    }
    try {
      const killAt = async (job: Job): Promise<void> => {
        const stopped = await runLosing(job, () => server.kill())
        expect(stopped).toMatchObject({ state: 'stopped', outcomes: { failed: 0, changed: 0, skipped: 0 } })
        expect(stopped.problem!.sentence).toContain(`127.0.0.1:${port}`)
        expect(stopped.problem!.sentence).toContain('resume')
        await expect(run(job)).rejects.toMatchObject({ code: 'REFUSED' })
        await restart()
        expect(await run(job)).toMatchObject({ state: 'done', outcomes: { done: count, failed: 0 } })
      }
      const planned = await migrateTo(url)
      await killAt(planned)
      expect(await contentOf(url)).toEqual(before)
      const evict = await planJob({ kind: 'evict', store: await resolveStore(url), selection: {} }, options)
      await killAt(evict)
      expect(await contentOf(url)).toEqual({})
      await killAt(await planJob({ kind: 'undo', job: evict.id }, options))
      expect(await contentOf(url)).toEqual(before)
    } finally {
      await server[Symbol.asyncDispose]()
    }
  })
})
