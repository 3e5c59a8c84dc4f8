import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { readJson } from '../json/read.ts'
import { MemorySource } from '../model/source.ts'
import type { Decoded } from '../value/value.ts'
import { readNpy } from './npy.ts'
import { readJoblib } from './read.ts'

const folder = fileURLToPath(new URL('../testing/corpus/hostile/', import.meta.url))
const truncated = join(folder, 'truncated')
const names = [
  ...readdirSync(folder),
  ...readdirSync(truncated).map((name) => join('truncated', name)),
].filter((name) => /\.(?:pkl|joblib|json|npy)$/.test(name) && name !== 'expected.json')

const marker = 'HASHCACHE_PWNED'

function read(name: string, asked: string[]): Decoded {
  const source = new MemorySource(readFileSync(join(folder, name)))
  if (name.endsWith('.json')) return readJson(source)
  if (name.endsWith('.npy')) return readNpy(source)
  return readJoblib(source, {
    trace: true,
    sideFile: (side) => {
      asked.push(side)
      const isFile = statSync(join(folder, side), { throwIfNoEntry: false })?.isFile()
      return isFile ? new MemorySource(readFileSync(join(folder, side))) : undefined
    },
  })
}

const prototypeBefore = Object.getOwnPropertyNames(Object.prototype).toSorted()

describe('hostile files', () => {
  it.each(names)('%s gives a tree or a problem, soon and without consequences', (name) => {
    const asked: string[] = []
    const start = performance.now()
    const { root, problem, end, source } = read(name, asked)
    expect(performance.now() - start).toBeLessThan(2000)
    expect(root ?? problem).toBeDefined()
    expect(problem?.sentence ?? 'Fine.').toMatch(/^[A-Z].*\.$/)
    expect(end).toBeLessThanOrEqual(source.byteLength)
    expect(asked.every((side) => /^[\w.-]+$/.test(side))).toBe(true)
    expect(Object.getOwnPropertyNames(Object.prototype).toSorted()).toEqual(prototypeBefore)
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
    for (const place of ['.', folder]) {
      expect(statSync(join(place, marker), { throwIfNoEntry: false })).toBeUndefined()
    }
  })

  it('are all there', () => {
    expect(names.length).toBeGreaterThan(200)
  })

  const calls = names.filter((name) => /^run-.*\.pkl$/.test(name) && !/persid|second/.test(name))
  it.each(calls)('%s shows the call that Python would make', (name) => {
    const decoded = read(name, []) as ReturnType<typeof readJoblib>
    expect(decoded.problem).toBeUndefined()
    expect(decoded.calls!.length).toBeGreaterThan(0)
  })

  const cutShort = readdirSync(truncated).filter((name) => name.startsWith('plain-'))
  it.each(cutShort)('truncated/%s says that it is cut short, and keeps what is there', (name) => {
    const { root, problem, source } = read(join('truncated', name), [])
    expect(problem?.code).toMatch(/^(?:TRUNCATED|BAD_ARRAY|EMPTY)$/)
    expect(root?.kind).toBe(source.byteLength > 15 ? 'dict' : undefined)
  })
})
