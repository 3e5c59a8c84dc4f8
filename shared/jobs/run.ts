import { AppError, toAppError } from '../model/errors.ts'
import type { Executor, ItemOutcome, Job } from './contract.ts'
import type { Batch, JobFile } from './job-file.ts'
import { lockJob } from './job-lock.ts'

/** Small enough that a pause comes soon and a kill costs little, large enough that transactions pay. */
const firstItems = 1_000
const fewestItems = 250
const mostItems = 4_000
const batchBytes = 32 * 1024 * 1024
/** Batches that take less are made larger, and those that take more smaller. */
const quickMs = 150
const slowMs = 600
const progressEveryMs = 200
const rateWindowMs = 5_000

/** Why a run is to end after its batch: given as the reason of the signal. */
export type StopReason = 'pause' | 'cancel'

export interface RunOptions {
  /** Ends the run after the batch under way; its reason is a `StopReason`. */
  readonly signal?: AbortSignal
  /** At most five times a second, and at the end. */
  readonly onProgress?: (job: Job) => void
  readonly limits?: { readonly items: number; readonly bytes: number }
  /** Whether another thread reads the source of a migration; default: where there is much to read. */
  readonly readBeside?: boolean
}

/**
 * Runs what is left of a plan, batch after batch. Each batch is in the journal before it is begun and, with what
 * became of its items, after it; so a run that was killed is run again from there.
 *
 * @throws AppError REFUSED while another program runs it, USAGE if the plan cannot be run. What stops a run is no
 * exception: it is the job's `problem`.
 */
export async function runJob(file: JobFile, executor: Executor, options: RunOptions = {}): Promise<Job> {
  using stack = new DisposableStack()
  stack.use(lockJob(file.folder))
  const why = file.whyNoRun
  if (why !== undefined) throw new AppError('USAGE', why)
  file.setState('running')
  const progress = new Progress(file, options.onProgress)
  const signal = options.signal ?? new AbortController().signal
  const size = new BatchSize(options.limits)
  try {
    let batch = file.nextBatch(size.limits)
    if (batch && !signal.aborted) file.begin(batch)
    while (!signal.aborted) {
      if (!batch) {
        const problem = await executor.finish?.(file.job())
        file.setState('done', problem)
        return progress.end()
      }
      const startMs = performance.now()
      const next = file.nextBatch(size.limits, batch)
      const context = { again: batch.again, next: next?.items ?? [], signal }
      const outcomes = await executor.perform(batch.items, context)
      checkOutcomes(batch, outcomes)
      file.end(batch, outcomes, signal.aborted ? undefined : next)
      size.note(performance.now() - startMs)
      const isBegun = next && !signal.aborted
      progress.note()
      // Whoever heard of the progress may have ended the run.
      if (isBegun && signal.aborted) file.giveBack(next)
      batch = next
    }
    file.setState((signal.reason as StopReason) === 'cancel' ? 'cancelled' : 'paused')
  } catch (thrown) {
    const { code, message } = toAppError(thrown)
    const problem = {
      code,
      sentence: message.includes('resume') ? message : `${message} Mend that, then resume the job.`,
    }
    if (!isKept(file, problem)) return progress.end({ state: 'stopped', problem })
  }
  return progress.end()
}

/** A disk that is full may have no room to say so either; without a word the job shows as stopped all the same. */
function isKept(file: JobFile, problem: NonNullable<Job['problem']>): boolean {
  try {
    file.setState('stopped', problem)
    return true
  } catch (thrown) {
    if (thrown instanceof AppError) return false
    throw thrown
  }
}

/** How many items are done between two lines of the journal: more where they are done quickly. */
class BatchSize {
  readonly #given: RunOptions['limits']
  #items = firstItems

  constructor(given: RunOptions['limits']) {
    this.#given = given
  }

  get limits(): NonNullable<RunOptions['limits']> {
    return this.#given ?? { items: this.#items, bytes: batchBytes }
  }

  note(tookMs: number): void {
    if (tookMs < quickMs) this.#items = Math.min(mostItems, this.#items * 2)
    if (tookMs > slowMs) this.#items = Math.max(fewestItems, this.#items / 2)
  }
}

/** A fault of ours here would be a hole in the report. */
function checkOutcomes({ items }: Batch, outcomes: readonly ItemOutcome[]): void {
  const isWhole = outcomes.length === items.length && items.every(({ n }, i) => outcomes[i]!.n === n)
  if (!isWhole) throw new AppError('INTERNAL', 'A job did not say what became of each item of a batch.')
}

/** Rate and time left, from what was done in the last seconds. */
class Progress {
  readonly #file: JobFile
  readonly #onProgress: ((job: Job) => void) | undefined
  readonly #marks: { readonly atMs: number; readonly bytes: number; readonly entries: number }[] = []
  #toldAtMs = 0

  constructor(file: JobFile, onProgress: ((job: Job) => void) | undefined) {
    this.#file = file
    this.#onProgress = onProgress
    this.note()
  }

  note(): void {
    const now = performance.now()
    if (!this.#onProgress || now - this.#toldAtMs < progressEveryMs) return
    this.#toldAtMs = now
    const job = this.#file.job()
    const marks = this.#marks
    marks.push({ atMs: now, bytes: job.finished.bytes, entries: job.finished.entries })
    while (marks.length > 2 && now - marks[0]!.atMs > rateWindowMs) marks.shift()
    this.#onProgress({ ...job, ...this.#rate(job) })
  }

  end(change: Partial<Job> = {}): Job {
    // The lock is still held: the state is what was set last.
    const job = { ...this.#file.job(), ...change }
    this.#onProgress?.(job)
    return job
  }

  #rate({ planned, finished }: Job): Pick<Job, 'bytesPerSecond' | 'secondsLeft'> {
    const first = this.#marks[0]!
    const last = this.#marks.at(-1)!
    const seconds = (last.atMs - first.atMs) / 1_000
    if (seconds < 0.2) return {}
    const bytesPerSecond = (last.bytes - first.bytes) / seconds
    const entriesPerSecond = (last.entries - first.entries) / seconds
    // Small entries cost by their number, large ones by their bytes: what takes longer counts.
    const left = [
      (planned.bytes - finished.bytes) / bytesPerSecond,
      (planned.entries - finished.entries) / entriesPerSecond,
    ].filter(Number.isFinite)
    return { bytesPerSecond, ...(left.length === 0 ? {} : { secondsLeft: Math.max(...left) }) }
  }
}
