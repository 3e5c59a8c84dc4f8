import { cpSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Connection } from '../../shared/api/contract.ts'
import type { Job, JobItemPage } from '../../shared/api/jobs.ts'
import { corpus, startEngine } from '../engine/testing/client.ts'
import { hashcacheIn, jsonLines, type Ran } from './testing/run.ts'

let engine: Awaited<ReturnType<typeof startEngine>>
let cache: string
let rules: string

beforeEach(async () => {
  engine = await startEngine()
  cache = join(engine.folder, 'project', 'cache')
  cpSync(join(corpus, 'fs-class', 'cache'), cache, { recursive: true, preserveTimestamps: true })
  rules = join(engine.folder, 'rules.json')
})
afterEach(() => engine[Symbol.asyncDispose]())

const hashcache = (...words: string[]): Promise<Ran> => hashcacheIn(join(engine.folder, 'data'), ...words)

interface Line {
  readonly key: string
  readonly note: string
}

async function planOfCommand(): Promise<Line[]> {
  const { stdout, stderr } = await hashcache('evict', cache, '--dry-run', '--json')
  expect(stderr).toMatch(/^By the rules/)
  return jsonLines<Line>(stdout).slice(1)
}

/** What the window does: it asks for the rules, and plans with them. */
async function planOfWindow(): Promise<Line[]> {
  const store = await engine.ready(await engine.post<Connection>('stores', { location: `fs:${cache}` }))
  const { policy } = await engine.get<{ policy: object }>(`stores/${store.id}/retention`)
  const { id } = await engine.post<Job>('jobs', { kind: 'evict', store: store.id, selection: {}, policy })
  await expect
    .poll(async () => (await engine.get<Job>(`jobs/${id}`)).state, { timeout: 20_000 })
    .toBe('planned')
  return (await engine.get<JobItemPage>(`jobs/${id}/items?from=0&to=1000`)).items.map(
    ({ key, note = '' }) => ({
      key,
      note,
    }),
  )
}

describe('the rules kept for a cache', () => {
  it('are what evict goes by; the command line and the window make the same plan of them', async () => {
    expect((await hashcache('evict', cache, '--dry-run')).stderr).toContain('No rules are kept')
    writeFileSync(rules, '{"maxEntriesPerFunction": 2, "protect": "func:energy"}')
    const set = await hashcache('retention', cache, 'set', rules)
    expect(set).toMatchObject({ code: 0, stderr: '' })
    expect((await hashcache('retention', cache)).stdout).toContain('"maxEntriesPerFunction": 2')

    const planned = await planOfCommand()
    expect(planned.length).toBeGreaterThan(5)
    expect(await planOfWindow()).toEqual(planned.map(({ key, note }) => ({ key, note })))

    await hashcache('retention', cache, 'set', '--max-per-function', '3', '--protect', 'func:energy')
    expect((await hashcache('retention', cache)).stdout).toContain('"maxEntriesPerFunction": 3')
    expect((await hashcache('retention', cache, 'set')).stderr).toContain('Say which rules')
    expect((await hashcache('retention', cache, 'clear', '--damaged')).stderr).toContain('takes no rules')
    expect((await hashcache('retention', cache, 'clear')).stdout).toContain('No rules are kept')
    expect((await hashcache('evict', cache, '--dry-run')).code).toBe(2)
  }, 60_000)

  it('are those beside the cache, where there are some; these are only read', async () => {
    writeFileSync(rules, '{"damaged": true}')
    await hashcache('retention', cache, 'set', rules)
    const beside = join(engine.folder, 'project', 'retention.json')
    writeFileSync(beside, '{"maxEntriesPerFunction": 1}')
    const shown = JSON.parse((await hashcache('retention', cache, '--json')).stdout) as object
    expect(shown).toEqual({ file: beside, policy: { maxEntriesPerFunction: 1 } })
    expect((await planOfCommand()).length).toBeGreaterThan(5)
    for (const words of [['set', rules], ['clear']]) {
      const refused = await hashcache('retention', cache, ...words)
      expect(refused).toMatchObject({ code: 2, stdout: '' })
      expect(refused.stderr).toContain(beside)
    }
    rmSync(beside)
    expect((await hashcache('retention', cache)).stdout).toContain('"damaged": true')
  }, 60_000)

  it('stop an eviction where they cannot be read', async () => {
    writeFileSync(join(cache, 'retention.json'), '{"maxBytes": 1')
    const refused = await hashcache('evict', cache, '--yes')
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toContain('retention.json cannot be read')
  })
})
