import { statSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseKey, showKey } from '../model/keys.ts'
import type { WriteOutcome } from '../stores/contract.ts'
import { openStore } from '../stores/registry.ts'
import { corpusFolder } from '../testing/corpus-folder.ts'
import { fromJs } from '../hashcache/from-js.ts'
import { writeJoblib } from '../joblib/write.ts'
import type { EvictSpec } from './contract.ts'
import { JobFile, listJobs } from './job-file.ts'
import { planJob, runPlanned } from './jobs.ts'
import { contentOf, withApply } from './testing/caches.ts'
import { filesOf, key, put, useWorkbench } from './testing/workbench.ts'
import { listTrash } from './trash.ts'

const { at, cacheUrl, copyCorpus, evict, migrate, options, run } = useWorkbench()

describe('an eviction', () => {
  it('of files takes exactly what was planned, and its undo gives back bytes and times to the nanosecond', async () => {
    copyCorpus()
    const before = filesOf(at('cache'))
    const planned = await evict(cacheUrl(), { selection: { query: 'size>1000' } })
    expect(filesOf(at('cache'))).toEqual(before)
    const done = await run(planned)
    expect(done.outcomes).toEqual({ done: planned.planned.entries, skipped: 0, changed: 0, failed: 0 })
    expect(filesOf(at('cache'))).toHaveLength(before.length - planned.planned.entries)
    expect(listTrash(options.dataFolder)).toMatchObject([{ job: done.id, entries: planned.planned.entries }])
    const undo = await planJob({ kind: 'undo', job: done.id }, options)
    expect(await run(undo)).toMatchObject({ state: 'done' })
    expect(filesOf(at('cache'))).toEqual(before)
    expect(listTrash(options.dataFolder)).toEqual([])
    await expect(planJob({ kind: 'undo', job: done.id }, options)).rejects.toMatchObject({ code: 'USAGE' })
  })

  it.each([
    'sqlite:cache.sqlite',
    'lmdb:cache.lmdb',
    'shelve:cache?format=dumb',
    'shelve:cache?format=gnu',
    'json:json',
  ])('of %s is taken back byte for byte', async (name) => {
    const url = name.replace(':', `:${at('')}/`)
    const from = await migrate(`fs:${join(corpusFolder('fs-class')!, 'cache')}`, url, {
      selection: { query: 'size<2000' },
      acceptLoss: true,
    })
    await run(from)
    const before = await contentOf(url)
    const done = await run(await evict(url, { selection: { query: 'func:energy' } }))
    expect(done.outcomes.done).toBeGreaterThan(5)
    expect(Object.keys(await contentOf(url))).toHaveLength(Object.keys(before).length - done.outcomes.done)
    await run(await planJob({ kind: 'undo', job: done.id }, options))
    expect(await contentOf(url)).toEqual(before)
  })

  it('leaves alone what was written, or went away, since it was planned', async () => {
    copyCorpus()
    const planned = await evict(cacheUrl(), { selection: { query: 'func:energy' } })
    using file = JobFile.open(options.dataFolder, planned.id)
    const [first, second] = file.items({ from: 0, to: 2 }).items.map((item) => showKey(item.key))
    const pathOf = (shown: string): string => join(at('cache'), shown.slice(0, 2), shown)
    writeFileSync(pathOf(first!), 'written by somebody else')
    unlinkSync(pathOf(second!))
    const done = await run(planned)
    expect(done.outcomes).toEqual({ done: planned.planned.entries - 2, skipped: 0, changed: 2, failed: 0 })
    expect(statSync(pathOf(first!)).size).toBe('written by somebody else'.length)
  })

  it('keeps in the trash what a store deleted without saying so (a lost answer had cost the entries)', async () => {
    const url = `sqlite:${at('cache.sqlite')}`
    await run(
      await migrate(`fs:${join(corpusFolder('fs-class')!, 'cache')}`, url, {
        selection: { query: 'size<2000' },
      }),
    )
    const before = await contentOf(url)
    const planned = await evict(url, { selection: { query: 'func:energy' } })
    const lost = { done: false, reason: 'REFUSED', sentence: 'The connection was lost.' } as const
    const done = await runPlanned(planned.id, {
      ...options,
      open: async (location, how) =>
        withApply(await openStore(location, how), async (store, operations) => {
          // Every third answer is lost after its work, every third before it.
          const heard = operations.filter((_, i) => i % 3 !== 2)
          const outcomes = new Map(heard.map((each) => [each, lost as WriteOutcome]))
          for (const [i, outcome] of (await store.apply(heard)).entries())
            if (operations.indexOf(heard[i]!) % 3 === 0) outcomes.set(heard[i]!, outcome)
          return operations.map((each) => outcomes.get(each) ?? lost)
        }),
    })
    const stay = Math.floor(planned.planned.entries / 3)
    expect(stay).toBeGreaterThan(1)
    expect(done.outcomes).toMatchObject({ done: planned.planned.entries - stay, failed: stay })
    expect(Object.keys(await contentOf(url))).toHaveLength(Object.keys(before).length - done.outcomes.done)
    expect(listTrash(options.dataFolder)).toMatchObject([{ entries: done.outcomes.done }])
    await run(await planJob({ kind: 'undo', job: done.id }, options))
    expect(await contentOf(url)).toEqual(before)
  })

  it('stops where nothing can be written any more, loses nothing, and goes on when it is resumed', async () => {
    const url = `sqlite:${at('cache.sqlite')}`
    await run(
      await migrate(`fs:${join(corpusFolder('fs-class')!, 'cache')}`, url, {
        selection: { query: 'size<2000' },
      }),
    )
    const before = await contentOf(url)
    for (const reason of ['NO_SPACE', 'REFUSED'] as const) {
      const planned = await evict(url, { selection: { query: 'func:energy' } })
      const stopped = await runPlanned(planned.id, {
        ...options,
        open: async (location, how) =>
          withApply(await openStore(location, how), async (_, operations) =>
            operations.map(() => ({ done: false, reason, sentence: 'The disk is read-only.' })),
          ),
      })
      expect(stopped).toMatchObject({ state: 'stopped', problem: { code: 'REFUSED' } })
      expect(stopped.problem!.sentence).toContain('The disk is read-only.')
      expect(stopped.problem!.sentence).toContain('resume')
      expect(await contentOf(url)).toEqual(before)
      const done = await run(planned)
      expect(done).toMatchObject({ state: 'done', outcomes: { done: planned.planned.entries, failed: 0 } })
      await run(await planJob({ kind: 'undo', job: done.id }, options))
      expect(await contentOf(url)).toEqual(before)
    }
  })

  it('does not undo over what was written since', async () => {
    copyCorpus()
    const done = await run(await evict(cacheUrl(), { selection: { query: 'func:energy' } }))
    using file = JobFile.open(options.dataFolder, done.id)
    const shown = showKey(file.items({ from: 0, to: 1 }).items[0]!.key)
    await put(cacheUrl(), shown, 'new')
    const undone = await run(await planJob({ kind: 'undo', job: done.id }, options))
    expect(undone.outcomes).toMatchObject({ done: done.outcomes.done - 1, skipped: 1 })
    // What could not be brought back stays in the trash.
    expect(listTrash(options.dataFolder)).toHaveLength(1)
  })

  it('finds superseded calls and duplicates by their values as they are, not as they are shown', async () => {
    const url = `sqlite:${at('alike.sqlite')}`
    {
      await using store = await openStore(url, { write: true })
      const long = (middle: number): number[] =>
        Array.from({ length: 3_000 }, (_, i) => (i === 1_500 ? middle : 0))
      const record = (argument: number[], output: number[], runAt: number) => ({
        func: 'relax',
        module: 'alloys',
        args: [argument],
        kwargs: {},
        'standardized-kwargs': { weights: argument },
        output,
        'run-at': runAt,
        elapsed_time: 1,
      })
      const records = [
        record(long(1), long(7), 100),
        // The same call, later.
        record(long(1), long(8), 200),
        // Another one: it differs in the middle of a long list, which no preview shows.
        record(long(2), long(7), 300),
      ]
      await store.apply(
        records.map((each, i) => ({ kind: 'put', key: parseKey(key(i)), value: writeJoblib(fromJs(each)) })),
      )
    }
    const planned = async (policy: EvictSpec['policy']): Promise<string[]> => {
      const job = await evict(url, { policy })
      using file = JobFile.open(options.dataFolder, job.id)
      return file.items({ from: 0, to: 10 }).items.map((item) => showKey(item.key))
    }
    expect(await planned({ superseded: true })).toEqual([key(0)])
    expect(await planned({ duplicates: true })).toEqual([key(0)])
  })

  it('says which of its rules protects nothing: a typing error would let go what was to stay', async () => {
    copyCorpus()
    const policy = { maxBytes: 0, protect: 'func:energi', protectTags: ['keep'] }
    const { plan } = await evict(cacheUrl(), { policy })
    expect(plan?.warnings).toEqual([
      expect.stringMatching(/^Nothing is protected by func:energi: no entry of .* is found by it/),
      expect.stringMatching(/^Nothing is protected by tag=\(keep\):/),
    ])
    const sound = await evict(cacheUrl(), { policy: { maxBytes: 0, protect: 'func:energy' } })
    expect(sound.plan?.warnings).toEqual([])
  })

  it('says how many of what goes hashcache did not write, and not what else is there', async () => {
    copyCorpus()
    const guest = '0'.repeat(40)
    await put(cacheUrl(), guest, 'mine')
    const warningsOf = async (query: string): Promise<readonly string[] | undefined> =>
      (await evict(cacheUrl(), { selection: { query } })).plan?.warnings
    expect(await warningsOf('func:energy')).toEqual([])
    expect(await warningsOf(`key=${guest} or func:energy`)).toEqual([
      'One of these is a value that hashcache did not write; a filter such as kind:call leaves them out.',
    ])
  })

  it('is refused for an unknown filter before there is a job', async () => {
    copyCorpus()
    await expect(evict(cacheUrl(), { selection: { query: 'age>' } })).rejects.toMatchObject({
      code: 'BAD_QUERY',
    })
    expect(listJobs(options.dataFolder)).toEqual([])
  })
})
