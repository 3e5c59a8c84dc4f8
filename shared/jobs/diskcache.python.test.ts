import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openStore, resolveStore } from '../stores/registry.ts'
import { python } from '../testing/python.ts'
import type { EvictSpec, Job } from './contract.ts'
import { JobFile } from './job-file.ts'
import { planJob, runPlanned } from './jobs.ts'
import { roundTimes } from './testing/settable-times.ts'
import { listTrash } from './trash.ts'

// Caches that diskcache has just made, evicted from and brought back; then diskcache says what it finds in them.

const program = fileURLToPath(new URL('../stores/diskcache/testing/caches.py', import.meta.url))

interface Checked {
  warnings: string[]
  length: number
  count: number
  size: number
  keys: string[]
}

describe.each(['cache', 'fanout'])('rows of a %s', (kind) => {
  let folder: string
  let cache: string
  let options: { dataFolder: string }
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hashcache-jobs-'))
    cache = join(folder, 'made')
    options = { dataFolder: join(folder, 'data') }
    diskcache('make')
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  function diskcache(action: string): unknown {
    return JSON.parse(execFileSync(python, [program, action, cache, kind]).toString())
  }
  const evict = async (change: Partial<EvictSpec> = {}): Promise<Job> =>
    planJob({ kind: 'evict', store: await resolveStore(cache), selection: {}, ...change }, options)
  const run = (job: Job): Promise<Job> => runPlanned(job.id, options)
  const undo = async (job: Job): Promise<Job> => run(await planJob({ kind: 'undo', job: job.id }, options))
  const reasons = (job: Job): string[] => {
    using file = JobFile.open(options.dataFolder, job.id)
    return [...file.outcomes('skipped'), ...file.outcomes('changed')].map(
      ({ outcome }) => outcome?.reason ?? '',
    )
  }
  const sql = (statement: string): void => {
    for (const part of kind === 'cache' ? [''] : ['000', '001', '002'])
      execFileSync(python, [
        '-c',
        'import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()',
        join(cache, part, 'cache.db'),
        statement,
      ])
  }

  it('come back to the byte with every column, their files, their places and the counters', async () => {
    sql('UPDATE Cache SET access_count = rowid * 3, access_time = store_time + 0.125')
    roundTimes(cache)
    const before = diskcache('rows')
    const checked = diskcache('check') as Checked
    expect(checked.warnings).toEqual([])
    const done = await run(await evict())
    expect(done).toMatchObject({
      state: 'done',
      outcomes: { done: checked.length, changed: 0, skipped: 0, failed: 0 },
    })
    expect(diskcache('check')).toMatchObject({ warnings: [], length: 0, count: 0, size: 0, keys: [] })
    expect(
      readdirSync(cache, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.val')),
    ).toEqual([])
    expect(listTrash(options.dataFolder)).toMatchObject([{ entries: checked.length }])
    expect(await undo(done)).toMatchObject({ state: 'done', outcomes: { done: checked.length, failed: 0 } })
    expect(diskcache('rows')).toEqual(before)
    expect(diskcache('check')).toEqual(checked)
    expect(listTrash(options.dataFolder)).toEqual([])
    expect(diskcache('call')).toEqual([])
  })

  it('whose keys were stored anew since, also as an equal of another type, stay as they are', async () => {
    const done = await run(await evict())
    diskcache('again')
    const anew = diskcache('rows') as [string, { key: string }][]
    // A FanoutCache keeps 2 and 2.0 in two databases.
    const anewKeys = ['bytes:42', ...(kind === 'cache' ? ['int:2'] : []), 'long text']
    const undone = await undo(done)
    expect(undone).toMatchObject({ state: 'done', outcomes: { done: done.outcomes.done - anewKeys.length } })
    expect(reasons(undone).toSorted((a, b) => (a < b ? -1 : 1))).toEqual(
      anewKeys.map((key) => `${key} was written since; what is there now was left alone.`),
    )
    const keysOfAnew = new Set(anew.map(([, { key }]) => key))
    const now = diskcache('rows') as [string, { key: string }][]
    expect(now.filter(([, { key }]) => keysOfAnew.has(key))).toEqual(anew)
    expect(diskcache('check')).toMatchObject({
      warnings: [],
      length: done.outcomes.done + 3 - anewKeys.length,
    })
    expect(listTrash(options.dataFolder)).toMatchObject([{ entries: anewKeys.length }])
    // What was in the way goes, and the same undo takes back the rest.
    sql("DELETE FROM Cache WHERE CAST(key AS TEXT) IN ('long text', '42', '2.0')")
    expect(await undo(done)).toMatchObject({ outcomes: { done: anewKeys.length, skipped: 0 } })
  })

  // What does not depend on where the rows lie.
  if (kind === 'fanout') return

  it('of calls are computed again after an eviction', async () => {
    const done = await run(await evict({ selection: { query: 'func:relax' } }))
    expect(done.outcomes.done).toBe(2)
    expect(diskcache('call')).toEqual(['Cu', 'Ag'])
    expect(diskcache('check')).toMatchObject({ warnings: [] })
  })

  it('that were stored anew since the plan stay; those that were only read go', async () => {
    const planned = await evict({ selection: { keys: ['text', 'long text', 'array', 'int:42'] } })
    diskcache('again')
    sql('UPDATE Cache SET access_count = access_count + 1, access_time = access_time + 5')
    const done = await run(planned)
    expect(done).toMatchObject({ state: 'done', outcomes: { done: planned.planned.entries - 1, changed: 1 } })
    expect(reasons(done)).toEqual(['long text was written again since the plan was made.'])
    expect(diskcache('check')).toMatchObject({ warnings: [] })
  })

  it('have what was left of their time, where their own moment passed in the trash', async () => {
    const livesUntil = Date.now() / 1_000 + 6
    sql(`UPDATE Cache SET expire_time = ${livesUntil} WHERE key = 'tagged'`)
    sql(`UPDATE Cache SET expire_time = ${Date.now() / 1_000 - 50} WHERE key = 'list'`)
    roundTimes(cache)
    const before = diskcache('rows') as [string, { key: string; expire_time: string }][]
    const done = await run(await evict())
    expect(Date.now() / 1_000).toBeLessThan(livesUntil)
    await delay(livesUntil * 1_000 - Date.now())
    const undoneAt = Date.now() / 1_000
    expect(await undo(done)).toMatchObject({ outcomes: { done: done.outcomes.done } })
    const now = diskcache('rows') as [string, { key: string; expire_time: string }][]
    const expiry = (rows: typeof now, key: string): number =>
      Number(rows.find(([, cells]) => cells.key === `'${key}'`)![1].expire_time)
    expect(expiry(now, 'list')).toBe(expiry(before, 'list'))
    expect(expiry(now, 'tagged')).toBeGreaterThan(undoneAt)
    expect(expiry(now, 'tagged')).toBeLessThan(Date.now() / 1_000 + 6)
    const others = (rows: typeof now): typeof now => rows.filter(([, { key }]) => key !== "'tagged'")
    expect(others(now)).toEqual(others(before))
    expect(diskcache('expire')).toBe(1)
  })

  it('that do not fit any more are told in the plan of the undo: diskcache would drop some again', async () => {
    const done = await run(await evict({ selection: { keys: ['array', 'list'] } }))
    const plan = async (): Promise<readonly string[] | undefined> =>
      (await planJob({ kind: 'undo', job: done.id }, options)).plan?.warnings
    expect(await plan()).toEqual([])
    sql("UPDATE Settings SET value = 9000 WHERE key = 'size_limit'")
    expect(await plan()).toEqual([
      'made would be larger than it may be (size_limit 9000 bytes): with its next writes it drops entries again, least-recently-used first. Raise its limit before you run this.',
    ])
    sql("UPDATE Settings SET value = 'none' WHERE key = 'eviction_policy'")
    expect(await plan()).toEqual([])
  })

  it('whose files are gone go and come back as they were', async () => {
    const file = readdirSync(cache, { recursive: true, encoding: 'utf8' }).find((name) =>
      name.endsWith('.val'),
    )!
    rmSync(join(cache, file))
    const { warnings } = diskcache('check') as Checked
    expect(warnings.join()).toContain('file not found')
    const done = await run(await evict({ policy: { damaged: true } }))
    expect(done).toMatchObject({ state: 'done', outcomes: { done: 1, failed: 0 } })
    expect(await undo(done)).toMatchObject({ outcomes: { done: 1, failed: 0 } })
    const back = (diskcache('check') as Checked).warnings
    expect(back.filter((warning) => warning.includes('file not found'))).toEqual(
      warnings.filter((warning) => warning.includes('file not found')),
    )
  })

  it('say why nothing can be written, and that nothing was done', async () => {
    const planned = await evict({ selection: { query: 'func:relax' } })
    await using store = await openStore(cache, { write: true })
    const before = diskcache('rows')
    sql("CREATE TRIGGER keep BEFORE DELETE ON Cache BEGIN SELECT RAISE(ABORT, 'never'); END")
    const done = await run(planned)
    expect(done).toMatchObject({ state: 'stopped', problem: { sentence: expect.stringContaining('never') } })
    expect(diskcache('rows')).toEqual(before)
    expect(store.whole).toBeDefined()
    sql('DROP TRIGGER keep')
    expect(await run(done)).toMatchObject({ state: 'done', outcomes: { done: 2, failed: 0 } })
  })
})
