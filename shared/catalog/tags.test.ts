import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Catalog } from './catalog.ts'
import { removeIndexFile } from './open.ts'
import { entry, keysOf, relax, text } from './testing/entries.ts'

const asNobody = fileURLToPath(new URL('testing/tags-as-nobody.ts', import.meta.url))
let folder: string
let file: string
let catalog: Catalog
const bytes = (...keys: string[]): Uint8Array[] => keys.map((key) => new TextEncoder().encode(key))

function open(): Catalog {
  const made = Catalog.open(file)
  made.write({
    put: [
      relax('a', 'Cu', 400),
      relax('b', 'Cu', 500),
      relax('c', 'Ag', 400),
      // As an entry of diskcache, whose own tag counts as an argument.
      entry('d', { args: [text('tag', 'keep')] }),
    ],
    remove: [],
  })
  return made
}

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'hashcache-tags-')))
  file = join(folder, 'index', 'x.sqlite')
  catalog = open()
})
afterEach(() => {
  catalog.close()
  rmSync(folder, { recursive: true })
})

/** What a link leads to, if it is still there. */
function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}

describe('tags of entries', () => {
  it('are found by filters, whole, by pattern, in lists and by regular expressions', () => {
    catalog.tag(bytes('a', 'b'), { add: ['keep', 'paper-2'], remove: [] })
    catalog.tag(bytes('c'), { add: ['Keep'], remove: [] })
    const found: Record<string, string> = {
      'tag:keep': 'abcd',
      'tag=keep': 'abd',
      'tag:paper*': 'ab',
      'tag:(paper-2,nothing)': 'ab',
      'tag:/^p.*2$/': 'ab',
      'tag:*': 'abcd',
      '-tag:*': '',
      'tag!=keep': 'c',
      '-tag:paper-2': 'cd',
      'tag:keep element:Cu cutoff>400': 'b',
      'tag:kee': '',
    }
    for (const [query, keys] of Object.entries(found))
      expect([query, keysOf(catalog, query).toSorted().join('')]).toEqual([query, keys])
    expect(() => keysOf(catalog, 'tag>3')).toThrow(/column 1.*'tag' takes/)
  })

  it('stand in rows, are counted, and go again', () => {
    expect(existsSync(join(folder, 'tags'))).toBe(false)
    expect(catalog.tag(bytes('a', 'b'), { add: ['x', 'old'], remove: [] })).toBe(2)
    expect(catalog.tag(bytes('a', 'b', 'c'), { add: ['x'], remove: ['old'] })).toBe(3)
    expect(catalog.tags()).toEqual([{ tag: 'x', entries: 3 }])
    expect(catalog.tag(bytes('a'), { add: ['x'], remove: ['none'] })).toBe(0)
    expect(catalog.row('a')?.tags).toEqual(['x'])
    expect(catalog.row('d')?.tags).toBeUndefined()
    const { id } = catalog.search('')
    expect(catalog.rows(id, 0, 10).rows.map(({ tags }) => tags?.join())).toEqual(['x', 'x', 'x', undefined])
    expect(keysOf(catalog, 'tag:old')).toEqual([])
  })

  it('outlive the index, and entries that leave it', () => {
    catalog.tag(bytes('a', 'b'), { add: ['keep'], remove: [] })
    catalog.write({ put: [], remove: bytes('a') })
    expect(keysOf(catalog, 'tag=keep').toSorted()).toEqual(['b', 'd'])
    catalog.close()
    removeIndexFile(file)
    catalog = open()
    expect(keysOf(catalog, 'tag=keep').toSorted()).toEqual(['a', 'b', 'd'])
  })

  it('are words, and nothing else is kept as one', () => {
    for (const tag of ['', 'two words', 'a:b', '-x', '"', "'; DROP TABLE tags; --", 'a'.repeat(61)])
      expect(() => catalog.tag(bytes('a'), { add: ['fine', tag], remove: [] })).toThrow(/is no tag/)
    expect(catalog.tags()).toEqual([])
    catalog.tag(bytes('a'), { add: ['größe_2.5'], remove: [] })
    expect(keysOf(catalog, 'tag:GRÖßE_2.5')).toEqual(['a'])
  })

  it('that cannot be read are an error of their own, and the index stays', () => {
    catalog.tag(bytes('a'), { add: ['keep'], remove: [] })
    catalog.close()
    const tags = join(folder, 'tags', 'x.sqlite')
    for (const suffix of ['-wal', '-shm']) rmSync(tags + suffix, { force: true })
    writeFileSync(tags, 'no database'.repeat(1_000))
    catalog = Catalog.open(file)
    expect(() => keysOf(catalog, 'tag:keep')).toThrow(/tags\/x\.sqlite cannot be used/)
    const { id } = catalog.search('element:Cu')
    expect(catalog.rows(id, 0, 10).rows).toHaveLength(2)
  })

  it.runIf(existsSync('/proc/self/fd'))('that cannot be read are not held open', () => {
    const tags = join(folder, 'tags', 'x.sqlite')
    mkdirSync(join(folder, 'tags'))
    writeFileSync(tags, 'no database'.repeat(1_000))
    for (let i = 0; i < 3; i++) expect(() => catalog.tags()).toThrow(/cannot be used/)
    const held = readdirSync('/proc/self/fd').filter((name) => linkOf(`/proc/self/fd/${name}`) === tags)
    expect(held).toEqual([])
  })

  it.skipIf(process.platform === 'win32')('are read where nothing can be written, or refused', () => {
    const askAsNobody = (): unknown =>
      JSON.parse(execFileSync(process.execPath, [asNobody, file], { encoding: 'utf8', timeout: 20_000 }))
    const none = { untagged: ['a', 'b'], tags: [], changed: 0 }
    chmodSync(folder, 0o755)
    expect(askAsNobody()).toEqual(none)
    catalog.tag(bytes('a'), { add: ['keep'], remove: [] })
    catalog.close()
    const tags = join(folder, 'tags')
    chmodSync(join(tags, 'x.sqlite'), 0o444)
    chmodSync(tags, 0o555)
    expect(askAsNobody()).toEqual({
      untagged: ['b'],
      tags: [{ tag: 'keep', entries: 1 }],
      changed: 'REFUSED',
    })
    // Nobody can say which there are.
    chmodSync(tags, 0)
    expect(askAsNobody()).toEqual({ untagged: 'REFUSED', tags: 'REFUSED', changed: 'REFUSED' })
    chmodSync(tags, 0o755)
  })

  it('of very many entries are counted, each as often as it is named', () => {
    const keys = Array.from({ length: 12_001 }, (_, i) => new TextEncoder().encode(`k${i}`))
    expect(catalog.tagsAmong(keys)).toEqual([])
    catalog.tag(keys.slice(0, 11_000), { add: ['keep'], remove: [] })
    catalog.tag(keys.slice(10_999), { add: ['Zn', 'a'], remove: [] })
    expect(catalog.tagsAmong([...keys.slice(1), keys[12_000]!])).toEqual([
      { tag: 'Zn', entries: 1_003 },
      { tag: 'a', entries: 1_003 },
      { tag: 'keep', entries: 10_999 },
    ])
    expect(catalog.tagsAmong([])).toEqual([])
  })

  it('that another process sets are in the next overview', () => {
    using other = Catalog.open(file)
    const entriesOf = (query: string): number => catalog.overview(query, 1_000).total.entries
    expect(entriesOf('tag:mine')).toBe(0)
    other.tag(bytes('a'), { add: ['mine'], remove: [] })
    expect(entriesOf('tag:mine')).toBe(1)
    other.tag(bytes('b', 'c'), { add: ['mine'], remove: [] })
    expect(entriesOf('tag:mine')).toBe(3)
    other.tag(bytes('a'), { add: [], remove: ['mine'] })
    expect(entriesOf('tag:mine')).toBe(2)
    // It is kept while nothing changes.
    expect(catalog.overview('tag:mine', 1_001)).toBe(catalog.overview('tag:mine', 1_002))
  })

  it('are suggested where a filter asks for one', () => {
    catalog.tag(bytes('a', 'b'), { add: ['keep'], remove: [] })
    catalog.tag(bytes('c'), { add: ['kept'], remove: [] })
    const { items } = catalog.complete('tag:ke', 6, 10)
    expect(items.map(({ text: word }) => word)).toEqual(['keep', 'kept'])
  })
})
