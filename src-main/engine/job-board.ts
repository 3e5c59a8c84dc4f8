import { once } from 'node:events'
import { MessageChannel } from 'node:worker_threads'
import type {
  Job as ShownJob,
  JobItemPage,
  JobList,
  JobSelection,
  PlanRequest,
  ReplanRequest,
  Trash,
} from '../../shared/api/jobs.ts'
import type {
  EvictSpec,
  Job,
  JobSpec,
  MigrateSpec,
  RepairSpec,
  Selection,
} from '../../shared/jobs/contract.ts'
import type { StopReason } from '../../shared/jobs/run.ts'
import { defaultTrashLimits, type BinSummary } from '../../shared/jobs/trash.ts'
import { AppError } from '../../shared/model/errors.ts'
import { showKey } from '../../shared/model/keys.ts'
import type { StoreLocation } from '../../shared/stores/contract.ts'
import { AsOfClock } from './as-of-clock.ts'
import type { Connections } from './connections.ts'
import type { EventHub } from './events.ts'
import { resolveTarget } from './migration-target.ts'
import { showJob } from './shown-job.ts'
import type { CatalogTask } from './workers/catalog-task.ts'
import type {
  JobAnswers,
  JobProgress,
  JobTask,
  LongJobTask,
  ShortJobTask,
  VerifyStep,
} from './workers/job-task.ts'
import type { WorkerPool } from './workers/pool.ts'

/** Keys of a selection that are handed to a plan. */
const mostKeys = 1_000_000

export interface JobBoardOptions {
  readonly dataFolder: string
  readonly connections: Connections
  readonly events: EventHub
  readonly catalogs: WorkerPool<CatalogTask, unknown>
  /** For what takes long: plans, runs. */
  readonly workers: WorkerPool<JobTask, unknown>
  /** For what is asked while those are under way. */
  readonly desk: WorkerPool<JobTask, unknown>
}

type Omitted<Task> = Task extends unknown ? Omit<Task, 'dataFolder' | 'known' | 'port'> : never

/** The jobs of this machine: planned and run in worker threads, told to the event hub as they go on. */
export class JobBoard {
  readonly #options: JobBoardOptions
  /** Stops the plan or run of a job that is under way here. */
  readonly #underWay = new Map<string, (reason: StopReason) => void>()
  /** What was told last of a job under way: more than its file says. */
  readonly #live = new Map<string, ShownJob>()
  readonly #clock = new AsOfClock()

  constructor(options: JobBoardOptions) {
    this.#options = options
  }

  async list(): Promise<JobList> {
    const asOf = this.#clock.next()
    return this.#listOf(await this.#ask<'list'>({ ask: 'list' }), asOf)
  }

  async get(id: string): Promise<ShownJob> {
    const asOf = this.#clock.next()
    return this.#live.get(id) ?? showJob(await this.#ask<'job'>({ ask: 'job', id }), asOf)
  }

  /** Begins a plan; answers as soon as the job has its id. Throws what keeps it from being planned at all. */
  async plan(wanted: PlanRequest): Promise<ShownJob> {
    return this.#plan(await this.#specOf(wanted))
  }

  async replan(
    id: string,
    { acceptLoss, acceptLimits, onConflict, decisions, otherwise }: ReplanRequest,
  ): Promise<ShownJob> {
    const { spec } = await this.#ask<'job'>({ ask: 'job', id })
    const choices = [acceptLoss, acceptLimits, onConflict, decisions, otherwise]
    if (choices.every((choice) => choice === undefined)) return this.#plan(spec, id)
    if (spec.kind !== 'migrate') throw new AppError('USAGE', 'Only a migration has choices to make again.')
    const changed: MigrateSpec = {
      ...spec,
      ...(acceptLoss === undefined ? {} : { acceptLoss }),
      ...(acceptLimits === undefined ? {} : { acceptLimits }),
      ...(onConflict === undefined ? {} : { onConflict }),
      ...(decisions === undefined ? {} : { decisions: { ...spec.decisions, ...decisions } }),
      ...(otherwise === undefined ? {} : { otherwise }),
    }
    return this.#plan(changed, id)
  }

