import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseKey } from '../model/keys.ts'
import { openStore, resolveStore } from '../stores/registry.ts'
import { python } from '../testing/python.ts'
import { startRedis, type TestServer } from '../testing/redis.ts'
import type { Job } from './contract.ts'
import { JobFile } from './job-file.ts'
import { planJob, runPlanned } from './jobs.ts'
import { contentOf } from './testing/caches.ts'
import { placesIn, type Place } from './testing/places.ts'
import { sha256Of } from './trash-bin.ts'

// Python writes into a cache while jobs change it: entries of its own, and again and again those that the job is about.
// What it wrote last stands there in the end, unless the job took just that; and that is then in the trash.

const count = 400
let folder: string
let redis: TestServer
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hashcache-beside-'))
  redis = await startRedis()
}, 60_000)
afterAll(async () => {
  await redis[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

/** How Python puts bytes under a key in each place, as the articles' caches do. */
const writers: Readonly<Record<string, (place: string, port: number) => string>> = {
  fs: (place) => `
def write(key, value):
    path = os.path.join(${JSON.stringify(place)}, key[:2], key)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    temporary = path + '.new'
    open(temporary, 'wb').write(value)
    os.replace(temporary, path)`,
  sqlite: (place) => `
import sqlite3
db = sqlite3.connect(${JSON.stringify(place)}, timeout=60)
def write(key, value):
    with db: db.execute('INSERT OR REPLACE INTO cache VALUES (?, ?)', (key, value))`,
  lmdb: (place) => `
import lmdb
db = lmdb.open(${JSON.stringify(place)}, map_size=2**30)
def write(key, value):
    with db.begin(write=True) as txn: txn.put(key.encode(), value)`,
  // gdbm's lock is refused at once, and not waited for.
  'shelve gnu': (place) => `
import dbm.gnu, errno
def write(key, value):
    while True:
        try: db = dbm.gnu.open(${JSON.stringify(place)}, 'w')
        except dbm.gnu.error as error:
            if error.errno != errno.EAGAIN: raise
            time.sleep(0.002)
        else: break
    db[key.encode()] = value
    db.close()`,
  redis: (_, port) => `
import redis
db = redis.Redis(port=${port})
def write(key, value): db.set(key, value)`,
}

/** Rewrites keys of the cache, and adds its own, until its input ends; then says what it wrote last under each key. */
const script = (writer: string): string => `
import hashlib, json, os, random, select, sys, time
${writer}
keys = json.loads(sys.stdin.readline())
random.seed(1)
last = {}
print('ready', flush=True)
i = 0
while not select.select([sys.stdin], [], [], 0)[0]:
    i += 1
    key = random.choice(keys) if i % 3 else hashlib.sha1(b'own %d' % i).hexdigest()
    body = b'python %d' % i
    value = bytes([0x80, 4, 0x43, len(body)]) + body + b'.'
    write(key, value)
    last[key] = hashlib.sha256(value).hexdigest()
    time.sleep(0.0005)
print(json.dumps(last), flush=True)
`

const key = (i: number): string => sha256Of(Buffer.from(String(i))).slice(0, 40)
const keys = Array.from({ length: count }, (_, i) => key(i))

async function fill(url: string): Promise<void> {
  await using store = await openStore(url, { write: true })
  const outcomes = await store.apply(
    keys.map((each, i) => {
      const body = Buffer.from(`first ${i}`)
      const value = Buffer.concat([Buffer.from([0x80, 4, 0x43, body.length]), body, Buffer.from('.')])
      return { kind: 'put', key: parseKey(each), value }
    }),
  )
  expect(outcomes.every(({ done }) => done)).toBe(true)
}

/** The digests of the values of a cache as another one stores them: a shelf wraps them. */
async function stored(from: string, to: string): Promise<Record<string, string>> {
  await using source = await openStore(from)
  await using target = await openStore(to)
  const values = await source.getMany(keys.map((each) => parseKey(each)))
  return Object.fromEntries(
    values.map((value, i) => {
      const bytes = value as Uint8Array
      return [keys[i]!, sha256Of(target.wrapValue?.(bytes) ?? bytes)]
    }),
  )
}

/** Python at work while `action` runs; then what it wrote last, by key. */
async function besidePython(name: string, action: () => Promise<void>): Promise<Map<string, string>> {
  const { url } = placeOf(name)
  const path = url.replace(/^\w+:/, '').replace(/\?.*/, '')
  const child = spawn(python, ['-c', script(writers[name]!(path, redis.port))], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
  child.stdin.write(`${JSON.stringify(keys)}\n`)
  const exited = once(child, 'exit')
  while (!said.includes('ready') && child.exitCode === null)
    await Promise.race([once(child.stdout, 'data'), exited])
  await action()
  child.stdin.end('stop\n')
  const [code] = (await exited) as [number]
  expect(code).toBe(0)
  return new Map(Object.entries(JSON.parse(said.slice(said.indexOf('{'))) as Record<string, string>))
}

let round = 0
function placeOf(name: string): Place {
  return placesIn(join(folder, String(round)), redis.port).find((place) => place.name === name)!
}

const run = (job: Job, dataFolder: string): Promise<Job> =>
  runPlanned(job.id, { dataFolder, limits: { items: 10, bytes: 1 << 20 } })

/** Of each key that the job took: the digest of what it took. */
function takenBy(job: Job, dataFolder: string): Map<string, string | undefined> {
  using file = JobFile.open(dataFolder, job.id)
  const { items } = file.items({ from: 0, to: count, state: 'done' })
  return new Map(items.map((item) => [Buffer.from(item.key).toString(), item.sha256 ?? item.outcome?.sha256]))
}

describe.each(Object.keys(writers))('beside a Python that writes into %s', (name) => {
  it('an eviction takes what was planned and nothing that Python wrote since; its undo writes over nothing', async () => {
    round++
    const dataFolder = join(folder, `data-${round}`)
    const { url } = placeOf(name)
    await fill(url)
    const before = await contentOf(url)
    const store = await resolveStore(url)
    const planned = await planJob({ kind: 'evict', store, selection: { keys } }, { dataFolder })
    let done: Job | undefined
    const last = await besidePython(name, async () => {
      done = await run(planned, dataFolder)
    })
    expect(done).toMatchObject({ state: 'done', outcomes: { failed: 0 } })
    const taken = takenBy(done!, dataFolder)
    const content = await contentOf(url)
    for (const [each, digest] of last) expect([each, content[each]]).toEqual([each, digest])
    expect(keys.filter((each) => !last.has(each) && !taken.has(each))).toEqual([])
    const undo = await planJob({ kind: 'undo', job: done!.id }, { dataFolder })
    expect(await run(undo, dataFolder)).toMatchObject({ state: 'done', outcomes: { failed: 0 } })
    expect(await contentOf(url)).toEqual({ ...before, ...Object.fromEntries(last) })
  })

  it('a migration into it writes over nothing that Python wrote, and its undo removes nothing of it', async () => {
    round++
    const dataFolder = join(folder, `data-${round}`)
    const from = `fs:${join(folder, `from-${round}`)}`
    await fill(from)
    const before = await contentOf(from)
    const { url } = placeOf(name)
    if (name === 'redis') {
      await using store = await openStore(url, { write: true })
      for await (const batch of store.entries())
        await store.apply(batch.map((entry) => ({ kind: 'delete', key: entry.key })))
    } else {
      const made = await openStore(url, { write: true })
      await made[Symbol.asyncDispose]()
    }
    const planned = await planJob(
      {
        kind: 'migrate',
        from: await resolveStore(from),
        to: await resolveStore(url),
        selection: {},
        onConflict: 'fail',
      },
      { dataFolder },
    )
    let done: Job | undefined
    const last = await besidePython(name, async () => {
      done = await run(planned, dataFolder)
    })
    expect(done).toMatchObject({ state: 'done' })
    expect(await contentOf(url)).toEqual({ ...(await stored(from, url)), ...Object.fromEntries(last) })
    const undo = await planJob({ kind: 'undo', job: done!.id }, { dataFolder })
    await run(undo, dataFolder)
    expect(await contentOf(url)).toEqual(Object.fromEntries(last))
    expect(await contentOf(from)).toEqual(before)
  })
})
