import { setTimeout as delay } from 'node:timers/promises'
import type { Store } from '../stores/contract.ts'
import { throwIfCancelled } from '../stores/slices.ts'
import { isSettled, settledForm } from '../stores/stamp.ts'
import { keysOf } from './guarded.ts'

/** After so long the times of a file are those of no other content (`stamp.ts`). */
const settlingMs = 2_500

interface Stamped {
  readonly key: Uint8Array
  readonly stamp?: string
}

/**
 * Of what is more than its value only the stamp tells a change. That of something that changed just now comes again as soon
 * as the clock of files has moved on; if it does not, somebody is writing, and the entry keeps a stamp that is not settled.
 */
export async function settledEntries<Entry extends Stamped>(
  store: Store,
  entries: readonly Entry[],
  signal: AbortSignal | undefined,
): Promise<readonly Entry[]> {
  const waiting = entries.filter(({ stamp }) => stamp !== undefined && !isSettled(stamp))
  if (waiting.length === 0 || !store.lookUp) return entries
  const stamps = new Map<Entry, string>()
  const untilMs = performance.now() + settlingMs
  for (let now = waiting; now.length > 0 && performance.now() < untilMs;) {
    throwIfCancelled(signal)
    await delay(settlingMs / 50)
    const seen = await store.lookUp(keysOf(now), { signal })
    for (const [i, entry] of now.entries())
      if (seen[i]?.stamp === settledForm(entry.stamp!)) stamps.set(entry, seen[i].stamp)
    now = now.filter((_, i) => seen[i]?.stamp !== undefined && !isSettled(seen[i].stamp))
  }
  return entries.map((entry) => ({ ...entry, stamp: stamps.get(entry) ?? entry.stamp }))
}
