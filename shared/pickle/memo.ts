import type { Value } from '../value/value.ts'
import { fault } from './faults.ts'
import { costs } from './limits.ts'
import type { Budget } from './limits.ts'

/**
 * What PUT and MEMOIZE keep. Picklers count up from 0, which an array serves
 * best; an index out of that order goes to a map, so that memory follows the
 * puts made and never the numbers named.
 */
export class Memo {
  readonly #dense: Value[] = []
  #sparse: Map<number, Value> | undefined
  readonly #limit: number
  readonly #budget: Budget

  constructor(limit: number, budget: Budget) {
    this.#limit = limit
    this.#budget = budget
  }

  /** Distinct indices that were put: the index of the next MEMOIZE. */
  get size(): number {
    return this.#dense.length + (this.#sparse?.size ?? 0)
  }

  put(index: number, value: Value): void {
    const dense = this.#dense
    if (index < dense.length) {
      dense[index] = value
      return
    }
    if (this.size >= this.#limit && !this.#sparse?.has(index)) {
      throw fault('LIMIT_MEMO', `The pickle memoizes more than ${this.#limit} values.`)
    }
    if (index === dense.length) {
      this.#budget.bytes -= costs.memo
      dense.push(value)
      this.#sparse?.delete(index)
    } else {
      this.#budget.bytes -= costs.sparseMemo
      this.#sparse ??= new Map()
      this.#sparse.set(index, value)
    }
  }

  get(index: number): Value {
    const value = index < this.#dense.length ? this.#dense[index] : this.#sparse?.get(index)
    if (value === undefined) throw fault('MEMO', `Nothing was memoized as number ${index}.`)
    return value
  }
}
