import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { WriteOperation, WriteOutcome } from './contract.ts'
import { LockPace } from './lock-pace.ts'

const bytesKey = new Uint8Array(20)
const put = (bytes: number): WriteOperation => ({
  kind: 'put',
  key: bytesKey,
  value: new Uint8Array(bytes),
})

/** A store whose transactions cost so much each, per operation, and per byte. */
interface Cost {
  readonly fixedMs: number
  readonly operationMs: number
  readonly megabyteMs: number
}

const heldMs = ({ fixedMs, operationMs, megabyteMs }: Cost, part: readonly WriteOperation[]): number =>
  part.reduce(
    (sum, operation) =>
      sum + operationMs + (operation.kind === 'put' ? (operation.value.length / 1e6) * megabyteMs : 0),
    fixedMs,
  )

describe('the pace of write transactions', () => {
  it('keeps each below 50 ms after the first few, whatever a store costs, and does every operation once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          fixedMs: fc.double({ min: 0.05, max: 10, noNaN: true }),
          operationMs: fc.double({ min: 0.001, max: 2, noNaN: true }),
          megabyteMs: fc.double({ min: 0.5, max: 60, noNaN: true }),
        }),
        fc.array(fc.integer({ min: 0, max: 50_000 }), { minLength: 1, maxLength: 400 }),
        async (cost, sizes) => {
          const pace = new LockPace()
          const operations = sizes.map(put)
          const times: number[] = []
          const seen: WriteOperation[] = []
          for (let from = 0; from < operations.length;) {
            const part = pace.next(operations, from)
            expect(part.length).toBeGreaterThan(0)
            seen.push(...part)
            from += part.length
            times.push(heldMs(cost, part))
            pace.note(part, times.at(-1)!)
          }
          expect(seen).toEqual(operations)
          expect(Math.max(0, ...times.slice(3))).toBeLessThanOrEqual(50)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('grows where the store is fast: a thousand small entries take few transactions', () => {
    const pace = new LockPace()
    const operations = Array.from({ length: 5_000 }, () => put(2_000))
    let transactions = 0
    for (let from = 0; from < operations.length; transactions++) {
      const part = pace.next(operations, from)
      from += part.length
      pace.note(part, heldMs({ fixedMs: 1, operationMs: 0.005, megabyteMs: 0.5 }, part))
    }
    expect(transactions).toBeLessThan(15)
    expect(pace.times).toMatchObject({ transactions, tooLong: 0 })
  })

  it('makes no more transactions than it must where each costs more than the aim: a slow disk', () => {
    const pace = new LockPace()
    const operations = Array.from({ length: 5_000 }, () => put(2_000))
    let transactions = 0
    let longestMs = 0
    for (let from = 0; from < operations.length; transactions++) {
      const part = pace.next(operations, from)
      from += part.length
      // One commit is not like another.
      const ms = heldMs({ fixedMs: 60 + (transactions % 3) * 15, operationMs: 0.05, megabyteMs: 5 }, part)
      longestMs = Math.max(longestMs, ms)
      pace.note(part, ms)
    }
    expect(transactions).toBeLessThan(40)
    expect(longestMs).toBeLessThan(250)
  })

  it('is soon small again after one commit that took long', () => {
    const pace = new LockPace()
    const operations = Array.from({ length: 20_000 }, () => put(2_000))
    const cost = { fixedMs: 4, operationMs: 0.05, megabyteMs: 5 }
    const times: number[] = []
    for (let from = 0; from < operations.length;) {
      const part = pace.next(operations, from)
      from += part.length
      const isSlow = times.length % 20 === 10
      times.push(heldMs(cost, part))
      pace.note(part, times.at(-1)! + (isSlow ? 300 : 0))
    }
    expect(Math.max(...times.slice(3))).toBeLessThanOrEqual(50)
    expect(times.length).toBeLessThan(150)
  })

  it('tells the rest what the store as a whole said, and asks it no more', async () => {
    const pace = new LockPace()
    const full: WriteOutcome = { done: false, reason: 'NO_SPACE', sentence: 'full' }
    let asked = 0
    const outcomes = await pace.inTransactions(
      Array.from({ length: 100 }, () => put(10_000)),
      async (part) => {
        asked++
        return { outcomes: part.map(() => (asked === 1 ? { done: true } : full)), heldMs: 1 }
      },
    )
    expect(asked).toBe(2)
    expect(outcomes).toHaveLength(100)
    expect(outcomes.at(-1)).toBe(full)
  })
})
