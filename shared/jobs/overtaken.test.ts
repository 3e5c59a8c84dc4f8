import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '../model/errors.ts'
import { parseKey } from '../model/keys.ts'
import type { Store, WriteOperation, WriteOutcome } from '../stores/contract.ts'
import { openStore, resolveStore } from '../stores/registry.ts'
import type { Job, JobSpec } from './contract.ts'
import { planJob, runPlanned } from './jobs.ts'
import { contentOf, withApply } from './testing/caches.ts'
import { listTrash } from './trash.ts'
import { sha256Of } from './trash-bin.ts'

// A job is killed while its writer (the process that writes LMDB, a server with a command on its way) still has a batch
// before it. The resumed run looks, then the dead one's work comes about, wholly or in part, and then the resumed run
// writes and is told that there is nothing to do. All is as if done once: nothing is lost, nothing is told as failed.

const count = 24
let folder: string
let options: { dataFolder: string }
let url: string
let other: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashcache-overtaken-'))
  options = { dataFolder: join(folder, 'data') }
  url = `sqlite:${join(folder, 'cache.sqlite')}`
  other = `sqlite:${join(folder, 'other.sqlite')}`
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

async function fill(target: string, text: string): Promise<void> {
  await using store = await openStore(target, { write: true })
  const operations = Array.from({ length: count }, (_, i) => {
    const body = Buffer.from(`${text} ${i}`)
    const value = Buffer.concat([Buffer.from([0x80, 4, 0x8c, body.length]), body, Buffer.from('.')])
    return { kind: 'put' as const, key: parseKey(sha256Of(Buffer.from(String(i))).slice(0, 40)), value }
  })
  const outcomes = await store.apply(operations)
  expect(outcomes.every(({ done }) => done)).toBe(true)
}

type Apply = (store: Store, operations: readonly WriteOperation[]) => Promise<WriteOutcome[]>

function runWith(job: Job, apply: Apply): Promise<Job> {
  return runPlanned(job.id, {
    ...options,
    open: async (location, how) => {
      const store = await openStore(location, how)
      return how.write ? withApply(store, apply) : store
    },
  })
}

const killed: Apply = async () => {
  throw new AppError('INTERNAL', 'killed')
}

/** Every `step`-th operation of the killed run is done just before those of the resumed one, or all of them. */
function overtaking(step: number): Apply {
  return async (store, operations) => {
    await store.apply(operations.filter((_, i) => i % step === 0))
    return store.apply(operations)
  }
}

async function killAndOvertake(spec: JobSpec, step: number): Promise<Job> {
  const planned = await planJob(spec, options)
  expect(await runWith(planned, killed)).toMatchObject({ state: 'stopped' })
  const done = await runWith(planned, overtaking(step))
  expect(done).toMatchObject({
    state: 'done',
    outcomes: { done: planned.planned.entries, changed: 0, skipped: 0, failed: 0 },
  })
  return done
}

describe.each([1, 2, 5])('a killed run that still does every %ith of its batch', (step) => {
  it('loses nothing of an eviction and of its undo (the trash had let go of it)', async () => {
    await fill(url, 'value')
    const before = await contentOf(url)
    const done = await killAndOvertake({ kind: 'evict', store: await resolveStore(url), selection: {} }, step)
    expect(await contentOf(url)).toEqual({})
    expect(listTrash(options.dataFolder)).toMatchObject([{ entries: count }])
    await killAndOvertake({ kind: 'undo', job: done.id }, step)
    expect(await contentOf(url)).toEqual(before)
  })

  it.each(['fail', 'overwrite'] as const)('nor of a migration (%s) and its undo', async (onConflict) => {
    await fill(url, 'value')
    if (onConflict === 'overwrite') await fill(other, 'old')
    const [source, before] = [await contentOf(url), onConflict === 'fail' ? {} : await contentOf(other)]
    const done = await killAndOvertake(
      {
        kind: 'migrate',
        from: await resolveStore(url),
        to: await resolveStore(other),
        selection: {},
        onConflict,
      },
      step,
    )
    expect(await contentOf(other)).toEqual(source)
    await killAndOvertake({ kind: 'undo', job: done.id }, step)
    expect(await contentOf(other)).toEqual(before)
    expect(await contentOf(url)).toEqual(source)
  })
})

describe('an answer that was lost', () => {
  it('does not make a value that stands in the target a failed one', async () => {
    await fill(url, 'value')
    const spec: JobSpec = {
      kind: 'migrate',
      from: await resolveStore(url),
      to: await resolveStore(other),
      selection: {},
      onConflict: 'fail',
    }
    const planned = await planJob(spec, options)
    const done = await runWith(planned, async (store, operations) => {
      const outcomes = await store.apply(operations)
      const lost = { done: false, reason: 'REFUSED', sentence: 'The connection was lost.' } as const
      return outcomes.map((outcome, i) => (i % 3 === 0 ? lost : outcome))
    })
    expect(done.outcomes).toMatchObject({ done: count, failed: 0 })
    const undone = await planJob({ kind: 'undo', job: done.id }, options)
    expect((await runPlanned(undone.id, options)).outcomes).toMatchObject({ done: count })
    expect(await contentOf(other)).toEqual({})
  })
})
