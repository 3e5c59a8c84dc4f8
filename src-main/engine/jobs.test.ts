import { cp, readdir } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Connection, SearchResult } from '../../shared/api/contract.ts'
import type { Job, JobItemPage, JobList, Trash, VerifyEvent } from '../../shared/api/jobs.ts'
import { corpus, refusal, startEngine } from './testing/client.ts'

type Started = Awaited<ReturnType<typeof startEngine>>
let engine: Started
let cache: string
let store: Connection

beforeEach(async () => {
  engine = await startEngine()
  cache = join(engine.folder, 'cache')
  await cp(join(corpus, 'fs-class', 'cache'), cache, { recursive: true, preserveTimestamps: true })
  store = await open(`fs:${cache}`)
})
afterEach(() => engine[Symbol.asyncDispose]())

async function open(location: string): Promise<Connection> {
  return engine.ready(await engine.post<Connection>('stores', { location }))
}

async function until(id: string, ...states: Job['state'][]): Promise<Job> {
  const deadline = Date.now() + 20_000
  for (;;) {
    const job = await engine.get<Job>(`jobs/${id}`)
    if (states.includes(job.state)) return job
    if (Date.now() > deadline)
      throw new Error(`The job is still ${job.state}: ${JSON.stringify(job.problem)}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const countFiles = async (): Promise<number> =>
  (await readdir(cache, { recursive: true, withFileTypes: true })).filter((each) => each.isFile()).length

describe('jobs of the engine', () => {
  it('plan an eviction of selected rows, run it once the cache is unlocked, and undo it', async () => {
    const before = await countFiles()
    const result = await engine.post<SearchResult>(`stores/${store.id}/search`, {
      query: '',
      sort: [{ column: 'sizeBytes', descending: true }],
    })
    const begun = await engine.post<Job>('jobs', {
      kind: 'evict',
      store: store.id,
      selection: { result: { id: result.id, ranges: [[0, 5]] } },
    })
    const planned = await until(begun.id, 'planned')
    expect(planned.planned.entries).toBe(5)
    expect(await countFiles()).toBe(before)
    const items = await engine.get<JobItemPage>(`jobs/${begun.id}/items`)
    expect(items.total).toBe(5)
    expect(items.items.every(({ action, state }) => action === 'delete' && state === undefined)).toBe(true)

    const refused = await engine.send(`jobs/${begun.id}/run`, {})
    expect(await refused.json()).toMatchObject({ code: 'READ_ONLY' })
    await engine.post(`stores/${store.id}/lock`, { writable: true })
    const events = await engine.listen()
    await engine.post(`jobs/${begun.id}/run`)
    const done = await until(begun.id, 'done')
    expect(done.outcomes).toMatchObject({ done: 5, failed: 0, changed: 0 })
    expect(await countFiles()).toBe(before - 5)
    await events.next((event) => event.type === 'job' && event.job.state === 'done')
    // The catalog sees it by itself.
    await events.next((event) => event.type === 'store' && event.store.entries === before - 5)
    await events.end()

    const trash = await engine.get<Trash>('trash')
    expect(trash).toMatchObject({ entries: 5, bins: [{ job: begun.id }] })
    const forgotten = await engine.send(`jobs/${begun.id}`, undefined, 'DELETE')
    expect(await forgotten.json()).toMatchObject({ code: 'REFUSED' })
    const undo = await engine.post<Job>(`jobs/${begun.id}/undo`)
    await until(undo.id, 'planned')
    await engine.post(`jobs/${undo.id}/run`)
    expect((await until(undo.id, 'done')).outcomes.done).toBe(5)
    expect(await countFiles()).toBe(before)
    expect(await engine.get<Job>(`jobs/${begun.id}`)).toMatchObject({ canUndo: false, undoneBy: undo.id })
    expect((await engine.get<Trash>('trash')).entries).toBe(0)
  })

  it('migrate to a target that is made by the run, not by the plan', async () => {
    const target = join(engine.folder, 'new.sqlite')
    const begun = await engine.post<Job>('jobs', {
      kind: 'migrate',
      from: store.id,
      to: `sqlite:${target}`,
      selection: { query: 'size<2000' },
      onConflict: 'fail',
    })
    const planned = await until(begun.id, 'planned')
    expect(existsSync(target)).toBe(false)
    await engine.post(`jobs/${begun.id}/run`)
    const done = await until(begun.id, 'done')
    expect(done.outcomes.done).toBe(planned.planned.entries)
    const opened = await open(`sqlite:${target}`)
    expect(opened.entries).toBe(planned.planned.entries)
    const report = await (await engine.ask(`jobs/${begun.id}/report`)).text()
    expect(report.trim().split('\n')).toHaveLength(1 + planned.planned.entries)
    const manifest = await engine.ask(`jobs/${begun.id}/manifest`)
    expect(manifest.headers.get('content-disposition')).toContain(`${begun.id}.manifest.ndjson`)
    const last = (await manifest.text()).trim().split('\n').at(-1)!
    expect(JSON.parse(last)).toMatchObject({ entries: planned.planned.entries })
    expect(await refusal(await engine.ask('jobs/..%2fsettings/manifest'))).toMatchObject({
      code: 'NOT_FOUND',
    })
  })

  it('refuse what JSON would lose until that is accepted', async () => {
    const begun = await engine.post<Job>('jobs', {
      kind: 'migrate',
      from: store.id,
      to: `json:${join(engine.folder, 'json')}`,
      selection: {},
      onConflict: 'fail',
    })
    const refused = await until(begun.id, 'refused')
    expect(refused.plan).toMatchObject({ needs: 'acceptLoss' })
    expect(refused.plan?.losses.some(({ kept }) => kept === 'lost')).toBe(true)
    await engine.post(`jobs/${begun.id}/replan`, { acceptLoss: true })
    const planned = await until(begun.id, 'planned')
    expect(planned.planned.entries).toBe(store.entries)
  })

  it('say at once what cannot be planned', async () => {
    const badQuery = await engine.send('jobs', {
      kind: 'evict',
      store: store.id,
      selection: { query: 'age>' },
    })
    expect(await badQuery.json()).toMatchObject({ code: 'BAD_QUERY' })
    const noKind = await engine.send('jobs', {
      kind: 'migrate',
      from: store.id,
      to: join(engine.folder, 'nothing-here'),
      selection: {},
      onConflict: 'fail',
    })
    expect(await noKind.json()).toMatchObject({ code: 'USAGE' })
    expect((await engine.get<JobList>('jobs')).items).toEqual([])
  })

  it('are told in an order that can be restored: what is newer has the higher number', async () => {
    const events = await engine.listen()
    const spec = { kind: 'evict', store: store.id, selection: { query: 'size>5000' } }
    const answers = await Promise.all(Array.from({ length: 8 }, () => engine.post<Job>('jobs', spec)))
    const told = new Map(answers.map((job) => [job.id, [job]]))
    while ([...told.values()].some((states) => !states.some(({ state }) => state === 'planned'))) {
      const event = await events.next(({ type }) => type === 'job')
      if (event.type === 'job') told.get(event.job.id)!.push(event.job)
    }
    await events.end()
    const order: Job['state'][] = ['planning', 'planned']
    for (const states of told.values()) {
      const sorted = states.toSorted((one, other) => one.asOf - other.asOf)
      const ranks = sorted.map(({ state }) => order.indexOf(state))
      expect(ranks).toEqual(ranks.toSorted((one, other) => one - other))
      expect(sorted.at(-1)!.state).toBe('planned')
    }
    const { asOf, items } = await engine.get<JobList>('jobs')
    for (const job of items) {
      expect(job.asOf).toBe(asOf)
      expect(asOf).toBeGreaterThan(Math.max(...told.get(job.id)!.map((each) => each.asOf)))
    }
  })

  it('verify a cache in steps, and keep the rules of its retention', async () => {
    const lines = await (await engine.send(`stores/${store.id}/verify`, {})).text()
    const events = lines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as VerifyEvent)
    expect(events.at(-1)).toMatchObject({ type: 'end', entries: store.entries, findings: 0, duplicates: 13 })
    const told = events.filter((event) => event.type === 'finding' && event.finding === 'duplicate')
    expect(told).toHaveLength(13)
    expect(await engine.get(`stores/${store.id}/retention`)).toEqual({})
    const kept = await engine.send(`stores/${store.id}/retention`, { maxAgeSeconds: 60 })
    expect(await kept.json()).toEqual({ policy: { maxAgeSeconds: 60 } })
    const wrong = await engine.send(`stores/${store.id}/retention`, { maxAge: 60 })
    expect(await wrong.json()).toMatchObject({ code: 'USAGE' })
  })

  it('empties the trash only by the typed count', async () => {
    await engine.post(`stores/${store.id}/lock`, { writable: true })
    const begun = await engine.post<Job>('jobs', {
      kind: 'evict',
      store: store.id,
      selection: { query: 'size>5000' },
    })
    const { planned } = await until(begun.id, 'planned')
    await engine.post(`jobs/${begun.id}/run`)
    await until(begun.id, 'done')
    const wrong = await engine.send('trash/empty', { typed: planned.entries + 1 })
    expect(await wrong.json()).toMatchObject({ code: 'REFUSED' })
    expect((await engine.get<Trash>('trash')).entries).toBe(planned.entries)
    expect((await engine.post<Trash>('trash/empty', { typed: planned.entries })).entries).toBe(0)
  })
})
