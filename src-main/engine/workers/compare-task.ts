import type { MessagePort } from 'node:worker_threads'
import type { CompareProgress, MatchedBy, Relation } from '../../../shared/compare/contract.ts'
import type { Tolerance } from '../../../shared/diff/types.ts'
import type { StoreLocation } from '../../../shared/stores/contract.ts'

/** Compares two caches into a result file. Progress goes out, any message that comes in cancels. */
export interface CompareRunTask {
  readonly ask: 'run'
  readonly file: string
  readonly stores: readonly [StoreLocation, StoreLocation]
  readonly catalogFiles: readonly [string, string]
  readonly by: MatchedBy
  readonly tolerance: Tolerance
  readonly port: MessagePort
}

/** A page of what a result file has, also while it is being written. */
export interface CompareLinesTask {
  readonly ask: 'lines'
  readonly file: string
  readonly catalogFiles: readonly [string, string]
  readonly relations: readonly Relation[]
  readonly query: string
  readonly from: number
  readonly to: number
}

export type CompareTask =
  | CompareRunTask
  | CompareLinesTask
  | { readonly ask: 'totals'; readonly file: string }
  | { readonly ask: 'close'; readonly file: string }

export type CompareStep = CompareProgress
