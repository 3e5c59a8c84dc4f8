import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Connection } from '../../shared/api/contract.ts'
import type { Job, JobItemPage } from '../../shared/api/jobs.ts'
import { corpus, startEngine } from '../engine/testing/client.ts'
import { hashcacheIn, jsonLines } from './testing/run.ts'

let engine: Awaited<ReturnType<typeof startEngine>>
let store: Connection

beforeAll(async () => {
  engine = await startEngine()
  const cache = join(engine.folder, 'my caches', 'a cache')
  cpSync(join(corpus, 'fs-class', 'cache'), cache, { recursive: true, preserveTimestamps: true })
  store = await engine.ready(await engine.post<Connection>('stores', { location: `fs:${cache}` }))
})
afterAll(() => engine[Symbol.asyncDispose]())

async function planned(request: object): Promise<Job> {
  const { id } = await engine.post<Job>('jobs', request)
  await expect
    .poll(async () => (await engine.get<Job>(`jobs/${id}`)).state, { timeout: 20_000 })
    .not.toBe('planning')
  return engine.get<Job>(`jobs/${id}`)
}

interface Line {
  readonly key: string
  readonly action: string
}

const short = ({ key, action }: Line): string => `${action} ${key}`

describe('the command of a job', () => {
  it.each([
    { kind: 'evict', selection: { query: 'func:energy symbol:(Au,Cu)' } },
    { kind: 'evict', selection: {}, policy: { maxBytes: 4_000, keepLastPerFunction: 1, order: 'largest' } },
    { kind: 'evict', selection: { query: 'output:"a b"' }, policy: { protect: 'func:energy' } },
    { kind: 'evict', selection: {} },
    { kind: 'migrate', selection: { query: 'size<1kB' }, onConflict: 'newest', acceptLoss: true },
  ])('plans the same in a terminal: %j', async (request) => {
    const to = `json:${join(engine.folder, 'to json')}`
    const sides = request.kind === 'migrate' ? { from: store.id, to } : { store: store.id }
    const job = await planned({ ...request, ...sides })
    const { items } = await engine.get<JobItemPage>(`jobs/${job.id}/items?from=0&to=1000`)
    const ran = await hashcacheIn(join(engine.folder, 'data'), ...job.command!, '--dry-run', '--json')
    expect(ran).toMatchObject({ code: 0, stderr: '' })
    expect(jsonLines<Line>(ran.stdout).slice(1).map(short)).toEqual(items.map(short))
  })

  it('is none of entries that were chosen one by one, nor of findings that verify does not repair', async () => {
    const whole = await planned({ kind: 'evict', store: store.id, selection: {} })
    const { items } = await engine.get<JobItemPage>(`jobs/${whole.id}/items?from=0&to=2`)
    const keys = items.map(({ key }) => key)
    const chosen = await planned({ kind: 'evict', store: store.id, selection: { keys } })
    expect(chosen).toMatchObject({ planned: { entries: 2 } })
    expect(chosen.command).toBeUndefined()
    const repair = await planned({ kind: 'repair', store: store.id, findings: ['damaged'] })
    expect(repair.command).toBeUndefined()
  })
})
