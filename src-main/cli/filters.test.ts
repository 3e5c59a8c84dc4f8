import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { hashcache, jsonLines } from './testing/run.ts'

const corpus = fileURLToPath(new URL('../../shared/testing/corpus', import.meta.url))
const work = mkdtempSync(join(tmpdir(), 'hashcache-filters-'))
const store = join(work, 'cache')

beforeAll(() => cpSync(join(corpus, 'fs-class/cache'), store, { recursive: true }))
afterAll(() => rmSync(work, { recursive: true, force: true }))

const written = 'func:energy symbol:Au'

async function keysOf(query: string): Promise<string[]> {
  const { stdout } = await hashcache('ls', store, '--json', '--query', query)
  return jsonLines<{ key: string }>(stdout).map(({ key }) => key)
}

it('saves filters for all stores and for one, whose own is meant', async () => {
  expect(await hashcache('filters', 'save', 'gold', written)).toMatchObject({ code: 0, stderr: '' })
  await hashcache('filters', 'save', 'gold', 'symbol:Pt', '--store', store)
  const { stdout } = await hashcache('filters', '--json')
  expect(jsonLines(stdout)).toEqual([
    { name: 'gold', query: written },
    { name: 'gold', store: `fs:${store}`, query: 'symbol:Pt' },
  ])
  expect(await keysOf('@gold')).toEqual(await keysOf('symbol:Pt'))
})

it('takes them wherever there is a query', async () => {
  await hashcache('filters', 'remove', 'gold', '--store', store)
  const gold = await keysOf('@gold')
  expect(gold).toHaveLength(4)
  expect(gold).toEqual(await keysOf(written))
  const plan = await hashcache('evict', store, '--query=@gold', '--dry-run')
  expect(plan.stdout).toMatch(/^Evict from .*: 4 entries/)
})

it('takes them for what rules protect, and lets no name pass for a filter', async () => {
  const gold = await keysOf('@gold')
  const keeping = ['evict', store, '--max-bytes=0', '--dry-run', '--json'] as const
  const [job, ...going] = jsonLines<{ key: string; plan?: object }>(
    (await hashcache(...keeping, '--protect=@gold')).stdout,
  )
  expect(job!.plan).toMatchObject({ protectedEntries: 4 })
  expect(going.filter(({ key }) => gold.includes(key))).toEqual([])
  expect(await hashcache(...keeping, '--protect=@golt')).toMatchObject({ code: 2, stdout: '' })
  const rules = join(work, 'rules.json')
  writeFileSync(rules, '{"maxBytes": 0, "protect": "@gold"}')
  const named = await hashcache('evict', store, '--policy', rules, '--dry-run')
  expect(named).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining('hold the filter itself') as string,
  })
})

it('says what there is instead of an unknown name, and marks a filter that is refused', async () => {
  const unknown = await hashcache('ls', store, '-q', '@golt')
  expect(unknown).toMatchObject({
    code: 2,
    stdout: '',
    stderr: 'hashcache: There is no saved filter golt; perhaps gold was meant.\n',
  })
  expect(await hashcache('filters', 'save', 'bad', 'size>')).toMatchObject({ code: 2, stdout: '' })
  expect(await hashcache('filters', 'save', 'two words', 'a')).toMatchObject({ code: 2, stdout: '' })
  await hashcache('filters', 'save', 'many', 'func:energy size>many')
  const marked = await hashcache('ls', store, '--query', '@many')
  expect(marked.stderr).toContain('\n  func:energy size>many\n                   ^\n')
})

it('lists what a filter could say next', async () => {
  const { stdout } = await hashcache('fields', store, 'func:energy symbol:', '--json')
  const { items, from } = jsonLines<{ items: { text: string; entries: number }[]; from: number }>(stdout)[0]!
  expect(from).toBe('func:energy symbol:'.length)
  expect(items[0]).toEqual({ text: 'Al', kind: 'value', entries: 9 })
  const table = await hashcache('fields', store, 'sym')
  expect(table.stdout).toMatch(/^symbol: +\d+ +argument/m)
})
