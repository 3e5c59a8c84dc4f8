import type { Problem } from '../../model/errors.ts'
import type { Entry, FileRange, Stray, WriteOperation, WriteOutcome } from '../contract.ts'

export type DbmFormat = 'dumb' | 'gnu' | 'ndbm' | 'sqlite3'

/** Where a value's bytes lie: in one piece where `pieces` has one. */
export interface FoundValue {
  readonly sizeBytes: number
  readonly pieces: readonly FileRange[]
}

/**
 * One dbm file (or set of files) as it was when it was opened. Reading is
 * synchronous and by range; what is wrong with an entry is data.
 */
export interface DbmReader extends Disposable {
  /** All entries once each; sizes are left out where the entry is known to be damaged. */
  entries(): Iterable<Entry>
  /** `undefined`: no such key. */
  find(key: Uint8Array): FoundValue | Problem | undefined
  read(value: FoundValue, start: number, end: number): Uint8Array
  /** What could not be taken for an entry so far (a broken line, a bucket that cannot be read). */
  readonly strays: readonly Stray[]
}

/** Changes a dbm file. The readers opened before know nothing of it. */
export type DbmWriter = (
  operations: readonly WriteOperation[],
  signal?: AbortSignal,
) => Promise<WriteOutcome[]>

export function isProblem(value: object): value is Problem {
  return 'sentence' in value
}

/** Strays are counted to some length, not to the end of memory. */
const maximalStrays = 1000

export function addStray(strays: Stray[], name: string, reason: string): void {
  if (strays.length < maximalStrays) strays.push({ name, reason })
}
