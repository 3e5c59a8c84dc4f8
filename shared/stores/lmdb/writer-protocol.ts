import { hash } from 'node:crypto'
import type { WriteOperation, WriteOutcome } from '../contract.ts'
import { pack, unpack, type Packed } from '../pack.ts'

/** What the parent tells `writer-process.ts`, one after the other: each request is answered before the next is sent. */
export type WriterRequest =
  | { readonly kind: 'open'; readonly target: WriterTarget }
  | { readonly kind: 'apply'; readonly operations: PackedOperations }
  | { readonly kind: 'close' }

export interface PackedOperations {
  /** The key and the value of each operation; that of a deletion has no length. */
  readonly parts: Packed
  /** A sign for each. */
  readonly kinds: Uint8Array
  /** By place, digests in hex of those with `ifValue`, which say as much as the value. */
  readonly ifSha256: ReadonlyMap<number, string>
}

export interface GuardedOperation {
  readonly operation: WriteOperation
  /** In hex. */
  readonly ifSha256?: string | undefined
}

const signs = { delete: 0, put: 1, putAbsent: 2 } as const

export function packOperations(operations: readonly WriteOperation[]): PackedOperations {
  const kinds = new Uint8Array(operations.length)
  const ifSha256 = new Map<number, string>()
  for (const [i, operation] of operations.entries()) {
    if (operation.kind === 'put') kinds[i] = operation.expect === 'absent' ? signs.putAbsent : signs.put
    if (operation.ifValue) ifSha256.set(i, hash('sha256', operation.ifValue, 'hex'))
  }
  const parts = pack(operations.flatMap((operation) => [operation.key, valueOf(operation)]))
  return { parts, kinds, ifSha256 }
}

export function unpackOperations({ parts, kinds, ifSha256 }: PackedOperations): GuardedOperation[] {
  const unpacked = unpack(parts)
  return Array.from(kinds, (sign, i) => {
    const key = unpacked[i * 2]!
    const guard = { ifSha256: ifSha256.get(i) }
    if (sign === signs.delete) return { operation: { kind: 'delete', key }, ...guard }
    const put = { kind: 'put' as const, key, value: unpacked[i * 2 + 1]! }
    return { operation: sign === signs.putAbsent ? { ...put, expect: 'absent' as const } : put, ...guard }
  })
}

function valueOf(operation: WriteOperation): Uint8Array {
  return operation.kind === 'put' ? operation.value : nothing
}

const nothing = new Uint8Array(0)

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
  | {
      readonly kind: 'applied'
      /** By place, of those that were not done. */
      readonly refused: ReadonlyMap<number, WriteOutcome>
      readonly heldMs: number
    }
  /** `full`: there is no room on the disk, or in the map, which may not or cannot grow. */
  | { readonly kind: 'failed'; readonly message: string; readonly full?: 'disk' | 'map' }
