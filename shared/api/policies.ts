import { writeBytes, writeSpan } from '../model/units.ts'
import type { Policy } from './jobs.ts'

/** What stands behind a flag; `none`: it is a switch. */
export type FlagValue = 'span' | 'size' | 'count' | 'filter' | 'tag' | 'order' | 'none'

export interface PolicyFlag {
  readonly rule: keyof Policy
  readonly flag: string
  readonly value: FlagValue
  readonly about: string
}

/** The rules of a policy as options of `hashcache evict` and `hashcache retention STORE set`. */
export const policyFlags: readonly PolicyFlag[] = [
  { rule: 'maxAgeSeconds', flag: '--max-age', value: 'span', about: 'what ran longer ago, such as 1y' },
  {
    rule: 'maxIdleSeconds',
    flag: '--max-idle',
    value: 'span',
    about: 'what was not read for so long, where the store knows',
  },
  {
    rule: 'maxBytes',
    flag: '--max-bytes',
    value: 'size',
    about: 'when there is more in all, such as 20GB: in the order of --order, until no more is left',
  },
  {
    rule: 'maxEntriesPerFunction',
    flag: '--max-per-function',
    value: 'count',
    about: 'when a function has more: the rest of them, in the order of --order',
  },
  { rule: 'superseded', flag: '--superseded', value: 'none', about: 'all but the newest of the same call' },
  {
    rule: 'duplicates',
    flag: '--duplicates',
    value: 'none',
    about: 'all but the newest with the same output',
  },
  { rule: 'damaged', flag: '--damaged', value: 'none', about: 'what cannot be read' },
  {
    rule: 'keepLastPerFunction',
    flag: '--keep-last',
    value: 'count',
    about: 'but never the newest so many of each function',
  },
  { rule: 'protect', flag: '--protect', value: 'filter', about: 'nor what matches, such as "user:ana"' },
  {
    rule: 'protectTags',
    flag: '--protect-tag',
    value: 'tag',
    about: 'nor what has the tag; can be repeated',
  },
  {
    rule: 'order',
    flag: '--order',
    value: 'order',
    about: 'what goes first: value is the least compute time lost for each byte',
  },
]

/** The options that say what a policy says. */
export function policyArguments(policy: Policy): string[] {
  return policyFlags.flatMap(({ rule, flag, value }) => {
    const says = policy[rule]
    if (says === undefined || says === false) return []
    if (says === true) return [flag]
    if (typeof says === 'object') return says.map((tag) => `${flag}=${tag}`)
    if (value === 'span') return [`${flag}=${writeSpan(Number(says))}`]
    return [`${flag}=${value === 'size' ? writeBytes(Number(says)) : String(says)}`]
  })
}

/** Whether a policy names what goes. One that does not only says which of the chosen entries stay. */
export function namesWhatGoes({
  maxAgeSeconds,
  maxIdleSeconds,
  maxBytes,
  maxEntriesPerFunction,
  superseded,
  damaged,
  duplicates,
}: Policy): boolean {
  const limits = [maxAgeSeconds, maxIdleSeconds, maxBytes, maxEntriesPerFunction]
  return limits.some((limit) => limit !== undefined) || superseded || damaged || duplicates || false
}
