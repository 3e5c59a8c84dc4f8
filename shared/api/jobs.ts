import { z } from 'zod'
import { asOf, listAsOf } from './as-of.ts'
import { ranges } from './ranges.ts'

/**
 * Jobs over HTTP: plan → run → report (`docs/jobs.md`). Errors as in `contract.ts`.
 *
 *   GET    /api/jobs                              → JobList          newest first, also those of earlier sessions and of the command line
 *   POST   /api/jobs               PlanRequest    → Job              begins the plan: state `planning`, then an event `job` per change
 *   GET    /api/jobs/:job                         → Job
 *   GET    /api/jobs/:job/items?state=&action=&from=&to= → ItemPage  the plan's items with what became of them
 *   POST   /api/jobs/:job/run                     → Job              runs the plan, or resumes a `paused`, `stopped` or `cancelled` run
 *   POST   /api/jobs/:job/pause                   → Job
 *   POST   /api/jobs/:job/cancel                  → Job              a plan under way is dropped; a run ends after its batch
 *   POST   /api/jobs/:job/replan   ReplanRequest  → Job              plans a job that was not run yet again; a migration with other choices
 *   POST   /api/jobs/:job/undo                    → Job              plans the undo; run it as any job
 *   DELETE /api/jobs/:job                         → JobList          forgets a job that is not running (REFUSED while its trash holds something)
 *   GET    /api/jobs/:job/report                  → application/x-ndjson attachment: a line for the job, then one per item
 *   GET    /api/jobs/:job/manifest                → application/x-ndjson attachment: what a migration wrote, with digests (`migrate/manifest.ts`)
 *   GET    /api/trash                             → Trash
 *   POST   /api/trash/empty        EmptyRequest   → Trash            the only act that cannot be undone
 *   GET    /api/stores/:store/retention           → { file?: string, policy?: Policy }   `retention.json` beside the cache or of the settings
 *   PUT    /api/stores/:store/retention  Policy   → the same; kept in our settings, never inside the cache
 *   POST   /api/stores/:store/verify              → VerifyReport as application/x-ndjson of VerifyEvent
 *
 * A job that writes to an open cache needs it unlocked (`READ_ONLY` otherwise). Targets need not be open.
 */
const totals = z.object({ entries: z.number(), bytes: z.number(), computeSeconds: z.number() })

export const selection = z.object({
  query: z.string().optional(),
  keys: z.array(z.string()).max(1_000_000).optional(),
  /** Rows of a result set (`POST /search`): the engine turns them into keys when the plan begins. */
  result: z.object({ id: z.string(), ranges }).optional(),
})

export const conflictRule = z.enum(['fail', 'skip', 'overwrite', 'newest', 'fastest', 'keep-both', 'ask'])

export const policy = z.strictObject({
  maxAgeSeconds: z.number().positive().optional(),
  maxIdleSeconds: z.number().positive().optional(),
  maxBytes: z.number().min(0).optional(),
  maxEntriesPerFunction: z.number().int().min(0).optional(),
  keepLastPerFunction: z.number().int().min(0).optional(),
  superseded: z.boolean().optional(),
  damaged: z.boolean().optional(),
  duplicates: z.boolean().optional(),
  protect: z.string().optional(),
  protectTags: z.array(z.string().min(1)).max(100).readonly().optional(),
  order: z.enum(['oldest', 'largest', 'least-recently-used', 'value']).optional(),
})

const decision = z.enum(['skip', 'overwrite', 'keep-both'])

/** What a repair moves into the trash. Duplicates are sound entries: a policy or a filter evicts them. */
const repairable = z.enum(['damaged', 'misplaced', 'stray', 'unreadable'])

export const planRequest = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('migrate'),
    /** Id of the open store. */
    from: z.string(),
    /** A path or URL as for opening; one that does not exist yet is made when the plan runs. */
    to: z.string().min(1),
    selection,
    onConflict: conflictRule,
    decisions: z.record(z.string(), decision).optional(),
    otherwise: decision.optional(),
    acceptLoss: z.boolean().optional(),
    acceptLimits: z.boolean().optional(),
  }),
  z.object({ kind: z.literal('evict'), store: z.string(), selection, policy: policy.optional() }),
  z.object({
    kind: z.literal('repair'),
    store: z.string(),
    findings: z.array(repairable).min(1),
  }),
])

/** What may be chosen otherwise once the plan of a migration is seen. */
export const replanRequest = z.object({
  onConflict: conflictRule.optional(),
  decisions: z.record(z.string(), decision).optional(),
  otherwise: decision.optional(),
  acceptLoss: z.boolean().optional(),
  acceptLimits: z.boolean().optional(),
})

const action = z.enum(['put', 'replace', 'delete', 'restore', 'remove', 'same', 'skip', 'ask'])
const itemState = z.enum(['done', 'skipped', 'changed', 'failed'])
const storeRef = z.object({ kind: z.string(), location: z.string(), label: z.string() })

