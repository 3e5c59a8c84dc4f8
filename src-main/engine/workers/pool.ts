import { fileURLToPath } from 'node:url'
import type { MessagePort } from 'node:worker_threads'
import { Piscina } from 'piscina'
import { AppError } from '../../../shared/model/errors.ts'
import { reviveError } from '../http/errors.ts'
import type { Reply } from './reply.ts'

/** A worker program that stands beside this file; in the build each is a bundle of its own beside the engine's. */
export function workerProgram(
  name: 'probe' | 'index' | 'catalog' | 'value' | 'job' | 'compare' | 'trust',
): URL {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  return new URL(`./${name}.worker.${extension}`, import.meta.url)
}

export interface WorkerPoolOptions {
  readonly threads: number
  /** A task that takes longer ends with its worker; the next task gets a new one. */
  readonly timeLimitMs?: number
  /** Most memory of one worker's JavaScript heap; beyond it the worker dies, not the engine. */
  readonly heapMegabytes?: number
}

/**
 * How long a task may go on after its request was dropped. Ending a worker costs what it has in memory and the start
 * of the next one, seconds on a busy machine: whoever walks through entries drops a request with every key.
 */
const droppedTaskGraceMs = 3000

/** Threads that run one worker program. A thread stays, with what it has in memory, until it crashes or runs out of time. */
export class WorkerPool<Task, Result> implements AsyncDisposable {
  readonly #timeLimitMs: number | undefined
  readonly #piscina: Piscina<Task, Reply<Result>>

  constructor(program: URL, options: WorkerPoolOptions) {
    this.#timeLimitMs = options.timeLimitMs
    this.#piscina = new Piscina<Task, Reply<Result>>({
      filename: fileURLToPath(program),
      minThreads: 0,
      maxThreads: options.threads,
      idleTimeout: Number.POSITIVE_INFINITY,
      // A worker waits in its event loop: sync waiting would hold up what it has under way besides.
      atomics: 'disabled',
      resourceLimits: options.heapMegabytes ? { maxOldGenerationSizeMb: options.heapMegabytes } : {},
    })
    // A worker that dies is the error of its task; there is nobody else to tell.
    this.#piscina.on('error', () => undefined)
  }

  /** Whether a thread is there that could hold something open. */
  get hasStarted(): boolean {
    return this.#piscina.threads.length > 0
  }

  /** Runs the task in a worker. Throws the worker's `AppError`, `CANCELLED` when out of time, or `INTERNAL` when the worker died. */
  async run(task: Task, options: { transfer?: MessagePort[]; signal?: AbortSignal } = {}): Promise<Result> {
    const limit = this.#timeLimitMs === undefined ? undefined : AbortSignal.timeout(this.#timeLimitMs)
    const signals = [limit, options.signal && delayed(options.signal)].filter(
      (signal) => signal !== undefined,
    )
    let reply: Reply<Result>
    try {
      reply = await this.#piscina.run(task, {
        signal: signals.length === 0 ? null : AbortSignal.any(signals),
        ...(options.transfer ? { transferList: options.transfer } : {}),
      })
    } catch (cause) {
      if (limit?.aborted) {
        const seconds = Math.round((this.#timeLimitMs ?? 0) / 1000)
        throw new AppError(
          'CANCELLED',
          `Reading this took more than ${seconds} s and was stopped; ask for a smaller part.`,
          { cause },
        )
      }
      if (options.signal?.aborted) throw new AppError('CANCELLED', 'The request was cancelled.', { cause })
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new AppError('INTERNAL', `A worker thread ended (${reason}); the next request gets a new one.`, {
        cause,
      })
    }
    if ('error' in reply) throw reviveError(reply.error)
    return reply.result
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#piscina.destroy()
  }
}

function delayed(signal: AbortSignal): AbortSignal {
  const controller = new AbortController()
  signal.addEventListener(
    'abort',
    () => setTimeout(() => controller.abort(signal.reason), droppedTaskGraceMs).unref(),
    { once: true },
  )
  return controller.signal
}
