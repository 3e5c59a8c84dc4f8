import { setImmediate } from 'node:timers/promises'

import { AppError } from '../model/errors.ts'

const sliceMs = 10

/** Lets other work in every 10 ms of a long synchronous loop, and stops it when the signal says so. */
export class Slices {
  readonly #signal: AbortSignal | undefined
  #endMs = performance.now() + sliceMs

  constructor(signal?: AbortSignal) {
    this.#signal = signal
    throwIfCancelled(signal)
  }

  /** True where the slice is over: then await `next`. Keeps the usual turn of a loop free of promises. */
  get isOver(): boolean {
    return performance.now() > this.#endMs
  }

  async next(): Promise<void> {
    await setImmediate()
    throwIfCancelled(this.#signal)
    this.#endMs = performance.now() + sliceMs
  }
}

/** @throws AppError `CANCELLED` */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted)
    throw new AppError('CANCELLED', 'The work on the cache was cancelled.', { cause: signal.reason })
}
