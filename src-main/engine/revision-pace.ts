const firstGapMs = 200
const longestGapMs = 5_000
const growth = 1.5

/**
 * Says when a running index shows a new revision: each one makes every open list search again,
 * so the first come at once and later ones further and further apart.
 */
export class RevisionPace {
  readonly #now: () => number
  #gapMs = firstGapMs
  #nextMs = Number.NEGATIVE_INFINITY

  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  isDue(): boolean {
    const now = this.#now()
    if (now < this.#nextMs) return false
    this.#nextMs = now + this.#gapMs
    this.#gapMs = Math.min(longestGapMs, this.#gapMs * growth)
    return true
  }
}
