import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { compareBytes } from '../../model/bytes.ts'
import { showKey } from '../../model/keys.ts'
import { collect, outcomesOf } from '../conformance/plain.ts'
import { openStore } from '../registry.ts'

const corpus = fileURLToPath(new URL('../../testing/corpus/', import.meta.url))
const program = fileURLToPath(new URL('../conformance/as-nobody.ts', import.meta.url))
const encoder = new TextEncoder()
const isRoot = process.getuid?.() === 0

const hash = 'ab'.repeat(20)
const other = 'cd'.repeat(20)
const key = encoder.encode(hash)
const value = encoder.encode('a value of some bytes')

let folder: string
let cache: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashcache-test-'))
  chmodSync(folder, 0o755)
  cache = join(folder, 'cache')
  mkdirSync(join(cache, 'ab'), { recursive: true })
})
afterEach(() => {
  execFileSync('chmod', ['-R', 'u+rwx', folder])
  rmSync(folder, { recursive: true })
})

const open = (write = true) => openStore(`fs:${cache}`, { write })
const place = (name = hash): string => join(cache, name.slice(0, 2), name)

/** Every path below the folder, temporary files too. */
function names(path: string): string[] {
  return readdirSync(path, { recursive: true }).map(String).toSorted()
}

interface Report {
  user: number
  result: {
    code?: string
    message?: string
    entries: Record<string, unknown>
    strays: { name: string; reason: string }[]
    parts: string[]
  }
}

/** Runs the program as nobody; not being root it runs as whoever runs the tests, who then owns the files. */
function asNobody(action: 'look' | 'write', location: string, ...keys: string[]): Report {
  const output = execFileSync(process.execPath, [program, action, location, ...keys], { timeout: 20_000 })
  return JSON.parse(output.toString()) as Report
}

describe('writing', () => {
  test('leaves one file, with the mode of the one before', async () => {
    await using store = await open()
    await store.apply([{ kind: 'put', key, value }])
    expect(statSync(place()).mode & 0o777).toBe(0o666 & ~process.umask())
    chmodSync(place(), 0o640)
    await store.apply([{ kind: 'put', key, value: encoder.encode('again') }])
    expect(statSync(place()).mode & 0o777).toBe(0o640)
    expect(names(cache)).toEqual(['ab', `ab/${hash}`])
  })

  test('follows no link: not of an entry, not of a shard', async () => {
    const outside = join(folder, 'outside')
    mkdirSync(outside)
    writeFileSync(join(outside, 'secret'), 'secret')
    symlinkSync(join(outside, 'secret'), place())
    symlinkSync(outside, join(cache, 'cd'))
    writeFileSync(join(outside, other), 'an entry elsewhere')
    await using store = await open()
    const keys = [key, encoder.encode(other)]
    expect(outcomesOf(await store.apply(keys.map((each) => ({ kind: 'put', key: each, value }))))).toEqual([
      'REFUSED',
      'REFUSED',
    ])
    expect(outcomesOf(await store.apply(keys.map((each) => ({ kind: 'delete', key: each }))))).toEqual([
      'ABSENT',
      'ABSENT',
    ])
    const [link, elsewhere] = await store.getMany(keys)
    expect(link).toMatchObject({ code: 'UNREADABLE' })
    expect(elsewhere).toBeUndefined()
    expect(keys.map((each) => store.locate?.(each))).toEqual([undefined, undefined])
    expect(await collect(store.entries())).toEqual([])
    expect(names(outside)).toEqual([other, 'secret'])
    expect(readFileSync(join(outside, 'secret'), 'utf8')).toBe('secret')
    expect(readlinkSync(place())).toBe(join(outside, 'secret'))
  })

  test('what a broken write left is told as such, and no entry', async () => {
    writeFileSync(join(cache, 'ab', '.hashcache-0011223344556677.tmp'), value)
    await using store = await open(false)
    expect(await collect(store.entries())).toEqual([])
    expect(await store.strays?.(10)).toEqual([
      { name: 'ab/.hashcache-0011223344556677.tmp', reason: 'a temporary file of a write that did not end' },
    ])
  })

  test('a folder in place of an entry is neither overwritten nor deleted', async () => {
    mkdirSync(place())
    await using store = await open()
    const outcomes = await store.apply([
      { kind: 'put', key, value },
      { kind: 'delete', key },
    ])
    expect(outcomesOf(outcomes)).toEqual(['REFUSED', 'ABSENT'])
    expect(names(cache)).toEqual(['ab', `ab/${hash}`])
  })

  test.runIf(isRoot)('keeps the owner where it may', async () => {
    writeFileSync(place(), 'old')
    execFileSync('chown', ['65534:65534', place()])
    await using store = await open()
    await store.apply([{ kind: 'put', key, value }])
    expect(lstatSync(place()).uid).toBe(65_534)
  })

  test.runIf(isRoot)('a full disk: NO_SPACE, the old value stays, nothing is left', async () => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'none', cache])
    try {
      await using store = await open()
      expect(outcomesOf(await store.apply([{ kind: 'put', key, value }]))).toEqual(['done'])
      const big = new Uint8Array(500_000)
      const outcomes = await store.apply([
        { kind: 'put', key, value: big },
        { kind: 'put', key: encoder.encode(other), value: big },
        { kind: 'put', key: encoder.encode('ef'.repeat(20)), value },
      ])
      expect(outcomesOf(outcomes)).toEqual(['NO_SPACE', 'NO_SPACE', 'done'])
      expect(readFileSync(place())).toEqual(Buffer.from(value))
      expect(names(cache).filter((name) => name.includes('tmp'))).toEqual([])
      await store[Symbol.asyncDispose]()
    } finally {
      execFileSync('umount', [cache])
    }
  })

  test.runIf(isRoot)('a disk mounted for reading only is refused when it is opened', async () => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'none', cache])
    try {
      await expect(open()).rejects.toMatchObject({
        code: 'REFUSED',
        message: expect.stringContaining('reading only'),
      })
      await using store = await open(false)
      expect(await collect(store.entries())).toEqual([])
    } finally {
      execFileSync('umount', [cache])
    }
  })
})

