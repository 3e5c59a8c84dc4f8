import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { hashcache, jsonLines } from './testing/run.ts'

const corpus = fileURLToPath(new URL('../../shared/testing/corpus', import.meta.url))
const store = join(corpus, 'fs-class', 'cache')

interface Line {
  readonly key: string
  readonly path: string
  readonly text: string
  readonly offset: number
}

it('shows in which parts of which entries something is, with the byte', async () => {
  const { code, stdout } = await hashcache('show', store, '--find', 'langevin_trace', '--json')
  expect(code).toBe(0)
  const lines = jsonLines<Line>(stdout)
  const named = lines.filter(({ path }) => path === 'func')
  expect(named).toHaveLength(6)
  const { key, offset } = named[0]!
  const bytes = await hashcache('bytes', store, key, '--at', String(offset), '-n', '20')
  expect(bytes.stdout).toMatch(/; func\n.*angevin_trace/s)
  const one = await hashcache('show', store, key, '--find', '/^langevin.trace$/')
  expect(one.stdout).toMatch(new RegExp(`^${key}: func: langevin_trace$`, 'm'))
})

it('says what is wrong with an expression', async () => {
  const { code, stdout, stderr } = await hashcache('show', store, '--find', '/(/')
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(/^hashcache: \/\(\/: this is no regular expression.*\n$/)
})