export const job = z.object({
  id: z.string(),
  asOf,
  kind: z.enum(['migrate', 'evict', 'repair', 'undo']),
  state: z.enum(['planning', 'planned', 'refused', 'running', 'paused', 'stopped', 'cancelled', 'done']),
  title: z.string(),
  store: storeRef,
  from: storeRef.optional(),
  user: z.string(),
  createdAtMs: z.number(),
  startedAtMs: z.number().optional(),
  endedAtMs: z.number().optional(),
  /** What was asked for, in words for people: `[["Filter", "age>1y"], ["Order", "least compute lost per byte"]]`. */
  asked: z.array(z.tuple([z.string(), z.string()])),
  /** The words of the command line that plans the same, without quotes; absent: chosen entries, decided conflicts. */
  command: z.array(z.string()).optional(),
  /** Of a plan under way: entries looked at so far. */
  lookedAt: z.number().optional(),
  plan: z
    .object({
      actions: z.partialRecord(action, totals),
      warnings: z.array(z.string()),
      losses: z.array(
        z.object({
          type: z.string(),
          path: z.string(),
          count: z.number(),
          kept: z.enum(['changed', 'lost']),
        }),
      ),
      conflicts: z.number(),
      /** Of a policy: entries that its rules name and that stay because they are protected. */
      protectedEntries: z.number().optional(),
      impossible: z.number().optional(),
      refused: z.string().optional(),
      /** Which choice of `ReplanRequest` would let it run. */
      needs: z.enum(['acceptLoss', 'acceptLimits', 'onConflict', 'decisions']).optional(),
    })
    .optional(),
  planned: totals,
  finished: totals,
  outcomes: z.record(itemState, z.number()),
  bytesPerSecond: z.number().optional(),
  secondsLeft: z.number().optional(),
  problem: z.object({ code: z.string(), sentence: z.string() }).optional(),
  /** Of a job under way too: `running` and `planning` are states of their own. */
  canRun: z.boolean(),
  canUndo: z.boolean(),
  undoneBy: z.string().optional(),
})

export const jobList = listAsOf(job)

const conflictSide = z.object({
  bytes: z.number(),
  runAtSeconds: z.number().optional(),
  elapsedSeconds: z.number().optional(),
})

export const item = z.object({
  n: z.number(),
  key: z.string(),
  action,
  bytes: z.number(),
  computeSeconds: z.number(),
  /** As the catalog shows it, where it knows the entry. */
  call: z.string().optional(),
  note: z.string().optional(),
  /** Of a conflict that is to be decided: what one decides by. */
  sides: z.object({ source: conflictSide, target: conflictSide }).optional(),
  state: itemState.optional(),
  reason: z.string().optional(),
})
export const itemPage = z.object({ from: z.number(), items: z.array(item), total: z.number() })

/** What stands in the trash: one bin per job that put something there. */
export const trashBin = z.object({
  job: z.string(),
  title: z.string(),
  store: storeRef,
  entries: z.number(),
  bytes: z.number(),
  createdAtMs: z.number(),
  /** When it goes by itself (kept by age and size, see `docs/trash.md`). */
  expiresAtMs: z.number().optional(),
})
export const trash = z.object({
  bins: z.array(trashBin),
  entries: z.number(),
  bytes: z.number(),
  keepDays: z.number(),
  keepBytes: z.number(),
})

export const emptyRequest = z.object({
  /** Bins by job; absent: all. */
  jobs: z.array(z.string()).optional(),
  /** The number of entries that will be gone, as the user typed it; another number is `REFUSED`. */
  typed: z.number(),
})

const finding = z.enum([...repairable.options, 'duplicate'])
export const verifyEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('finding'),
    finding,
    /** Shown key, or the name of a file that is no entry. */
    key: z.string(),
    bytes: z.number(),
    sentence: z.string(),
  }),
  z.object({
    type: z.literal('progress'),
    entries: z.number(),
    of: z.number().optional(),
    bytes: z.number(),
  }),
  z.object({
    type: z.literal('end'),
    entries: z.number(),
    bytes: z.number(),
    /** Of what is wrong; duplicates are counted apart. */
    findings: z.number(),
    duplicates: z.number(),
  }),
  z.object({ type: z.literal('error'), code: z.string(), message: z.string() }),
])

export type JobSelection = z.infer<typeof selection>
export type ConflictRule = z.infer<typeof conflictRule>
export type Decision = z.infer<typeof decision>
export type ReplanRequest = z.infer<typeof replanRequest>
export type Policy = z.infer<typeof policy>
export type PlanRequest = z.infer<typeof planRequest>
export type Job = z.infer<typeof job>
export type JobList = z.infer<typeof jobList>
export type ConflictSide = z.infer<typeof conflictSide>
export type JobItem = z.infer<typeof item>
export type JobItemPage = z.infer<typeof itemPage>
export type TrashBin = z.infer<typeof trashBin>
export type Trash = z.infer<typeof trash>
export type VerifyEvent = z.infer<typeof verifyEvent>
