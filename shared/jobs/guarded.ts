import { AppError, type Problem } from '../model/errors.ts'
import { showKey } from '../model/keys.ts'
import type { Entry, Store, WriteOutcome } from '../stores/contract.ts'
import { sha256Of, type BinEntry } from './trash-bin.ts'

/** What stands under a key now. */
export interface Present {
  readonly value: Uint8Array
  readonly sha256: string
  readonly modifiedMs?: number
  readonly expiresAtMs?: number
  readonly stamp?: string
}

/**
 * The values of keys with their digests and what else the store tells of them; of entries that are more than their values,
 * these whole.
 */
export async function readPresent(
  store: Store,
  keys: readonly Uint8Array[],
  signal?: AbortSignal,
): Promise<(Present | Problem | undefined)[]> {
  if (store.whole) {
    const found = await store.whole.getMany(keys, { signal })
    return found.map((entry) => (entry && 'whole' in entry ? presentOf(entry.whole, entry) : entry))
  }
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

/**
 * Stops a job whose batch shows that nothing can be written now: there is no room, the store as a whole takes nothing (a
 * disk that became read-only, a server that is gone), or every single operation was refused. It is resumed when that is
 * mended. Done `again`, what is refused one by one is told item by item: one that can never be written would stop the
 * job for ever.
 *
 * @throws AppError REFUSED
 */
export function stopIfRefused(outcomes: readonly WriteOutcome[], again: boolean): void {
  const refusals = outcomes.filter((outcome) => !outcome.done)
  const whole = refusals.find(({ reason }) => reason === 'NO_SPACE' || reason === 'UNWRITABLE')
  if (whole) throw new AppError('REFUSED', whole.sentence)
  const isAll =
    refusals.length > 0 &&
    refusals.length === outcomes.length &&
    refusals.every(({ reason }) => reason === 'REFUSED')
  if (isAll && !again) throw new AppError('REFUSED', refusals[0]!.sentence)
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
