import type { StoreLocation } from '../stores/contract.ts'

/**
 * Work that changes caches: plan → run → report.
 *
 * - A **plan** is the exact list of what would be done. Making one writes nothing but our own job file.
 * - A **run** does that list and nothing else, in batches; each batch is put into the journal before and after.
 *   It can be paused, cancelled and killed, and be run again: what was begun and not finished is looked at and
 *   brought to its end, never done twice.
 * - A **report** says for each item what became of it and why; it keeps what `undo` needs.
 *
 * One file per job (`job.sqlite` in `jobs/ID/` of the data folder) holds plan and journal. The journal only grows.
 */
export type JobKind = 'migrate' | 'evict' | 'repair' | 'undo'

/**
 * `planning → planned → running ⇄ paused → done`; `cancelled` at the user's word; `stopped` by a fault or a kill:
 * it can be resumed. `refused`: the plan cannot be run as it is; `reason` says why and what to change.
 */
export type JobState =
  | 'planning'
  | 'planned'
  | 'refused'
  | 'running'
  | 'paused'
  | 'stopped'
  | 'cancelled'
  | 'done'

/** Which entries of the store. An absent query means all. Several conditions all hold. */
export interface Selection {
  /** The filter language of `docs/query.md`. */
  readonly query?: string
  /** Shown keys (`shared/model/keys.ts`). */
  readonly keys?: readonly string[]
}

/**
 * What happens to a key that the target has with other bytes. An equal value is `same` under every rule and not
 * written. `newest`: the later `run-at` stays; `fastest`: the one that took longer to compute stays (it is worth
 * more); where the record does not say, the target's stays. `keep-both`: under another key, where keys are free
 * texts. `ask`: the plan lists the conflicts and is refused until each is decided, in `decisions` or `otherwise`.
 */
export type ConflictRule = 'fail' | 'skip' | 'overwrite' | 'newest' | 'fastest' | 'keep-both' | 'ask'

/** What somebody decided about one conflict. `skip`: the target's value stays. */
export type Decision = 'skip' | 'overwrite' | 'keep-both'

export interface MigrateSpec {
  readonly kind: 'migrate'
  readonly from: StoreLocation
  readonly to: StoreLocation
  readonly selection: Selection
  readonly onConflict: ConflictRule
  /** Of the rule `ask`: by shown key. */
  readonly decisions?: Readonly<Record<string, Decision>>
  /** Of the rule `ask`: about all conflicts that `decisions` does not name. */
  readonly otherwise?: Decision
  /** What the target holds; default: what it holds already, and pickles if that is not plain. */
  readonly form?: 'pickle' | 'json' | 'any'
  /** JSON cannot hold everything: without this a plan that would lose something is refused. */
  readonly acceptLoss?: boolean
  /** Write on although the plan warns about the target's limits. */
  readonly acceptLimits?: boolean
}

/** Rules of `retention.json`, see `docs/eviction.md`. All that are given are combined: an entry goes if one of them says so. */
export interface Policy {
  readonly maxAgeSeconds?: number
  /** Of stores that know when an entry was last read. */
  readonly maxIdleSeconds?: number
  /** What may stay in all; the rest goes in `order`. */
  readonly maxBytes?: number
  readonly maxEntriesPerFunction?: number
  /** The newest N of each function always stay, whatever the other rules say. */
  readonly keepLastPerFunction?: number
  readonly superseded?: boolean
  readonly damaged?: boolean
  readonly duplicates?: boolean
  /** Entries of this filter never go. */
  readonly protect?: string
  /** Nor do entries with one of these tags. */
  readonly protectTags?: readonly string[]
  /** `value`: least compute time lost per byte freed first. */
  readonly order?: 'oldest' | 'largest' | 'least-recently-used' | 'value'
}

export interface EvictSpec {
  readonly kind: 'evict'
  readonly store: StoreLocation
  /** The entries that may go; with a policy, those that it is applied to. */
  readonly selection: Selection
  readonly policy?: Policy
}

/** Moves what `verify` found to be no good entry into the trash; of strays those of a known form (`Stray.entry`). */
export interface RepairSpec {
  readonly kind: 'repair'
  readonly store: StoreLocation
  readonly findings: readonly ('damaged' | 'misplaced' | 'stray' | 'unreadable')[]
}

export interface UndoSpec {
  readonly kind: 'undo'
  /** The job that is taken back. */
  readonly job: string
}

export type JobSpec = MigrateSpec | EvictSpec | RepairSpec | UndoSpec

/**
 * What the plan does with one key. `same` and `skip` write nothing and are listed for the record; `ask` is a conflict
 * that nobody has decided yet, and its plan is refused.
 */
export type ItemAction = 'put' | 'replace' | 'delete' | 'restore' | 'remove' | 'same' | 'skip' | 'ask'

/**
 * One line of a plan, in the order in which it is done. The key is that in the store that changes; `sourceKey`
 * that in the other store where it differs.
 */
