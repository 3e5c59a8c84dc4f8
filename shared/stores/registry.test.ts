import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { deflateSync } from 'node:zlib'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { collect } from './conformance/plain.ts'
import { detectStores } from './detect.ts'
import { openStore, resolveStore } from './registry.ts'

const corpus = new URL('../testing/corpus/', import.meta.url).pathname
let folder: string
const at = (name: string): string => join(folder, name)

function write(name: string, content: string | Uint8Array): void {
  mkdirSync(dirname(at(name)), { recursive: true })
  writeFileSync(at(name), content)
}

const pickle = Uint8Array.from([0x80, 4, 0x4b, 1, 0x2e])
const hash = 'ab'.repeat(20)

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hashcache-test-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('detectStores', () => {
  test.each([
    ['fs-v002', 'fs'],
    ['fs-class', 'fs'],
    ['fs-compressed', 'fs'],
    ['fs-py38', 'fs'],
    ['json-class', 'json'],
    ['hostile/fs-stray', 'fs'],
  ])('%s, by its project and by its cache', async (name, kind) => {
    for (const path of [join(corpus, name), join(corpus, name, 'cache')]) {
      const found = await detectStores(path)
      expect(found.map((detection) => [detection.kind, detection.path])).toEqual([
        [kind, join(corpus, name, 'cache')],
      ])
      expect(found[0]?.certainty).toBeGreaterThan(0.6)
      expect(found[0]?.reason).toMatch(/\d+ of \d+ sampled files are/)
    }
  })

  test('two kinds in one folder are both found', async () => {
    for (const name of ['fs-class', 'json-class'])
      cpSync(join(corpus, name, 'cache'), at('both'), { recursive: true })
    expect((await detectStores(at('both'))).map(({ kind }) => kind).toSorted()).toEqual(['fs', 'json'])
  })

  test('pickles that are no records are a cache all the same, less certainly', async () => {
    write(`foreign/ab/${hash}`, pickle)
    const [detection] = await detectStores(at('foreign'))
    expect(detection).toMatchObject({
      kind: 'fs',
      reason: '1 of 1 sampled files are pickles under their hash',
    })
    expect(detection?.certainty).toBeLessThan(0.8)
  })

  test('a JSON cache without entries is known by its file', async () => {
    write('fresh-json/Filestore.json', '[]')
    expect(await detectStores(at('fresh-json'))).toMatchObject([{ kind: 'json', certainty: 0.5 }])
  })

  const impostors: Record<string, () => void> = {
    'objects of git': () => write(`git/ab/${'cd'.repeat(19)}`, deflateSync('blob 3\0abc')),
    'an npm cache': () => write(`npm/content-v2/sha1/ab/cd/${'ef'.repeat(18)}`, 'x'),
    'a ccache': () => write(`ccache/a/b/${'ab'.repeat(16)}.result`, 'x'),
    'a pip cache': () => write(`pip/http/a/b/c/d/e/${'ab'.repeat(28)}`, 'x'),
    'a DVC cache': () => write(`dvc/files/md5/ab/${'cd'.repeat(15)}`, pickle),
    'texts under hashes': () => write(`texts/ab/${hash}`, 'hello, this is a text'),
    'pickles with other names': () => write('names/ab/result-1.pkl', pickle),
    'pickles without folders': () => write(`flat/${hash}`, pickle),
    'pickles in the wrong folders': () => write(`wrong/cd/${hash}`, pickle),
    'JSON that is no record': () => write(`json/ab/${hash}.json`, '{"id": 1, "name": "x"}'),
    'JSON lists': () => write(`lists/ab/${hash}.json`, '[]'),
    'an empty folder': () => mkdirSync(at('empty')),
    'empty shards': () => mkdirSync(at('shards/ab'), { recursive: true }),
    'links to pickles': () => {
      write('target', pickle)
      mkdirSync(at('links/ab'), { recursive: true })
      symlinkSync(at('target'), at(`links/ab/${hash}`))
    },
    'a linked shard': () => {
      mkdirSync(at('linked'))
      symlinkSync(join(corpus, 'fs-class/cache/00'), at('linked/00'))
    },
  }

  test.each(Object.entries(impostors))('%s: no cache', async (_name, make) => {
    const before = new Set(readdirSync(folder))
    make()
    const made = readdirSync(folder).filter((name) => !before.has(name))
    for (const name of made) expect([name, await detectStores(at(name))]).toEqual([name, []])
    expect(made.length).toBeGreaterThan(0)
  })

  test('neither a file of a cache nor a missing path is a cache', async () => {
    const [shard] = readdirSync(join(corpus, 'fs-class/cache'))
    const [file] = readdirSync(join(corpus, 'fs-class/cache', shard!))
    expect(await detectStores(join(corpus, 'fs-class/cache', shard!, file!))).toEqual([])
    expect(await detectStores(join(corpus, 'fs-class/cache', shard!))).toEqual([])
    expect(await detectStores(at('missing'))).toEqual([])
  })
})

