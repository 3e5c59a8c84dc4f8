import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import type { Entry, ScannedPart, Store } from '../contract.ts'
import { openStore } from '../registry.ts'

const corpus = new URL('../../testing/corpus/', import.meta.url).pathname

async function scanned(store: Store): Promise<{ parts: ScannedPart[]; whole: string | undefined }> {
  const parts: ScannedPart[] = []
  const whole = await store.scan!(async (part) => {
    parts.push(part)
  })
  return { parts, whole }
}

async function entriesOf(store: Store, part: string): Promise<Entry[]> {
  const all: Entry[] = []
  for await (const entries of store.entriesOf!(part)) all.push(...entries)
  return all
}

test.each(['fs-v002', 'fs-compressed', 'json-class', 'hostile/fs-stray'])(
  'a scan of %s tells what the token and the parts tell one by one',
  async (name) => {
    await using store = await openStore(join(corpus, name))
    const token = await store.changeToken()
    const { parts, whole } = await scanned(store)
    expect(whole).toBe(token.whole)
    expect(new Map(parts.map((part) => [part.name, part.token]))).toEqual(token.parts)
    for (const part of parts) expect(part.entries).toEqual(await entriesOf(store, part.name))
  },
)

test('a part that changed just now has no token, nor has the whole', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hashcache-test-'))
  for (const shard of ['aa', 'bb']) {
    mkdirSync(join(folder, shard))
    const file = join(folder, shard, shard.padEnd(40, '0'))
    writeFileSync(file, 'x')
    const seconds = Date.now() / 1000 + (shard === 'bb' ? 1.9 : 100)
    utimesSync(file, seconds, seconds)
  }
  await using store = await openStore(`fs:${folder}`)
  const { parts, whole } = await scanned(store)
  expect(parts.map(({ name, token }) => [name, typeof token])).toEqual([
    ['aa', 'string'],
    ['bb', 'undefined'],
  ])
  expect(whole).toBeUndefined()
  rmSync(folder, { recursive: true })
})
