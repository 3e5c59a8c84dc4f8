import type { Catalog } from '../catalog/catalog.ts'
import type { Tolerance } from '../diff/types.ts'
import type { Store } from '../stores/contract.ts'

/** One of two caches: the store, and its catalog brought up to date. */
export interface CacheSide {
  readonly store: Store
  readonly catalog: Catalog
}

/**
 * How two entries stand to each other. Both have it: `same` byte for byte as written (without what a store wraps
 * around a value); `sameValue` an equal value in other bytes (another compressor, another protocol, JSON beside pickle);
 * `metadata` who ran it, when and how long differs, what came out does not; `different`; `unclear` where that
 * cannot be told (damaged, cut, too large), with the reason. One has it: `onlyLeft`, `onlyRight`.
 * `sameCall`: beside these, the newest entries of a call that both have under other keys.
 */
export const relations = [
  'different',
  'unclear',
  'metadata',
  'onlyLeft',
  'onlyRight',
  'sameCall',
  'sameValue',
  'same',
] as const
export type Relation = (typeof relations)[number]

/** `key`: entries of one key belong together. `call`: the newest entry of a call on either side, and their outputs are compared. */
export type MatchedBy = 'key' | 'call'

export interface CompareOptions {
  readonly by: MatchedBy
  /** Only pairs of which one side matches. */
  readonly query?: string
  readonly tolerance: Tolerance
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: CompareProgress) => void
}

export interface CompareProgress {
  /** What is done now: listing both, telling which calls are the same, comparing values. */
  readonly phase: 'list' | 'calls' | 'values'
  readonly done: number
  readonly of: number
}

/** What was found about two entries, or one. */
export interface Verdict {
  readonly relation: Relation
  /** The first difference, or why it cannot be told. */
  readonly why?: string
  /** Of different values. */
  readonly changes?: number
}

/** A line of the result. Keys are as shown (`shared/model/keys.ts`). */
export interface CompareLine extends Verdict {
  readonly left?: string
  readonly right?: string
  /** As the catalog shows it. */
  readonly call?: string
  readonly sizeBytes?: number
  readonly elapsedSeconds?: number
}

export interface RelationTotals {
  readonly entries: number
  /** Of the left entry, where there is one. */
  readonly bytes: number
  readonly computeSeconds: number
}

export type CompareTotals = Readonly<Record<Relation, RelationTotals>>
