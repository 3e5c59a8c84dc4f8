import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeLookedAtLongAgo, picture, walk } from './conformance/unchanged.ts'
import { discoverCaches } from './discover.ts'
import type { Discovery, DiscoverLimits } from './discover.ts'

const corpus = join(import.meta.dirname, '../testing/corpus')
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashcache-discover-'))
  const copy = (name: string, to: string): void =>
    cpSync(join(corpus, name), join(folder, to), { recursive: true, preserveTimestamps: true })
  copy('fs-v002/cache', 'project/cache')
  copy('lmdb-dir/cache.lmdb', 'project/runs/one.lmdb')
  copy('lmdb-file/cache.lmdb', 'project/runs/two.lmdb')
  copy('sqlite-blob/cache.sql', 'project/runs/three.sql')
  copy('shelve-dumb/cache.shlv.dat', 'shelves/a.dat')
  copy('shelve-dumb/cache.shlv.dir', 'shelves/a.dir')
  copy('shelve-gnu/cache.shlv', 'shelves/b')
  copy('json-class/cache', 'deep/1/2/3/cache')
  copy('fs-v002/cache', 'node_modules/hidden/cache')
  symlinkSync(join(folder, 'project'), join(folder, 'link'))
  mkdirSync(join(folder, 'notes'))
  writeFileSync(join(folder, 'notes', 'readme.txt'), 'no cache')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function discover(limits: Partial<DiscoverLimits> = {}, signal?: AbortSignal) {
  const events: Discovery[] = []
  for await (const event of discoverCaches(folder, { limits, signal })) events.push(event)
  const end = events.at(-1)
  if (end?.type !== 'end') throw new Error('The last event is not the end.')
  const found = events
    .filter((event) => event.type === 'found')
    .map((event) => `${event.kind} ${event.path.slice(folder.length + 1)}`)
  return { events, found, end }
}

test('finds each cache once, leaves out links and packages, and touches nothing', async () => {
  for (const path of walk(folder)) makeLookedAtLongAgo(path)
  // The picture reads the link: the second one finds its time of access settled.
  picture(folder)
  const before = picture(folder)
  const { found, end, events } = await discover()
  expect(found.toSorted()).toEqual([
    'fs project/cache',
    'json deep/1/2/3/cache',
    'lmdb project/runs/one.lmdb',
    'lmdb project/runs/two.lmdb',
    'shelve shelves/a',
    'shelve shelves/b',
    'sqlite project/runs/three.sql',
  ])
  expect(end).toMatchObject({ found: 7, unreadable: 0 })
  expect(end).not.toHaveProperty('limit')
  expect(events.find((event) => event.type === 'found' && event.kind === 'sqlite')).toMatchObject({
    sizeBytes: expect.any(Number),
    reason: expect.stringContaining('table'),
  })
  expect(events.some((event) => event.type === 'progress')).toBe(true)
  expect(picture(folder)).toEqual(before)
})

test.each([
  [{ depth: 2 }, 'depth'],
  [{ entries: 3 }, 'entries'],
  [{ milliseconds: -1 }, 'milliseconds'],
  [{ found: 2 }, 'found'],
] as const)('%j ends it, and it says so', async (limits, limit) => {
  const { end, found } = await discover(limits)
  expect(end.limit).toBe(limit)
  expect(found.length).toBeLessThan(7)
})

test('can be cancelled, and says where it cannot begin', async () => {
  const { end } = await discover({}, AbortSignal.abort())
  expect(end.limit).toBe('cancelled')
  const first = (path: string): Promise<unknown> => discoverCaches(path).next()
  await expect(first(join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await expect(first(join(folder, 'notes/readme.txt'))).rejects.toMatchObject({ code: 'USAGE' })
})

test('goes on behind a folder that may not be listed, and counts it', () => {
  chmodSync(folder, 0o755)
  chmodSync(join(folder, 'notes'), 0)
  const program = join(import.meta.dirname, 'conformance/as-nobody.ts')
  const { result } = JSON.parse(
    execFileSync(process.execPath, [program, 'discover', folder], { encoding: 'utf8' }),
  )
  chmodSync(join(folder, 'notes'), 0o755)
  expect(result).toMatchObject({ type: 'end', found: 7, unreadable: 1 })
})
