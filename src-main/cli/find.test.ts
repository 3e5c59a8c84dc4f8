import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { hashcache, jsonLines } from './testing/run.ts'

const corpus = fileURLToPath(new URL('../../shared/testing/corpus', import.meta.url))
const work = mkdtempSync(join(tmpdir(), 'hashcache-find-'))

beforeAll(() => {
  cpSync(join(corpus, 'fs-v002/cache'), join(work, 'a/cache'), { recursive: true })
  cpSync(join(corpus, 'lmdb-file/cache.lmdb'), join(work, 'b.lmdb'))
  mkdirSync(join(work, 'empty'))
})
afterAll(() => rmSync(work, { recursive: true, force: true }))

it('lists the caches below a folder, as a table and as NDJSON', async () => {
  const table = await hashcache('find', work)
  expect(table).toMatchObject({ code: 0, stderr: '' })
  expect(table.stdout).toMatch(new RegExp(`^fs +${work}/a/cache +\\d+ of \\d+ sampled`, 'm'))
  const { code, stdout } = await hashcache('find', work, '--json')
  const lines = jsonLines<{ kind: string; path: string; sizeBytes?: number }>(stdout)
  expect(code).toBe(0)
  expect(lines.map(({ kind, path }) => `${kind} ${path.slice(work.length)}`).toSorted()).toEqual([
    'fs /a/cache',
    'lmdb /b.lmdb',
  ])
  expect(lines.find(({ kind }) => kind === 'lmdb')?.sizeBytes).toBeGreaterThan(4_096)
})

it('says when there is none, and when it cannot begin', async () => {
  expect(await hashcache('find', join(work, 'empty'))).toMatchObject({
    code: 0,
    stdout: '0 caches in 1 folder\n',
  })
  const nowhere = await hashcache('find', join(work, 'nowhere'))
  expect(nowhere).toMatchObject({ code: 2, stdout: '' })
  expect(nowhere.stderr).toMatch(/^hashcache: There is no .*nowhere; [^\n]+\.\n$/)
})
