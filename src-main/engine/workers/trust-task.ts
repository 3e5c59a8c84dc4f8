import type { MessagePort } from 'node:worker_threads'
import type { StoreLocation } from '../../../shared/stores/contract.ts'

/** Reads the entries that a filter finds, for what loading them would do. `StoreTrustEvent`s go out; any message that comes in cancels. */
export interface TrustTask {
  readonly store: StoreLocation
  readonly catalogFile: string
  readonly query: string
  readonly port: MessagePort
}
