import type { WriteOperation, WriteOutcome } from '../contract.ts'

/** What the parent tells `writer-process.ts`, one after the other: each request is answered before the next is sent. */
export type WriterRequest =
  | { readonly kind: 'open'; readonly target: WriterTarget }
  | { readonly kind: 'apply'; readonly operations: readonly WriteOperation[] }
  | { readonly kind: 'close' }

export interface WriterTarget {
  /** The folder, or the file itself if `isFile`. */
  readonly path: string
  readonly isFile: boolean
  /** Name of the sub-database; `undefined` for the main one. */
  readonly database: string | undefined
  readonly format: 1 | 2
  readonly mapBytes: number
}

export type WriterReply =
  | { readonly kind: 'opened' | 'closed' }
  | { readonly kind: 'applied'; readonly outcomes: WriteOutcome[] }
  | { readonly kind: 'failed'; readonly message: string; readonly isFull: boolean }
