import type { Problem } from '../../model/errors.ts'
import type { Entry, StoreKind, StoreLocation } from '../../stores/contract.ts'
import type { Packed } from '../../stores/pack.ts'

/** What `reading.worker.ts` is asked, one after the other; each is answered before the next is begun. */
export type ReadingRequest =
  /** Brings in the program of a kind, which takes longer than opening a cache does. */
  | { readonly kind: 'prepare'; readonly of: StoreKind }
  | { readonly kind: 'open'; readonly location: StoreLocation }
  | {
      readonly kind: 'read'
      readonly keys: Packed
      readonly expectBytes: number
      /** What the store tells of the entries beside their values is wanted too. */
      readonly facts: boolean
    }
  | { readonly kind: 'close' }

export type ReadingReply =
  | { readonly kind: 'done' }
  | {
      readonly kind: 'read'
      readonly values: Packed
      /** Of each value, 64 hex digits, one after the other. */
      readonly sha256: string
      /** By place, what is there instead of a value: nothing, or a problem. */
      readonly without: ReadonlyMap<number, Problem | undefined>
      readonly entries: readonly (Entry | undefined)[]
    }
  /** Whoever asked does it himself, and finds out why. */
  | { readonly kind: 'failed' }
