import { setTimeout as delay } from 'node:timers/promises'
import type { ApplyOptions, WriteOperation, WriteOutcome } from './contract.ts'

/** An aim: no transaction of ours is to keep other writers out for longer, but what one takes shows only when it is over. */
const longestLockMs = 50
/** What is aimed at: the next transaction may take half as long again as those before. */
const aimMs = 25
/**
 * Where a commit alone takes as long (a slow disk), smaller transactions would keep others out no less and take for ever:
 * so much of that time goes into entries.
 */
const leastWorkShare = 0.5
/** An operation costs about as much as so many bytes do. */
const operationBytes = 4_096
const firstBytes = 128 * 1024
const leastBytes = operationBytes
const mostBytes = 64 * 1024 * 1024
/** So much of the time that we held the lock is left to others before it is taken again. */
const restShare = 0.2
/** And so much where others were seen to write: who waits for SQLite's lock only asks now and then, and must find it free. */
const sharedRestShare = 1.5
/** They count as being there for so many of our transactions. */
const othersFor = 40

/** Of an operation whose `ifValue` is not what stands there. */
export const changed: WriteOutcome = {
  done: false,
  reason: 'CHANGED',
  sentence: 'Another program has written this entry since it was looked at; it was left as it is.',
}

/**
 * Whether something else than `ifValue` stands there. `here` is asked only then. A deletion of what is gone is none: it
 * is `ABSENT`.
 */
export function isOvertaken(
  { kind, ifValue }: Pick<WriteOperation, 'kind' | 'ifValue'>,
  here: () => Uint8Array | object | undefined,
): boolean {
  if (ifValue === undefined) return false
  const value = here()
  if (value === undefined) return kind === 'put'
  return !(value instanceof Uint8Array) || Buffer.compare(value, ifValue) !== 0
}

export interface LockTimes {
  readonly transactions: number
  readonly longestMs: number
  /** Transactions of more than one operation that took longer than `longestLockMs`. */
  readonly tooLong: number
}

/** Of two paces that write the same place, one after the other. */
export function addTimes(one: LockTimes, other: LockTimes | undefined): LockTimes {
  if (!other) return one
  return {
    transactions: one.transactions + other.transactions,
    longestMs: Math.max(one.longestMs, other.longestMs),
    tooLong: one.tooLong + other.tooLong,
  }
}

/**
 * How much goes into one write transaction, so that the write lock is held for at most some 50 ms: each is measured, and
 * the next made larger or smaller by it. What one operation takes cannot be divided.
 */
export class LockPace {
  #bytes = firstBytes
  readonly #cost = new Cost()
  #transactions = 0
  #longestMs = 0
  #tooLong = 0
  #othersFor = 0
  readonly #now: () => number

  /** `now`: a clock in milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  get times(): LockTimes {
    return { transactions: this.#transactions, longestMs: this.#longestMs, tooLong: this.#tooLong }
  }

  /** Those of the operations that the next transaction does: one at least. */
  next<Operation extends WriteOperation>(
    operations: readonly Operation[],
    from: number,
  ): readonly Operation[] {
    let bytes = 0
    let end = from
    while (end < operations.length && (end === from || bytes + weightOf(operations[end]!) <= this.#bytes))
      bytes += weightOf(operations[end++]!)
    return operations.slice(from, end)
  }

  /** What one transaction took, from getting the lock to giving it back. */
  note(done: readonly WriteOperation[], heldMs: number): void {
    this.#transactions++
    this.#longestMs = Math.max(this.#longestMs, heldMs)
    if (done.length > 1 && heldMs > longestLockMs) this.#tooLong++
    const bytes = done.reduce((sum, operation) => sum + weightOf(operation), 0)
    this.#cost.note(bytes, heldMs)
    // A transaction that was small because there was no more says little of larger ones, unless it took long.
    if (heldMs < aimMs && bytes < this.#bytes / 2) return
    const { fixedMs, msPerByte } = this.#cost
    const fitting = Math.max(aimMs - fixedMs, fixedMs * leastWorkShare) / msPerByte
    const stepped = Math.min(bytes * 2, Math.max(bytes / 4, fitting))
    this.#bytes = Math.min(mostBytes, Math.max(leastBytes, stepped))
  }

  /**
   * Does operations in as many transactions as it takes, with a rest between them. `transact` says what became of each,
   * and whether somebody else has written since the one before. Where the store as a whole takes nothing more, the rest
   * is told the same.
   */
  async inTransactions<Operation extends WriteOperation>(
    operations: readonly Operation[],
    transact: (
      part: readonly Operation[],
    ) => Promise<{ outcomes: WriteOutcome[]; heldMs: number; othersWrote?: boolean }>,
    onWritten?: ApplyOptions['onWritten'],
  ): Promise<WriteOutcome[]> {
    const outcomes: WriteOutcome[] = []
    while (outcomes.length < operations.length) {
      const part = this.next(operations, outcomes.length)
      const { outcomes: told, heldMs, othersWrote } = await transact(part)
      this.#othersFor = othersWrote ? othersFor : Math.max(0, this.#othersFor - 1)
      this.note(part, heldMs)
      outcomes.push(...told)
      const last = told.at(-1)
      if (last && !last.done && (last.reason === 'NO_SPACE' || last.reason === 'UNWRITABLE'))
        return [...outcomes, ...operations.slice(outcomes.length).map(() => last)]
      if (outcomes.length === operations.length) break
      onWritten?.(outcomes.length - told.length, outcomes.length)
      await delay(Math.ceil(heldMs * (this.#othersFor > 0 ? sharedRestShare : restShare)))
    }
    return outcomes
  }

  /** Runs what holds the lock, and says for how long it did. */
  measure<Result>(action: () => Result): { result: Result; heldMs: number } {
    const startMs = this.#now()
    const result = action()
    return { result, heldMs: this.#now() - startMs }
  }
}

/** What transactions cost by themselves, and what by their bytes: a line through the last ones, the latest counting most. */
class Cost {
  fixedMs = 0
  msPerByte = 1
  #weight = 0
  #bytes = 0
  #ms = 0
  #squares = 0
  #products = 0
  readonly #latest: number[] = []

  note(bytes: number, ms: number): void {
    const latest = this.#latest
    if (latest.push(ms) > latestKept) latest.shift()
    this.#weight = this.#weight * fading + 1
    this.#bytes = this.#bytes * fading + bytes
    this.#ms = this.#ms * fading + ms
    this.#squares = this.#squares * fading + bytes * bytes
    this.#products = this.#products * fading + bytes * ms
    const meanBytes = this.#bytes / this.#weight
    const meanMs = this.#ms / this.#weight
    const variance = this.#squares / this.#weight - meanBytes * meanBytes
    // Of transactions of one size nothing new is learned.
    if (variance > (meanBytes / 10) ** 2) {
      const slope = (this.#products / this.#weight - meanBytes * meanMs) / variance
      this.fixedMs = meanMs - slope * meanBytes
    }
    // No transaction was quicker than what each costs.
    this.fixedMs = Math.max(0, Math.min(this.fixedMs, ...latest))
    this.msPerByte = Math.max(1e-9, (meanMs - this.fixedMs) / meanBytes)
  }
}

const fading = 0.8
const latestKept = 8

function weightOf(operation: WriteOperation): number {
  const seen = operation.ifValue?.length ?? 0
  return operationBytes + seen + (operation.kind === 'put' ? operation.value.length : 0)
}