describe('openStore', () => {
  test('locations are canonical: through links, dots, the project, and themselves', async () => {
    symlinkSync(join(corpus, 'fs-class'), at('a link'))
    const texts = [
      join(corpus, 'fs-class'),
      join(corpus, 'fs-class/cache/'),
      at('a link'),
      `fs:${join(corpus, 'json-class')}/../fs-class/cache`,
      `fs:${at('a link/cache')}`,
    ]
    const locations = new Set<string>()
    for (const text of texts) {
      await using store = await openStore(text)
      locations.add(store.location)
      await using again = await openStore(store.location)
      locations.add(again.location)
      expect(store.label).toBe('fs-class/cache')
    }
    expect([...locations]).toEqual([`fs:${join(corpus, 'fs-class/cache')}`])
  })

  test('a resolved location opens the same', async () => {
    const location = await resolveStore(join(corpus, 'json-class'))
    expect(location).toEqual({ kind: 'json', path: join(corpus, 'json-class/cache'), options: {} })
    await using store = await openStore(location)
    expect(await collect(store.entries())).toHaveLength(79)
  })

  test('an empty folder opens if its kind is named', async () => {
    mkdirSync(at('named'))
    await using store = await openStore(`fs:${at('named')}`)
    expect(await collect(store.entries())).toEqual([])
    expect(readdirSync(at('named'))).toEqual([])
  })

  test('a new cache is made only by a scheme and for writing', async () => {
    await expect(openStore(`fs:${at('new')}`)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(openStore(at('new'), { write: true })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await using files = await openStore(`fs:${at('new/files')}`, { write: true })
    await using json = await openStore(`json:${at('new/json')}`, { write: true })
    expect([files.kind, json.kind]).toEqual(['fs', 'json'])
    expect(readdirSync(at('new/files'))).toEqual([])
    expect(readFileSync(at('new/json/Filestore.json'), 'utf8')).toBe('[]')
    // A folder with something in it is no new cache.
    write('used/notes.txt', 'x')
    await using used = await openStore(`json:${at('used')}`, { write: true })
    expect(readdirSync(at('used'))).toEqual(['notes.txt'])
    expect(await used.strays?.(10)).toEqual([{ name: 'notes.txt', reason: 'a file that is no entry' }])
  })

  test.each([
    ['a missing path', 'not/there/at/all', 'NOT_FOUND', /what exists of it is .*hashcache-test-[^/]+\.$/],
    [
      'an empty folder',
      'errors/empty',
      'NOT_A_STORE',
      /the folder is empty.*Tried: Files, JSON files.*fs:PATH/,
    ],
    [
      'a folder of other things',
      'errors',
      'NOT_A_STORE',
      /4 files and 1 folder \("database", "empty", "nothing", …\)/,
    ],
    ['a pickle', 'errors/value.pkl', 'NOT_A_STORE', /80 04 4b 01 2e, as a pickle does.*show FILE/],
    ['an empty file', 'errors/nothing', 'NOT_A_STORE', /the file is empty/],
    [
      'a database of which only the name is there',
      'errors/database',
      'DAMAGED',
      /begins as an SQLite database and is none/,
    ],
    ['a text', 'errors/text', 'NOT_A_STORE', /begins with 68 65 6c 6c 6f/],
  ])('%s', async (_name, name, code, message) => {
    mkdirSync(at('errors/empty'), { recursive: true })
    write('errors/value.pkl', pickle)
    write('errors/nothing', '')
    write('errors/database', 'SQLite format 3\0')
    write('errors/text', 'hello')
    await expect(openStore(at(name))).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
  })

  test('a scheme of a folder refuses a file, and options', async () => {
    write('a-file', 'x')
    await expect(openStore(`fs:${at('a-file')}`)).rejects.toMatchObject({ code: 'NOT_A_STORE' })
    await expect(openStore(`fs:${at('a-file')}`, { write: true })).rejects.toMatchObject({
      code: 'NOT_A_STORE',
    })
    await expect(openStore(`json:${folder}?table=x`)).rejects.toMatchObject({ code: 'USAGE' })
  })
})
