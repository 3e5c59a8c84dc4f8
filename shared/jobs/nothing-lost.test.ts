import Database from 'better-sqlite3'
import fc from 'fast-check'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parseKey } from '../model/keys.ts'
import { openStore, resolveStore } from '../stores/registry.ts'
import type { Job, JobSpec } from './contract.ts'
import { listJobs } from './job-file.ts'
import { planJob, runPlanned } from './jobs.ts'
import { contentOf, killedBy } from './testing/caches.ts'
import { key, put } from './testing/workbench.ts'
import { sha256Of } from './trash-bin.ts'

// The law of all jobs, in whatever order they come, killed or not, beside others who write and delete: after a job every
// value that was in a cache or in the trash before it still is in one of them. What others deleted or wrote over where it
// stood last nobody owes any more: the trash may have it still or not.

const keys = 2
const pairs = [
  ['sqlite', 'fs'],
  ['fs', 'sqlite'],
  ['sqlite', 'lmdb'],
] as const

/** An act of a story; `cache` is 0 or 1, `key` a number, `which` chooses among the jobs that fit. */
interface Act {
  readonly act: 'write' | 'erase' | 'evict' | 'migrate' | 'undo' | 'resume'
  readonly cache: number
  readonly key: number
  readonly which: number
  readonly rule: 'skip' | 'overwrite'
  readonly kill: 'no' | 'before' | 'after'
}

const acts = fc.record<Act>({
  act: fc.oneof(
    { weight: 2, arbitrary: fc.constant('write' as const) },
    { weight: 3, arbitrary: fc.constant('erase' as const) },
    { weight: 1, arbitrary: fc.constant('evict' as const) },
    { weight: 3, arbitrary: fc.constant('migrate' as const) },
    { weight: 4, arbitrary: fc.constant('undo' as const) },
    { weight: 1, arbitrary: fc.constant('resume' as const) },
  ),
  cache: fc.nat(1),
  key: fc.nat(keys - 1),
  which: fc.nat(20),
  rule: fc.constantFrom('skip', 'overwrite'),
  kill: fc.constantFrom('no', 'no', 'before', 'after'),
})

/** Each entry is a batch, so that a kill comes in the middle. */
const limits = { items: 1, bytes: 1 << 20 }

class World implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'hashcache-law-'))
  readonly #dataFolder = join(this.#folder, 'data')
  readonly #urls: readonly string[]
  #written = 0

  constructor(kinds: readonly string[]) {
    this.#urls = kinds.map((kind) => `${kind}:${join(this.#folder, kind)}`)
  }

  async begin(): Promise<void> {
    for (let cache = 0; cache < 2; cache++) for (let i = 0; i < keys; i++) await this.#write(cache, i)
  }

  async perform({ act, cache, key: i, which, rule, kill }: Act): Promise<void> {
    if (act === 'write') return this.#write(cache, i)
    if (act === 'erase') return this.#erase(cache, i)
    if (act === 'evict') {
      const store = await resolveStore(this.#urls[cache]!)
      return this.#run({ kind: 'evict', store, selection: { keys: [key(i)] } }, kill)
    }
    if (act === 'migrate') {
      const [from, to] = [await resolveStore(this.#urls[cache]!), await resolveStore(this.#urls[1 - cache]!)]
      return this.#run({ kind: 'migrate', from, to, selection: {}, onConflict: rule }, kill)
    }
    const jobs = listJobs(this.#dataFolder).filter(act === 'undo' ? ({ canUndo }) => canUndo : canGoOn)
    const job = jobs[which % Math.max(1, jobs.length)]
    if (!job) return
    if (act === 'undo') return this.#run({ kind: 'undo', job: job.id }, kill)
    await runPlanned(job.id, { dataFolder: this.#dataFolder, limits })
  }

  /** Digests of what stands in the caches. */
  async inCaches(): Promise<Set<string>> {
    const contents = await Promise.all(this.#urls.map(contentOf))
    return new Set(contents.flatMap((content) => Object.values(content)))
  }

  /** Digests of what the trash keeps. */
  inTrash(): Set<string> {
    return new Set(this.#inTrash())
  }

  /** A text that was never written before. */
  #write(cache: number, i: number): Promise<void> {
    return put(this.#urls[cache]!, key(i), `value ${this.#written++}`)
  }

  async #erase(cache: number, i: number): Promise<void> {
    await using store = await openStore(this.#urls[cache]!, { write: true })
    await store.apply([{ kind: 'delete', key: parseKey(key(i)) }])
  }

  async #run(spec: JobSpec, kill: Act['kill']): Promise<void> {
    const job = await planJob(spec, { dataFolder: this.#dataFolder })
    const options = { dataFolder: this.#dataFolder, limits }
    if (job.state === 'planned')
      await runPlanned(job.id, kill === 'no' ? options : { ...options, open: killedBy(kill) })
  }

  *#inTrash(): Generator<string> {
    for (const file of filesIn(join(this.#dataFolder, 'trash'))) {
      if (!/bin\.sqlite/.test(file)) yield sha256Of(readFileSync(file))
      else if (file.endsWith('bin.sqlite')) yield* keptIn(file)
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

function canGoOn({ state, canRun }: Job): boolean {
  return state === 'stopped' && canRun
}

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
}

function keptIn(bin: string): string[] {
  const database = new Database(bin)
  try {
    const values = database.prepare<[], Buffer>('SELECT value FROM entries WHERE value NOT NULL').pluck()
    return values.all().map(sha256Of)
  } finally {
    database.close()
  }
}

/** More for a long run. */
const stories = Number(process.env['HASHCACHE_STORIES'] ?? 10)

it('no job lets a value vanish', { timeout: 30_000 + stories * 6_000 }, async () => {
  const story = fc.tuple(fc.constantFrom(...pairs), fc.array(acts, { minLength: 5, maxLength: 12 }))
  await fc.assert(
    fc.asyncProperty(story, async ([kinds, told]) => {
      using world = new World(kinds)
      await world.begin()
      let stood = await world.inCaches()
      const owed = new Set(stood)
      for (const act of told) {
        await world.perform(act)
        const [standing, kept] = [await world.inCaches(), world.inTrash()]
        for (const digest of standing) owed.add(digest)
        if (act.act === 'write' || act.act === 'erase')
          for (const digest of stood) if (!standing.has(digest)) owed.delete(digest)
        expect([...owed].filter((digest) => !standing.has(digest) && !kept.has(digest))).toEqual([])
        stood = standing
      }
    }),
    { numRuns: stories },
  )
})
