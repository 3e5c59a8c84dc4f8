import { fault } from './faults.ts'
import { costs } from './limits.ts'
import type { Budget } from './limits.ts'
import type { Value } from '../value/value.ts'

/**
 * The stack of values and the stack of marks, as CPython's `Pdata` and
 * `UnpicklerObject.marks`: `fence` is the lowest place that may be popped. What is
 * put on it is paid for from a budget.
 */
export class PickleStack {
  readonly budget: Budget
  /** Values `[0, size)`; what lies above is left over. */
  readonly stack: Value[] = []
  /** Offset of the opcode that put each value there. */
  readonly starts: number[] = []
  size = 0
  /** Sizes of the stack when each mark was set, and the marks' offsets. */
  readonly marks: number[] = []
  readonly markStarts: number[] = []
  /** Offset of the opcode being run. */
  at: number
  protected fence = 0
  #poppedMark = 0
  #poppedMarkStart = 0
  #poppedAt = -1

  constructor(budget: Budget, start: number) {
    this.budget = budget
    this.at = start
  }

  protected charge(bytes: number): void {
    if ((this.budget.bytes -= bytes) < 0) {
      throw fault('LIMIT_NODES', 'The value needs more memory than its size allows; it is shown up to here.')
    }
  }

  protected push(value: Value, cost: number): void {
    this.charge(this.size === this.stack.length ? cost + costs.stackPlace : cost)
    this.stack[this.size] = value
    this.starts[this.size] = this.at
    this.size++
  }

  /** Puts a value in the place of those from `from` on, keeping the first one's offset. */
  protected replace(from: number, value: Value, cost: number): void {
    this.charge(cost)
    this.stack[from] = value
    this.size = from + 1
  }

  /** Throws unless `count` values stand above the last mark. */
  protected needAbove(count: number): void {
    if (this.size - count >= this.fence) return
    throw fault(
      'STACK',
      this.marks.length > 0 ? 'A mark stands where a value is needed.' : 'The stack has too few values.',
    )
  }

  protected mark(): void {
    this.charge(costs.mark)
    this.marks.push(this.size)
    this.markStarts.push(this.at)
    this.fence = this.size
  }

  /** Takes the last mark away and answers the place of the first value above it. */
  protected popMark(): number {
    const mark = this.marks.pop()
    if (mark === undefined) throw fault('STACK', 'The stack has no mark.')
    this.#poppedMarkStart = this.markStarts.pop()!
    this.#poppedMark = mark
    this.#poppedAt = this.at
    this.fence = this.marks.at(-1) ?? 0
    return mark
  }

  /** After an error: puts back the mark that the failed opcode took away. */
  restoreMark(): void {
    if (this.#poppedAt !== this.at) return
    this.marks.push(this.#poppedMark)
    this.markStarts.push(this.#poppedMarkStart)
    this.#poppedAt = -1
  }

  protected pop(): void {
    if (this.marks.length > 0 && this.marks.at(-1) === this.size) {
      this.popMark()
    } else {
      this.needAbove(1)
      this.size--
    }
  }
}
