import type { WriteOperation, WriteOutcome } from '../contract.ts'

/** What the parent tells `writer-process.ts`, one after the other: each request is answered before the next is sent. */
export type WriterRequest =
  | { readonly kind: 'open'; readonly target: WriterTarget }
  | { readonly kind: 'apply'; readonly operations: readonly GuardedOperation[] }
  | { readonly kind: 'close' }

/** Without `ifValue`: its digest says as much, and is not sent for long. */
export interface GuardedOperation {
  readonly operation: WriteOperation
  /** In hex. */
  readonly ifSha256?: string
}

export interface WriterTarget {
  /** The folder, or the file itself if `isFile`. */
  readonly path: string
  readonly isFile: boolean
  readonly dataPath: string
  /** Name of the sub-database; `undefined` for the main one. */
  readonly database: string | undefined
  readonly format: 1 | 2
  readonly mapBytes: number
  /** To how much it may grow; absent: as the system lets it. */
  readonly mostMapBytes?: number
}

export type WriterReply =
  | { readonly kind: 'opened' | 'closed' }
  /** `heldMs`: for how long the transaction had LMDB's write lock. */
  | { readonly kind: 'applied'; readonly outcomes: WriteOutcome[]; readonly heldMs: number }
  /** `full`: there is no room on the disk, or in the map, which may not or cannot grow. */
  | { readonly kind: 'failed'; readonly message: string; readonly full?: 'disk' | 'map' }
