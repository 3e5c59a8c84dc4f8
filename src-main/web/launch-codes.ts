import { randomBytes } from 'node:crypto'

const lifetimeMs = 60_000

/** Codes that open the interface once and not again. */
export class LaunchCodes {
  readonly #now: () => number
  /** When each ends. */
  readonly #codes = new Map<string, number>()

  constructor(now: () => number = Date.now) {
    this.#now = now
  }

  create(): string {
    const code = randomBytes(24).toString('base64url')
    this.#codes.set(code, this.#now() + lifetimeMs)
    return code
  }

  /** Whether the code is one of ours, in time and unused; from now on it is used. */
  redeem(code: string): boolean {
    const endMs = this.#codes.get(code)
    this.#codes.delete(code)
    return endMs !== undefined && this.#now() < endMs
  }
}
