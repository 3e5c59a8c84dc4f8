import { gzipSync } from 'node:zlib'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { Catalog } from '../catalog/catalog.ts'
import { indexStore } from '../catalog/indexer.ts'
import { backendAt } from '../hashcache/backends.ts'
import type { Store } from '../stores/contract.ts'
import { openStore } from '../stores/registry.ts'
import { compareCaches } from './compare.ts'
import type { CompareLine, CompareOptions } from './contract.ts'
import { relations } from './contract.ts'
import { ResultFile } from './result-file.ts'

const work = mkdtempSync(join(tmpdir(), 'hashcache-compare-'))
afterAll(() => rmSync(work, { recursive: true, force: true }))

type Records = Readonly<Record<string, Record<string, unknown>>>

let caches = 0
const kinds = {
  fs: () => `fs:${join(work, String(caches++))}`,
  json: () => `json:${join(work, String(caches++))}`,
  sqlite: () => `sqlite:${join(work, `${caches++}.sqlite`)}`,
  shelve: () => `shelve:${join(work, `${caches++}.shlv`)}?format=dumb`,
  lmdb: () => `lmdb:${join(work, `${caches++}.lmdb`)}`,
}

/** A record as hashcache writes one; fields beside it are the test's. */
function record(args: Record<string, unknown>, output: unknown, more: Record<string, unknown> = {}) {
  return {
    func: 'relax',
    module: 'alloys',
    args: [],
    kwargs: args,
    'standardized-kwargs': args,
    version: '0.1.0',
    user: 'ana',
    'run-at': 1_700_000_000,
    elapsed_time: 2.5,
    ...more,
    output,
  }
}

const key = (name: string): string => name.repeat(40).slice(0, 40)

async function cacheOf(location: string, records: Records): Promise<string> {
  const backend = backendAt(location)
  for (const [name, value] of Object.entries(records)) await backend.dump(key(name), value as never, false)
  await (backend as { close?: () => Promise<void> }).close?.()
  return location
}

async function compare(
  left: string,
  right: string,
  options: Partial<CompareOptions> = {},
): Promise<{ lines: CompareLine[]; progress: string[] }> {
  const progress: string[] = []
  await using stack = new AsyncDisposableStack()
  const side = async (location: string): Promise<{ store: Store; catalog: Catalog }> => {
    const store = stack.use(await openStore(location))
    const catalog = stack.use(Catalog.open(':memory:'))
    await indexStore(store, catalog)
    return { store, catalog }
  }
  using result = ResultFile.create('')
  await compareCaches(await side(left), await side(right), result, {
    by: 'key',
    tolerance: {},
    onProgress: ({ phase }) => progress.push(phase),
    ...options,
  })
  return { lines: result.lines(relations, 0, 1000).lines, progress }
}

const told = ({ relation, left, right }: CompareLine): string =>
  `${relation} ${left?.[0] ?? '-'} ${right?.[0] ?? '-'}`
const toldOf = (lines: readonly CompareLine[]): string[] => lines.map(told).toSorted()

const left: Records = {
  a: record({ element: 'Cu', cutoff: 400 }, { energy: -3.5 }),
  b: record({ element: 'Ag', cutoff: 400 }, { energy: -2.5 }),
  c: record({ element: 'Au', cutoff: 400 }, { energy: -1.5 }),
  d: record({ element: 'Pd', cutoff: 400 }, { energy: -4.5 }),
}
const right: Records = {
  a: record({ element: 'Cu', cutoff: 400 }, { energy: -3.5 }),
  b: record({ element: 'Ag', cutoff: 400 }, { energy: -2.5 }, { user: 'bob' }),
  c: record({ element: 'Au', cutoff: 400 }, { energy: -1.25 }),
  e: record({ element: 'Pd', cutoff: 400 }, { energy: -4.5 }, { 'run-at': 1_800_000_000 }),
  f: record({ element: 'Pt', cutoff: 400 }, { energy: -5.5 }),
}

