/** Looking for changes takes at most this part of the time. */
const shareOfTime = 0.02
const longestGapMs = 5 * 60_000

export interface ChangeWatchOptions {
  /** Least time between two looks. */
  readonly everyMs: number
  /** One look; the work it took, in milliseconds, sets the time to the next one. */
  look(): Promise<number>
}

/** Looks again and again, less often where a look takes long, never two at once. */
export class ChangeWatch {
  readonly #options: ChangeWatchOptions
  #timer: NodeJS.Timeout | undefined
  #gapMs: number
  #lastMs = 0
  #isStopped = false

  constructor(options: ChangeWatchOptions) {
    this.#options = options
    this.#gapMs = options.everyMs
  }

  /** Begins, or begins the wait anew. */
  start(): void {
    if (this.#isStopped) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#look(), this.#gapMs).unref()
  }

  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#timer)
  }

  async #look(): Promise<void> {
    const tookMs = await this.#options.look()
    // One slow look is a cold disk or a busy machine; two in a row are a slow store.
    this.#gapMs = gapAfter(Math.min(tookMs, this.#lastMs), this.#options.everyMs)
    this.#lastMs = tookMs
    this.start()
  }
}

/** The wait after a look that took so long. */
export function gapAfter(lookMs: number, everyMs: number): number {
  return Math.min(longestGapMs, Math.max(everyMs, lookMs / shareOfTime))
}
