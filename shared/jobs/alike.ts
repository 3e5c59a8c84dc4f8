import { createHash } from 'node:crypto'
import { openEntryDocument } from '../catalog/documents.ts'
import { AppError } from '../model/errors.ts'
import type { ByteSource } from '../model/source.ts'
import { recordFields } from '../records/fields.ts'
import { renderJson } from '../render/json.ts'
import type { Store } from '../stores/contract.ts'
import { throwIfCancelled } from '../stores/slices.ts'
import type { Value } from '../value/value.ts'
import type { Candidate } from './select.ts'

const callFields = new Set(['module', 'func', 'standardized-kwargs'])
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
        (candidate) => identityOf(store, candidate.row.key, 'call', signal),
        signal,
      )
    : new Set<string>()
  const duplicates = wanted.duplicates
    ? await olderOf(
        groupsOf(entries, ({ row }) =>
          row.outputPreview === undefined ? undefined : `${row.outputType ?? ''}\0${row.outputPreview}`,
        ),
        (candidate) => identityOf(store, candidate.row.key, 'output', signal),
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

/** All but the newest of each group of entries that are the same. */
async function olderOf(
  groups: readonly Candidate[][],
  identity: (candidate: Candidate) => Promise<string | undefined>,
  signal: AbortSignal | undefined,
): Promise<Set<string>> {
  const older = new Set<string>()
  for (const group of groups) {
    const newest = new Map<string, Candidate>()
    for (const candidate of group) {
      throwIfCancelled(signal)
      const name = await identity(candidate)
      if (name === undefined) continue
      const other = newest.get(name)
      const isNewer = other === undefined || runAt(candidate) > runAt(other)
      if (isNewer) newest.set(name, candidate)
      if (other) older.add((isNewer ? other : candidate).row.key)
    }
  }
  return older
}

function runAt({ row }: Candidate): number {
  return row.runAtSeconds ?? -Infinity
}

/** A digest that equal calls, or equal outputs, share; `undefined` for what cannot be read whole. */
async function identityOf(
  store: Store,
  key: string,
  of: 'call' | 'output',
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  try {
    using document = await openEntryDocument(store, key, { signal })
    const { root, source, problem } = document.decoded
    const fields = problem ? undefined : recordFields(root)
    if (!fields) return undefined
    if (of === 'output') return digestOf(fields.filter(({ name }) => name === 'output').map(each), source)
    const names = fields.some(({ name }) => name === 'standardized-kwargs') ? callFields : looseCallFields
    return digestOf(fields.filter(({ name }) => names.has(name)).map(each), source)
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code !== 'CANCELLED') return undefined
    throw thrown
  }
}

function each({ value }: { readonly value: Value }): Value {
  return value
}

function digestOf(values: readonly Value[], source: ByteSource): string | undefined {
  const hash = createHash('sha256')
  for (const value of values) {
    for (const piece of renderJson(value, { source, sha256: () => createSha256() })) {
      // What was cut may differ behind the cut.
      if (piece.includes('"$cut"')) return undefined
      hash.update(piece)
    }
    hash.update('\0')
  }
  return values.length === 0 ? undefined : hash.digest('hex')
}

function createSha256() {
  const hash = createHash('sha256')
  return { update: (bytes: Uint8Array) => void hash.update(bytes), digest: () => hash.digest('hex') }
}
