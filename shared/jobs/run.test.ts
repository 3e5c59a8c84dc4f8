import fc from 'fast-check'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '../model/errors.ts'
import type { Executor, ItemOutcome, Job, PlanItem } from './contract.ts'
import { JobFile } from './job-file.ts'
import { runJob } from './run.ts'

let dataFolder: string
beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), 'hashcache-run-'))
})
afterEach(() => {
  rmSync(dataFolder, { recursive: true, force: true })
})

const store = { kind: 'fs', location: 'fs:/cache', label: 'cache' } as const
const location = { kind: 'fs', path: '/cache', options: {} } as const

function plan(items: number): string {
  using file = JobFile.create(dataFolder, {
    kind: 'evict',
    title: 'Evict from cache',
    store,
    user: 'ana',
    spec: { kind: 'evict', store: location, selection: {} },
  })
  file.setState('planning')
  file.addItems(
    Array.from({ length: items }, (_, i) => ({
      key: new TextEncoder().encode(`key ${i}`),
      // Every fifth is there for the record only.
      action: i % 5 === 4 ? ('same' as const) : ('delete' as const),
      bytes: 10 + i,
      computeSeconds: 1,
    })),
  )
  file.finishPlan({ warnings: [], losses: [], conflicts: 0 })
  return file.id
}

/** A store that is a set of numbers, and a world that fails when it is told to. */
class Model implements Executor {
  readonly done: number[] = []
  readonly #faults: Set<number>
  #steps = 0

  constructor(faults: readonly number[]) {
    this.#faults = new Set(faults)
  }

  async perform(items: readonly PlanItem[], { again }: { readonly again: boolean }): Promise<ItemOutcome[]> {
    for (const { n } of items) {
      this.#fail('before')
      if (!again || !this.done.includes(n)) this.done.push(n)
      this.#fail('after')
    }
    return items.map(({ n }) => ({ n, state: 'done' }))
  }

  #fail(when: string): void {
    if (this.#faults.delete(this.#steps++)) throw new AppError('REFUSED', `The disk is full (${when}).`)
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

async function runOnce(
  id: string,
  executor: Executor,
  limits: { items: number; bytes: number },
): Promise<Job> {
  using file = JobFile.open(dataFolder, id)
  return await runJob(file, executor, { limits })
}

describe('a run', () => {
  it('does each item of its plan once, wherever faults stop it and however often it is resumed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 40 }),
        fc.array(fc.nat(80), { maxLength: 6 }),
        fc.record({ items: fc.integer({ min: 1, max: 12 }), bytes: fc.integer({ min: 1, max: 500 }) }),
        async (items, faults, limits) => {
          const id = plan(items)
          const world = new Model(faults)
          let job = await runOnce(id, world, limits)
          let runs = 1
          while (job.state === 'stopped') {
            expect(job.problem).toMatchObject({ code: 'REFUSED' })
            expect(job.finished.entries).toBeLessThan(job.planned.entries)
            job = await runOnce(id, world, limits)
            expect(++runs).toBeLessThan(10)
          }
          const wanted = Array.from({ length: items }, (_, i) => i).filter((i) => i % 5 !== 4)
          expect(world.done).toEqual(wanted)
          expect(job).toMatchObject({ state: 'done', outcomes: { done: wanted.length } })
          expect(job.finished).toEqual(job.planned)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('does not take an executor at its word that says nothing of an item', async () => {
    const id = plan(3)
    const silent: Executor = { perform: async () => [], [Symbol.asyncDispose]: async () => undefined }
    const job = await runOnce(id, silent, { items: 10, bytes: 1_000 })
    expect(job).toMatchObject({ state: 'stopped', problem: { code: 'INTERNAL' } })
  })

  it('keeps batches within their bounds, but for one large item', async () => {
    const id = plan(30)
    const sizes: number[] = []
    const watching: Executor = {
      async perform(items) {
        sizes.push(items.length)
        return items.map(({ n }) => ({ n, state: 'done' }))
      },
      [Symbol.asyncDispose]: async () => undefined,
    }
    await runOnce(id, watching, { items: 4, bytes: 15 })
    expect(Math.max(...sizes)).toBe(1)
    expect(sizes).toHaveLength(24)
  })

  it('that is paused between batches has begun nothing: what was not touched is not done again', async () => {
    const id = plan(30)
    const seen: { first: number; again: boolean }[] = []
    const watching: Executor = {
      async perform(items, { again }) {
        seen.push({ first: items[0]!.n, again })
        // Longer than progress is kept quiet.
        if (seen.length === 1) await delay(250)
        return items.map(({ n }) => ({ n, state: 'done' }))
      },
      [Symbol.asyncDispose]: async () => undefined,
    }
    const stop = new AbortController()
    const limits = { items: 4, bytes: 1_000 }
    {
      using file = JobFile.open(dataFolder, id)
      const onProgress = ({ finished }: Job): void => {
        if (finished.entries > 0) stop.abort('pause')
      }
      const paused = await runJob(file, watching, { limits, signal: stop.signal, onProgress })
      expect(paused).toMatchObject({ state: 'paused', finished: { entries: 4 } })
    }
    expect(await runOnce(id, watching, limits)).toMatchObject({ state: 'done', outcomes: { done: 24 } })
    expect(seen.map(({ first }) => first)).toEqual([0, 5, 10, 15, 20, 25])
    expect(seen.some(({ again }) => again)).toBe(false)
  })

  it('makes batches larger while they are done quickly, up to a bound', async () => {
    const id = plan(20_000)
    const sizes: number[] = []
    const watching: Executor = {
      async perform(items) {
        sizes.push(items.length)
        return items.map(({ n }) => ({ n, state: 'done' }))
      },
      [Symbol.asyncDispose]: async () => undefined,
    }
    using file = JobFile.open(dataFolder, id)
    await runJob(file, watching)
    expect(sizes[0]).toBe(1_000)
    expect(Math.max(...sizes)).toBeGreaterThan(1_000)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(4_000)
    expect(sizes.reduce((sum, size) => sum + size)).toBe(16_000)
  })

  it('that nobody holds any more shows as stopped, and a plan as cancelled', async () => {
    const id = plan(3)
    {
      using file = JobFile.open(dataFolder, id)
      file.setState('running')
      file.begin({ again: false, items: file.nextBatch({ items: 2, bytes: 1_000 })!.items })
    }
    using file = JobFile.open(dataFolder, id)
    expect(file.job()).toMatchObject({ state: 'stopped', problem: { code: 'CANCELLED' } })
    expect(file.nextBatch({ items: 10, bytes: 1_000 })).toMatchObject({
      again: true,
      items: [{ n: 0 }, { n: 1 }],
    })
  })
})