describe('changes by others', () => {
  test("an overwrite in place, as Python's, in the same moment and of the same size", async () => {
    writeFileSync(place(), 'value 00')
    await using store = await open(false)
    const tokens = new Set<string>()
    for (let round = 10; round < 30; round++) {
      writeFileSync(place(), `value ${round}`)
      tokens.add((await store.changeToken()).whole)
      writeFileSync(place(), `other ${round}`)
      tokens.add((await store.changeToken()).whole)
    }
    expect(tokens.size).toBe(40)
  })

  test('a file that grows while it is listed has another stamp when it is whole', async () => {
    writeFileSync(place(), 'half')
    await using store = await open(false)
    const [half] = await collect(store.entries())
    writeFileSync(place(), 'whole value')
    const [whole] = await collect(store.entries())
    expect(whole?.stamp).not.toBe(half?.stamp)
  })

  test('only the part that changed has another token; one without entries has none', async () => {
    await using store = await open()
    await store.apply([
      { kind: 'put', key, value },
      { kind: 'put', key: encoder.encode(other), value },
    ])
    const before = (await store.changeToken()).parts!
    await store.apply([{ kind: 'put', key: encoder.encode(other), value: key }])
    const after = (await store.changeToken()).parts!
    expect(after.get('ab')).toBe(before.get('ab'))
    expect(after.get('cd')).not.toBe(before.get('cd'))
    await store.apply([{ kind: 'delete', key: encoder.encode(other) }])
    expect([...(await store.changeToken()).parts!.keys()]).toEqual(['ab'])
  })

  test('a cache that is taken away while it is open', async () => {
    writeFileSync(place(), 'value')
    await using store = await open(false)
    rmSync(cache, { recursive: true })
    expect(await store.getMany([key])).toEqual([undefined])
    await expect(collect(store.entries())).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(store.changeToken()).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('entries come in the order of their bytes', async () => {
    cpSync(join(corpus, 'fs-class/cache'), cache, { recursive: true })
    await using store = await open(false)
    const keys = (await collect(store.entries({ batchSize: 10 }))).map((entry) => entry.key)
    expect(keys.map(showKey)).toEqual(keys.toSorted(compareBytes).map(showKey))
  })
})

describe.runIf(isRoot)('a user without rights', () => {
  test('sees what may be seen; the rest is told', () => {
    writeFileSync(place(), value)
    writeFileSync(place('ab'.repeat(19) + 'ff'), value, { mode: 0 })
    mkdirSync(join(cache, 'cd'), { mode: 0 })
    const { user, result } = asNobody('look', `fs:${cache}`)
    expect(user).toBe(65_534)
    expect(result).toEqual({
      entries: { [hash]: value.length, ['ab'.repeat(19) + 'ff']: 'UNREADABLE' },
      strays: [{ name: 'cd', reason: 'the folder cannot be read (EACCES)' }],
      parts: ['ab'],
    })
  })

  test('is refused as a whole where the folder may not be read or written', () => {
    chmodSync(cache, 0)
    for (const target of [`fs:${cache}`, cache]) {
      expect(asNobody('look', target).result).toMatchObject({
        code: 'REFUSED',
        message: expect.stringContaining(cache),
      })
    }
    chmodSync(cache, 0o755)
    expect(asNobody('write', `fs:${cache}`, hash).result).toMatchObject({ code: 'REFUSED' })
  })

  test('is refused entry by entry where only shards may not be written', () => {
    chmodSync(cache, 0o777)
    writeFileSync(place(), value)
    const { result } = asNobody('write', `fs:${cache}`, hash, other)
    expect(result).toEqual(['REFUSED', 'done', 'REFUSED', 'done'])
    expect(names(cache)).toEqual(['ab', `ab/${hash}`, 'cd'])
  })
})

describe('a folder full of strays', () => {
  const good = [
    '00d39f7b0673429e8e4786df408cd8502fe43d31',
    '24386426e316498e786dd3bcc2a3a76dfcd53ab7',
    '30ccdee875696d1efa6eee878f1e763c79838b04',
    '699bfe465c95040dcf9debef6248ecde848734d9',
    '95533793fe59a11fed36de1380278ea07da5d7ec',
    'c8d098f763b9294f6357cbb30b169e18a70d0ce6',
  ]
  const empty = 'ee00000000000000000000000000000000000000'
  const closed = 'aa44444444444444444444444444444444444444'

  test('fs-stray.tar.gz: the good entries, everything else told, nothing opened that waits or leads out', () => {
    execFileSync('tar', ['xzf', join(corpus, 'hostile/fs-stray.tar.gz'), '-C', folder])
    const { user, result } = asNobody('look', join(folder, 'fs-stray'))
    const sizes = Object.fromEntries(good.map((name) => [name, 323]))
    expect(result.entries).toEqual({
      ...sizes,
      [empty]: 0,
      [closed]: 'UNREADABLE',
    })
    expect(user).toBe(isRoot ? 65_534 : process.getuid?.())
    const reasons = Object.fromEntries(result.strays.map(({ name, reason }) => [name, reason]))
    expect(reasons).toMatchObject({
      'bb/fifo': 'a FIFO',
      'ff/ff11111111111111111111111111111111111111': 'a link; links are not followed',
      'ff/ff22222222222222222222222222222222222222': 'a link; links are not followed',
      'ff/ff33333333333333333333333333333333333333': 'a link; links are not followed',
      'ff/loop': 'a link; links are not followed',
      'ff/selfloop': 'a link; links are not followed',
      gg: 'a folder whose name is not two hex digits',
      'hex:61612f6e65770a6c696e65': 'the name is no hash',
      'hex:61612ffffe80': 'the name is no hash',
      'aa/-rf': 'the name is no hash',
      'aa/ space ': 'the name is no hash',
      'aa/\u00e9': 'the name is no hash',
      'aa/e\u0301': 'the name is no hash',
      'zz/30ccdee875696d1efa6eee878f1e763c79838b04':
        'an entry outside of its folder 30: the cache does not find it here',
      'dd/dd00000000000000000000000000000000000000': 'a folder where entries should be',
    })
    expect(result.strays).toHaveLength(28)
    expect(existsSync(join(folder, 'HASHCACHE_PWNED'))).toBe(false)
  })

  test('strays are as many as asked for', async () => {
    await using store = await openStore(join(corpus, 'hostile/fs-stray'))
    expect(await store.strays?.(3)).toHaveLength(3)
    expect(await store.strays?.(0)).toEqual([])
    expect((await collect(store.entries())).map((entry) => showKey(entry.key))).toEqual(
      [...good, empty].toSorted(),
    )
  })
})
