import { expect, test } from 'vitest'

import { showKey } from '../../model/keys.ts'
import type { WriteOperation } from '../contract.ts'
import { expectBytes, get, keyOf, put, shownKeys, valueBytes } from './harness.ts'
import type { Harness, Subject } from './harness.ts'
import { collect, outcomesOf } from './plain.ts'

/** What a write does, and what it leaves alone. */
export function writeLaws(harness: Harness): void {
  const valueFor = (subject: Subject, seed: string, length = 300): Uint8Array =>
    harness.makeValue?.(seed, length) ?? valueBytes(subject.store.capabilities, seed, length)

  test('a value that was put is there, for a second opening too, until it is deleted', async () => {
    await using subject = await harness.create()
    const { store } = subject
    const value = valueFor(subject, 'a')
    await put(store, keyOf('a'), value)
    expectBytes(await get(store, keyOf('a')), value)
    await using second = await subject.reopen({ write: false })
    expectBytes(await get(second, keyOf('a')), value)
    expect(await shownKeys(second)).toEqual([showKey(keyOf('a'))])
    expect(second.location).toBe(store.location)
    expect(outcomesOf(await store.apply([{ kind: 'delete', key: keyOf('a') }]))).toEqual(['done'])
    expect(await get(store, keyOf('a'))).toBeUndefined()
    expect(await get(second, keyOf('a'))).toBeUndefined()
    expect(await shownKeys(store)).toEqual([])
  })

  test('a put over a value replaces it, shorter or longer', async () => {
    await using subject = await harness.create()
    for (const length of [500, 20, 9_000, 1]) {
      const value = valueFor(subject, `of ${length}`, length)
      await put(subject.store, keyOf('a'), value)
      expectBytes(await get(subject.store, keyOf('a')), value)
      const [entry, ...others] = await collect(subject.store.entries())
      expect(others).toEqual([])
      expect(entry?.sizeBytes).toBe(subject.store.capabilities.sizes === 'exact' ? value.length : undefined)
    }
  })

  test('parts that are told to be written are there, one after the other, while others follow', async () => {
    await using subject = await harness.create()
    const { store } = subject
    const operations = Array.from({ length: harness.manyEntries ?? 2_500 }, (_, i) => ({
      kind: 'put' as const,
      key: keyOf(i),
      value: valueFor(subject, String(i)),
    }))
    const reads: Promise<void>[] = []
    let told = 0
    const onWritten = (from: number, to: number): void => {
      expect([from, to > from, to < operations.length]).toEqual([told, true, true])
      told = to
      const look = async (): Promise<void> =>
        expectBytes(await get(store, keyOf(to - 1)), operations[to - 1]!.value)
      reads.push(look())
    }
    const outcomes = await store.apply(operations, { onWritten })
    expect(outcomes.every(({ done }) => done)).toBe(true)
    await Promise.all(reads)
  })

  test('each operation has its own outcome, in order, and none spoils another', async () => {
    await using subject = await harness.create()
    const { store } = subject
    const value = valueFor(subject, 'v')
    await put(store, keyOf('there'), value)
    const operations: WriteOperation[] = [
      { kind: 'put', key: keyOf('new'), value },
      { kind: 'delete', key: keyOf('missing') },
      { kind: 'put', key: keyOf('there'), value, expect: 'absent' },
      { kind: 'delete', key: keyOf('there') },
      { kind: 'put', key: keyOf('there'), value, expect: 'absent' },
      { kind: 'put', key: keyOf('last'), value },
      { kind: 'delete', key: keyOf('last') },
    ]
    const outcomes = await store.apply(operations)
    expect(outcomesOf(outcomes)).toEqual(['done', 'ABSENT', 'EXISTS', 'done', 'done', 'done', 'done'])
    for (const outcome of outcomes) expect(outcome.done || outcome.sentence.length > 10).toBe(true)
    expect(await shownKeys(store)).toEqual([showKey(keyOf('new')), showKey(keyOf('there'))].toSorted())
    expect(await store.apply([])).toEqual([])
  })

  test('expect absent: the first of two wins, and its value stays', async () => {
    await using subject = await harness.create()
    await using second = await subject.reopen({ write: true })
    const key = keyOf('a')
    const values = [valueFor(subject, 'first'), valueFor(subject, 'second')]
    const both = await Promise.all(
      [subject.store, second].map((store, index) =>
        store.apply([{ kind: 'put', key, value: values[index]!, expect: 'absent' }]),
      ),
    )
    const outcomes = both.flatMap(outcomesOf)
    expect(outcomes.toSorted()).toEqual(['EXISTS', 'done'])
    expectBytes(await get(second, key), values[outcomes.indexOf('done')])
  })

  test('if value: what another has written since is left as it is', async () => {
    await using subject = await harness.create()
    const { store } = subject
    await using other = await subject.reopen({ write: true })
    const [seen, now, mine] = ['seen', 'now', 'mine'].map((text) => valueFor(subject, text))
    for (const name of ['a', 'b', 'c', 'd']) await put(store, keyOf(name), seen!)
    await put(other, keyOf('a'), now!)
    await put(other, keyOf('b'), now!)
    const ifValue = seen!
    const outcomes = await store.apply([
      { kind: 'delete', key: keyOf('a'), ifValue },
      { kind: 'put', key: keyOf('b'), value: mine!, ifValue },
      { kind: 'delete', key: keyOf('c'), ifValue },
      { kind: 'put', key: keyOf('d'), value: mine!, ifValue },
      { kind: 'delete', key: keyOf('e'), ifValue },
      { kind: 'put', key: keyOf('f'), value: mine!, ifValue },
    ])
    expect(outcomesOf(outcomes)).toEqual(['CHANGED', 'CHANGED', 'done', 'done', 'ABSENT', 'CHANGED'])
    expectBytes(await get(other, keyOf('a')), now)
    expectBytes(await get(other, keyOf('b')), now)
    expectBytes(await get(other, keyOf('d')), mine)
    expect(await shownKeys(other)).toEqual(['a', 'b', 'd'].map((name) => showKey(keyOf(name))).toSorted())
  })

  test('keys that the backend cannot hold are refused one by one', async () => {
    await using subject = await harness.create()
    const { store } = subject
    const value = valueFor(subject, 'v')
    for (const key of harness.badKeys) {
      const outcomes = await store.apply([
        { kind: 'put', key, value },
        { kind: 'put', key: keyOf('good'), value },
        { kind: 'delete', key: keyOf('good') },
      ])
      expect([showKey(key), ...outcomesOf(outcomes)]).toEqual([showKey(key), 'BAD_KEY', 'done', 'done'])
      expect(await get(store, key)).toBeUndefined()
      expect(store.locate?.(key)).toBeUndefined()
    }
    expect(await shownKeys(store)).toEqual([])
  })

  test('odd keys are held byte by byte', async () => {
    await using subject = await harness.create()
    const { store } = subject
    const seen = new Map(harness.oddKeys.map((key) => [showKey(key), key]))
    expect(seen.size).toBe(harness.oddKeys.length)
    for (const [shown, key] of seen) await put(store, key, valueFor(subject, shown))
    expect(await shownKeys(store)).toEqual([...seen.keys()].toSorted())
    for (const [shown, key] of seen) expectBytes(await get(store, key), valueFor(subject, shown))
    for (const key of seen.values())
      expect(outcomesOf(await store.apply([{ kind: 'delete', key }]))).toEqual(['done'])
    expect(await shownKeys(store)).toEqual([])
  })

  test('big values are identical to the byte, by range too', async () => {
    await using subject = await harness.create()
    const { store } = subject
    const length = (harness.bigBytes ?? 3_000_000) + 1
    const value = valueFor(subject, 'big', length)
    await put(store, keyOf('big'), value)
    expectBytes(await get(store, keyOf('big')), value)
    const [part] = await store.getMany([keyOf('big')], { range: [length - 70_001, length - 1] })
    expectBytes(part, value.slice(length - 70_001, length - 1))
  })

  test('a store that is open for reading refuses to write, and nothing changes', async () => {
    await using subject = await harness.create()
    await put(subject.store, keyOf('a'), valueFor(subject, 'a'))
    await using reader = await subject.reopen({ write: false })
    expect(reader.capabilities.write).toBe(false)
    expect(subject.store.capabilities.write).toBe(true)
    const before = await subject.store.changeToken()
    for (const operation of [
      { kind: 'put', key: keyOf('b'), value: valueFor(subject, 'b') },
      { kind: 'delete', key: keyOf('a') },
    ] as const) {
      await expect(reader.apply([operation])).rejects.toMatchObject({ code: 'READ_ONLY' })
    }
    expect(await subject.store.changeToken()).toEqual(before)
  })

  test('a closed store says so', async () => {
    await using subject = await harness.create()
    const store = await subject.reopen({ write: true })
    await store[Symbol.asyncDispose]()
    await store[Symbol.asyncDispose]()
    const closed = /closed/
    await expect(store.getMany([keyOf('a')])).rejects.toThrow(closed)
    await expect(store.apply([{ kind: 'delete', key: keyOf('a') }])).rejects.toThrow(closed)
    await expect(store.changeToken()).rejects.toThrow(closed)
    await expect(collect(store.entries())).rejects.toThrow(closed)
  })
}
