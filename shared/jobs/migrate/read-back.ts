import { setImmediate } from 'node:timers/promises'
import { AppError } from '../../model/errors.ts'
import type { Store, WriteOperation } from '../../stores/contract.ts'

/** So many are compared before the writing gets a turn. */
const comparedAtOnce = 128

/**
 * Reads back what is written to a store and compares it, byte for byte: one part while the next is being written, and in the
 * end whatever was not found so. Only what was compared after its writing counts.
 */
export class ReadBack {
  readonly #target: Store
  readonly #puts: readonly (WriteOperation & { kind: 'put' })[]
  readonly #isThere: boolean[]
  readonly #parts: { readonly from: number; readonly to: number }[] = []
  #comparing: Promise<void> | undefined

  constructor(target: Store, puts: readonly (WriteOperation & { kind: 'put' })[]) {
    this.#target = target
    this.#puts = puts
    this.#isThere = puts.map(() => false)
  }

  /** The operations from one place to before another were written. */
  wrote(from: number, to: number): void {
    this.#parts.push({ from, to })
    this.#comparing ??= this.#compareParts()
  }

  /** Which of all stand there, after all were written. */
  async finish(): Promise<readonly boolean[]> {
    await this.#comparing
    await this.#compare(this.#missing())
    return this.#isThere
  }

  async #compareParts(): Promise<void> {
    try {
      for (let part = this.#parts.shift(); part; part = this.#parts.shift()) {
        for (let { from } = part; from < part.to; from += comparedAtOnce) {
          // oxlint-disable-next-line no-await-in-loop -- the next part is to be on its way before this one is looked at
          await setImmediate()
          const slice = Array.from({ length: Math.min(comparedAtOnce, part.to - from) }, (_, i) => from + i)
          // oxlint-disable-next-line no-await-in-loop -- one after the other
          await this.#compare(slice)
        }
      }
    } catch (thrown) {
      // Asked again in the end, the store says it to whom it may concern.
      if (!(thrown instanceof AppError)) throw thrown
    } finally {
      this.#comparing = undefined
    }
  }

  #missing(): number[] {
    return [...this.#isThere.keys()].filter((i) => !this.#isThere[i])
  }

  async #compare(those: readonly number[]): Promise<void> {
    if (those.length === 0) return
    const keysOf = (some: readonly number[]): Uint8Array[] => some.map((i) => this.#puts[i]!.key)
    const valuesOf = (some: readonly number[]): Uint8Array[] => some.map((i) => this.#puts[i]!.value)
    const held = (await this.#target.holds?.(keysOf(those), valuesOf(those))) ?? []
    for (const [at, i] of those.entries()) this.#isThere[i] = held[at] === true
    const asked = those.filter((i) => !this.#isThere[i])
    const expectBytes = valuesOf(asked).reduce((most, { length }) => Math.max(most, length), 0)
    const back = await this.#target.getMany(keysOf(asked), { expectBytes })
    for (const [at, i] of asked.entries()) {
      const found = back[at]
      this.#isThere[i] = found instanceof Uint8Array && Buffer.compare(found, this.#puts[i]!.value) === 0
    }
  }
}
