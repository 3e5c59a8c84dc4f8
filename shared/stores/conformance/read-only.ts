import { describe, expect, test } from 'vitest'

import { compareBytes } from '../../model/bytes.ts'
import { parseKey, showKey } from '../../model/keys.ts'
import { openFileSource } from '../../decode/file-source.ts'
import type { Entry, Store, WholeEntry } from '../contract.ts'
import { expectBytes, keyOf, shownKeys } from './harness.ts'
import { settledForm } from '../stamp.ts'
import { collect, outcomesOf } from './plain.ts'
import { unchangedLaw } from './unchanged.ts'

/** A copy of a cache that its own program made. */
export interface MadeElsewhere extends AsyncDisposable {
  /** The folder that holds everything of the cache and nothing else. */
  readonly folder: string
  /** What is in it: shown key → value. */
  readonly expected: ReadonlyMap<string, Uint8Array>
  open(options: { write: boolean }): Promise<Store>
}

/** What the suite must know about a backend that reads and deletes, beside its `capabilities`. */
export interface ReadOnlyHarness {
  readonly create: () => Promise<MadeElsewhere>
  /** Keys that a store of this kind refuses with `BAD_KEY`. */
  readonly badKeys: readonly Uint8Array[]
  /** A well-formed key that the cache does not have. */
  readonly absentKey: Uint8Array
}

/**
 * The law of a store for backends without puts: what `contract.ts` promises of reading, and of deleting where
 * `capabilities.deletes` says so, over caches that other programs made.
 */
export function readOnlyConformance(name: string, harness: ReadOnlyHarness): void {
  describe(`${name} keeps the contract of a store that takes no puts`, () => {
    listingLaws(harness)
    valueLaws(harness)
    deletionLaws(harness)
    wholeLaws(harness)
    closingLaw(harness)
    unchangedLaw(name, async () => {
      const cache = await harness.create()
      return {
        folder: cache.folder,
        open: () => cache.open({ write: false }),
        [Symbol.asyncDispose]: () => cache[Symbol.asyncDispose](),
      }
    })
  })
}

const sorted = (keys: Iterable<string>): string[] => [...keys].toSorted()

function listingLaws({ create }: ReadOnlyHarness): void {
  test('entries come once each, in batches, with their sizes and stamps', async () => {
    await using cache = await create()
    await using store = await cache.open({ write: false })
    for (const batchSize of [1, 3, 10_000]) {
      const entries: Entry[] = []
      for await (const batch of store.entries({ batchSize })) {
        expect(batch.length > 0 && batch.length <= batchSize).toBe(true)
        entries.push(...batch)
      }
      expect(sorted(entries.map(({ key }) => showKey(key)))).toEqual(sorted(cache.expected.keys()))
      const inOrder = entries.toSorted((a, b) => compareBytes(a.key, b.key))
      expect(store.capabilities.order === 'bytes' ? entries : inOrder).toEqual(inOrder)
      for (const { key, sizeBytes, stamp } of entries) {
        const { length } = cache.expected.get(showKey(key))!
        expect([showKey(key), sizeBytes]).toEqual([
          showKey(key),
          store.capabilities.sizes === 'exact' ? length : undefined,
        ])
        expect(stamp === undefined).toBe(store.capabilities.stamps === 'none')
      }
    }
  })

  test('parts make up the whole', async () => {
    await using cache = await create()
    await using store = await cache.open({ write: false })
    const { parts } = await store.changeToken()
    const found: string[] = []
    for (const part of parts?.keys() ?? [])
      found.push(...(await collect(store.entriesOf!(part))).map(({ key }) => showKey(key)))
    expect(sorted(found)).toEqual(parts ? sorted(cache.expected.keys()) : [])
  })

  test('tokens are equal while nothing changes, for every opening', async () => {
    await using cache = await create()
    await using store = await cache.open({ write: false })
    await using second = await cache.open({ write: false })
    const token = await store.changeToken()
    await collect(store.entries())
    expect(await store.changeToken()).toEqual(token)
    expect(await second.changeToken()).toEqual(token)
    expect(second.location).toBe(store.location)
  })

  test('a listing that is called off ends', async () => {
    await using cache = await create()
    await using store = await cache.open({ write: false })
    const signal = AbortSignal.abort()
    await expect(collect(store.entries({ signal }))).rejects.toMatchObject({ code: 'CANCELLED' })
    await expect(store.getMany([], { signal })).rejects.toMatchObject({ code: 'CANCELLED' })
    await expect(store.changeToken(signal)).rejects.toMatchObject({ code: 'CANCELLED' })
  })
}

