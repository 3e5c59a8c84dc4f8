import Database from 'better-sqlite3'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AppError } from '../model/errors.ts'
import { parseKey } from '../model/keys.ts'
import { openStore, resolveStore } from '../stores/registry.ts'
import { startRedis, type TestServer } from '../testing/redis.ts'
import { forgetJob, JobFile, listJobs } from './job-file.ts'
import { planJob, replanJob, runPlanned } from './jobs.ts'
import { filesOf, key, useWorkbench } from './testing/workbench.ts'
import { emptyTrash, expireTrash, listTrash } from './trash.ts'

const { at, cacheUrl, copyCorpus, evict, migrate, options, run } = useWorkbench()

describe('Redis', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server[Symbol.asyncDispose]())
  const url = (): string => `redis://127.0.0.1:${server.port}/0`

  it('gets entries back with what was left of their time to live', async () => {
    {
      await using store = await openStore(url(), { write: true })
      const value = Buffer.from('\u0080\u0004N.', 'latin1')
      await store.apply([
        { kind: 'put', key: parseKey(key(1)), value, expiresAtMs: Date.now() + 100_000 },
        { kind: 'put', key: parseKey(key(2)), value },
      ])
    }
    const done = await run(await evict(url()))
    expect(done.outcomes.done).toBe(2)
    await run(await planJob({ kind: 'undo', job: done.id }, options))
    await using store = await openStore(url())
    const [first, second] = await store.lookUp!([parseKey(key(1)), parseKey(key(2))])
    expect(second?.expiresAtMs).toBeUndefined()
    expect(first!.expiresAtMs! - Date.now()).toBeGreaterThan(90_000)
    expect(first!.expiresAtMs! - Date.now()).toBeLessThanOrEqual(100_000)
  })

  it('gone in the middle stops the job with a sentence, and the source stays', async () => {
    copyCorpus()
    const before = filesOf(at('cache'))
    const other = await startRedis()
    const planned = await migrate(cacheUrl(), `redis://127.0.0.1:${other.port}/0`)
    let isGone: Promise<void> | undefined
    const stopped = await runPlanned(planned.id, {
      ...options,
      limits: { items: 1, bytes: 1 },
      onProgress: () => {
        isGone ??= Promise.resolve(other[Symbol.asyncDispose]())
      },
    })
    await isGone
    expect(stopped).toMatchObject({ state: 'stopped', problem: { code: 'REFUSED' } })
    expect(stopped.finished.entries).toBeLessThan(planned.planned.entries)
    expect(filesOf(at('cache'))).toEqual(before)
  })

  it('says when its memory is too small or drops keys by itself', async () => {
    const small = await startRedis('maxmemory 2mb', 'maxmemory-policy allkeys-lru')
    try {
      copyCorpus()
      const planned = await migrate(cacheUrl(), `redis://127.0.0.1:${small.port}/0`)
      const { warnings = [], needs } = planned.plan ?? {}
      expect(warnings.join(' ')).toContain('allkeys-lru')
      expect([undefined, 'acceptLimits']).toContain(needs)
    } finally {
      await small[Symbol.asyncDispose]()
    }
  })
})

