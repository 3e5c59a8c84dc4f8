import Database from 'better-sqlite3'
import {
  cpSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { parseKey, showKey } from '../model/keys.ts'
import type { WriteOutcome } from '../stores/contract.ts'
import { openStore, resolveStore } from '../stores/registry.ts'
import { fromJs } from '../hashcache/from-js.ts'
import { writeJoblib } from '../joblib/write.ts'
import { corpusFolder } from '../testing/corpus-folder.ts'
import { startRedis, type TestServer } from '../testing/redis.ts'
import type { ConflictRule, EvictSpec, Job, MigrateSpec } from './contract.ts'
import { forgetJob, JobFile, listJobs } from './job-file.ts'
import { planJob, replanJob, runPlanned } from './jobs.ts'
import { contentOf, withApply } from './testing/caches.ts'
import { emptyTrash, expireTrash, listTrash } from './trash.ts'
import { sha256Of } from './trash-bin.ts'

let folder: string
let options: { dataFolder: string }

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashcache-jobs-'))
  options = { dataFolder: join(folder, 'data') }
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const cacheUrl = (): string => `fs:${join(folder, 'cache')}`
function copyCorpus(): void {
  cpSync(join(corpusFolder('fs-class')!, 'cache'), join(folder, 'cache'), {
    recursive: true,
    preserveTimestamps: true,
  })
}

async function evict(url: string, change: Partial<EvictSpec> = {}): Promise<Job> {
  const store = await resolveStore(url)
  return planJob({ kind: 'evict', store, selection: {}, ...change }, options)
}
async function migrate(from: string, to: string, change: Partial<MigrateSpec> = {}): Promise<Job> {
  const spec: MigrateSpec = {
    kind: 'migrate',
    from: await resolveStore(from),
    to: await resolveStore(to),
    selection: {},
    onConflict: 'fail',
    ...change,
  }
  return planJob(spec, options)
}
const run = (job: Job): Promise<Job> => runPlanned(job.id, options)

/** Every file with its bytes and times. */
function filesOf(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map(({ parentPath, name }) => {
      const { size, mtimeNs } = statSync(join(parentPath, name), { bigint: true })
      return `${parentPath}/${name} ${size} ${mtimeNs}`
    })
    .toSorted()
}
const put = async (url: string, key: string, text: string): Promise<void> => {
  await using store = await openStore(url, { write: true })
  const value = Buffer.concat([
    Buffer.from([0x80, 4, 0x8c, text.length]),
    Buffer.from(text),
    Buffer.from('.'),
  ])
  const [outcome] = await store.apply([{ kind: 'put', key: parseKey(key), value }])
  expect(outcome).toEqual({ done: true })
}
const key = (i: number): string => sha256Of(Buffer.from(String(i))).slice(0, 40)

describe('an eviction', () => {
  it('of files takes exactly what was planned, and its undo gives back bytes and times to the nanosecond', async () => {
    copyCorpus()
    const before = filesOf(join(folder, 'cache'))
    const planned = await evict(cacheUrl(), { selection: { query: 'size>1000' } })
    expect(filesOf(join(folder, 'cache'))).toEqual(before)
    const done = await run(planned)
    expect(done.outcomes).toEqual({ done: planned.planned.entries, skipped: 0, changed: 0, failed: 0 })
    expect(filesOf(join(folder, 'cache'))).toHaveLength(before.length - planned.planned.entries)
    expect(listTrash(options.dataFolder)).toMatchObject([{ job: done.id, entries: planned.planned.entries }])
    const undo = await planJob({ kind: 'undo', job: done.id }, options)
    expect(await run(undo)).toMatchObject({ state: 'done' })
    expect(filesOf(join(folder, 'cache'))).toEqual(before)
    expect(listTrash(options.dataFolder)).toEqual([])
    await expect(planJob({ kind: 'undo', job: done.id }, options)).rejects.toMatchObject({ code: 'USAGE' })
  })

  it.each([
    'sqlite:cache.sqlite',
    'lmdb:cache.lmdb',
    'shelve:cache?format=dumb',
    'shelve:cache?format=gnu',
    'json:json',
  ])('of %s is taken back byte for byte', async (name) => {
    const url = name.replace(':', `:${folder}/`)
    const from = await migrate(`fs:${join(corpusFolder('fs-class')!, 'cache')}`, url, {
      selection: { query: 'size<2000' },
      acceptLoss: true,
    })
    await run(from)
    const before = await contentOf(url)
    const done = await run(await evict(url, { selection: { query: 'func:energy' } }))
    expect(done.outcomes.done).toBeGreaterThan(5)
    expect(Object.keys(await contentOf(url))).toHaveLength(Object.keys(before).length - done.outcomes.done)
    await run(await planJob({ kind: 'undo', job: done.id }, options))
    expect(await contentOf(url)).toEqual(before)
  })

  it('leaves alone what was written, or went away, since it was planned', async () => {
    copyCorpus()
    const planned = await evict(cacheUrl(), { selection: { query: 'func:energy' } })
    using file = JobFile.open(options.dataFolder, planned.id)
    const [first, second] = file.items({ from: 0, to: 2 }).items.map((item) => showKey(item.key))
    const pathOf = (shown: string): string => join(folder, 'cache', shown.slice(0, 2), shown)
    writeFileSync(pathOf(first!), 'written by somebody else')
    unlinkSync(pathOf(second!))
    const done = await run(planned)
    expect(done.outcomes).toEqual({ done: planned.planned.entries - 2, skipped: 0, changed: 2, failed: 0 })
    expect(statSync(pathOf(first!)).size).toBe('written by somebody else'.length)
  })

  it('keeps in the trash what a store deleted without saying so (a lost answer had cost the entries)', async () => {
    const url = `sqlite:${join(folder, 'cache.sqlite')}`
    await run(
      await migrate(`fs:${join(corpusFolder('fs-class')!, 'cache')}`, url, {
        selection: { query: 'size<2000' },
      }),
    )
    const before = await contentOf(url)
    const planned = await evict(url, { selection: { query: 'func:energy' } })
    const lost = { done: false, reason: 'REFUSED', sentence: 'The connection was lost.' } as const
    const done = await runPlanned(planned.id, {
      ...options,
      open: async (location, how) =>
        withApply(await openStore(location, how), async (store, operations) => {
          // Every third answer is lost after its work, every third before it.
          const heard = operations.filter((_, i) => i % 3 !== 2)
          const outcomes = new Map(heard.map((each) => [each, lost as WriteOutcome]))
          for (const [i, outcome] of (await store.apply(heard)).entries())
            if (operations.indexOf(heard[i]!) % 3 === 0) outcomes.set(heard[i]!, outcome)
          return operations.map((each) => outcomes.get(each) ?? lost)
        }),
    })
    const stay = Math.floor(planned.planned.entries / 3)
    expect(stay).toBeGreaterThan(1)
    expect(done.outcomes).toMatchObject({ done: planned.planned.entries - stay, failed: stay })
    expect(Object.keys(await contentOf(url))).toHaveLength(Object.keys(before).length - done.outcomes.done)
    expect(listTrash(options.dataFolder)).toMatchObject([{ entries: done.outcomes.done }])
    await run(await planJob({ kind: 'undo', job: done.id }, options))
    expect(await contentOf(url)).toEqual(before)
  })

  it('stops where nothing can be written any more, loses nothing, and goes on when it is resumed', async () => {
    const url = `sqlite:${join(folder, 'cache.sqlite')}`
    await run(
      await migrate(`fs:${join(corpusFolder('fs-class')!, 'cache')}`, url, {
        selection: { query: 'size<2000' },
      }),
    )
    const before = await contentOf(url)
    for (const reason of ['NO_SPACE', 'REFUSED'] as const) {
      const planned = await evict(url, { selection: { query: 'func:energy' } })
      const stopped = await runPlanned(planned.id, {
        ...options,
        open: async (location, how) =>
          withApply(await openStore(location, how), async (_, operations) =>
            operations.map(() => ({ done: false, reason, sentence: 'The disk is read-only.' })),
          ),
      })
      expect(stopped).toMatchObject({ state: 'stopped', problem: { code: 'REFUSED' } })
      expect(stopped.problem!.sentence).toContain('The disk is read-only.')
      expect(stopped.problem!.sentence).toContain('resume')
      expect(await contentOf(url)).toEqual(before)
      const done = await run(planned)
      expect(done).toMatchObject({ state: 'done', outcomes: { done: planned.planned.entries, failed: 0 } })
      await run(await planJob({ kind: 'undo', job: done.id }, options))
      expect(await contentOf(url)).toEqual(before)
    }
  })

  it('does not undo over what was written since', async () => {
    copyCorpus()
    const done = await run(await evict(cacheUrl(), { selection: { query: 'func:energy' } }))
    using file = JobFile.open(options.dataFolder, done.id)
    const shown = showKey(file.items({ from: 0, to: 1 }).items[0]!.key)
    await put(cacheUrl(), shown, 'new')
    const undone = await run(await planJob({ kind: 'undo', job: done.id }, options))
    expect(undone.outcomes).toMatchObject({ done: done.outcomes.done - 1, skipped: 1 })
    // What could not be brought back stays in the trash.
    expect(listTrash(options.dataFolder)).toHaveLength(1)
  })

  it('finds superseded calls and duplicates by their values as they are, not as they are shown', async () => {
    const url = `sqlite:${join(folder, 'alike.sqlite')}`
    {
      await using store = await openStore(url, { write: true })
      const long = (middle: number): number[] =>
        Array.from({ length: 3_000 }, (_, i) => (i === 1_500 ? middle : 0))
      const record = (argument: number[], output: number[], runAt: number) => ({
        func: 'relax',
        module: 'alloys',
        args: [argument],
        kwargs: {},
        'standardized-kwargs': { weights: argument },
        output,
        'run-at': runAt,
        elapsed_time: 1,
      })
      const records = [
        record(long(1), long(7), 100),
        // The same call, later.
        record(long(1), long(8), 200),
        // Another one: it differs in the middle of a long list, which no preview shows.
        record(long(2), long(7), 300),
      ]
      await store.apply(
        records.map((each, i) => ({ kind: 'put', key: parseKey(key(i)), value: writeJoblib(fromJs(each)) })),
      )
    }
    const planned = async (policy: EvictSpec['policy']): Promise<string[]> => {
      const job = await evict(url, { policy })
      using file = JobFile.open(options.dataFolder, job.id)
      return file.items({ from: 0, to: 10 }).items.map((item) => showKey(item.key))
    }
    expect(await planned({ superseded: true })).toEqual([key(0)])
    expect(await planned({ duplicates: true })).toEqual([key(0)])
  })

  it('says which of its rules protects nothing: a typing error would let go what was to stay', async () => {
    copyCorpus()
    const policy = { maxBytes: 0, protect: 'func:energi', protectTags: ['keep'] }
    const { plan } = await evict(cacheUrl(), { policy })
    expect(plan?.warnings).toEqual([
      expect.stringMatching(/^Nothing is protected by func:energi: no entry of .* is found by it/),
      expect.stringMatching(/^Nothing is protected by tag=\(keep\):/),
    ])
    const sound = await evict(cacheUrl(), { policy: { maxBytes: 0, protect: 'func:energy' } })
    expect(sound.plan?.warnings).toEqual([])
  })

  it('is refused for an unknown filter before there is a job', async () => {
    copyCorpus()
    await expect(evict(cacheUrl(), { selection: { query: 'age>' } })).rejects.toMatchObject({
      code: 'BAD_QUERY',
    })
    expect(listJobs(options.dataFolder)).toEqual([])
  })
})

describe('a merge', () => {
  const left = (): string => `sqlite:${join(folder, 'left.sqlite')}`
  const right = (): string => `sqlite:${join(folder, 'right.sqlite')}`
  const rules: readonly [rule: ConflictRule, done: number, value: 'left' | 'right'][] = [
    ['skip', 1, 'right'],
    ['overwrite', 2, 'left'],
    ['newest', 1, 'right'],
    ['fastest', 1, 'right'],
  ]
  beforeEach(async () => {
    await put(left(), key(1), 'left')
    await put(left(), key(2), 'same')
    await put(left(), key(3), 'only left')
    await put(right(), key(1), 'right')
    await put(right(), key(2), 'same')
    await put(right(), key(4), 'only right')
  })

  it.each(rules)('by the rule %s', async (onConflict, changes, winner) => {
    const before = await contentOf(right())
    const planned = await migrate(left(), right(), { onConflict })
    expect(planned.plan).toMatchObject({ conflicts: 1, actions: { same: { entries: 1 } } })
    expect(planned.planned.entries).toBe(changes)
    const done = await run(planned)
    expect(done.outcomes.done).toBe(changes)
    const after = await contentOf(right())
    const sources = { left: await contentOf(left()), right: before }
    expect(after[key(1)]).toBe(sources[winner][key(1)])
    expect(Object.keys(after)).toHaveLength(4)
    await run(await planJob({ kind: 'undo', job: done.id }, options))
    expect(await contentOf(right())).toEqual(before)
  })

  it('signs off what it wrote: each entry with its digest, and the digest of the list', async () => {
    const done = await run(await migrate(left(), right(), { onConflict: 'overwrite' }))
    const text = readFileSync(join(options.dataFolder, 'jobs', done.id, 'manifest.ndjson'), 'utf8')
    const lines = text.trim().split('\n')
    const after = await contentOf(right())
    const entries = lines.slice(0, -1).map((line) => JSON.parse(line) as { key: string; sha256: string })
    expect(entries.map((entry) => entry.key).toSorted()).toEqual([key(1), key(3)].toSorted())
    for (const entry of entries) expect(entry.sha256).toBe(after[entry.key])
    const list = sha256Of(
      Buffer.from(
        lines
          .slice(0, -1)
          .map((line) => line + '\n')
          .join(''),
      ),
    )
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ entries: 2, sha256: list })
  })

  it('keeps both where keys are free', async () => {
    await run(await migrate(left(), right(), { onConflict: 'keep-both' }))
    expect(Object.keys(await contentOf(right()))).toHaveLength(5)
  })

  it('lists conflicts and is refused until they are decided', async () => {
    const planned = await migrate(left(), right())
    expect(planned).toMatchObject({ state: 'refused', plan: { needs: 'onConflict', conflicts: 1 } })
    await expect(run(planned)).rejects.toMatchObject({ code: 'USAGE' })
    const again = await replanJob(
      planned.id,
      { ...(planned.spec as MigrateSpec), onConflict: 'skip' },
      options,
    )
    expect(again.state).toBe('planned')
  })

  it.each(['joblib', 'diskcache'])('writes nothing to a cache of %s, and says so', async (kind) => {
    await expect(migrate(left(), `${kind}:${join(folder, 'new')}`)).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining(`Nothing can be written to a cache of ${kind}`),
    })
  })

  it('decides each conflict by itself where it was asked to', async () => {
    const asked = await migrate(left(), right(), { onConflict: 'ask' })
    expect(asked.plan?.needs).toBe('decisions')
    const decided = await migrate(left(), right(), {
      onConflict: 'ask',
      decisions: { [key(1)]: 'overwrite' },
    })
    await run(decided)
    expect((await contentOf(right()))[key(1)]).toBe((await contentOf(left()))[key(1)])
  })

  it('asks with the facts of both sides, keeps what was decided, and decides the others at once', async () => {
    await put(left(), key(3), 'three')
    await put(right(), key(3), 'other three')
    const asked = await migrate(left(), right(), { onConflict: 'ask' })
    expect(asked).toMatchObject({
      state: 'refused',
      plan: { conflicts: 2, actions: { ask: { entries: 2 } } },
    })
    {
      using file = JobFile.open(options.dataFolder, asked.id)
      const { items } = file.items({ from: 0, to: 9, action: 'ask' })
      for (const { sides, note } of items)
        expect({ sides, note }).toMatchObject({
          sides: { source: { bytes: expect.any(Number) }, target: { bytes: expect.any(Number) } },
          note: undefined,
        })
    }
    const spec = asked.spec as MigrateSpec
    const one = await replanJob(asked.id, { ...spec, decisions: { [key(1)]: 'overwrite' } }, options)
    expect(one).toMatchObject({ state: 'refused', plan: { actions: { ask: { entries: 1 } } } })
    const all = await replanJob(asked.id, { ...(one.spec as MigrateSpec), otherwise: 'keep-both' }, options)
    expect(all.state).toBe('planned')
    const before = await contentOf(right())
    expect(await run(all)).toMatchObject({ state: 'done', outcomes: { failed: 0, changed: 0 } })
    const [source, after] = [await contentOf(left()), await contentOf(right())]
    expect(after[key(1)]).toBe(source[key(1)])
    expect(after[key(3)]).toBe(before[key(3)])
    expect(Object.values(after)).toContain(source[key(3)])
  })

  it('asks again where both cannot be kept: the names of the target are hashes', async () => {
    const folderUrl = `fs:${join(folder, 'named')}`
    await put(folderUrl, key(1), 'another')
    const asked = await migrate(left(), folderUrl, { onConflict: 'ask', otherwise: 'keep-both' })
    expect(asked).toMatchObject({ state: 'refused', plan: { needs: 'decisions' } })
    using file = JobFile.open(options.dataFolder, asked.id)
    const [item] = file.items({ from: 0, to: 9, action: 'ask' }).items
    expect(item).toMatchObject({
      sides: { target: { bytes: 12 } },
      note: expect.stringContaining('cannot keep both'),
    })
  })

  it('goes by what was decided of all others where it cannot keep both of one', async () => {
    const folderUrl = `fs:${join(folder, 'named')}`
    await put(folderUrl, key(1), 'another')
    const spec = { onConflict: 'ask', decisions: { [key(1)]: 'keep-both' } } as const
    expect((await migrate(left(), folderUrl, spec)).plan?.needs).toBe('decisions')
    const decided = await migrate(left(), folderUrl, { ...spec, otherwise: 'overwrite' })
    expect(decided).toMatchObject({ state: 'planned', plan: { actions: { replace: { entries: 1 } } } })
  })

  it('asks of a key that JavaScript has a word for', async () => {
    await put(left(), 'constructor', 'one')
    await put(right(), 'constructor', 'another')
    const asked = await migrate(left(), right(), { onConflict: 'ask', decisions: { [key(1)]: 'skip' } })
    expect(asked).toMatchObject({ state: 'refused', plan: { actions: { ask: { entries: 1 } } } })
  })

  it('leaves alone what changed in the target since the plan', async () => {
    const planned = await migrate(left(), right(), { onConflict: 'overwrite' })
    await put(right(), key(1), 'newer')
    await put(right(), key(3), 'there first')
    const before = await contentOf(right())
    expect((await run(planned)).outcomes).toMatchObject({ done: 0, changed: 2 })
    expect(await contentOf(right())).toEqual(before)
  })

  it('refuses to be its own target', async () => {
    await expect(migrate(left(), left())).rejects.toMatchObject({ code: 'USAGE' })
  })
})

