import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hashcacheIn, jsonLines, type Ran } from './testing/run.ts'

const corpus = fileURLToPath(new URL('../../shared/testing/corpus', import.meta.url))
let work: string
let cache: string

beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'hashcache-cli-tag-'))
  cache = join(work, 'cache')
  cpSync(join(corpus, 'fs-class', 'cache'), cache, { recursive: true, preserveTimestamps: true })
})
afterEach(() => rmSync(work, { recursive: true, force: true }))

const hashcache = (...words: string[]): Promise<Ran> => hashcacheIn(join(work, 'data'), ...words)

interface Line {
  readonly key: string
  readonly tags?: readonly string[]
}

describe('tag', () => {
  it('puts tags on, takes them off, and says which there are', async () => {
    expect((await hashcache('tag', cache)).stdout).toContain('No entry')
    const all = jsonLines<Line>((await hashcache('ls', cache, '--json')).stdout)
    const [first, second] = all.map(({ key }) => key)
    const put = await hashcache('tag', cache, first!, '--query', 'func:energy', '+keep', '+old', '--json')
    const { entries, changed } = JSON.parse(put.stdout) as { entries: number; changed: number }
    expect(put).toMatchObject({ code: 0, stderr: '' })
    expect(changed).toBe(entries)
    expect((await hashcache('tag', cache, first!, '-old')).stdout).toBe('1 of 1 entry changed.\n')
    expect((await hashcache('tag', cache, first!)).stdout).toMatch(/keep\n$/)
    const tagged = jsonLines<Line>((await hashcache('ls', cache, '--query', 'tag:old', '--json')).stdout)
    expect(tagged).toHaveLength(entries - 1)
    expect(tagged.every(({ tags }) => tags?.join() === 'keep,old')).toBe(true)
    const refused = await hashcache('tag', cache, second!, '+two words')
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toContain('is no tag')
    expect((await hashcache('tag', cache, '0000', '+keep')).stderr).toContain('no entry 0000')
    expect((await hashcache('tag', cache, '+keep')).stderr).toContain('Say which entries')
  }, 90_000)

  it('are known where no index can be kept, and cannot be taken for none', async () => {
    const all = jsonLines<Line>((await hashcache('ls', cache, '--json')).stdout).map(({ key }) => key)
    await hashcache('tag', cache, all[0]!, '+keep')
    const data = join(work, 'data')
    rmSync(join(data, 'index'), { recursive: true })
    writeFileSync(join(data, 'index'), 'a file where the folder should be')
    const others = (): Promise<Ran> => hashcache('ls', cache, '--query', '-tag:keep', '--json')
    const listed = await others()
    expect(listed).toMatchObject({ code: 0, stderr: '' })
    expect(jsonLines<Line>(listed.stdout).map(({ key }) => key)).toEqual(all.slice(1))
    const tagsFile = readdirSync(join(data, 'tags')).find((name) => name.endsWith('.sqlite'))
    writeFileSync(join(data, 'tags', tagsFile!), 'no database'.repeat(1_000))
    const refused = await others()
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toContain('tags')
    expect((await hashcache('ls', cache, '--json')).code).toBe(0)
  }, 90_000)

  it('go along into an archive, and out of it on another machine', async () => {
    const [first] = jsonLines<Line>((await hashcache('ls', cache, '--json')).stdout)
    await hashcache('tag', cache, first!.key, '+keep', '+paper-2')
    const archive = join(work, 'it.hashcache')
    expect((await hashcache('archive', cache, archive)).code).toBe(0)
    const there = (...words: string[]): Promise<Ran> => hashcacheIn(join(work, 'other'), ...words)
    const target = `sqlite:${join(work, 'new.sqlite')}`
    expect((await there('migrate', archive, target)).code).toBe(0)
    const tagged = jsonLines<Line>((await there('ls', target, '--query', 'tag:*', '--json')).stdout)
    expect(tagged.map(({ key, tags }) => [key, tags])).toEqual([[first!.key, ['keep', 'paper-2']]])
  }, 90_000)

  it('protects entries from a policy, and the plan tells how many', async () => {
    const policy = join(work, 'rules.json')
    writeFileSync(policy, '{"maxEntriesPerFunction": 0, "protectTags": ["keep"], "protect": "func:rate"}')
    const plan = async (): Promise<[{ plan: { protectedEntries?: number } }, ...Line[]]> => {
      const { stdout } = await hashcache('evict', cache, '--policy', policy, '--dry-run', '--json')
      return jsonLines(stdout) as unknown as [{ plan: { protectedEntries?: number } }, ...Line[]]
    }
    const [before, ...all] = await plan()
    await hashcache('tag', cache, all[0]!.key, all[1]!.key, '+keep')
    const [after, ...left] = await plan()
    expect(left.map(({ key }) => key).toSorted()).toEqual(
      all
        .slice(2)
        .map(({ key }) => key)
        .toSorted(),
    )
    expect(after.plan.protectedEntries).toBe(before.plan.protectedEntries! + 2)
    writeFileSync(policy, '{"damaged": true, "protectTags": ["two words"]}')
    expect((await hashcache('evict', cache, '--policy', policy)).stderr).toContain('is no tag')
  }, 90_000)
})
