import { rmSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Job, MigrateSpec } from './contract.ts'
import { planJob, runPlanned } from './jobs.ts'
import { contentOf, killedBy } from './testing/caches.ts'
import { key, put, useWorkbench } from './testing/workbench.ts'
import { listTrash } from './trash.ts'

// A migration is taken back, and what it was copied from is not there any more: then the copies are the last.

const { at, options, copyCorpus, cacheUrl, evict, migrate, run } = useWorkbench()
const targetUrl = (): string => `sqlite:${at('target.db')}`

const planUndo = (job: Job): Promise<Job> => planJob({ kind: 'undo', job: job.id }, options)
const undo = async (job: Job): Promise<Job> => run(await planUndo(job))

async function migrated(change: Partial<MigrateSpec> = {}, to = targetUrl()): Promise<Job> {
  const job = await run(await migrate(cacheUrl(), to, change))
  expect(job.state).toBe('done')
  return job
}

describe('a migration whose source is there', () => {
  it('leaves nothing in the trash when it is taken back', async () => {
    copyCorpus()
    const job = await migrated()
    const planned = await planUndo(job)
    expect(planned.plan!.warnings).toEqual([])
    const undone = await run(planned)
    expect(undone).toMatchObject({ state: 'done', outcomes: { done: 153 }, canUndo: false })
    expect(await contentOf(targetUrl())).toEqual({})
    expect(listTrash(options.dataFolder)).toEqual([])
    await expect(undo(undone)).rejects.toThrow(
      `Job ${undone.id} is an undo that put nothing into the trash; run the job that it took back again.`,
    )
  })

  it('and that was converted leaves nothing there either: what would be written again is known', async () => {
    copyCorpus()
    const job = await migrated(
      { acceptLoss: true, selection: { query: 'func:energy' } },
      `json:${at('json')}`,
    )
    expect(await undo(job)).toMatchObject({ outcomes: { done: 40 }, canUndo: false })
    expect(listTrash(options.dataFolder)).toEqual([])
  })

  it('but lacks some of it by now, leaves just these', async () => {
    copyCorpus()
    const job = await migrated()
    const copies = await contentOf(targetUrl())
    const [gone, changed] = Object.keys(copies)
    await run(await evict(cacheUrl(), { selection: { keys: [gone!] } }))
    await put(cacheUrl(), changed!, 'another')
    const undone = await undo(job)
    expect(undone).toMatchObject({ outcomes: { done: 153 }, canUndo: true })
    expect(listTrash(options.dataFolder)).toMatchObject([{ job: undone.id, entries: 2 }, { entries: 1 }])
    await undo(undone)
    expect(await contentOf(targetUrl())).toEqual({ [gone!]: copies[gone!], [changed!]: copies[changed!] })
  })
})

describe('a migration whose source is gone', () => {
  it.each([
    ['sqlite', ''],
    ['lmdb', ''],
    // Values are wrapped there.
    ['shelve', '?format=dumb'],
    ['fs', ''],
  ])('to %s goes to the trash when it is taken back, and comes back from there', async (kind, format) => {
    copyCorpus()
    const to = `${kind}:${at('target')}${format}`
    const job = await migrated({}, to)
    const copies = await contentOf(to)
    rmSync(at('cache'), { recursive: true })
    const planned = await planUndo(job)
    expect(planned.plan!.warnings).toEqual([
      expect.stringMatching(
        /cannot be opened \(.*\)\. What is removed may be the last copy, so it goes to the trash\.$/,
      ),
    ])
    const undone = await run(planned)
    expect(undone).toMatchObject({ state: 'done', outcomes: { done: 153 }, canUndo: true })
    expect(await contentOf(to)).toEqual({})
    expect(listTrash(options.dataFolder)).toMatchObject([{ job: undone.id, entries: 153 }])

    const redone = await undo(undone)
    expect(redone).toMatchObject({ state: 'done', outcomes: { done: 153 }, canUndo: false })
    expect(await contentOf(to)).toEqual(copies)
    expect(listTrash(options.dataFolder)).toEqual([])
    await expect(undo(undone)).rejects.toThrow(`was taken back by ${redone.id}`)
  })

  it('and that wrote over something changes places with it, as often as one likes', async () => {
    await put(cacheUrl(), key(1), 'new')
    await put(targetUrl(), key(1), 'old')
    const old = await contentOf(targetUrl())
    let job = await migrated({ onConflict: 'overwrite' })
    const copied = await contentOf(targetUrl())
    rmSync(at('cache'), { recursive: true })
    for (const expected of [old, copied, old, copied]) {
      job = await undo(job)
      expect(job).toMatchObject({ state: 'done', outcomes: { done: 1 }, canUndo: true })
      expect(await contentOf(targetUrl())).toEqual(expected)
      expect(listTrash(options.dataFolder)).toMatchObject([{ job: job.id, entries: 1 }])
    }
  })

  it('keeps what was written since, and only that', async () => {
    copyCorpus()
    const job = await migrated({ selection: { query: 'func:relax' } })
    const [first] = Object.keys(await contentOf(targetUrl()))
    await put(targetUrl(), first!, 'mine')
    rmSync(at('cache'), { recursive: true })
    const mine = (await contentOf(targetUrl()))[first!]
    expect(await undo(job)).toMatchObject({ outcomes: { done: 4, skipped: 1 } })
    expect(await contentOf(targetUrl())).toEqual({ [first!]: mine })
    expect(listTrash(options.dataFolder)).toMatchObject([{ entries: 4 }])
  })

  it.each(['before', 'after'] as const)(
    'loses nothing of an undo that is killed %s it removes',
    async (when) => {
      copyCorpus()
      const job = await migrated({ selection: { query: 'func:energy' } })
      const copies = await contentOf(targetUrl())
      rmSync(at('cache'), { recursive: true })
      const planned = await planUndo(job)
      const killed = await runPlanned(planned.id, {
        ...options,
        limits: { items: 10, bytes: 1 << 20 },
        open: killedBy(when),
      })
      expect(killed.state).toBe('stopped')
      // Somebody writes one of those that are cut off.
      const cutOff = Object.keys(copies)[12]!
      if (when === 'after') await put(targetUrl(), cutOff, 'mine')
      const undone = await run(planned)
      expect(undone).toMatchObject({ state: 'done', canUndo: true })
      expect(listTrash(options.dataFolder)).toMatchObject([{ entries: 40 }])
      await undo(undone)
      const back = await contentOf(targetUrl())
      const differing = Object.keys(copies).filter((name) => back[name] !== copies[name])
      expect(differing).toEqual(when === 'after' ? [cutOff] : [])
    },
  )
})
