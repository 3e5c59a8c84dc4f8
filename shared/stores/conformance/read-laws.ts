import { expect, test } from 'vitest'

import { compareBytes } from '../../model/bytes.ts'
import { showKey } from '../../model/keys.ts'
import type { Entry, Store } from '../contract.ts'
import { expectBytes, keyOf, put, shownKeys, valueBytes } from './harness.ts'
import type { Harness, Subject } from './harness.ts'
import { collect } from './plain.ts'

/** What reading gives: entries, values, ranges, tokens. */
export function readLaws(harness: Harness): void {
  const valueFor = (subject: Subject, seed: string, length = 300): Uint8Array =>
    harness.makeValue?.(seed, length) ?? valueBytes(subject.store.capabilities, seed, length)
  const fill = async (subject: Subject, seeds: readonly (number | string)[]): Promise<void> => {
    const puts = seeds.map((seed) => ({
      kind: 'put' as const,
      key: keyOf(seed),
      value: valueFor(subject, String(seed)),
    }))
    for (const outcome of await subject.store.apply(puts)) expect(outcome).toEqual({ done: true })
  }

  test('an empty store', async () => {
    await using subject = await harness.create()
    const { store } = subject
    expect(await collect(store.entries())).toEqual([])
    expect(await store.getMany([])).toEqual([])
    expect(await store.getMany([keyOf('a'), new Uint8Array(0)])).toEqual([undefined, undefined])
    expect(store.locate?.(keyOf('a'))).toBeUndefined()
    expect(await store.changeToken()).toEqual(await store.changeToken())
    expect((await store.strays?.(10)) ?? []).toEqual([])
  })

  test('many entries come once each, in batches, in the order that was promised', async () => {
    await using subject = await harness.create()
    const seeds = Array.from({ length: harness.manyEntries ?? 2_500 }, (_, index) => index)
    await fill(subject, seeds)
    for (const batchSize of [1, 97, 10_000]) {
      const entries: Entry[] = []
      for await (const batch of subject.store.entries({ batchSize })) {
        expect(batch.length > 0 && batch.length <= batchSize).toBe(true)
        entries.push(...batch)
      }
      expectEntries(subject.store, entries, seeds)
    }
  })

  function expectEntries(store: Store, entries: readonly Entry[], seeds: readonly number[]): void {
    const found = entries.map(({ key }) => showKey(key))
    expect(found.toSorted()).toEqual(seeds.map((seed) => showKey(keyOf(seed))).toSorted())
    const { order, sizes, stamps } = store.capabilities
    const sorted = entries.toSorted((a, b) => compareBytes(a.key, b.key)).map(({ key }) => showKey(key))
    expect(order === 'bytes' ? found : sorted).toEqual(sorted)
    const sized = entries.filter(({ sizeBytes }) => sizeBytes === 300).length
    expect(sized).toBe(sizes === 'exact' ? seeds.length : 0)
    const stamped = entries.filter(({ stamp }) => stamp !== undefined).length
    expect(stamped).toBe(stamps === 'none' ? 0 : seeds.length)
  }

  test('parts make up the whole', async () => {
    await using subject = await harness.create()
    await fill(
      subject,
      Array.from({ length: 300 }, (_, index) => index),
    )
    const { store } = subject
    const { parts } = await store.changeToken()
    const byParts: string[] = []
    for (const part of parts?.keys() ?? []) {
      byParts.push(...(await collect(store.entriesOf!(part))).map(({ key }) => showKey(key)))
    }
    expect(byParts.toSorted()).toEqual(parts ? await shownKeys(store) : [])
  })

  test('values come in the order asked, absent and repeated ones too', async () => {
    await using subject = await harness.create()
    await fill(subject, ['a', 'b', 'c'])
    const asked = ['c', 'missing', 'a', 'a', 'b', 'gone', 'c']
    const values = await subject.store.getMany(asked.map(keyOf))
    expect(values).toHaveLength(asked.length)
    for (const [index, seed] of asked.entries()) {
      const isThere = 'abc'.includes(seed)
      expectBytes(values[index], isThere ? valueFor(subject, seed) : undefined)
    }
  })

  test('what is held is told by its bytes, and only what is there now', async () => {
    await using subject = await harness.create()
    const { store } = subject
    if (!store.holds) return
    const seeds = ['a', 'b', 'c', 'long', 'very long']
    const lengths: Record<string, number> = { long: 9_000, 'very long': 100_000 }
    const value = (seed: string): Uint8Array => valueFor(subject, seed, lengths[seed] ?? 300)
    await store.apply(seeds.map((seed) => ({ kind: 'put', key: keyOf(seed), value: value(seed) })))
    // Some tables cannot be asked so (texts in UTF-16, no index): then nothing is known of any.
    const isKnown = (await store.holds([keyOf('a')], [value('a')]))[0]!
    expect(await store.holds(seeds.map(keyOf), seeds.map(value))).toEqual(seeds.map(() => isKnown))
    expect(await store.holds([], [])).toEqual([])
    const otherwise = (seed: string): Uint8Array[] => {
      const flipped = value(seed).slice()
      flipped[flipped.length - 1]! ^= 1
      const own = value(seed)
      return [flipped, own.slice(0, -1), Uint8Array.of(...own, 0), new Uint8Array(0)]
    }
    for (const seed of seeds) {
      const others = otherwise(seed)
      const keys = others.map(() => keyOf(seed))
      expect(await store.holds(keys, others)).toEqual(others.map(() => false))
    }
    expect(await store.holds([keyOf('gone'), new Uint8Array(0)], [value('a'), value('a')])).toEqual([
      false,
      false,
    ])
    await put(store, keyOf('a'), value('A'))
    await store.apply([{ kind: 'delete', key: keyOf('b') }])
    expect(await store.holds(['a', 'b', 'c', 'a'].map(keyOf), ['a', 'b', 'c', 'A'].map(value))).toEqual([
      false,
      false,
      isKnown,
      isKnown,
    ])
  })

  test('ranges', async () => {
    await using subject = await harness.create()
    await fill(subject, ['a'])
    const value = valueFor(subject, 'a')
    for (const [start, end] of [
      [0, 0],
      [0, 1],
      [7, 20],
      [0, 300],
      [290, 999],
      [299, 300],
      [300, 301],
      [900, 999],
    ] as const) {
      const [part, missing] = await subject.store.getMany([keyOf('a'), keyOf('b')], { range: [start, end] })
      expectBytes(part, value.slice(start, end))
      expect(missing).toBeUndefined()
    }
  })

  test('tokens are equal while nothing changes, and differ after every change', async () => {
    await using subject = await harness.create()
    const { store } = subject
    await fill(subject, ['a', 'b'])
    const seen = new Set<string>()
    const changes: (() => Promise<unknown>)[] = [
      async () => undefined,
      () => put(store, keyOf('c'), valueFor(subject, 'c')),
      () => put(store, keyOf('c'), valueFor(subject, 'C')),
      () => put(store, keyOf('a'), valueFor(subject, 'longer', 400)),
      () => store.apply([{ kind: 'delete', key: keyOf('b') }]),
    ]
    for (const change of changes) {
      await change()
      const token = await store.changeToken()
      expect(await store.changeToken()).toEqual(token)
      await using second = await subject.reopen({ write: false })
      expect(await second.changeToken()).toEqual(token)
      expect(seen).not.toContain(token.whole)
      seen.add(token.whole)
    }
  })

  test('values of one size written as fast as can be all change the token and the stamp', async () => {
    await using subject = await harness.create()
    const { store } = subject
    const tokens = new Set<string>()
    const stamps = new Set<string | undefined>()
    const rounds = 20
    for (let round = 0; round < rounds; round++) {
      await put(store, keyOf('a'), valueFor(subject, String(round)))
      const [entry] = await collect(store.entries())
      stamps.add(entry?.stamp)
      tokens.add((await store.changeToken()).whole)
    }
    expect(tokens.size).toBe(rounds)
    expect(stamps.size).toBe(store.capabilities.stamps === 'none' ? 1 : rounds)
  })

  test('entries that stay are seen once each while others are written', async () => {
    await using subject = await harness.create()
    await using writer = await subject.reopen({ write: true })
    const staying = Array.from({ length: 200 }, (_, index) => `stays ${index}`)
    const going = Array.from({ length: 100 }, (_, index) => `goes ${index}`)
    await fill(subject, [...staying, ...going])
    const seen: string[] = []
    let round = 0
    for await (const batch of subject.store.entries({ batchSize: 20 })) {
      seen.push(...batch.map(({ key }) => showKey(key)))
      await writer.apply(
        going.slice(8 * round, 8 * (round + 1)).map((seed) => ({ kind: 'delete', key: keyOf(seed) })),
      )
      await put(writer, keyOf(`comes ${round}`), valueFor(subject, 'new'))
      round++
    }
    expect(new Set(seen).size).toBe(seen.length)
    const shown = new Set(seen)
    expect(staying.filter((seed) => !shown.has(showKey(keyOf(seed))))).toEqual([])
  })

  test('a signal stops everything that takes long', async () => {
    await using subject = await harness.create()
    const { store } = subject
    await fill(
      subject,
      Array.from({ length: 50 }, (_, index) => index),
    )
    const signal = AbortSignal.abort()
    const cancelled = { code: 'CANCELLED' }
    await expect(collect(store.entries({ signal }))).rejects.toMatchObject(cancelled)
    await expect(store.getMany([keyOf(1)], { signal })).rejects.toMatchObject(cancelled)
    await expect(store.changeToken(signal)).rejects.toMatchObject(cancelled)
    await expect(store.apply([{ kind: 'delete', key: keyOf(1) }], { signal })).rejects.toMatchObject(
      cancelled,
    )
    const controller = new AbortController()
    const stopping = (async () => {
      for await (const batch of store.entries({ batchSize: 10, signal: controller.signal })) {
        expect(batch.length).toBeGreaterThan(0)
        controller.abort()
      }
    })()
    await expect(stopping).rejects.toMatchObject(cancelled)
    expect(await shownKeys(store)).toHaveLength(50)
  })

  test('whoever stops listing early leaves nothing behind', async () => {
    await using subject = await harness.create()
    await fill(
      subject,
      Array.from({ length: 30 }, (_, index) => index),
    )
    let seen = 0
    for await (const batch of subject.store.entries({ batchSize: 7 })) {
      seen += batch.length
      break
    }
    expect(seen).toBeGreaterThan(0)
    await put(subject.store, keyOf('after'), valueFor(subject, 'after'))
    expect(await shownKeys(subject.store)).toHaveLength(31)
  })
}
