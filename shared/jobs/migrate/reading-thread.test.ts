import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parseKey } from '../../model/keys.ts'
import { openStore, resolveStore } from '../../stores/registry.ts'
import { JobFile } from '../job-file.ts'
import { runPlanned } from '../jobs.ts'
import { contentOf } from '../testing/caches.ts'
import { filesOf, key, useWorkbench } from '../testing/workbench.ts'
import { sha256Of } from '../trash-bin.ts'
import { SourceThread } from './reading-thread.ts'

const { at, options, migrate } = useWorkbench()

const how = { expectBytes: 1_000, facts: true }
const entries = 300

async function fill(url: string): Promise<void> {
  await using store = await openStore(url, { write: true })
  const outcomes = await store.apply(
    Array.from({ length: entries }, (_, i) => ({
      kind: 'put',
      key: parseKey(key(i)),
      value: Buffer.alloc(20 + (i % 50) * 300, `no pickle ${i} `),
    })),
  )
  expect(outcomes.every(({ done }) => done)).toBe(true)
}

const urlOf = (kind: string, name: string): string =>
  `${kind}:${at(name)}${kind === 'shelve' ? '?format=gnu' : ''}`
const kinds = ['fs', 'json', 'lmdb', 'sqlite', 'shelve', 'archive']

it.each(kinds)('a thread reads of %s what its store reads, with the digests', async (kind) => {
  const url = urlOf(kind, 'cache')
  await fill(url)
  await using store = await openStore(url)
  await using thread = new SourceThread(await resolveStore(url))
  await thread.opened()
  expect(thread.isOpen).toBe(true)
  const keys = [...Array.from({ length: entries }, (_, i) => key(i)), key(entries)].map((each) =>
    parseKey(each),
  )
  const found = (await thread.read(keys, how))!
  const values = await store.getMany(keys)
  expect(found.values.map((value) => value && Buffer.from(value as Uint8Array))).toEqual(
    values.map((value) => value && Buffer.from(value as Uint8Array)),
  )
  expect(found.values.at(-1)).toBeUndefined()
  expect(found.digests!.slice(0, -1)).toEqual(
    values.slice(0, -1).map((value) => sha256Of(value as Uint8Array)),
  )
  expect(found.entries).toEqual((await store.lookUp?.(keys)) ?? [])
})

it('a thread that cannot open a cache reads nothing, and the next is none the worse for it', async () => {
  {
    await using thread = new SourceThread({ kind: 'lmdb', path: at('nothing'), options: {} })
    await thread.opened()
    expect(thread.isOpen).toBe(false)
    expect(await thread.read([parseKey(key(0))], how)).toBeUndefined()
  }
  await fill(`fs:${at('cache')}`)
  await using thread = new SourceThread(await resolveStore(`fs:${at('cache')}`))
  expect((await thread.read([parseKey(key(1))], how))?.values).toHaveLength(1)
})

it.each(kinds.filter((kind) => kind !== 'json'))(
  'a migration of %s that another thread reads is like any other',
  async (kind) => {
    const from = urlOf(kind, 'from')
    await fill(from)
    const before = filesOf(at('.')).filter((line) => line.includes('from'))
    const job = await migrate(from, `lmdb:${at('to')}`)
    const ran = await runPlanned(job.id, {
      ...options,
      readBeside: true,
      limits: { items: 40, bytes: 100_000 },
    })
    expect(ran).toMatchObject({ state: 'done', outcomes: { done: entries, failed: 0, changed: 0 } })
    const there = await contentOf(`lmdb:${at('to')}`)
    expect(Object.keys(there)).toHaveLength(entries)
    using file = JobFile.open(options.dataFolder, job.id)
    for (const { key: bytes, sha256 } of file.written())
      expect(there[new TextDecoder().decode(bytes)]).toBe(sha256)
    expect(filesOf(at('.')).filter((line) => line.includes('from'))).toEqual(before)
  },
)

it('what changed in the source since the plan, and what is gone, is told when another thread reads', async () => {
  const from = `fs:${at('from')}`
  await fill(from)
  await fill(`fs:${at('to')}`)
  const job = await migrate(from, `fs:${at('to')}`, { onConflict: 'overwrite' })
  expect(job.plan?.actions).toMatchObject({ same: { entries } })
  const place = (i: number): string => join(at('from'), key(i).slice(0, 2), key(i))
  writeFileSync(place(3), 'other')
  const next = await migrate(from, `fs:${at('to')}`, { onConflict: 'overwrite' })
  writeFileSync(place(3), 'another')
  const ran = await runPlanned(next.id, { ...options, readBeside: true })
  expect(ran).toMatchObject({ state: 'done', outcomes: { done: 0, changed: 1 } })
})
