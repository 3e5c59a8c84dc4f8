import { openEntryDocument, type Document } from '../catalog/documents.ts'
import { diffValues } from '../diff/diff.ts'
import { AppError } from '../model/errors.ts'
import { recordFields } from '../records/fields.ts'
import type { Store } from '../stores/contract.ts'
import { throwIfCancelled } from '../stores/slices.ts'
import type { Value } from '../value/value.ts'
import type { Candidate } from './select.ts'

const callFields = new Set(['module', 'func', 'standardized-kwargs'])
const outputFields = new Set(['output'])
const looseCallFields = new Set(['module', 'func', 'args', 'kwargs'])

export interface Alike {
  /** Shown keys of entries whose call has a newer entry. */
  readonly superseded: ReadonlySet<string>
  /** Shown keys of entries whose output a newer entry has too. */
  readonly duplicates: ReadonlySet<string>
}

/**
 * Entries of the same call, and entries with the same output. What the catalog shows of them says who could be
 * alike; the values themselves say who is: only those are read. An entry that cannot be read whole is like no other.
 */
export async function findAlike(
  store: Store,
  entries: readonly Candidate[],
  wanted: { readonly superseded: boolean; readonly duplicates: boolean },
  signal?: AbortSignal,
): Promise<Alike> {
  const superseded = wanted.superseded
    ? await olderOf(
        groupsOf(entries, ({ row }) =>
          row.kind === 'call' && row.call !== undefined ? `${row.module ?? ''}\0${row.call}` : undefined,
        ),
        (one, other) => isAlike(store, [one.row.key, other.row.key], 'call', signal),
        signal,
      )
    : new Set<string>()
  const duplicates = wanted.duplicates
    ? await olderOf(
        groupsOf(entries, ({ row }) =>
          row.outputPreview === undefined ? undefined : `${row.outputType ?? ''}\0${row.outputPreview}`,
        ),
        (one, other) => isAlike(store, [one.row.key, other.row.key], 'output', signal),
        signal,
      )
    : new Set<string>()
  return { superseded, duplicates }
}

function groupsOf(
  entries: readonly Candidate[],
  nameOf: (candidate: Candidate) => string | undefined,
): Candidate[][] {
  const groups = new Map<string, Candidate[]>()
  for (const candidate of entries) {
    const name = candidate.row.status === 'ok' ? nameOf(candidate) : undefined
    if (name === undefined) continue
    const group = groups.get(name)
    if (group) group.push(candidate)
    else groups.set(name, [candidate])
  }
  return [...groups.values()].filter((group) => group.length > 1)
}

/** More different values than this under one preview are not told apart: those behind are like no other. */
const mostKinds = 100

/** All but the newest of each group of entries that are the same. */
async function olderOf(
  groups: readonly Candidate[][],
  isSame: (one: Candidate, other: Candidate) => Promise<boolean>,
  signal: AbortSignal | undefined,
): Promise<Set<string>> {
  const older = new Set<string>()
  for (const group of groups) {
    const newest: Candidate[] = []
    for (const candidate of group) {
      throwIfCancelled(signal)
      const at = await indexOfSame(newest, candidate, isSame)
      const other = newest[at]
      if (!other) {
        if (newest.length < mostKinds) newest.push(candidate)
        continue
      }
      const isNewer = runAt(candidate) > runAt(other)
      if (isNewer) newest[at] = candidate
      older.add((isNewer ? other : candidate).row.key)
    }
  }
  return older
}

async function indexOfSame(
  known: readonly Candidate[],
  candidate: Candidate,
  isSame: (one: Candidate, other: Candidate) => Promise<boolean>,
): Promise<number> {
  for (const [i, other] of known.entries()) if (await isSame(other, candidate)) return i
  return -1
}

function runAt({ row }: Candidate): number {
  return row.runAtSeconds ?? -Infinity
}

/** Whether two entries are the same call, or have the same output: every part of it compared, or they are not. */
async function isAlike(
  store: Store,
  keys: readonly [string, string],
  of: 'call' | 'output',
  signal: AbortSignal | undefined,
): Promise<boolean> {
  try {
    using one = await openEntryDocument(store, keys[0], { signal })
    using other = await openEntryDocument(store, keys[1], { signal })
    const [left, right] = [partsOf(one, of), partsOf(other, of)]
    if (!left || !right || left.size === 0 || left.size !== right.size) return false
    for (const [name, root] of left) {
      const counterpart = right.get(name)
      if (!counterpart) return false
      const { changes, isComplete } = diffValues(
        { root, source: one.decoded.source },
        { root: counterpart, source: other.decoded.source },
        { maxChanges: 1 },
      )
      if (!isComplete || changes.length > 0) return false
    }
    return true
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code !== 'CANCELLED') return false
    throw thrown
  }
}

/** The fields of a record that make a call, or its output; `undefined` for what cannot be read whole. */
function partsOf({ decoded }: Document, of: 'call' | 'output'): Map<string, Value> | undefined {
  const fields = decoded.problem ? undefined : recordFields(decoded.root)
  if (!fields) return undefined
  const isStandardized = fields.some(({ name }) => name === 'standardized-kwargs')
  const wanted = of === 'output' ? outputFields : isStandardized ? callFields : looseCallFields
  return new Map(fields.filter(({ name }) => wanted.has(name)).map(({ name, value }) => [name, value]))
}