function valueLaws({ create, badKeys, absentKey }: ReadOnlyHarness): void {
  test('values come in the order asked, absent, bad and repeated ones too, and by range', async () => {
    await using cache = await create()
    await using store = await cache.open({ write: false })
    const shown = [...cache.expected.keys()]
    const keys = [absentKey, ...shown.map(parseKey), ...badKeys, parseKey(shown[0]!)]
    for (const range of [
      undefined,
      [0, 0],
      [0, 1],
      [7, 30],
      [3, 1_000_000_000],
      [1_000_000_000, 1_000_000_001],
    ] as const) {
      const values = await store.getMany(keys, range && { range })
      expect(values).toHaveLength(keys.length)
      for (const [index, key] of keys.entries())
        expectBytes(values[index], cache.expected.get(showKey(key))?.slice(...(range ?? [])))
    }
  })

  test('what is located has the same bytes', async () => {
    await using cache = await create()
    await using store = await cache.open({ write: false })
    for (const key of [absentKey, ...badKeys]) expect(store.locate?.(key)).toBeUndefined()
    for (const [shown, value] of cache.expected) {
      const place = store.locate?.(parseKey(shown))
      if (!place) continue
      using source = openFileSource(place.path, place)
      expectBytes(source.read(0, place.length), value)
    }
  })

  test('facts come in the order asked', async () => {
    await using cache = await create()
    await using store = await cache.open({ write: false })
    const keys = [absentKey, ...[...cache.expected.keys()].map(parseKey), ...badKeys]
    const facts = (await store.facts?.(keys)) ?? []
    expect(facts.map((fact) => fact !== undefined)).toEqual(
      store.facts ? keys.map((key) => cache.expected.has(showKey(key))) : [],
    )
  })
}

function deletionLaws({ create, badKeys, absentKey }: ReadOnlyHarness): void {
  test('a store that is open for reading refuses puts and deletes, and nothing changes', async () => {
    await using cache = await create()
    await using store = await cache.open({ write: false })
    expect(store.capabilities).toMatchObject({ write: false, deletes: false })
    const token = await store.changeToken()
    const key = parseKey([...cache.expected.keys()][0]!)
    for (const operation of [
      { kind: 'put', key, value: new Uint8Array(1) },
      { kind: 'delete', key },
    ] as const)
      await expect(store.apply([operation])).rejects.toMatchObject({ code: 'READ_ONLY' })
    expect(await store.changeToken()).toEqual(token)
  })

  test('puts are refused one by one, and say why', async () => {
    await using cache = await create()
    await using store = await cache.open({ write: true })
    expect(store.capabilities).toMatchObject({ write: false, deletes: true })
    const there = parseKey([...cache.expected.keys()][0]!)
    const token = await store.changeToken()
    const value = new Uint8Array([0x80, 4, 0x4e, 0x2e])
    const outcomes = await store.apply([
      { kind: 'put', key: absentKey, value },
      { kind: 'put', key: there, value },
      { kind: 'put', key: there, value, expect: 'absent' },
    ])
    expect(outcomesOf(outcomes)).toEqual(['REFUSED', 'REFUSED', 'REFUSED'])
    for (const outcome of outcomes) expect(outcome.done || outcome.sentence.length > 20).toBe(true)
    expect(await store.changeToken()).toEqual(token)
    expect(store.notes?.length).toBeGreaterThan(0)
  })

  test('each delete takes one entry and nothing else, and is seen by every opening', async () => {
    await using cache = await create()
    await using store = await cache.open({ write: true })
    await using other = await cache.open({ write: false })
    const remaining = new Map(cache.expected)
    const tokens = new Set([(await other.changeToken()).whole])
    for (const shown of cache.expected.keys()) {
      const key = parseKey(shown)
      const outcomes = await store.apply([
        { kind: 'delete', key: absentKey },
        { kind: 'delete', key },
        { kind: 'delete', key },
        ...badKeys.map((bad) => ({ kind: 'delete' as const, key: bad })),
      ])
      expect(outcomesOf(outcomes)).toEqual(['ABSENT', 'done', 'ABSENT', ...badKeys.map(() => 'BAD_KEY')])
      remaining.delete(shown)
      expect(await other.getMany([key])).toEqual([undefined])
      expect((await other.facts?.([key])) ?? [undefined]).toEqual([undefined])
      expect(other.locate?.(key)).toBeUndefined()
      const { whole } = await other.changeToken()
      expect(tokens).not.toContain(whole)
      tokens.add(whole)
      expect(await shownKeys(other)).toEqual(sorted(remaining.keys()))
    }
    expect(cache.expected.size).toBeGreaterThan(3)
  })
}