describe('two caches by key', () => {
  it.each(Object.keys(kinds) as (keyof typeof kinds)[])(
    'tells a fs cache and a %s cache apart',
    async (kind) => {
      const { lines } = await compare(await cacheOf(kinds.fs(), left), await cacheOf(kinds[kind](), right))
      const same = kind === 'json' ? 'sameValue' : 'same'
      expect(toldOf(lines)).toEqual(
        [
          `${same} a a`,
          'metadata b b',
          'different c c',
          'onlyLeft d -',
          'onlyRight - e',
          'onlyRight - f',
          'sameCall d e',
        ].toSorted(),
      )
      expect(lines.find(({ relation }) => relation === 'different')).toMatchObject({
        why: "changed ['output']['energy']",
        call: "relax(element='Au', cutoff=400)",
        elapsedSeconds: 2.5,
      })
    },
  )

  it('calls an equal value in other bytes the same value, and nothing else', async () => {
    const [plain, packed] = [kinds.sqlite(), kinds.sqlite()]
    await cacheOf(plain, { a: left.a! })
    await cacheOf(packed, { a: left.a! })
    {
      await using store = await openStore(packed, { write: true })
      const bytes = new TextEncoder().encode(key('a'))
      const [value] = await store.getMany([bytes])
      await store.apply([{ kind: 'put', key: bytes, value: gzipSync(value as Uint8Array) }])
    }
    expect(toldOf((await compare(plain, packed)).lines)).toEqual(['sameValue a a'])
  })

  it('says of what is damaged why it cannot be told', async () => {
    const [whole, damaged] = [kinds.sqlite(), kinds.sqlite()]
    await cacheOf(whole, { a: left.a! })
    await cacheOf(damaged, { a: left.a! })
    {
      await using store = await openStore(damaged, { write: true })
      const bytes = new TextEncoder().encode(key('a'))
      const [value] = await store.getMany([bytes])
      await store.apply([{ kind: 'put', key: bytes, value: (value as Uint8Array).subarray(0, 40) }])
    }
    const { lines } = await compare(whole, damaged)
    expect(toldOf(lines)).toEqual(['unclear a a'])
    expect(lines[0]!.why).toMatch(/\.$/)
  })

  it('compares floats with a tolerance', async () => {
    const { lines } = await compare(await cacheOf(kinds.fs(), left), await cacheOf(kinds.fs(), right), {
      tolerance: { absolute: 0.5 },
    })
    expect(toldOf(lines)).toContain('sameValue c c')
  })

  it('takes pairs of which either side matches the query', async () => {
    const { lines } = await compare(await cacheOf(kinds.fs(), left), await cacheOf(kinds.lmdb(), right), {
      query: 'user:bob or element:Pt',
    })
    expect(toldOf(lines)).toEqual(['metadata b b', 'onlyRight - f'])
  })

  it('does not take shortened arguments for the same call', async () => {
    const call = (last: number): Record<string, unknown> =>
      record({ grid: Float64Array.of(1, 2, last) }, { energy: last })
    const { lines } = await compare(
      await cacheOf(kinds.fs(), { a: call(3), b: call(4) }),
      await cacheOf(kinds.sqlite(), { c: call(4), d: call(5) }),
    )
    expect(toldOf(lines.filter(({ relation }) => relation === 'sameCall'))).toEqual(['sameCall b c'])
  })
})

describe('two caches by call', () => {
  it('matches the newest entries of a call, whatever their keys', async () => {
    const older = record({ element: 'Pd', cutoff: 400 }, { energy: 0 }, { 'run-at': 1_600_000_000 })
    const { lines } = await compare(
      await cacheOf(kinds.fs(), { ...left, 9: older }),
      await cacheOf(kinds.json(), right),
      { by: 'call' },
    )
    expect(toldOf(lines)).toEqual(
      ['sameValue a a', 'metadata b b', 'different c c', 'sameValue d e', 'onlyRight - f'].toSorted(),
    )
  })
})

describe('the run', () => {
  it('stops when it is told to, and keeps what it found', async () => {
    const cancelling = new AbortController()
    cancelling.abort()
    await expect(
      compare(await cacheOf(kinds.fs(), left), await cacheOf(kinds.fs(), right), {
        signal: cancelling.signal,
      }),
    ).rejects.toMatchObject({ code: 'CANCELLED' })
  })

  it('refuses a query that cannot be read', async () => {
    const location = await cacheOf(kinds.fs(), left)
    await expect(compare(location, location, { query: 'a and' })).rejects.toMatchObject({ code: 'BAD_QUERY' })
  })
})

const some = fc.dictionary(
  fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  fc.record({ cutoff: fc.integer({ min: 0, max: 2 }), energy: fc.integer({ min: 0, max: 1 }) }),
  { minKeys: 1 },
)

describe('laws', () => {
  it('each key has one line, which swapped sides turn round', async () => {
    await fc.assert(
      fc.asyncProperty(some, some, async (one, other) => {
        const records = (of: typeof one): Records =>
          Object.fromEntries(
            Object.entries(of).map(([name, { cutoff, energy }]) => [name, record({ cutoff }, { energy })]),
          )
        const [a, b] = [
          await cacheOf(kinds.sqlite(), records(one)),
          await cacheOf(kinds.sqlite(), records(other)),
        ]
        const there = (await compare(a, b)).lines.filter(({ relation }) => relation !== 'sameCall')
        const back = (await compare(b, a)).lines.filter(({ relation }) => relation !== 'sameCall')
        const keys = new Set([...Object.keys(one), ...Object.keys(other)])
        const first = there.map((line) => (line.left ?? line.right)!.slice(0, 1))
        expect(first.toSorted()).toEqual([...keys].toSorted())
        const turned = { onlyLeft: 'onlyRight', onlyRight: 'onlyLeft' } as Partial<Record<string, string>>
        expect(
          back
            .map(
              ({ relation, left: x, right: y }) =>
                `${turned[relation] ?? relation} ${y?.[0] ?? '-'} ${x?.[0] ?? '-'}`,
            )
            .toSorted(),
        ).toEqual(toldOf(there))
        for (const { relation, left: x } of there) {
          if (relation !== 'same' && relation !== 'different' && relation !== 'metadata') continue
          const [here, beside] = [one[x![0]!]!, other[x![0]!]!]
          const isSame = here.cutoff === beside.cutoff && here.energy === beside.energy
          expect(relation === 'same').toBe(isSame)
        }
      }),
      { numRuns: 15 },
    )
  })
})
