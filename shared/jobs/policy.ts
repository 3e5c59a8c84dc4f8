import { z } from 'zod'
import { AppError } from '../model/errors.ts'
import { policy as policySchema } from '../api/jobs.ts'
import { namesWhatGoes } from '../api/policies.ts'
import type { Policy } from './contract.ts'
import type { Candidate } from './select.ts'

/** What a policy looks at of an entry, in arrays by place: a million entries are planned in some 100 MB. */
export interface Judged extends Candidate {
  /** What the policy says, if it goes. */
  reason?: string
}

/** Facts that only the whole catalog knows, by shown key. */
export interface CatalogFacts {
  readonly superseded: ReadonlySet<string>
  readonly duplicates: ReadonlySet<string>
  readonly isProtected: (key: string) => boolean
  /** In milliseconds since 1970, where the store knows. */
  readonly lastReadMs: (key: string) => number | undefined
  readonly nowSeconds: number
}

/**
 * Reads a policy: `retention.json` or what was sent. Unknown rules and values of another kind are refused, because a
 * rule that was not understood would let the wrong entries go.
 *
 * @throws AppError USAGE naming the field
 */
export function parsePolicy(value: unknown, where: string): Policy {
  const read = policySchema.safeParse(value)
  if (read.success) return read.data
  const issue = read.error.issues[0]!
  const field = issue.code === 'unrecognized_keys' ? issue.keys[0] : issue.path.join('.')
  const known = Object.keys((policySchema as z.ZodObject).shape).join(', ')
  throw new AppError(
    'USAGE',
    `${where}: ${field ? `"${field}" ` : ''}${issue.code === 'unrecognized_keys' ? 'is no rule' : `is wrong (${issue.message})`}; the rules are ${known}.`,
    { data: { field: field ?? '' } },
  )
}

/**
 * Which entries go, and why, in the order in which they go: first those that a rule names, then, while there is too
 * much, the rest in the policy's order. The newest of each function and what is protected stay. Of a policy that only
 * says what stays, all else goes: `entries` are what somebody chose.
 */
export function judge(entries: readonly Candidate[], policy: Policy, facts: CatalogFacts): Judged[] {
  const kept = new Set<string>()
  for (const { row } of entries) if (facts.isProtected(row.key)) kept.add(row.key)
  for (const group of byFunction(entries).values())
    for (const { row } of newestFirst(group).slice(0, policy.keepLastPerFunction ?? 0)) kept.add(row.key)
  const free = entries.filter(({ row }) => !kept.has(row.key))
  const goes = new Map<string, Judged>()
  const drop = (candidate: Candidate, reason: string): void => {
    if (!goes.has(candidate.row.key)) goes.set(candidate.row.key, { ...candidate, reason })
  }
  if (!namesWhatGoes(policy)) return free
  for (const candidate of free) {
    const reason = ruleOf(candidate, policy, facts)
    if (reason !== undefined) drop(candidate, reason)
  }
  const { maxEntriesPerFunction: perFunction } = policy
  if (perFunction !== undefined) {
    for (const group of byFunction(entries).values()) {
      const staying = group.filter(({ row }) => !goes.has(row.key))
      const tooMany = inOrder(
        staying.filter(({ row }) => !kept.has(row.key)),
        policy,
        facts,
      )
      for (const candidate of tooMany.slice(0, Math.max(0, staying.length - perFunction)))
        drop(candidate, `more than ${perFunction} entries of the function`)
    }
  }
  if (policy.maxBytes !== undefined) {
    let bytes = 0
    for (const { row } of entries) if (!goes.has(row.key)) bytes += row.sizeBytes ?? 0
    for (const candidate of inOrder(
      free.filter(({ row }) => !goes.has(row.key)),
      policy,
      facts,
    )) {
      if (bytes <= policy.maxBytes) break
      drop(candidate, `more than ${policy.maxBytes} bytes in all`)
      bytes -= candidate.row.sizeBytes ?? 0
    }
  }
  return [...goes.values()]
}

function ruleOf({ row }: Candidate, policy: Policy, facts: CatalogFacts): string | undefined {
  if (policy.damaged && row.status === 'damaged') return 'damaged'
  if (policy.superseded && facts.superseded.has(row.key)) return 'a newer entry of the same call exists'
  if (policy.duplicates && facts.duplicates.has(row.key)) return 'the same output is kept under another key'
  const { maxAgeSeconds, maxIdleSeconds } = policy
  const age = row.runAtSeconds === undefined ? undefined : facts.nowSeconds - row.runAtSeconds
  if (maxAgeSeconds !== undefined && age !== undefined && age > maxAgeSeconds)
    return 'older than the policy allows'
  const readMs = facts.lastReadMs(row.key)
  if (
    maxIdleSeconds !== undefined &&
    readMs !== undefined &&
    facts.nowSeconds - readMs / 1_000 > maxIdleSeconds
  )
    return 'not read for longer than the policy allows'
  return undefined
}

function byFunction(entries: readonly Candidate[]): Map<string, Candidate[]> {
  const groups = new Map<string, Candidate[]>()
  for (const candidate of entries) {
    const name = `${candidate.row.module ?? ''}\0${candidate.row.func ?? ''}`
    const group = groups.get(name)
    if (group) group.push(candidate)
    else groups.set(name, [candidate])
  }
  return groups
}

function newestFirst(entries: readonly Candidate[]): Candidate[] {
  return entries.toSorted((a, b) => (b.row.runAtSeconds ?? -Infinity) - (a.row.runAtSeconds ?? -Infinity))
}

/** What goes first stands first; equal ones by key, so that two plans of one cache are the same. */
function inOrder(
  entries: readonly Candidate[],
  { order = 'value' }: Policy,
  facts: CatalogFacts,
): Candidate[] {
  const cost = ({ row }: Candidate): number => {
    if (order === 'oldest') return row.runAtSeconds ?? -Infinity
    if (order === 'largest') return -(row.sizeBytes ?? 0)
    if (order === 'least-recently-used') return facts.lastReadMs(row.key) ?? row.runAtSeconds ?? -Infinity
    // Compute time lost for each byte that becomes free.
    return (row.elapsedSeconds ?? 0) / Math.max(1, row.sizeBytes ?? 0)
  }
  return entries
    .map((candidate) => ({ candidate, cost: cost(candidate) }))
    .toSorted((a, b) => a.cost - b.cost || (a.candidate.row.key < b.candidate.row.key ? -1 : 1))
    .map(({ candidate }) => candidate)
}
