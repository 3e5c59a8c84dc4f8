import type { Problem } from './errors.ts'

/** `ok`: read whole. `partial`: a limit or a fault cut it. `damaged`: nothing could be read. */
export type EntryStatus = 'ok' | 'partial' | 'damaged'

/**
 * `call`: a record of a memoized call. `dump`: a record made by `hashcache.dump`.
 * `foreign`: a value that is no record of hashcache.
 */
export type EntryKind = 'call' | 'dump' | 'foreign'

/**
 * The part of an entry that can be listed, searched and sorted without its
 * arrays. All but key, kind and status may be missing: records of 2023 have no
 * host, dumps have no arguments, foreign values have nothing.
 *
 * Field names follow `pycse.hashcache`, with units: `run-at` (or `saved-at`) is
 * `runAtSeconds` (Unix time), `elapsed_time` is `elapsedSeconds`.
 */
export interface EntrySummary {
  readonly kind: EntryKind
  readonly status: EntryStatus
  readonly problem?: Problem
  readonly func?: string
  readonly module?: string
  readonly user?: string
  readonly host?: string
  readonly cwd?: string
  readonly version?: string
  readonly runAtSeconds?: number
  readonly elapsedSeconds?: number
  /** Bound arguments in the order of the signature, as far as the record has them. */
  readonly args: readonly ArgumentSummary[]
  /** The call as one would type it: `relax(element='Cu', cutoff=400)`; for a dump its fields. */
  readonly call?: string
  /** Short type of the output: `float`, `ndarray`, `DataFrame`, a class name. */
  readonly outputType?: string
  /** One line about the output, at most some 120 characters: `float64 (240, 96)`. */
  readonly outputPreview?: string
}

export interface ArgumentSummary {
  readonly name: string
  readonly type: string
  /** Python literal, shortened to some 80 characters. */
  readonly preview: string
  /** For sorting and comparing: numbers and booleans as numbers, texts as texts. */
  readonly number?: number
  readonly text?: string
}

/** What a store keeps about an entry beside its value: caches of other programs have no records in their values. */
export interface EntryFacts {
  readonly func?: string
  readonly module?: string
  /** In the order of the signature, as Python's `repr` of each; `*` and `**` are the names of the rest of them. */
  readonly args?: readonly { readonly name: string; readonly text: string }[]
  readonly runAtSeconds?: number
  readonly elapsedSeconds?: number
  readonly accessedAtMs?: number
  readonly accessCount?: number
  readonly expiresAtMs?: number
  readonly tag?: string
  /** The key as Python would write it, where that says more than its shown form. */
  readonly keyText?: string
}
