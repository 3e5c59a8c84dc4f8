import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { showKey } from '../model/keys.ts'
import { openStore, resolveStore } from '../stores/registry.ts'
import { python } from '../testing/python.ts'
import { KillStory } from './testing/kills.ts'
import { sha256Of } from './trash-bin.ts'

// As `kill.python.test.ts` does it, over caches whose entries are more than their values: the files of a call of joblib, a
// row of diskcache with its file. Nothing of an entry may be lost, doubled or left behind, and their own programs find all in order.

const entryCount = 160
const program = fileURLToPath(new URL('./testing/many.py', import.meta.url))

let folder: string
let round = 0

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashcache-kill-'))
  for (const kind of ['joblib', 'diskcache']) many('make', kind, join(folder, kind))
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function many(action: 'make' | 'check', kind: string, path: string): unknown {
  return JSON.parse(execFileSync(python, [program, action, kind, path, String(entryCount)]).toString())
}

interface State {
  readonly listed: number
  /** Digests of whole entries, all columns, files and times, by key. */
  readonly digests: Record<string, string>
  readonly strays: readonly string[]
}

async function stateOf(url: string): Promise<State> {
  await using store = await openStore(url, { write: true })
  const digests: Record<string, string> = {}
  let listed = 0
  for await (const batch of store.entries()) {
    listed += batch.length
    for (const entry of await store.whole!.getMany(batch.map(({ key }) => key)))
      if (entry && 'whole' in entry) digests[showKey(entry.key)] = sha256Of(entry.whole)
  }
  return { listed, digests, strays: (await store.strays!(1_000)).map(({ name }) => name) }
}

describe.each([
  ['joblib', 'rename'],
  ['joblib', 'copy'],
  ['diskcache', 'copy'],
])('killed at random moments: %s, by %s', (kind, how) => {
  const story = new KillStory(how)
  beforeEach(({ onTestFailed }) => {
    onTestFailed(() => void process.stderr.write(`${story.told()}\n`))
  })

  it('an eviction and its undo lose nothing', async () => {
    const budget = story.budgetOf(`${kind} ${how}`, 20)
    while (budget.kills > 0) {
      story.begin(++round)
      const dataFolder = join(folder, `${round}-data`)
      mkdirSync(dataFolder)
      const cache = join(folder, `${round}-cache`)
      cpSync(join(folder, kind), cache, { recursive: true, preserveTimestamps: true })
      const url = `${kind}:${cache}`
      const before = await stateOf(url)
      expect(before).toMatchObject({ listed: entryCount, strays: [] })
      expect(Object.keys(before.digests)).toHaveLength(entryCount)
      const store = await resolveStore(url)
      const job = await story.killOften(
        { kind: 'evict', store, selection: { query: 'size>9000' } },
        dataFolder,
        budget,
      )
      expect(job).toMatchObject({ state: 'done', outcomes: { failed: 0, changed: 0, skipped: 0 } })
      const evicted = job.outcomes.done
      expect(evicted).toBeGreaterThan(100)
      const during = await stateOf(url)
      expect(during).toMatchObject({ listed: entryCount - evicted, strays: [] })
      expect(before.digests).toMatchObject(during.digests)
      const undo = await story.killOften({ kind: 'undo', job: job.id }, dataFolder, budget)
      expect(undo).toMatchObject({
        state: 'done',
        outcomes: { done: evicted, failed: 0, changed: 0, skipped: 0 },
      })
      expect(await stateOf(url)).toEqual(before)
      expect(many('check', kind, cache)).toEqual({ wrong: [], there: entryCount })
    }
    expect(story.counted).toBeGreaterThan(0)
  })
})
