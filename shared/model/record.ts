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
  /** What the index looks for within; absent where only the summary was asked for. */
  readonly inside?: EntryInside
}

/** What can be found and compared inside the arguments and the output of an entry, within bounds. */
export interface EntryInside {
  /** Scalars inside arguments by their paths: `params.cutoff`. */
  readonly nested: readonly ArgumentSummary[]
  /** Scalars inside the output by their paths in it: `energy`, `info.steps`; the output itself, if it is one, by an empty path. */
  readonly output: readonly ArgumentSummary[]
  /** Of an output that is an array or a table: `240x96`, empty for an array of no dimension. */
  readonly shape?: string
  readonly dtype?: string
  /** Arguments and output as Python writes them, as far as they are searched, where the call and the preview leave out something. */
  readonly argumentsText?: string
  readonly outputText?: string
  /** The key under which the record says that it was stored. */
  readonly recordedHash?: string
  /** Texts that are equal for calls that are the same; `isWhole`: and for no others. */
  readonly sameCall?: { readonly text: string; readonly isWhole: boolean }
  readonly sameOutput?: { readonly text: string; readonly isWhole: boolean }
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
