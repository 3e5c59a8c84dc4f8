import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openFileSource } from '../decode/file-source.ts'
import type { Store, StoreLocation } from '../stores/contract.ts'
import { openStore, resolveStore } from '../stores/registry.ts'
import { python } from '../testing/python.ts'
import type { EvictSpec, Job } from './contract.ts'
import { JobFile } from './job-file.ts'
import { planJob, runPlanned, type JobsOptions } from './jobs.ts'
import { onAnotherDisk } from './testing/caches.ts'
import { roundTimes } from './testing/settable-times.ts'
import { listTrash } from './trash.ts'

// Caches that joblib has just made, evicted from and brought back; then joblib says what it finds and what it computes.

const program = fileURLToPath(new URL('../stores/joblib-memory/testing/memory.py', import.meta.url))

interface Made {
  calls: { func: string; key: string }[]
}

let folder: string
let cache: string
let made: Made
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashcache-jobs-'))
  cache = join(folder, 'memory')
  made = joblib('make') as Made
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function joblib(action: 'make' | 'check'): unknown {
  return JSON.parse(execFileSync(python, [program, action, cache, 'path']).toString())
}

/** Every file with its bytes, times and mode, looked at without a trace. Of a time only so much as Node can set: microseconds. */
function filesOf(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map(({ parentPath, name }) => {
      const { mtimeMs, atimeMs, mode } = statSync(join(parentPath, name))
      using source = openFileSource(join(parentPath, name))
      const content = Buffer.from(source.read(0, source.byteLength)).toString('base64')
      return [parentPath, name, mtimeMs.toFixed(2), atimeMs.toFixed(2), mode, content].join(' ')
    })
    .toSorted()
}

/** What the trash can take by renaming, or not, as if it were on another disk. */
function optionsFor(disk: 'same' | 'another'): JobsOptions {
  const dataFolder = join(folder, 'data')
  if (disk === 'same') return { dataFolder }
  const open = async (location: StoreLocation, how: { write: boolean }): Promise<Store> =>
    onAnotherDisk(await openStore(location, how))
  return { dataFolder, open }
}

const evict = async (options: JobsOptions, change: Partial<EvictSpec> = {}): Promise<Job> =>
  planJob({ kind: 'evict', store: await resolveStore(cache), selection: {}, ...change }, options)
const undo = (job: Job, options: JobsOptions): Promise<Job> => planJob({ kind: 'undo', job: job.id }, options)
const run = (job: Job, options: JobsOptions): Promise<Job> => runPlanned(job.id, options)
const reasons = (job: Job, options: JobsOptions): (string | undefined)[] => {
  using file = JobFile.open(options.dataFolder, job.id)
  return [...file.outcomes('skipped'), ...file.outcomes('changed')].map(({ outcome }) => outcome?.reason)
}

