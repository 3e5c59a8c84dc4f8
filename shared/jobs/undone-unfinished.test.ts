import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '../model/errors.ts'
import { parseKey } from '../model/keys.ts'
import { openStore, resolveStore } from '../stores/registry.ts'
import type { Job, JobSpec } from './contract.ts'
import { jobFolder, listJobs } from './job-file.ts'
import { planJob, runPlanned, type JobsOptions } from './jobs.ts'
import { contentOf } from './testing/caches.ts'
import { emptyTrash, expireTrash, listTrash } from './trash.ts'
import { sha256Of } from './trash-bin.ts'

// A job is killed in its second batch, and then undone instead of being resumed. What the killed batch took is in the trash
// and in no report; the undo brings it back all the same, and lets nothing go that it does not know of.

const count = 16
let folder: string
let options: { dataFolder: string }

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashcache-unfinished-'))
  options = { dataFolder: join(folder, 'data') }
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const pickle = (text: string): Uint8Array =>
  Buffer.from(`\u0080\u0004\u008c${String.fromCharCode(text.length)}${text}.`, 'latin1')

async function write(url: string, text: string): Promise<Record<string, string>> {
  {
    await using store = await openStore(url, { write: true })
    const outcomes = await store.apply(
      Array.from({ length: count }, (_, i) => {
        const value = pickle(`${text} ${i}`)
        const key = parseKey(sha256Of(Buffer.from(String(i))).slice(0, 40))
        return { kind: 'put', key, value: store.wrapValue?.(value) ?? value }
      }),
    )
    expect(outcomes.every(({ done }) => done)).toBe(true)
  }
  // Files that were written just now have no stamp that holds, and are copied and not renamed.
  await new Promise((resolve) => setTimeout(resolve, 30))
  return contentOf(url)
}

type Moment = 'before' | 'after'

/** Ends as a kill does just before or after it changes a store for the second time. */
function killed(at: Moment, meanwhile?: () => Promise<unknown>): JobsOptions {
  let batches = 0
  const open: JobsOptions['open'] = async (location, how) => {
    const store = await openStore(location, how)
    const method = store.setAside ? 'setAside' : 'apply'
    if (!how.write) return store
    const real = store[method]!.bind(store) as (...given: unknown[]) => Promise<unknown>
    const held = async (...given: unknown[]): Promise<unknown> => {
      const isSecond = ++batches === 2
      if (isSecond) await meanwhile?.()
      if (isSecond && at === 'before') throw new AppError('INTERNAL', 'killed')
      const outcomes = await real(...given)
      if (isSecond) throw new AppError('INTERNAL', 'killed')
      return outcomes
    }
    return Object.assign(store, { [method]: held })
  }
  return { ...options, open }
}

const limits = { items: count / 2, bytes: 1 << 20 }

async function stoppedJob(spec: JobSpec, at: Moment): Promise<Job> {
  const planned = await planJob(spec, options)
  const job = await runPlanned(planned.id, { ...killed(at), limits })
  expect(job).toMatchObject({ state: 'stopped', outcomes: { done: count / 2 }, canUndo: true })
  return job
}

const undo = async (job: Job): Promise<Job> =>
  runPlanned((await planJob({ kind: 'undo', job: job.id }, options)).id, options)

const evictionOf = async (url: string): Promise<JobSpec> => ({
  kind: 'evict',
  store: await resolveStore(url),
  selection: {},
})

describe.each(['fs', 'sqlite', 'lmdb'] as const)('an eviction of %s', (kind) => {
  it.each(['before', 'after'] as const)('that is killed just %s a batch is taken back whole', async (at) => {
    const url = `${kind}:${join(folder, 'cache')}`
    const old = await write(url, 'old')
    const job = await stoppedJob(await evictionOf(url), at)

    expect(await undo(job)).toMatchObject({ state: 'done', outcomes: { done: count } })
    expect(await contentOf(url)).toEqual(old)
    expect(listTrash(options.dataFolder)).toEqual([])
    await expect(runPlanned(job.id, options)).rejects.toThrow(/was taken back by .* plan a new one/)
    expect(await contentOf(url)).toEqual(old)
  })
})