export interface PlanItem {
  /** From 0. */
  readonly n: number
  readonly key: Uint8Array
  readonly sourceKey?: Uint8Array
  readonly action: ItemAction
  readonly bytes: number
  /** Compute time that the entry holds, in seconds; 0 where the record does not say. */
  readonly computeSeconds: number
  /** As the entry was when planned: its stamp, or what else tells a change. */
  readonly stamp?: string
  /**
   * SHA-256 in hex of the value where the plan had to read it: as stored; of a migration in the form of the target and
   * without its wrapping.
   */
  readonly sha256?: string
  /** Of what stands under the key in the store that changes, where the action replaces it. */
  readonly replaces?: { readonly bytes: number; readonly sha256: string }
  /** The call as it is listed: the cache may not have it any more when the plan is looked at. */
  readonly call?: string
  /** Why: the rule of a policy, the finding, how a conflict is decided. */
  readonly note?: string
  /** Of a conflict that nobody has decided yet: what one decides by. */
  readonly sides?: ConflictSides
}

export interface ConflictSides {
  readonly source: ConflictSide
  readonly target: ConflictSide
}

/** How large, how old, how dear, as far as the record says. */
export interface ConflictSide {
  readonly bytes: number
  readonly runAtSeconds?: number
  readonly elapsedSeconds?: number
}

/**
 * `changed`: the entry is not any more what was planned, so it was left alone. `failed`: it could not be done; the
 * others went on. Items without an outcome were not reached.
 */
export type ItemState = 'done' | 'skipped' | 'changed' | 'failed'

export interface ItemOutcome {
  readonly n: number
  readonly state: ItemState
  /** Of everything but `done`: one sentence. */
  readonly reason?: string
  /** SHA-256 of the bytes as they now stand in the store, read back after writing. */
  readonly sha256?: string
}

export interface Loss {
  /** Python type: `tuple`, `numpy.ndarray`. */
  readonly type: string
  /** Where in the first entry that has it. */
  readonly path: string
  readonly count: number
  /** `changed`: comes back as another type. `lost`: cannot be written at all. */
  readonly kept: 'changed' | 'lost'
}

export interface Totals {
  readonly entries: number
  readonly bytes: number
  readonly computeSeconds: number
}

/** What a plan found, beside its items. */
export interface PlanFacts {
  /** By action, of those that occur. */
  readonly actions: Readonly<Partial<Record<ItemAction, Totals>>>
  /** Sentences that somebody should read before running it. */
  readonly warnings: readonly string[]
  readonly losses: readonly Loss[]
  /** Keys that the target has with other bytes. */
  readonly conflicts: number
  /** Of a policy: entries that its rules name and that stay because they are protected. */
  readonly protectedEntries?: number
  /** Of a migration: entries that the target cannot take, whatever is chosen; each says why in its note. */
  readonly impossible?: number
  /** Why it cannot be run as it is, and which choice of a migration would let it run. */
  readonly refused?: string
  readonly needs?: 'acceptLoss' | 'acceptLimits' | 'onConflict' | 'decisions'
}

export interface StoreRef {
  readonly kind: string
  /** Without secrets. */
  readonly location: string
  readonly label: string
}

/** A job as it is listed. Times in milliseconds since 1970. */
export interface Job {
  readonly id: string
  readonly kind: JobKind
  readonly state: JobState
  /** One line for people: `Evict 1,240 entries of alloys/cache`. */
  readonly title: string
  /** The store that changes; of a migration the target. */
  readonly store: StoreRef
  /** Of a migration. */
  readonly from?: StoreRef
  readonly user: string
  readonly createdAtMs: number
  readonly startedAtMs?: number
  readonly endedAtMs?: number
  /** Filter, policy and rules as they were asked for. */
  readonly spec: JobSpec
  readonly plan?: PlanFacts
  /** Items of the plan that change something, and how far the run is. */
  readonly planned: Totals
  readonly finished: Totals
  readonly outcomes: Readonly<Record<ItemState, number>>
  /** Bytes per second over the last seconds, and seconds left at that rate; while running. */
  readonly bytesPerSecond?: number
  readonly secondsLeft?: number
  /** Why it stopped or was refused, or what is wrong although it is done, and what to do. */
  readonly problem?: { readonly code: string; readonly sentence: string }
  /** A run of it can begin, or go on. */
  readonly canRun: boolean
  /** It changed something that can be taken back: `undo` with this job's id works. */
  readonly canUndo: boolean
  /** The undo job that took it back. */
  readonly undoneBy?: string
}

/** What a kind of job has to bring; the runner does the rest (batches, journal, progress, pause, recovery). */
export interface Executor extends AsyncDisposable {
  /**
   * Does the items and says what became of each, in order. With `again`, an earlier run may have done any part of
   * them before it was killed: look first, bring to the end what was begun, and answer as if done once.
   * Throws `AppError` for what concerns not one item but all that follow (server gone, disk full, lock lost):
   * the job then stops and can be resumed. `next` is what will be asked for after them, unless the run ends before:
   * what has only to be read for it may be read meanwhile.
   */
  perform(
    items: readonly PlanItem[],
    context: { readonly again: boolean; readonly next: readonly PlanItem[]; readonly signal: AbortSignal },
  ): Promise<ItemOutcome[]>
  /**
   * What is left to do once all items have their outcome; done again if the run is killed in it. Answers what somebody
   * should know of a job that is done all the same.
   */
  finish?(job: Job): Promise<Job['problem']>
}