  async undo(id: string): Promise<ShownJob> {
    return this.#plan({ kind: 'undo', job: id })
  }

  /** Runs a plan or what is left of it. An open cache that it changes must be unlocked. */
  async run(id: string): Promise<ShownJob> {
    const job = await this.#ask<'job'>({ ask: 'job', id })
    const { connections } = this.#options
    const open = connections.list().filter(({ location }) => location === job.store.location)
    for (const { id: store } of open) connections.requireWritable(store)
    if (this.#underWay.has(id)) throw new AppError('REFUSED', `Job ${id} is under way.`)
    const started = this.#start({ ask: 'run', id })
    void started.done.then(
      () => this.#refresh(job),
      () => this.#refresh(job),
    )
    return started.first
  }

  /** Ends a plan or run after the batch under way. */
  async stop(id: string, reason: StopReason): Promise<ShownJob> {
    const stop = this.#underWay.get(id)
    stop?.(reason)
    return this.get(id)
  }

  async forget(id: string): Promise<JobList> {
    if (this.#underWay.has(id)) throw new AppError('REFUSED', `Job ${id} is under way; cancel it first.`)
    const asOf = this.#clock.next()
    return this.#listOf(await this.#ask<'forget'>({ ask: 'forget', id }), asOf)
  }

  async items(query: Omitted<ShortJobTask & { ask: 'items' }>): Promise<JobItemPage> {
    const { items, total } = await this.#ask<'items'>(query)
    return {
      from: query.from,
      total,
      items: items.map(({ n, key, action, bytes, computeSeconds, call, note, sides, outcome }) => ({
        n,
        key: showKey(key),
        action,
        bytes,
        computeSeconds,
        call,
        note,
        sides,
        state: outcome?.state,
        reason: outcome?.reason,
      })),
    }
  }

  async trash(): Promise<Trash> {
    return trashOf(await this.#ask<'trash'>({ ask: 'trash' }))
  }

  async empty(typed: number, jobs?: readonly string[]): Promise<Trash> {
    return trashOf(await this.#ask<'empty'>({ ask: 'empty', typed, jobs }))
  }

  /** Reads every entry of an open cache; findings come in groups, with the progress so far. */
  async verify(
    id: string,
    onFindings: (found: VerifyStep) => void,
    signal: AbortSignal,
  ): Promise<JobAnswers['verify']> {
    const { store } = this.#options.connections.get(id)
    const { port1: own, port2: port } = new MessageChannel()
    own.on('message', onFindings)
    const heardAll = once(own, 'close')
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a MessagePort has no origin
    signal.addEventListener('abort', () => own.postMessage('cancel'))
    const task: LongJobTask = { ask: 'verify', store, port, known: [], dataFolder: this.#options.dataFolder }
    try {
      const answer = (await this.#options.workers.run(task, { transfer: [port] })) as JobAnswers['verify']
      // The answer comes by another port: what was found last may be heard after it. The worker closes its end.
      await heardAll
      return answer
    } finally {
      own.close()
    }
  }

  #listOf(jobs: readonly Job[], asOf: number): JobList {
    return { asOf, items: jobs.map((job) => this.#live.get(job.id) ?? showJob(job, asOf)) }
  }

  #plan(spec: JobSpec, instead?: string): Promise<ShownJob> {
    return this.#start({ ask: 'plan', spec, instead }).first
  }

  /** Runs a long task. `first` is the job as it begins, `done` its end. */
  #start(task: Omitted<LongJobTask>): { first: Promise<ShownJob>; done: Promise<void> } {
    const { port1: own, port2: port } = new MessageChannel()
    const { promise: first, resolve, reject } = Promise.withResolvers<ShownJob>()
    let id: string | undefined
    let isOver = false
    const tell = ({ job, lookedAt }: JobProgress): void => {
      // Progress and the answer come by different ports: what was said before may be heard after.
      if (isOver) return
      const shown = { ...showJob(job, this.#clock.next()), ...(lookedAt === undefined ? {} : { lookedAt }) }
      if (id === undefined) {
        id = job.id
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a MessagePort has no origin
        this.#underWay.set(id, (reason) => own.postMessage(reason))
      }
      this.#live.set(job.id, shown)
      this.#options.events.publishJob(shown)
      resolve(shown)
    }
    own.on('message', tell)
    const end = (): string | undefined => {
      isOver = true
      if (id === undefined) return undefined
      this.#underWay.delete(id)
      this.#live.delete(id)
      return id
    }
    const done = this.#finish(task, { own, port }, end).then(
      (shown) => resolve(shown),
      (thrown: unknown) => reject(thrown as Error),
    )
    return { first, done }
  }

  async #finish(
    task: Omitted<LongJobTask>,
    { own, port }: { own: MessageChannel['port1']; port: MessageChannel['port2'] },
    end: () => string | undefined,
  ): Promise<ShownJob> {
    const { connections, dataFolder, workers, events } = this.#options
    const known = connections.list().map(({ id }) => connections.get(id).store)
    const settle = (job: Job): ShownJob => {
      const shown = showJob(job, this.#clock.next())
      events.publishJob(shown)
      return shown
    }
    try {
      const job = (await workers.run(
        { ...task, known, port, dataFolder },
        {
          transfer: [port],
        },
      )) as Job
      end()
      return settle(job)
    } catch (thrown) {
      const id = end()
      if (id === undefined) throw thrown
      // Its file says what became of it; who asked for it knows it by now.
      return settle(await this.#ask<'job'>({ ask: 'job', id }))
    } finally {
      own.close()
    }
  }

  #refresh({ store, from }: Job): void {
    const { connections } = this.#options
    for (const { id, location } of connections.list())
      if (location === store.location || location === from?.location) connections.refresh(id)
  }

  async #ask<Ask extends ShortJobTask['ask']>(task: Omitted<ShortJobTask>): Promise<JobAnswers[Ask]> {
    const { desk, dataFolder } = this.#options
    return (await desk.run({ ...task, dataFolder })) as JobAnswers[Ask]
  }

  async #specOf(wanted: PlanRequest): Promise<MigrateSpec | EvictSpec | RepairSpec> {
    const locationOf = (id: string): StoreLocation => this.#options.connections.get(id).store
    switch (wanted.kind) {
      case 'migrate': {
        const { from, to, selection, ...rules } = wanted
        const target = this.#options.connections.list().find(({ location }) => location === to)
        return {
          ...rules,
          from: locationOf(from),
          to: target ? locationOf(target.id) : await resolveTarget(to),
          selection: await this.#selectionOf(selection),
        }
      }
      case 'evict': {
        const { store, selection, ...rules } = wanted
        return { ...rules, store: locationOf(store), selection: await this.#selectionOf(selection) }
      }
      case 'repair':
        return { ...wanted, store: locationOf(wanted.store) }
    }
  }

  async #selectionOf({ query, keys, result }: JobSelection): Promise<Selection> {
    if (!result) return { ...(query === undefined ? {} : { query }), ...(keys === undefined ? {} : { keys }) }
    const chosen = await this.#options.catalogs.run({
      ask: 'keys',
      result: result.id,
      ranges: result.ranges,
      limit: mostKeys,
    })
    return { keys: chosen as string[] }
  }
}

function trashOf(bins: readonly BinSummary[]): Trash {
  return {
    bins: [...bins],
    entries: bins.reduce((sum, { entries }) => sum + entries, 0),
    bytes: bins.reduce((sum, { bytes }) => sum + bytes, 0),
    ...defaultTrashLimits,
  }
}