it.each([
  ['sqlite', ''],
  // Values are wrapped there.
  ['shelve', '?format=sqlite3'],
])('a migration to %s that is killed leaves none of its values', async (kind, format) => {
  const [from, to] = [`sqlite:${join(folder, 'from')}`, `${kind}:${join(folder, 'to')}${format}`]
  await write(from, 'new')
  const old = await write(to, 'old')
  const spec = {
    kind: 'migrate',
    from: await resolveStore(from),
    to: await resolveStore(to),
    selection: {},
    onConflict: 'overwrite',
  } as const
  expect(await undo(await stoppedJob(spec, 'after'))).toMatchObject({ outcomes: { done: count } })
  expect(await contentOf(to)).toEqual(old)
})

it('a job that was taken back in part is not offered to go on, but to be taken back', async () => {
  const url = `sqlite:${join(folder, 'cache')}`
  await write(url, 'old')
  const job = await stoppedJob(await evictionOf(url), 'before')
  expect(job.canRun).toBe(true)
  await write(url, 'new')
  expect(await undo(job)).toMatchObject({ state: 'done', outcomes: { done: 0 } })
  const now = listJobs(options.dataFolder).find(({ id }) => id === job.id)
  expect(now).toMatchObject({ state: 'stopped', canRun: false, canUndo: true })
  await expect(runPlanned(job.id, options)).rejects.toThrow(/was taken back by .* plan a new one/)
})

it('an undo says what a killed migration may have written and it cannot know', async () => {
  const [from, to] = [`sqlite:${join(folder, 'from')}`, `sqlite:${join(folder, 'to')}`]
  await write(from, 'new')
  const [source, target] = [await resolveStore(from), await resolveStore(to)]
  const spec = { kind: 'migrate', from: source, to: target, selection: {}, onConflict: 'fail' } as const
  const { plan } = await planJob({ kind: 'undo', job: (await stoppedJob(spec, 'after')).id }, options)
  expect(plan?.warnings).toEqual([expect.stringMatching(/cut off while it wrote 8 entries.*resume the job/)])
})

it('nothing is taken back of a job under way, and no bin goes that an undo reads', async () => {
  const url = `sqlite:${join(folder, 'cache')}`
  const old = await write(url, 'old')
  const planned = await planJob(await evictionOf(url), options)
  const undone = (): Promise<Job> => planJob({ kind: 'undo', job: planned.id }, options)
  const tried = killed('after', () => expect(undone()).rejects.toThrow(/is under way; pause or cancel it/))
  const job = await runPlanned(planned.id, { ...tried, limits })
  expect(job.problem?.sentence).toContain('killed')

  const empty = (): void => emptyTrash(options.dataFolder, [job.id], count)
  const emptied = killed('after', async () => {
    expect(empty).toThrow(/is under way; its trash stays/)
    expect(expireTrash(options.dataFolder, { keepDays: 0, keepBytes: 0 })).toEqual([])
    await expect(runPlanned(job.id, options)).rejects.toThrow(/under way in another program/)
  })
  const undoing = (await undone()).id
  expect((await runPlanned(undoing, { ...emptied, limits })).problem?.sentence).toContain('killed')
  expect(await runPlanned(undoing, options)).toMatchObject({ state: 'done', outcomes: { done: count } })
  expect(await contentOf(url)).toEqual(old)
})

it('a bin whose job cannot be read now does not go by itself', async () => {
  const url = `sqlite:${join(folder, 'cache')}`
  await write(url, 'old')
  const planned = await planJob(await evictionOf(url), options)
  const job = await runPlanned(planned.id, options)
  writeFileSync(join(jobFolder(options.dataFolder, job.id), 'job.sqlite'), 'what is no database'.repeat(100))
  expect(expireTrash(options.dataFolder, { keepDays: 0, keepBytes: 0 })).toEqual([])
  rmSync(jobFolder(options.dataFolder, job.id), { recursive: true })
  expect(expireTrash(options.dataFolder, { keepDays: 0, keepBytes: 0 })).toEqual([job.id])
})
