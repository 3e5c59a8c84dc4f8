import { isSettled } from '../stores/stamp.ts'
import type { PlanItem } from './contract.ts'
import type { Finding } from './verify.ts'

const namesShown = 3

/** What a repair does about files that are no entries: known ones go as files, all others stay and are told. */
export function planStrays(
  strays: readonly Finding[],
  canMove: boolean,
): { readonly items: Omit<PlanItem, 'n'>[]; readonly warnings: string[] } {
  const items: Omit<PlanItem, 'n'>[] = []
  const staying: string[] = []
  let elsewhere = 0
  for (const { name = '', sentence, entry } of strays) {
    if (entry && !canMove) elsewhere++
    if (entry?.stamp === undefined || !canMove || !isSettled(entry.stamp)) {
      staying.push(name)
      continue
    }
    const { key, sizeBytes: bytes = 0, stamp } = entry
    items.push({ key, action: 'delete', bytes, computeSeconds: 0, stamp, note: sentence })
  }
  return { items, warnings: [...toldStaying(staying), ...toldElsewhere(elsewhere)] }
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
