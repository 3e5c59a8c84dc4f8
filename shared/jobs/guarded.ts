import type { Problem } from '../model/errors.ts'
import { showKey } from '../model/keys.ts'
import type { Entry, Store } from '../stores/contract.ts'
import { sha256Of, type BinEntry } from './trash-bin.ts'

/** What stands under a key now. */
export interface Present {
  readonly value: Uint8Array
  readonly sha256: string
  readonly modifiedMs?: number
  readonly expiresAtMs?: number
  readonly stamp?: string
}

/** The values of keys with their digests and what else the store tells of them. */
export async function readPresent(
  store: Store,
  keys: readonly Uint8Array[],
  signal?: AbortSignal,
): Promise<(Present | Problem | undefined)[]> {
  const entries = (await store.lookUp?.(keys, { signal })) ?? []
  const values = await store.getMany(keys, { signal })
  return values.map((value, i) => (value instanceof Uint8Array ? presentOf(value, entries[i]) : value))
}

function presentOf(value: Uint8Array, entry: Entry | undefined): Present {
  const { modifiedMs, expiresAtMs, stamp } = entry ?? {}
  return {
    value,
    sha256: sha256Of(value),
    ...(modifiedMs === undefined ? {} : { modifiedMs }),
    ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
    ...(stamp === undefined ? {} : { stamp }),
  }
}

/** As the trash keeps it. */
export function toBin(key: Uint8Array, present: Present, takenAtMs: number): BinEntry {
  const { value, sha256, modifiedMs, expiresAtMs } = present
  return {
    key,
    value,
    sha256,
    takenAtMs,
    ...(modifiedMs === undefined ? {} : { modifiedMs }),
    ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
  }
}

export function isPresent(value: Present | Problem | undefined): value is Present {
  return value !== undefined && 'value' in value
}

export function keysOf(items: readonly { readonly key: Uint8Array }[]): Uint8Array[] {
  return items.map(({ key }) => key)
}

export function unreadable(key: Uint8Array, problem: Problem): string {
  return `${showKey(key)} cannot be read, so it cannot be kept: ${problem.sentence}`
}