describe('the files of jobs', () => {
  it('have a journal that only grows', async () => {
    copyCorpus()
    const done = await run(await evict(cacheUrl(), { selection: { query: 'func:energy' } }))
    const database = new Database(join(options.dataFolder, 'jobs', done.id, 'job.sqlite'))
    for (const change of [
      'DELETE FROM journal',
      `UPDATE journal SET event = 'end'`,
      'DELETE FROM outcomes',
      `UPDATE outcomes SET state = 'failed'`,
    ])
      expect(() => database.exec(change)).toThrow(/only grows|outcomes stay/)
    database.close()
  })

  it('whose plan could not be made are no more than what was asked for: planned again, or not kept at all', async () => {
    copyCorpus()
    const spec = { kind: 'evict', store: await resolveStore(cacheUrl()), selection: {} } as const
    const onProgress = (): never => {
      throw new AppError('CANCELLED', 'The disk went away.')
    }
    const cutOff = { dataFolder: options.dataFolder, onProgress }
    await expect(planJob(spec, cutOff)).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(listJobs(options.dataFolder)).toEqual([])

    await expect(planJob(spec, { ...cutOff, keepsFailed: true })).rejects.toMatchObject({
      code: 'CANCELLED',
    })
    const [kept] = listJobs(options.dataFolder)
    expect(kept).toMatchObject({ state: 'cancelled', canRun: false })
    // Half a list is none.
    await expect(runPlanned(kept!.id, options)).rejects.toThrow(/was never finished; plan it again/)
    expect(await replanJob(kept!.id, spec, options)).toMatchObject({ state: 'planned', canRun: true })
  })

  it('are run by one process at a time, and forgotten when asked', async () => {
    copyCorpus()
    const planned = await evict(cacheUrl(), { selection: { query: 'func:energy' } })
    const [first, second] = await Promise.allSettled([run(planned), run(planned)])
    expect([first.status, second.status].toSorted()).toEqual(['fulfilled', 'rejected'])
    forgetJob(options.dataFolder, planned.id)
    expect(listJobs(options.dataFolder)).toEqual([])
  })

  it('say what the target lost while a migration was interrupted, and what to do', async () => {
    copyCorpus()
    const to = `sqlite:${at('to.sqlite')}`
    const planned = await migrate(cacheUrl(), to)
    const pause = new AbortController()
    const paused = await runPlanned(planned.id, {
      dataFolder: options.dataFolder,
      limits: { items: 50, bytes: 1 << 30 },
      signal: pause.signal,
      open: async (location, how) => {
        const store = await openStore(location, how)
        const apply = store.apply.bind(store)
        return Object.assign(store, {
          apply: (operations: Parameters<typeof apply>[0]) => {
            pause.abort('pause')
            return apply(operations)
          },
        })
      },
    })
    expect(paused.state).toBe('paused')
    expect(paused.outcomes.done).toBeGreaterThan(0)
    {
      using file = JobFile.open(options.dataFolder, planned.id)
      await using target = await openStore(to, { write: true })
      const [lost] = [...file.outcomes('done')]
      expect(await target.apply([{ kind: 'delete', key: lost!.key }])).toEqual([{ done: true }])
    }
    const done = await run(planned)
    expect(done).toMatchObject({
      state: 'done',
      outcomes: { done: 153 },
      problem: {
        sentence: expect.stringMatching(
          /^One entry that was written before .* Plan the same migration again/,
        ),
      },
    })
    const again = await migrate(cacheUrl(), to)
    expect(again.planned.entries).toBe(1)
    const mended = await run(again)
    expect(mended.state).toBe('done')
    expect(mended.problem).toBeUndefined()
  })

  it('are paused between batches and go on', async () => {
    copyCorpus()
    const planned = await evict(cacheUrl())
    const stopping = new AbortController()
    const limits = { items: 10, bytes: 1 << 20 }
    const paused = await runPlanned(planned.id, {
      ...options,
      limits,
      signal: stopping.signal,
      onProgress: () => stopping.abort('pause'),
    })
    expect(paused.state).toBe('paused')
    expect(paused.finished.entries).toBeLessThan(planned.planned.entries)
    expect(await run(planned)).toMatchObject({ state: 'done', outcomes: { done: planned.planned.entries } })
  })
})

describe('the trash', () => {
  it('is emptied by the typed count only, and by age and size alone', async () => {
    copyCorpus()
    const done = await run(await evict(cacheUrl(), { selection: { query: 'func:energy' } }))
    const { dataFolder } = options
    expect(() => emptyTrash(dataFolder, undefined, done.outcomes.done + 1)).toThrow('nothing was deleted')
    expect(expireTrash(dataFolder)).toEqual([])
    expect(expireTrash(dataFolder, { keepDays: 30, keepBytes: 1 })).toEqual([done.id])
    const again = await run(await evict(cacheUrl(), { selection: { query: 'func:rate' } }))
    const inDays = (days: number): string[] =>
      expireTrash(dataFolder, undefined, Date.now() + days * 86_400_000)
    // A clock that goes wrong, and is mended, costs nothing; nor does one look.
    for (const days of [31, 0, 40, 42]) expect(inDays(days)).toEqual([])
    const until = listTrash(dataFolder)[0]!.expiresAtMs - Date.now()
    expect(Math.round(until / 86_400_000)).toBe(43)
    expect(inDays(44)).toEqual([again.id])
    const last = await run(await evict(cacheUrl(), { selection: { query: 'func:flags' } }))
    emptyTrash(dataFolder, [last.id], last.outcomes.done)
    await expect(run(await planJob({ kind: 'undo', job: last.id }, options))).resolves.toMatchObject({
      outcomes: { done: 0, skipped: last.outcomes.done },
    })
  })
})
