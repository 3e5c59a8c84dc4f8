import type { MessagePort } from 'node:worker_threads'
import type { StoreLocation, Stray } from '../../../shared/stores/contract.ts'

/** Brings the catalog of a store up to date. */
export interface IndexTask {
  readonly store: StoreLocation
  readonly catalogFile: string
  /** First compares the store's change token with the catalog's, and does nothing more where they are equal. */
  readonly onlyIfChanged: boolean
  /** Progress goes out, the message `cancel` comes in. */
  readonly port: MessagePort
}

export interface IndexProgress {
  /** Entries looked at. */
  readonly indexed: number
  /** How many there will be, as far as known. */
  readonly total?: number
  /** Entries in the catalog. */
  readonly entries: number
  readonly revision: number
}

export interface IndexResult {
  /** False: the token was the same, nothing was read. */
  readonly hasRun: boolean
  readonly entries: number
  readonly revision: number
  readonly strays: readonly Stray[]
  /** Time that looking for changes took in the worker. */
  readonly lookMs: number
}