describe.each(['same', 'another'] as const)('calls of joblib.Memory, with the trash on %s disk', (disk) => {
  it('are computed again after an eviction, and hits again after its undo, as if nothing had been', async () => {
    const options = optionsFor(disk)
    roundTimes(cache)
    for (const { key } of made.calls)
      utimesSync(join(cache, key, 'output.pkl'), 1_600_000_000.25, 1_650_000_000.5)
    const before = filesOf(cache)
    const done = await run(await evict(options, { selection: { query: 'func:relax' } }), options)
    expect(done).toMatchObject({ state: 'done', outcomes: { done: 4, changed: 0, skipped: 0, failed: 0 } })
    expect(listTrash(options.dataFolder)).toMatchObject([{ job: done.id, entries: 4 }])
    expect(filesOf(cache)).toHaveLength(before.length - 8)
    expect(readdirSync(join(cache, 'lab/physics/relax'))).toEqual(['func_code.py'])
    expect(await run(await undo(done, options), options)).toMatchObject({
      state: 'done',
      outcomes: { done: 4 },
    })
    expect(filesOf(cache)).toEqual(before)
    expect(listTrash(options.dataFolder)).toEqual([])
    expect(joblib('check')).toEqual({ hits: made.calls.map(() => true), computed: [] })

    const again = await run(await evict(options, { selection: { query: 'func:relax' } }), options)
    expect(again.outcomes.done).toBe(4)
    expect(joblib('check')).toEqual({
      hits: made.calls.map(({ func }) => func !== 'relax'),
      computed: ['relax', 'relax', 'relax', 'relax'],
    })
  })

  it('that joblib has computed again meanwhile are left alone by the undo, and the old ones stay in the trash', async () => {
    const options = optionsFor(disk)
    const [first, second] = made.calls.map(({ key }) => key)
    const done = await run(await evict(options, { selection: { keys: [first!, second!] } }), options)
    joblib('check')
    rmSync(join(cache, second!, 'output.pkl'))
    const now = filesOf(join(cache, first!))
    const undone = await run(await undo(done, options), options)
    expect(undone).toMatchObject({ state: 'done', outcomes: { done: 1, skipped: 1 } })
    expect(reasons(undone, options)).toEqual([
      `${first} was written since; what is there now was left alone.`,
    ])
    expect(filesOf(join(cache, first!))).toEqual(now)
    expect(listTrash(options.dataFolder)).toMatchObject([{ entries: 1 }])
    // Of the other only the result was gone: the rest was filled up.
    expect(joblib('check')).toEqual({ hits: made.calls.map(() => true), computed: [] })
    await using store = await openStore(cache)
    expect(await store.strays!(10)).toEqual([])
  })

  it('that were written or are being written since the plan stay', async () => {
    const options = optionsFor(disk)
    const [first, second] = made.calls.map(({ key }) => key)
    const planned = await evict(options, { selection: { query: 'func:relax' } })
    const output = join(cache, first!, 'output.pkl')
    writeFileSync(output, readFileSync(output))
    writeFileSync(join(cache, second!, 'output.pkl.thread-1-pid-1'), 'half')
    const done = await run(planned, options)
    expect(done).toMatchObject({ state: 'done', outcomes: { done: 2, changed: 2 } })
    expect(listTrash(options.dataFolder)).toMatchObject([{ entries: 2 }])
    rmSync(join(cache, second!, 'output.pkl.thread-1-pid-1'))
    const { hits } = joblib('check') as { hits: boolean[] }
    expect(hits).toEqual([true, true, false, false, true, true, true, true])
  })

  it('come back where joblib has cleared the whole function, and nothing of another function goes', async () => {
    const options = optionsFor(disk)
    const done = await run(await evict(options, { selection: { query: 'func:add' } }), options)
    const before = filesOf(join(cache, 'lab/physics/relax'))
    rmSync(join(cache, 'lab/physics/add'), { recursive: true })
    mkdirSync(join(cache, 'lab/physics/add'))
    expect(await run(await undo(done, options), options)).toMatchObject({ outcomes: { done: 2, failed: 0 } })
    expect(filesOf(join(cache, 'lab/physics/relax'))).toEqual(before)
    await using store = await openStore(cache)
    expect(await store.getMany(made.calls.map(({ key }) => new TextEncoder().encode(key)))).not.toContain(
      undefined,
    )
  })
})

it('a repair takes old temporary files and folders without a result, and undo puts them back', async () => {
  const options = optionsFor('same')
  const [first, second, third] = made.calls.map(({ key }) => key)
  const longAgo = Date.now() / 1_000 - 7_200
  const old = [join(first!, 'output.pkl.thread-1-pid-1'), join(second!, 'metadata.json')]
  rmSync(join(cache, second!, 'output.pkl'))
  writeFileSync(join(cache, old[0]!), 'half')
  writeFileSync(join(cache, third!, 'output.pkl.thread-2-pid-2'), 'somebody writes now')
  for (const name of [...old, second!]) utimesSync(join(cache, name), longAgo, longAgo)
  const before = filesOf(cache)
  const store = await resolveStore(cache)
  const planned = await planJob({ kind: 'repair', store, findings: ['stray'] }, options)
  expect(planned.plan?.warnings).toEqual([
    `One thing that is no entry stays; look yourself: ${third}/output.pkl.thread-2-pid-2`,
  ])
  const done = await run(planned, options)
  expect(done).toMatchObject({ state: 'done', outcomes: { done: 2, changed: 0, failed: 0 } })
  expect(filesOf(cache)).toHaveLength(before.length - 2)
  expect(await run(await undo(done, options), options)).toMatchObject({ outcomes: { done: 2, failed: 0 } })
  expect(filesOf(cache)).toEqual(before)
})
