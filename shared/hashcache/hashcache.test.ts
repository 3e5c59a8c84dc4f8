import { runInThisContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import type { Backend } from './hashcache.ts'
import { dump, hashcache, load, preset } from './hashcache.ts'
import { asctime, type CallRecord, type DumpRecord } from './record.ts'

/** The reference backend: what a store does, without one. */
function memoryBackend(): Backend & { records: Map<string, CallRecord | DumpRecord> } {
  const records = new Map<string, CallRecord | DumpRecord>()
  return {
    records,
    load: (key) => records.get(key),
    dump: (key, record) => void records.set(key, record),
  }
}

/** A function with just this text: transforms of the test runner do not reach it. */
function fromSource(text: string): (x: number) => number {
  return runInThisContext(text) as (x: number) => number
}

describe('hashcache', () => {
  it('runs a call once and answers it from the store after', async () => {
    const backend = memoryBackend()
    let runs = 0
    const square = hashcache(
      function square(x: number) {
        runs++
        return x * x
      },
      { backend },
    )
    expect(await square(3)).toBe(9)
    expect(await square(3)).toBe(9)
    expect(await square(4)).toBe(16)
    expect(runs).toBe(2)
  })

  it('stores a record with the fields of pycse, in its order', async () => {
    const backend = memoryBackend()
    const add = hashcache(async (a: number, b: number = 2) => a + b, { backend, name: 'add', module: 'sums' })
    await add(1)
    const [key, record] = [...backend.records][0]!
    expect(key).toBe(add.keyOf(1))
    expect(Object.keys(record)).toEqual([
      'output',
      'hash',
      'func',
      'module',
      'args',
      'kwargs',
      'standardized-kwargs',
      'version',
      'cwd',
      'hostname',
      'user',
      'run-at',
      'run-at-human',
      'elapsed_time',
    ])
    expect(record).toMatchObject({
      output: 3,
      hash: key,
      func: 'add',
      module: 'sums',
      args: [1],
      'standardized-kwargs': { a: 1, b: 2 },
    })
  })

  it('runs a call once for all who ask at the same time', async () => {
    let runs = 0
    const slow = hashcache(
      async function slow(x: number) {
        runs++
        await new Promise(setImmediate)
        return x
      },
      { backend: memoryBackend() },
    )
    expect(await Promise.all([slow(1), slow(1), slow(1), slow(2)])).toEqual([1, 1, 1, 2])
    expect(runs).toBe(2)
  })

  it('does not store errors', async () => {
    const backend = memoryBackend()
    let runs = 0
    const flaky = hashcache(
      function flaky() {
        if (++runs === 1) throw new Error('first time')
        return runs
      },
      { backend },
    )
    await expect(flaky()).rejects.toThrow('first time')
    expect(backend.records.size).toBe(0)
    expect(await flaky()).toBe(2)
  })

  it('warns if the function changes its arguments', async () => {
    const lines: string[] = []
    const grow = hashcache(
      function grow(list: number[]) {
        list.push(1)
        return list.length
      },
      { backend: memoryBackend(), log: (line) => lines.push(line) },
    )
    await grow([])
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('something mutated')
  })

  it('logs records when verbose', async () => {
    const lines: string[] = []
    const verbose = preset({ backend: memoryBackend(), verbose: true, log: (line) => lines.push(line) })
    const one = verbose(() => 1, { name: 'one' })
    await one()
    await one()
    expect(lines[0]).toMatch(/^one: stored \{"hash":"[0-9a-f]{40}","func":"one"/)
    expect(lines[1]).toMatch(/^one: found [0-9a-f]{40}$/)
  })

  it('refuses what it cannot name or see', () => {
    const backend = memoryBackend()
    expect(() => hashcache(() => 1, { backend })).toThrow(/without a name/)
    expect(() => hashcache(Math.max, { backend })).toThrow(/cannot be seen/)
  })
})

describe('keys', () => {
  const key = (fn: (...args: never[]) => unknown, ...args: unknown[]): string =>
    (hashcache(fn, { backend: memoryBackend(), name: 'f' }).keyOf as (...args: unknown[]) => string)(...args)

  it('are SHA-1 and the same in every run', () => {
    const fn = fromSource('(x) => x + 1')
    expect(key(fn, 1)).toBe('8559fe157995c5c06099ea1a856f02dce051b58f')
  })

  it('do not depend on the order of named things', () => {
    const fn = (options: object): object => options
    expect(key(fn, { a: 1, b: [1, 2] })).toBe(key(fn, { b: [1, 2], a: 1 }))
    expect(key(fn, { a: 1, b: [1, 2] })).not.toBe(key(fn, { a: 1, b: [2, 1] }))
    expect(key(fn, new Set([1, 2]))).toBe(key(fn, new Set([2, 1])))
  })

  it('fill in literal defaults', () => {
    const fn = (a: number, b = 2, c = { d: [1, -1] }): unknown => [a, b, c]
    expect(key(fn, 1)).toBe(key(fn, 1, 2, { d: [1, -1] }))
    expect(key(fn, 1, undefined)).toBe(key(fn, 1))
    expect(key(fn, 1)).not.toBe(key(fn, 1, 3))
  })

  it('do not depend on layout and comments of the source, but on its tokens', () => {
    const one = fromSource('(x) => x + 1')
    const two = fromSource('(x) =>\n  x + 1 // the next')
    const three = fromSource('(x) => x + 2')
    expect(key(one, 1)).toBe(key(two, 1))
    expect(key(one, 1)).not.toBe(key(three, 1))
  })

  it('tell values apart that only look alike', () => {
    const fn = (x: unknown): unknown => x
    const values = [
      1,
      1n,
      '1',
      true,
      [1],
      new Set([1]),
      null,
      Number.NaN,
      1.5,
      new Uint8Array([1]),
      new Float64Array([1]),
    ]
    const keys = new Set(values.map((value) => key(fn, value)))
    // 1 and 1n are the same Python int.
    expect(keys.size).toBe(values.length - 1)
    expect(key(fn, 0)).not.toBe(key(fn, -0))
  })

  it('see rest parameters, methods and classes members', () => {
    const holder = {
      method(this: void, a: number, ...rest: number[]) {
        return a + rest.length
      },
    }
    class Model {
      scale = 1
      async energy(this: void, element: string) {
        return element.length
      }
    }
    expect(key(holder.method, 1, 2, 3)).not.toBe(key(holder.method, 1, 2))
    expect(key(new Model().energy, 'Cu')).toMatch(/^[0-9a-f]{40}$/)
  })
})

describe('dump and load', () => {
  it('store values under the MD5 of what they are', async () => {
    const backend = memoryBackend()
    const key = await dump({ x: [1, 2], label: 'run' }, { backend })
    expect(key).toMatch(/^[0-9a-f]{32}$/)
    expect(await dump({ label: 'run', x: [1, 2] }, { backend })).toBe(key)
    expect(await load(key, { backend })).toEqual({ label: 'run', x: [1, 2] })
    await expect(load('0'.repeat(32), { backend })).rejects.toThrow(/Nothing is stored under/)
  })
})

describe('asctime', () => {
  it('writes local time as Python does', () => {
    expect(asctime(new Date(2025, 6, 1, 4, 5, 6).getTime() / 1000)).toBe('Tue Jul  1 04:05:06 2025')
  })
})
