import { createHash } from 'node:crypto'

import { expect } from 'vitest'

import { toHex } from '../../model/bytes.ts'
import { showKey } from '../../model/keys.ts'
import type { Capabilities, Store } from '../contract.ts'
import { collect } from './plain.ts'

/** A fresh cache of the backend under test. */
export interface Subject extends AsyncDisposable {
  /** Open for writing, empty. Closed by the suite. */
  readonly store: Store
  /** Opens the same cache once more; the first stays open. */
  reopen(options: { write: boolean }): Promise<Store>
}

/** What the suite must know about a backend beside its `capabilities`. */
export interface Harness {
  create(): Promise<Subject>
  /** Keys that a store of this kind must refuse with `BAD_KEY`. */
  readonly badKeys: readonly Uint8Array[]
  /** Keys beyond the usual hashes that it must hold. */
  readonly oddKeys: readonly Uint8Array[]
  /** Bytes of a value that the store can hold; by default any, as `values` says what they are. */
  makeValue?(seed: string, length: number): Uint8Array
  /** Length of the big values of the suite; 3 MB. */
  readonly bigBytes?: number
  /** Number of entries of the suite's larger store; 2,500. */
  readonly manyEntries?: number
}

const encoder = new TextEncoder()

/** The key of a made-up call: a sha1 in hex digits, which every backend holds. */
export function keyOf(seed: number | string): Uint8Array {
  return encoder.encode(createHash('sha1').update(String(seed)).digest('hex'))
}

/** Bytes of a value of some length, different for each seed, that look like what the store says it holds. */
export function valueBytes(capabilities: Capabilities, seed: string, length: number): Uint8Array {
  const digits = toHex(createHash('sha512').update(seed).digest())
  const body = digits.repeat(Math.ceil(length / digits.length)).slice(0, length)
  if (capabilities.values === 'json') return encoder.encode(JSON.stringify(body).slice(0, length))
  const bytes = encoder.encode(body)
  bytes.set([0x80, 0x04].slice(0, length))
  return bytes
}

export async function shownKeys(store: Store): Promise<string[]> {
  return (await collect(store.entries())).map(({ key }) => showKey(key)).toSorted()
}

export async function get(store: Store, key: Uint8Array): Promise<Uint8Array | undefined> {
  const [value] = await store.getMany([key])
  if (value !== undefined && !(value instanceof Uint8Array)) throw new Error(value.sentence)
  return value
}

export async function put(store: Store, key: Uint8Array, value: Uint8Array): Promise<void> {
  expect(await store.apply([{ kind: 'put', key, value }])).toEqual([{ done: true }])
}

/** Compares without the word by word diff of a test runner, which takes minutes for a few megabytes. */
export function expectBytes(actual: unknown, expected: Uint8Array | undefined): void {
  const digest = (bytes: unknown): unknown =>
    bytes instanceof Uint8Array
      ? { length: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
      : bytes
  expect(digest(actual)).toEqual(digest(expected))
}
