import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TrustReport } from '../../shared/trust/trust.ts'
import { hashcache, jsonLines } from './testing/run.ts'

const corpus = fileURLToPath(new URL('../../shared/testing/corpus', import.meta.url))
const attack = join(corpus, 'hostile', 'run-joblib-plain.joblib')
const plain = join(corpus, 'fs-class', 'cache')
const work = mkdtempSync(join(tmpdir(), 'hashcache-trust-'))
const store = join(work, 'cache')
const attackKey = 'aa'.repeat(20)
const brokenKey = 'bb'.repeat(20)

/** A cache of two good entries, a hostile one and a broken one. */
beforeAll(() => {
  const put = (key: string): string => {
    mkdirSync(join(store, key.slice(0, 2)), { recursive: true })
    return join(store, key.slice(0, 2), key)
  }
  const good = readdirSync(plain, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /[0-9a-f]{40}$/.test(name),
  )
  for (const name of good.slice(0, 2)) copyFileSync(join(plain, name), put(name.slice(-40)))
  copyFileSync(attack, put(attackKey))
  writeFileSync(put(brokenKey), Buffer.from([0x80, 4, 0x7d]))
})

afterAll(() => rmSync(work, { recursive: true, force: true }))

interface StoreTrust {
  readonly entries: number
  readonly verdicts: Record<string, number>
  readonly imports: { readonly module: string; readonly what: string; readonly example: string }[]
  readonly calls: { readonly callee: string; readonly entries: number; readonly example: string }[]
  readonly notable: { readonly key: string; readonly verdict: string }[]
}

describe('trust', () => {
  it('adds up a store: what is not known comes first, with an entry that has it', async () => {
    const { code, stdout, stderr } = await hashcache('trust', store, '--json')
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    const report = JSON.parse(stdout) as StoreTrust
    expect(report).toMatchObject({
      entries: 4,
      verdicts: { unknown: 1, broken: 1 },
      calls: [{ callee: 'posix.system', entries: 1, example: attackKey }],
    })
    expect(report.imports[0]).toMatchObject({ module: 'posix', what: 'unknown', example: attackKey })
    expect(report.notable.map(({ key, verdict }) => [key, verdict])).toEqual([
      [attackKey, 'unknown'],
      [brokenKey, 'broken'],
    ])
  })

  it('shows that to people, of all entries or of those that match', async () => {
    const { code, stdout } = await hashcache('trust', store)
    expect(code).toBe(1)
    expect(stdout).toMatch(/^4 entries: .*, 1 not known safe, 1 damaged or cut\n/)
    expect(stdout).toContain(`posix.system('touch HASHCACHE_PWNED')`)
    expect(stdout).toContain(brokenKey)
    const fine = await hashcache('trust', plain, '--query', 'user:ana')
    expect(fine.code).toBe(0)
    expect(fine.stdout).toContain(' 0 not known safe, 0 damaged or cut')
  })

  it('reports one entry', async () => {
    const { code, stdout } = await hashcache('trust', store, attackKey, '--json')
    expect(code).toBe(1)
    expect(jsonLines<TrustReport & { key: string }>(stdout)).toMatchObject([
      { key: attackKey, verdict: 'unknown', calls: [{ callee: 'posix.system' }, {}, {}] },
    ])
    expect((await hashcache('trust', store, attackKey)).stdout).toMatch(
      /verdict +not known safe\nLoading this would import 4 names and make 3 calls; 2 of these are not known safe\./,
    )
  })

  it('reports files, one line of JSON each', async () => {
    const text = join(work, 'plain.json')
    writeFileSync(text, '{"a": 1}')
    const both = await hashcache('trust', text, attack, '--json')
    expect(both.code).toBe(1)
    expect(jsonLines(both.stdout)).toMatchObject([
      { file: text, verdict: 'data' },
      { file: attack, verdict: 'unknown' },
    ])
    const one = await hashcache('trust', text)
    expect({ code: one.code, data: one.stdout.includes('it is plain data') }).toEqual({ code: 0, data: true })
  })

  it('sends no control characters of a name to the terminal', async () => {
    const file = join(work, 'escape.pkl')
    writeFileSync(file, 'c\u001b[31mred\nx\n.', 'latin1')
    const { stdout } = await hashcache('trust', file)
    expect(stdout).toContain('red.x')
    expect(stdout).not.toContain('\u001b')
  })

  it('runs nothing', () => {
    for (const place of ['.', work, store, join(corpus, 'hostile')]) {
      expect(existsSync(join(place, 'HASHCACHE_PWNED'))).toBe(false)
    }
  })

  it.each([
    ['two keys', ['trust', store, 'a', 'b']],
    ['a key and a query', ['trust', store, 'a', '--query', 'b']],
    ['a query on a file', ['trust', attack, '--query', 'b']],
    ['an entry that is not there', ['trust', store, '0'.repeat(40)]],
    ['a file that is not there', ['trust', join(work, 'none.pkl')]],
  ])('cannot run with %s', async (_what, parameters) => {
    const { code, stdout, stderr } = await hashcache(...parameters)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^hashcache: .*\.\n$/)
  })
})
