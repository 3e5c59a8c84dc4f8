import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { python } from '../../testing/python.ts'
import type { Store } from '../contract.ts'
import { lmdbStoreType } from './index.ts'

/**
 * A value says whose it is and is checked as a whole: `key|version|` and then a pattern of both. Old keys are there
 * from the start and are only overwritten; new ones come and go.
 */
const writerScript = String.raw`
import hashlib, itertools, lmdb, random, select, sys
path, writes, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
random.seed(seed)
def value(key, version):
    head = b'%s|%d|' % (key, version)
    size = random.choice([10, 100, 1500, 3000, 9000, 40000])
    pattern = hashlib.sha256(head).digest()
    return head + (pattern * (size // 32 + 1))[:size]
env = lmdb.open(path, map_size=1 << 30, sync=False)
with env.begin(write=True) as txn:
    for i in range(1500):
        key = b'old-%04d' % i
        txn.put(key, value(key, 0))
print('ready', flush=True)
for n in itertools.count():
    if n >= writes and select.select([sys.stdin], [], [], 0)[0]: break
    with env.begin(write=True) as txn:
        key = b'old-%04d' % random.randrange(1500)
        txn.put(key, value(key, n + 1))
        key = b'new-%03d' % random.randrange(500)
        if random.random() < 0.5: txn.put(key, value(key, n + 1))
        else: txn.delete(key)
print('done', flush=True)
env.close()
`

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lmdb-live-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

function openStore(path: string, write = false): Promise<Store> {
  return lmdbStoreType.open({ kind: 'lmdb', path, options: {} }, { write })
}

/** Starts Python; resolves when it prints `ready`. It writes `writes` times at least, and on until `finish`, which gives its exit code. */
async function startWriter(path: string, writes: number): Promise<{ finish: () => Promise<number | null> }> {
  const child = spawn(python, ['-c', writerScript, path, String(writes), '7'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = new Promise<number | null>((resolve) => {
    child.on('exit', (code) => resolve(code))
  })
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve())
    child.once('exit', () => reject(new Error('the writer ended too early')))
  })
  return {
    finish() {
      child.stdin.end()
      return ended
    },
  }
}

function expectOwnValue(key: Uint8Array, bytes: Uint8Array): void {
  const name = Buffer.from(key).toString()
  const value = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const head = value.subarray(0, value.indexOf('|', value.indexOf('|') + 1) + 1)
  expect(head.toString()).toMatch(new RegExp(`^${name}\\|\\d+\\|$`))
  const body = value.subarray(head.length)
  // The pattern repeats every 32 bytes: a piece of another value in it breaks the repetition.
  expect(body.subarray(32).equals(body.subarray(0, Math.max(0, body.length - 32)))).toBe(true)
}

describe('beside a live Python writer', () => {
  test('no wrong value is read, and no entry is missed that was committed before', async () => {
    const { finish } = await startWriter(folder, 10_000)
    await using store = await openStore(folder)
    let passes = 0
    let values = 0
    do {
      const seen = new Set<string>()
      for await (const batch of store.entries({ batchSize: 100 })) {
        const keys = batch.map((entry) => entry.key)
        for (const key of keys) seen.add(Buffer.from(key).toString())
        const found = await store.getMany(keys)
        for (const [index, value] of found.entries()) {
          if (value === undefined) continue
          if (!(value instanceof Uint8Array)) throw new Error(value.sentence)
          expectOwnValue(keys[index]!, value)
          values++
        }
      }
      expect([...seen].filter((name) => name.startsWith('old-'))).toHaveLength(1500)
      passes++
    } while (passes < 5)
    expect(await finish()).toBe(0)
    expect(values).toBeGreaterThan(3000)
    expect(await store.strays!(10)).toEqual([])
  })

  test('our writes and those of Python, at the same time, are all there after', async () => {
    const { finish } = await startWriter(folder, 1500)
    {
      await using store = await openStore(folder, true)
      for (let round = 0; round < 30; round++) {
        const operations = Array.from({ length: 20 }, (_, index) => ({
          kind: 'put' as const,
          key: Buffer.from(`ours-${round}-${index}`),
          value: Buffer.alloc(2000 * (index % 5) + 1, round),
        }))
        const outcomes = await store.apply(operations)
        expect(outcomes.every((outcome) => outcome.done)).toBe(true)
      }
    }
    expect(await finish()).toBe(0)
    const counted = execFileSync(python, [
      '-c',
      String.raw`
import lmdb, sys
env = lmdb.open(sys.argv[1], map_size=1 << 30)
with env.begin() as txn:
    ours = [(k, v) for k, v in txn.cursor() if k.startswith(b'ours-')]
    assert all(v == bytes([int(k.split(b'-')[1])]) * (2000 * (int(k.split(b'-')[2]) % 5) + 1) for k, v in ours)
    print(len(ours), sum(1 for k, v in txn.cursor() if k.startswith(b'old-')))
`,
      folder,
    ])
    expect(counted.toString().trim()).toBe('600 1500')
  })
})

test('looking changes nothing: bytes, times and the folder stay', async () => {
  execFileSync(python, ['-c', writerScript, folder, '50', '3'])
  rmSync(join(folder, 'lock.mdb'))
  const look = () => {
    const { mtimeMs, atimeMs, size } = statSync(join(folder, 'data.mdb'))
    return { names: readdirSync(folder), mtimeMs, atimeMs, size }
  }
  // An access time older than the modification time is what relatime would move.
  execFileSync(python, [
    '-c',
    'import os, sys; os.utime(sys.argv[1], (1e9, 1.5e9))',
    join(folder, 'data.mdb'),
  ])
  const before = look()
  {
    await using store = await openStore(folder)
    for await (const batch of store.entries()) await store.getMany(batch.map((entry) => entry.key))
    await store.strays!(10)
    await store.databases!()
    await store.changeToken()
  }
  await lmdbStoreType.detect(folder)
  expect(look()).toEqual(before)
  expect(readFileSync(join(folder, 'data.mdb'))).toHaveLength(before.size)
})

test('Python opens what we made, and we see what Python wrote into it', async () => {
  const path = join(folder, 'made.lmdb')
  {
    await using store = await openStore(path, true)
    await store.apply([{ kind: 'put', key: Buffer.from('from-us'), value: Buffer.alloc(100_000, 1) }])
  }
  const script = String.raw`
import lmdb, sys
env = lmdb.open(sys.argv[1], map_size=1 << 28)
with env.begin(write=True) as txn:
    assert txn.get(b'from-us') == b'\x01' * 100000
    txn.put(b'from-python', b'\x02' * 5000)
`
  execFileSync(python, ['-c', script, path])
  await using store = await openStore(path)
  const values = await store.getMany([Buffer.from('from-python'), Buffer.from('from-us')], {
    range: [4990, 5010],
  })
  expect(values).toEqual([new Uint8Array(10).fill(2), new Uint8Array(20).fill(1)])
})
