import type { Overview } from '../api/overview.ts'

const count = 4
/** Ages go on. */
const longestSeconds = 60

/** The overviews that were asked for last: views come back to them. */
export class KeptOverviews {
  readonly #kept = new Map<string, Overview>()

  /** The one that was made for the same question within a minute, or a new one. */
  of(question: string, nowSeconds: number, make: () => Overview): Overview {
    const kept = this.#kept.get(question)
    if (kept && Math.abs(nowSeconds - kept.nowSeconds) < longestSeconds) return kept
    const overview = make()
    this.#kept.delete(question)
    this.#kept.set(question, overview)
    if (this.#kept.size > count) this.#kept.delete(this.#kept.keys().next().value!)
    return overview
  }

  clear(): void {
    this.#kept.clear()
  }
}
