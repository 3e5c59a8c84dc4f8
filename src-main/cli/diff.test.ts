import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { gzipSync } from 'node:zlib'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Diff } from '../../shared/diff/types.ts'
import { hashcache } from './testing/run.ts'

const corpus = fileURLToPath(new URL('../../shared/testing/corpus', import.meta.url))
const store = join(corpus, 'fs-class', 'cache')
const work = mkdtempSync(join(tmpdir(), 'hashcache-diff-'))
const other = join(work, 'cache')
const keys = readdirSync(store, { recursive: true, encoding: 'utf8' })
  .filter((name) => /[0-9a-f]{40}$/.test(name))
  .map((name) => name.slice(-40))
  .toSorted()
const [changed, recompressed, removed, moved] = keys as [string, string, string, string]
const added = 'ff'.repeat(20)

function place(cache: string, key: string): string {
  mkdirSync(join(cache, key.slice(0, 2)), { recursive: true })
  return join(cache, key.slice(0, 2), key)
}

/** A copy of a cache in which one entry is another's, one is compressed, one is gone and one has another key. */
beforeAll(() => {
  cpSync(store, other, { recursive: true })
  copyFileSync(place(store, moved), place(other, changed))
  const bytes = readFileSync(place(store, recompressed))
  writeFileSync(place(other, recompressed), gzipSync(bytes))
  rmSync(place(other, removed))
  copyFileSync(place(store, removed), place(other, added))
})

afterAll(() => rmSync(work, { recursive: true, force: true }))

describe('diff of two stores', () => {
  it('tells what only one has, what is the same and what differs', async () => {
    const { code, stdout, stderr } = await hashcache('diff', store, other, '--json')
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    const report = JSON.parse(stdout) as Record<string, unknown>
    expect(report).toMatchObject({
      counts: { sameValue: 1, different: 1, onlyLeft: 1, onlyRight: 1, sameCall: 1 },
      different: [{ key: changed, isMetadataOnly: false }],
      onlyLeft: [removed],
      onlyRight: [added],
      sameCall: [{ left: removed, right: added, call: expect.any(String) }],
    })
  })

  it('shows that to people', async () => {
    const { code, stdout } = await hashcache('diff', store, other)
    expect(code).toBe(1)
    expect(stdout).toContain('1 the same value in other bytes, 1 different, 1 only left, 1 only right\n')
    expect(stdout).toMatch(new RegExp(`^${changed}  \\w+ `, 'm'))
  })

  it('has nothing to say of a store and its copy', async () => {
    const copy = join(work, 'copy')
    cpSync(store, copy, { recursive: true })
    const { code, stdout } = await hashcache('diff', store, copy)
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /^\d+ the same, 0 the same value in other bytes, 0 different, 0 only left, 0 only right\n$/,
    )
  })
})

describe('diff of two entries', () => {
  it('compares them field by field', async () => {
    const { code, stdout } = await hashcache('diff', store, changed, other, changed, '--json')
    expect(code).toBe(1)
    const report = JSON.parse(stdout) as Diff & { same: boolean }
    expect(report).toMatchObject({
      left: { store, key: changed },
      right: { store: other, key: changed },
      same: false,
      isComplete: true,
    })
    expect(report.changes).toContainEqual({
      path: "['hash']",
      kind: 'changed',
      left: { type: 'str', preview: `'${changed}'` },
      right: { type: 'str', preview: `'${moved}'` },
    })
  })

  it('finds none where only the bytes differ', async () => {
    const { code, stdout } = await hashcache('diff', store, recompressed, other, recompressed)
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'No differences.\n' })
  })

  it('takes two keys of one store', async () => {
    const { code, stdout } = await hashcache('diff', store, changed, moved)
    expect(code).toBe(1)
    expect(stdout).toMatch(/\n~ \['hash'\]: '[0-9a-f]{40}' → '[0-9a-f]{40}'\n/)
    expect(stdout).toMatch(/\n\d+ differences: /)
  })
})

describe('diff of two files', () => {
  it('compares floats with the tolerance that is asked for', async () => {
    const [left, right] = [join(work, 'left.json'), join(work, 'right.json')]
    writeFileSync(left, '{"energy": 1.5, "n": 1}')
    writeFileSync(right, '{"energy": 1.5000001, "n": 1}')
    const exact = await hashcache('diff', left, right)
    expect({ code: exact.code, stdout: exact.stdout }).toEqual({
      code: 1,
      stdout:
        "~ ['energy']: 1.5 → 1.5000001\n1 differences: 1 changed, 0 of another type, 0 added, 0 removed.\n",
    })
    expect((await hashcache('diff', left, right, '--tolerance', 'relative=1e-6,ulp=1')).code).toBe(0)
  })

  it('reads the same value out of two protocols', async () => {
    const files = ['py311-p0-nested.pkl', 'py311-p3-nested.pkl'].map((name) => join(corpus, 'pickles', name))
    expect((await hashcache('diff', ...files)).code).toBe(0)
  })

  it('is not content with what is cut', async () => {
    const cut = join(work, 'cut.pkl')
    writeFileSync(cut, Buffer.from([0x80, 4, 0x4e]))
    const { code, stdout } = await hashcache('diff', cut, cut)
    expect({ code, stdout }).toEqual({ code: 1, stdout: 'No differences; not all could be compared.\n' })
  })
})

it.each([
  ['one target', ['diff', store]],
  ['a store and a file', ['diff', store, join(corpus, 'pickles', 'py311-p0-nested.pkl')]],
  ['too many targets', ['diff', store, 'a', store, 'b', 'c']],
  ['a tolerance that is none', ['diff', store, store, '--tolerance', '1e-3']],
  ['a query for entries', ['diff', store, changed, moved, '--query', 'a']],
  ['an entry that is not there', ['diff', store, changed, '0'.repeat(40)]],
])('cannot run with %s', async (_what, parameters) => {
  const { code, stdout, stderr } = await hashcache(...parameters)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(/^hashcache: .*\.\n$/)
})