describe('Redis', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server[Symbol.asyncDispose]())
  const url = (): string => `redis://127.0.0.1:${server.port}/0`

  it('gets entries back with what was left of their time to live', async () => {
    {
      await using store = await openStore(url(), { write: true })
      const value = Buffer.from('\u0080\u0004N.', 'latin1')
      await store.apply([
        { kind: 'put', key: parseKey(key(1)), value, expiresAtMs: Date.now() + 100_000 },
        { kind: 'put', key: parseKey(key(2)), value },
      ])
    }
    const done = await run(await evict(url()))
    expect(done.outcomes.done).toBe(2)
    await run(await planJob({ kind: 'undo', job: done.id }, options))
    await using store = await openStore(url())
    const [first, second] = await store.lookUp!([parseKey(key(1)), parseKey(key(2))])
    expect(second?.expiresAtMs).toBeUndefined()
    expect(first!.expiresAtMs! - Date.now()).toBeGreaterThan(90_000)
    expect(first!.expiresAtMs! - Date.now()).toBeLessThanOrEqual(100_000)
  })

  it('gone in the middle stops the job with a sentence, and the source stays', async () => {
    copyCorpus()
    const before = filesOf(join(folder, 'cache'))
    const other = await startRedis()
    const planned = await migrate(cacheUrl(), `redis://127.0.0.1:${other.port}/0`)
    let isGone: Promise<void> | undefined
    const stopped = await runPlanned(planned.id, {
      ...options,
      limits: { items: 1, bytes: 1 },
      onProgress: () => {
        isGone ??= Promise.resolve(other[Symbol.asyncDispose]())
      },
    })
    await isGone
    expect(stopped).toMatchObject({ state: 'stopped', problem: { code: 'REFUSED' } })
    expect(stopped.finished.entries).toBeLessThan(planned.planned.entries)
    expect(filesOf(join(folder, 'cache'))).toEqual(before)
  })

  it('says when its memory is too small or drops keys by itself', async () => {
    const small = await startRedis('maxmemory 2mb', 'maxmemory-policy allkeys-lru')
    try {
      copyCorpus()
      const planned = await migrate(cacheUrl(), `redis://127.0.0.1:${small.port}/0`)
      const { warnings = [], needs } = planned.plan ?? {}
      expect(warnings.join(' ')).toContain('allkeys-lru')
      expect([undefined, 'acceptLimits']).toContain(needs)
    } finally {
      await small[Symbol.asyncDispose]()
    }
  })
})

