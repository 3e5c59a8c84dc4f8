/** Looking for changes takes at most this part of the time. */
const shareOfTime = 0.02
const longestGapMs = 5 * 60_000

export interface ChangeWatchOptions {
  /** Least time between two looks. */
  readonly everyMs: number
  /** One look; its length sets the time to the next one. */
  look(): Promise<void>
}

/** Looks again and again, less often where a look takes long, never two at once. */
export class ChangeWatch {
  readonly #options: ChangeWatchOptions
  #timer: NodeJS.Timeout | undefined
  #gapMs: number
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
    const started = performance.now()
    await this.#options.look()
    this.#gapMs = gapAfter(performance.now() - started, this.#options.everyMs)
    this.start()
  }
}

/** The wait after a look of this length. */
export function gapAfter(lookMs: number, everyMs: number): number {
  return Math.min(longestGapMs, Math.max(everyMs, lookMs / shareOfTime))
}
