import type { WriteOutcome } from '../contract.ts'

/** What the parent asks `writer-process.ts`, one after the other. `folder` is that of the `cache.db`. */
export type WriterRequest =
  | { readonly kind: 'read'; readonly folder: string; readonly keys: readonly Uint8Array[] }
  | { readonly kind: 'apply'; readonly folder: string; readonly operations: readonly RowOperation[] }

export type RowOperation =
  | {
      readonly kind: 'delete'
      readonly key: Uint8Array
      /** Only this row (`packRow`), whoever has read it since. Where it is gone, what is left of its file goes. */
      readonly ifValue?: Uint8Array
    }
  | {
      readonly kind: 'put'
      readonly key: Uint8Array
      /** A row to bring back. */
      readonly value: Uint8Array
      /** Where its value lies already, if that is a file. */
      readonly filename?: string
      /** For a row whose own moment has passed. */
      readonly expiresAtMs?: number
    }

/** A row without its file (`packRow`), and its stamp in the list. */
export interface RowRead {
  readonly row: Uint8Array
  readonly stamp: string
}

export type WriterReply =
  | { readonly kind: 'read'; readonly rows: readonly (RowRead | undefined)[] }
  | { readonly kind: 'applied'; readonly outcomes: WriteOutcome[] }
  /** Nothing was read or done. */
  | { readonly kind: 'failed'; readonly outcome: WriteOutcome & { readonly done: false } }
