import type { Store } from '../stores/contract.ts'
import { isSettled } from '../stores/stamp.ts'
import type { PlanItem } from './contract.ts'
import { settledEntries } from './settled.ts'
import type { Finding } from './verify.ts'

const namesShown = 3

interface StrayPlan {
  readonly items: readonly Omit<PlanItem, 'n'>[]
  readonly warnings: readonly string[]
}

interface Planning {
  readonly store: Store
  /** The trash is on the disk of the cache. */
  readonly canMove: boolean
  readonly signal?: AbortSignal
}

/** What a repair does about files that are no entries: known ones go as files, all others stay and are told. */
export async function planStrays(
  strays: readonly Finding[],
  { store, canMove, signal }: Planning,
): Promise<StrayPlan> {
  const known = strays.flatMap((stray) => (stray.entry ? [{ ...stray.entry, stray }] : []))
  // Only its times may have changed just now, as by an undo: it is old all the same.
  const settled = canMove ? await settledEntries(store, known, signal) : []
  const going = settled.filter(({ stamp }) => stamp !== undefined && isSettled(stamp))
  const gone = new Set(going.map(({ stray }) => stray))
  return {
    items: going.map(({ key, sizeBytes: bytes = 0, stamp, stray: { sentence: note } }) => {
      return { key, action: 'delete', bytes, computeSeconds: 0, stamp, note }
    }),
    warnings: [
      ...toldStaying(strays.filter((stray) => !gone.has(stray)).map(({ name = '' }) => name)),
      ...toldElsewhere(canMove ? 0 : known.length),
    ],
  }
}

function toldStaying(names: readonly string[]): string[] {
  if (names.length === 0) return []
  const shown = names.slice(0, namesShown).join(', ') + (names.length > namesShown ? ', …' : '')
  const what =
    names.length === 1
      ? 'One thing that is no entry stays'
      : `${names.length} things that are no entries stay`
  return [`${what}; look yourself: ${shown}`]
}

function toldElsewhere(count: number): string[] {
  return count === 0
    ? []
    : [
        `${count} of them could go if the trash were on the disk of the cache; HASHCACHE_DATA says where it is.`,
      ]
}
