import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { MessageChannel } from 'node:worker_threads'
import type { Comparison, ComparePage, CompareRequest } from '../../shared/api/compare.ts'
import { makeOwnFolder } from '../../shared/catalog/own-folder.ts'
import type { CompareTotals, Relation } from '../../shared/compare/contract.ts'
import { relations } from '../../shared/compare/contract.ts'
import { AppError, toAppError } from '../../shared/model/errors.ts'
import type { Connections } from './connections.ts'
import type { CompareStep, CompareTask } from './workers/compare-task.ts'
import type { WorkerPool } from './workers/pool.ts'

export interface ComparisonsOptions {
  readonly dataFolder: string
  readonly connections: Connections
  /** Where comparisons run. */
  readonly runners: WorkerPool<CompareTask, unknown>
  /** One thread that reads what they found; it keeps the files open. */
  readonly readers: WorkerPool<CompareTask, unknown>
}

interface Held {
  shown: Comparison
  readonly file: string
  readonly catalogFiles: readonly [string, string]
  /** Catalogs as they were: of others a new comparison is made. */
  readonly revisions: string
  readonly cancelling: AbortController
  done: Promise<void>
}

/** Comparisons that are kept with their files; the one asked for least lately goes first. */
const keptAtMost = 4

const nothing = Object.fromEntries(
  relations.map((relation) => [relation, { entries: 0, bytes: 0, computeSeconds: 0 }]),
) as Record<Relation, CompareTotals[Relation]>

/** Comparisons of two open caches, each with a result file in our own data folder. */
export class Comparisons implements AsyncDisposable {
  readonly #options: ComparisonsOptions
  readonly #folder: string
  readonly #held = new Map<string, Held>()

  constructor(options: ComparisonsOptions) {
    this.#options = options
    this.#folder = join(options.dataFolder, 'compare', String(process.pid))
  }

  /** Begins a comparison, or gives the one of the same caches as they are now. Throws `NOT_FOUND`, and `USAGE` for one cache twice. */
  start(request: CompareRequest): Comparison {
    const { connections, runners } = this.#options
    const sides = [connections.get(request.left), connections.get(request.right)] as const
    if (request.left === request.right) {
      throw new AppError('USAGE', 'A cache is equal to itself; choose another one to compare it with.')
    }
    const id = createHash('sha256').update(JSON.stringify(request)).digest('hex').slice(0, 16)
    const revisions = sides.map(({ shown }) => shown.revision).join()
    const known = this.#held.get(id)
    const isUsable = known && (known.shown.state === 'running' || known.shown.state === 'done')
    if (known && isUsable && known.revisions === revisions) return known.shown
    if (known) void this.#drop(id, known)
    makeOwnFolder(this.#folder)
    const { left, right, by, tolerance } = request
    const cancelling = new AbortController()
    const held: Held = {
      shown: { id, left, right, by, state: 'running', phase: 'list', done: 0, of: 0, totals: nothing },
      file: join(this.#folder, `${id}-${Date.now().toString(36)}.sqlite`),
      catalogFiles: [sides[0].catalogFile, sides[1].catalogFile],
      revisions,
      cancelling,
      done: Promise.resolve(),
    }
    this.#held.set(id, held)
    const { port1: own, port2: port } = new MessageChannel()
    own.on('message', ({ phase, done, of }: CompareStep) => this.#show(held, { phase, done, of }))
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a MessagePort has no origin
    cancelling.signal.addEventListener('abort', () => own.postMessage('cancel'))
    const task = { file: held.file, catalogFiles: held.catalogFiles, by, tolerance, port }
    held.done = runners
      .run({ ask: 'run', stores: [sides[0].store, sides[1].store], ...task }, { transfer: [port] })
      .then((totals) => this.#show(held, { state: 'done', totals: totals as CompareTotals }))
      .catch(async (thrown: unknown) => {
        const { code, message } = toAppError(thrown)
        if (code === 'CANCELLED') this.#show(held, { state: 'cancelled', totals: await this.#totalsOf(held) })
        else this.#show(held, { state: 'failed', error: { code, message } })
      })
      .finally(() => own.close())
    this.#forgetOldest()
    return held.shown
  }

  /** As it is now; of one that is running the totals so far. */
  async get(id: string): Promise<Comparison> {
    const held = this.#get(id)
    if (held.shown.state !== 'running' || held.shown.phase !== 'values') return held.shown
    const totals = await this.#totalsOf(held)
    return held.shown.state === 'running' ? { ...held.shown, totals } : held.shown
  }

  /** Ends it; what was found stays. */
  async cancel(id: string): Promise<Comparison> {
    const held = this.#get(id)
    held.cancelling.abort()
    await held.done
    return held.shown
  }

  /** Throws `BAD_QUERY`. */
  async lines(
    id: string,
    page: { relations: readonly Relation[]; query: string; from: number; to: number },
  ): Promise<ComparePage> {
    const { file, catalogFiles, shown } = this.#get(id)
    if (shown.phase === 'list' && shown.state !== 'done') return { from: page.from, lines: [], total: 0 }
    const answer = await this.#options.readers.run({ ask: 'lines', file, catalogFiles, ...page })
    return { from: page.from, ...(answer as Omit<ComparePage, 'from'>) }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#held].map(([id, held]) => this.#drop(id, held)))
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #get(id: string): Held {
    const held = this.#held.get(id)
    if (!held) throw new AppError('NOT_FOUND', 'This comparison is not kept any more; compare again.')
    this.#held.delete(id)
    this.#held.set(id, held)
    return held
  }

  #show(held: Held, change: Partial<Comparison>): void {
    held.shown = { ...held.shown, ...change }
  }

  async #totalsOf({ file }: Held): Promise<CompareTotals> {
    try {
      return (await this.#options.readers.run({ ask: 'totals', file })) as CompareTotals
    } catch {
      // Cancelled before there was a file.
      return nothing
    }
  }

  #forgetOldest(): void {
    for (const [id, held] of this.#held) {
      if (this.#held.size <= keptAtMost) return
      void this.#drop(id, held)
    }
  }

  async #drop(id: string, held: Held): Promise<void> {
    if (this.#held.get(id) === held) this.#held.delete(id)
    held.cancelling.abort()
    await held.done
    const { readers } = this.#options
    if (readers.hasStarted) await readers.run({ ask: 'close', file: held.file }).catch(() => undefined)
    for (const suffix of ['', '-wal', '-shm']) rmSync(held.file + suffix, { force: true })
  }
}
