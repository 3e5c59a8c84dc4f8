import type { MessagePort } from 'node:worker_threads'
import type { Job, ItemAction, ItemState, JobSpec } from '../../../shared/jobs/contract.ts'
import type { BinSummary } from '../../../shared/jobs/trash.ts'
import type { ItemWithOutcome } from '../../../shared/jobs/job-file.ts'
import type { Finding } from '../../../shared/jobs/verify.ts'
import type { StoreLocation } from '../../../shared/stores/contract.ts'

interface Common {
  readonly dataFolder: string
}

/** What takes long. Progress goes out on the port; a `StopReason` comes in. */
export type LongJobTask = Common & {
  /** The open caches, with the passwords that jobs do not keep. */
  readonly known: readonly StoreLocation[]
  readonly port: MessagePort
} & (
    | { readonly ask: 'plan'; readonly spec: JobSpec; readonly instead?: string }
    | { readonly ask: 'run'; readonly id: string }
    | { readonly ask: 'verify'; readonly store: StoreLocation }
  )

/** What is answered at once from the files of jobs and trash. */
export type ShortJobTask = Common &
  (
    | { readonly ask: 'list' }
    | { readonly ask: 'job'; readonly id: string }
    | {
        readonly ask: 'items'
        readonly id: string
        readonly from: number
        readonly to: number
        readonly state?: ItemState
        readonly action?: ItemAction
      }
    | { readonly ask: 'forget'; readonly id: string }
    | { readonly ask: 'trash' }
    | { readonly ask: 'empty'; readonly jobs?: readonly string[]; readonly typed: number }
  )

export type JobTask = LongJobTask | ShortJobTask

export interface JobProgress {
  readonly job: Job
  readonly lookedAt?: number
}

/** Findings since the last step, and how far it is. */
export interface VerifyStep {
  readonly findings: readonly Finding[]
  readonly entries: number
  readonly bytes: number
}

export interface JobAnswers {
  plan: Job
  run: Job
  verify: {
    readonly entries: number
    readonly bytes: number
    readonly findings: number
    readonly duplicates: number
  }
  list: Job[]
  job: Job
  items: { readonly items: readonly ItemWithOutcome[]; readonly total: number }
  forget: Job[]
  trash: BinSummary[]
  empty: BinSummary[]
}
