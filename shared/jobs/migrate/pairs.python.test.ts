import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeValue } from '../../decode/decode.ts'
import { diffValues } from '../../diff/diff.ts'
import { parseKey, showKey } from '../../model/keys.ts'
import { MemorySource } from '../../model/source.ts'
import { openStore, resolveStore } from '../../stores/registry.ts'
import type { Store } from '../../stores/contract.ts'
import { corpusFolder } from '../../testing/corpus-folder.ts'
import { python } from '../../testing/python.ts'
import { startRedis, type TestServer } from '../../testing/redis.ts'
import { planJob, runPlanned } from '../jobs.ts'
import { sha256Of } from '../trash-bin.ts'
import { placesIn, type Place } from '../testing/places.ts'
import { isJson, unwrapped } from './convert.ts'

// Every ordered pair of writable backends: the entries of the corpus go from the one to the other, and Python's loaders
// of the articles find them there.

let folder: string
let redis: TestServer
let dataFolder: string
const names = [
  'fs',
  'json',
  'sqlite',
  'sqlite text',
  'lmdb',
  'shelve dumb',
  'shelve gnu',
  'shelve sqlite3',
  'archive',
  'redis',
]
/** Classes that only the machine that made the corpus had: their entries do not load here, from any cache. */
const query = 'size<3000 -text:Atoms'

async function migrate(from: string, to: string, selection: { query?: string } = {}) {
  const options = { dataFolder }
  const job = await planJob(
    {
      kind: 'migrate',
      from: await resolveStore(from),
      to: await resolveStore(to),
      selection,
      onConflict: 'fail',
      acceptLoss: true,
    },
    options,
  )
  return runPlanned(job.id, options)
}

/** By key: what is within the store's own wrapping. */
async function valuesOf(url: string): Promise<Map<string, Uint8Array>> {
  await using store = await openStore(url)
  const values = new Map<string, Uint8Array>()
  for (const key of await keysOf(store)) {
    const [value] = await store.getMany([parseKey(key)])
    values.set(key, unwrapped(store, value as Uint8Array))
  }
  return values
}

async function keysOf(store: Store): Promise<string[]> {
  const keys: string[] = []
  for await (const batch of store.entries()) keys.push(...batch.map(({ key }) => showKey(key)))
  return keys.toSorted()
}

/** Which keys Python's loader finds, with the name of the function in what it finds. */
function pythonFinds(place: Place, keys: readonly string[]): Record<string, string | null> {
  const script = `
import io, json, os, sys, joblib
${place.loader}
found = {}
for key in json.load(sys.stdin):
    try:
        record = read(key)
        found[key] = None if record is None else record['func']
    except Exception as error:
        found[key] = 'fails: ' + type(error).__name__
print(json.dumps(found))
`
  return JSON.parse(
    execFileSync(python, ['-c', script], { input: JSON.stringify(keys), encoding: 'utf8' }),
  ) as Record<string, string | null>
}

async function sameMeaning(left: Uint8Array, right: Uint8Array): Promise<boolean> {
  using a = await decodeValue(new MemorySource(left), { values: 'any' })
  using b = await decodeValue(new MemorySource(right), { values: 'any' })
  const found = diffValues({ root: a.root!, source: a.source }, { root: b.root!, source: b.source }, {})
  return found.isComplete && found.changes.length === 0
}

/** Bytes where both are of one form; from JSON to a pickle what they mean. What JSON loses of a pickle is in the plan. */
async function isKept(value: Uint8Array, there: Uint8Array): Promise<boolean> {
  if (isJson(value) === isJson(there)) return sha256Of(value) === sha256Of(there)
  return isJson(there) || sameMeaning(value, there)
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hashcache-pairs-'))
  dataFolder = join(folder, 'data')
  redis = await startRedis()
}, 60_000)
afterAll(async () => {
  await redis[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

describe.each(names)('from %s', (sourceName) => {
  let sourceUrl: string
  let sourceFolder: string
  let before: Map<string, Uint8Array>
  /** What Python's loader finds in the source, with the function of each. */
  let loaded: [key: string, func: string | null][]

  beforeAll(async () => {
    sourceFolder = mkdtempSync(join(folder, 'source-'))
    const source = placesIn(sourceFolder, redis.port).find(({ name }) => name === sourceName)!
    sourceUrl = sourceName === 'redis' ? source.url.replace('/0', '/1') : source.url
    const made = await migrate(`fs:${join(corpusFolder('fs-class')!, 'cache')}`, sourceUrl, { query })
    assert.equal(made.state, 'done')
    assert.equal(made.outcomes.done, made.planned.entries)
    before = await valuesOf(sourceUrl)
    assert.ok(before.size > 50)
    const place =
      sourceName === 'redis' ? { ...source, loader: source.loader.replace('port=', 'db=1, port=') } : source
    const hits = pythonFinds(place, [...before.keys()])
    loaded = Object.entries(hits).filter(([, func]) => func !== null && !func.startsWith('fails'))
    assert.ok(loaded.length > 40)
  }, 120_000)

  it.each(names.filter((name) => name !== sourceName))('to %s', async (targetName) => {
    const targetFolder = mkdtempSync(join(folder, 'target-'))
    const target = placesIn(targetFolder, redis.port).find(({ name }) => name === targetName)!
    if (targetName === 'redis') execFileSync('redis-cli', ['-p', String(redis.port), '-n', '0', 'flushdb'])
    const job = await migrate(sourceUrl, target.url)
    expect(job.problem).toBeUndefined()
    expect(job).toMatchObject({
      state: 'done',
      outcomes: { done: before.size, failed: 0, changed: 0, skipped: 0 },
    })
    const after = await valuesOf(target.url)
    expect([...after.keys()]).toEqual([...before.keys()])
    const unlike: string[] = []
    for (const [key, value] of before) if (!(await isKept(value, after.get(key)!))) unlike.push(key)
    expect(unlike).toEqual([])
    expect(await valuesOf(sourceUrl)).toEqual(before)
    const found = pythonFinds(
      target,
      loaded.map(([key]) => key),
    )
    expect(Object.entries(found)).toEqual(loaded)
    rmSync(targetFolder, { recursive: true, force: true })
  })
})
