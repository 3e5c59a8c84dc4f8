import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { ConflictRule, MigrateSpec } from './contract.ts'
import { JobFile } from './job-file.ts'
import { planJob, replanJob } from './jobs.ts'
import { contentOf } from './testing/caches.ts'
import { key, put, useWorkbench } from './testing/workbench.ts'
import { sha256Of } from './trash-bin.ts'

const { at, migrate, options, run } = useWorkbench()

describe('a merge', () => {
  const left = (): string => `sqlite:${at('left.sqlite')}`
  const right = (): string => `sqlite:${at('right.sqlite')}`
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
    await expect(migrate(left(), `${kind}:${at('new')}`)).rejects.toMatchObject({
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
    const folderUrl = `fs:${at('named')}`
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
    const folderUrl = `fs:${at('named')}`
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