describe('the files of jobs', () => {
  it('have a journal that only grows', async () => {
    copyCorpus()
    const done = await run(await evict(cacheUrl(), { selection: { query: 'func:energy' } }))
    const database = new Database(join(options.dataFolder, 'jobs', done.id, 'job.sqlite'))
    for (const change of [
      'DELETE FROM journal',
      `UPDATE journal SET event = 'end'`,
      'DELETE FROM outcomes',
      `UPDATE outcomes SET state = 'failed'`,
    ])
      expect(() => database.exec(change)).toThrow(/only grows|outcomes stay/)
    database.close()
  })

  it('are run by one process at a time, and forgotten when asked', async () => {
    copyCorpus()
    const planned = await evict(cacheUrl(), { selection: { query: 'func:energy' } })
    const [first, second] = await Promise.allSettled([run(planned), run(planned)])
    expect([first.status, second.status].toSorted()).toEqual(['fulfilled', 'rejected'])
    forgetJob(options.dataFolder, planned.id)
    expect(listJobs(options.dataFolder)).toEqual([])
  })

  it('are paused between batches and go on', async () => {
    copyCorpus()
    const planned = await evict(cacheUrl())
    const stopping = new AbortController()
    const limits = { items: 10, bytes: 1 << 20 }
    const paused = await runPlanned(planned.id, {
      ...options,
      limits,
      signal: stopping.signal,
      onProgress: () => stopping.abort('pause'),
    })
    expect(paused.state).toBe('paused')
    expect(paused.finished.entries).toBeLessThan(planned.planned.entries)
    expect(await run(planned)).toMatchObject({ state: 'done', outcomes: { done: planned.planned.entries } })
  })
})

describe('the trash', () => {
  it('is emptied by the typed count only, and by age and size alone', async () => {
    copyCorpus()
    const done = await run(await evict(cacheUrl(), { selection: { query: 'func:energy' } }))
    const { dataFolder } = options
    expect(() => emptyTrash(dataFolder, undefined, done.outcomes.done + 1)).toThrow('nothing was deleted')
    expect(expireTrash(dataFolder)).toEqual([])
    expect(expireTrash(dataFolder, { keepDays: 30, keepBytes: 1 })).toEqual([done.id])
    const again = await run(await evict(cacheUrl(), { selection: { query: 'func:rate' } }))
    expect(expireTrash(dataFolder, undefined, Date.now() + 31 * 86_400_000)).toEqual([again.id])
    const last = await run(await evict(cacheUrl(), { selection: { query: 'func:flags' } }))
    emptyTrash(dataFolder, [last.id], last.outcomes.done)
    await expect(run(await planJob({ kind: 'undo', job: last.id }, options))).resolves.toMatchObject({
      outcomes: { done: 0, skipped: last.outcomes.done },
    })
  })
})