function wholeLaws({ create, badKeys, absentKey }: ReadOnlyHarness): void {
  test('what is taken out whole comes back as it was, and never over something else', async () => {
    await using cache = await create()
    await using store = await cache.open({ write: true })
    await using other = await cache.open({ write: false })
    const whole = store.whole!
    const keys = [...cache.expected.keys()].map(parseKey)
    const told = await whole.getMany([absentKey, ...keys, ...badKeys])
    const listed = new Map((await collect(store.entries())).map((entry) => [showKey(entry.key), entry]))
    const entries = told.slice(1, 1 + keys.length) as WholeEntry[]
    for (const { key, stamp = '', modifiedMs, expiresAtMs } of entries) {
      const inList = listed.get(showKey(key))
      expect(settledForm(inList?.stamp ?? 'none')).toBe(settledForm(stamp))
      expect(inList).toMatchObject({
        modifiedMs,
        ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
      })
    }
    expect(told.map((entry) => entry !== undefined)).toEqual([
      false,
      ...keys.map(() => true),
      ...badKeys.map(() => false),
    ])
    const facts = await other.facts?.(keys)
    const wholes = entries.map((entry) => entry.whole)
    const another = (i: number): Uint8Array => wholes[(i + 1) % wholes.length]!
    const absent = badKeys.map((key) => ({ kind: 'delete' as const, key, ifValue: wholes[0]! }))
    for (const [i, key] of keys.entries()) {
      const value = wholes[i]!
      const outcomes = await whole.apply([
        { kind: 'delete', key, ifValue: another(i) },
        { kind: 'put', key, value: another(i) },
        { kind: 'delete', key, ifValue: value },
        { kind: 'delete', key, ifValue: value },
        { kind: 'delete', key: absentKey, ifValue: value },
        ...absent,
      ])
      expect(outcomesOf(outcomes)).toEqual([
        'CHANGED',
        expect.stringMatching(/^(?:EXISTS|REFUSED)$/),
        'done',
        'ABSENT',
        expect.stringMatching(/^(?:ABSENT|CHANGED)$/),
        ...badKeys.map(() => 'BAD_KEY'),
      ])
      expect(await other.getMany([key])).toEqual([undefined])
      const back = [{ kind: 'put', key, value } as const]
      expect(outcomesOf(await whole.apply(back))).toEqual(['done'])
      // As a run does that was killed before it could note it.
      expect(outcomesOf(await whole.apply(back))).toEqual(['done'])
      expectBytes((await other.getMany([key]))[0], cache.expected.get(showKey(key)))
    }
    expect(await shownKeys(other)).toEqual(sorted(cache.expected.keys()))
    expect(await other.facts?.(keys)).toEqual(facts)
    expect(await other.strays?.(10)).toEqual(await store.strays?.(10))
    expect(other.whole).toBeUndefined()
  })
}

function closingLaw({ create }: ReadOnlyHarness): void {
  test('a closed store says so', async () => {
    await using cache = await create()
    const store = await cache.open({ write: true })
    await store[Symbol.asyncDispose]()
    await store[Symbol.asyncDispose]()
    const closed = /closed/
    await expect(store.getMany([keyOf('a')])).rejects.toThrow(closed)
    await expect(store.facts?.([keyOf('a')]) ?? Promise.reject(new Error('closed'))).rejects.toThrow(closed)
    await expect(store.apply([{ kind: 'delete', key: keyOf('a') }])).rejects.toThrow(closed)
    await expect(store.changeToken()).rejects.toThrow(closed)
    await expect(collect(store.entries())).rejects.toThrow(closed)
  })
}
