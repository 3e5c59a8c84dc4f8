import Sqlite, { type Database } from 'better-sqlite3'
import { randomBytes } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { makeOwnFolder, namesIn, readableOf, whyUnusable } from '../catalog/own-folder.ts'
import { namedStatus } from '../decode/file-source.ts'
import { AppError } from '../model/errors.ts'
import type {
  ItemAction,
  ItemOutcome,
  ItemState,
  Job,
  JobSpec,
  JobState,
  PlanFacts,
  PlanItem,
  StoreRef,
  Totals,
} from './contract.ts'
import { createJobDatabase, openJobDatabase } from './job-database.ts'
import { isLocked } from './job-lock.ts'
import type { OutcomeRow } from './job-rows.ts'
import { fromRow, itemValues, prepareStatements } from './job-rows.ts'
import { actionSums, noTotals, Sums, total } from './job-sums.ts'

/** Actions that change the store; the others are in the plan for the record. */
const changingActions: ReadonlySet<ItemAction> = new Set<ItemAction>([
  'put',
  'replace',
  'delete',
  'restore',
  'remove',
])
/** What a job is, before anything of its plan is known. */
export interface JobHeader {
  readonly kind: Job['kind']
  readonly title: string
  readonly store: StoreRef
  readonly from?: StoreRef
  readonly user: string
  readonly spec: JobSpec
}

export interface ItemWithOutcome extends PlanItem {
  readonly outcome?: ItemOutcome
}

/** A part of the plan that is to be done next. */
export interface Batch {
  readonly items: readonly PlanItem[]
  /** It was begun before, by a run that did not come to its end. */
  readonly again: boolean
}

/** `running`: one that was killed. */
const runnable: ReadonlySet<JobState> = new Set<JobState>([
  'planned',
  'paused',
  'stopped',
  'cancelled',
  'running',
])

function jobsFolder(dataFolder: string): string {
  return join(dataFolder, 'jobs')
}

/** Of one job. */
export function jobFolder(dataFolder: string, id: string): string {
  return join(jobsFolder(dataFolder), id)
}

/** The plan, journal and outcomes of one job, in `jobs/ID/job.sqlite` of the data folder. */
export class JobFile implements Disposable {
  readonly id: string
  readonly folder: string
  readonly #database: Database
  readonly #statements: ReturnType<typeof prepareStatements>
  #isDurable = true

  private constructor(id: string, folder: string, database: Database) {
    this.id = id
    this.folder = folder
    this.#database = database
    this.#statements = prepareStatements(database)
  }

  /** Ids sort by time, to the millisecond: `20261124-134512048-3fa2`. */
  static create(dataFolder: string, header: JobHeader, now = Date.now()): JobFile {
    const time = new Date(now)
      .toISOString()
      .replaceAll(/[-:.Z]/g, '')
      .replace('T', '-')
    const id = `${time}-${randomBytes(2).toString('hex')}`
    const folder = jobFolder(dataFolder, id)
    try {
      makeOwnFolder(jobsFolder(dataFolder))
      // Not there yet: an id that another process has drawn at the same time is an error, not a shared job.
      mkdirSync(folder, { mode: 0o700 })
      const { spec, ...job } = { ...header, createdAtMs: now }
      return new JobFile(id, folder, createJobDatabase(join(folder, 'job.sqlite'), { spec, job }))
    } catch (thrown) {
      if (thrown instanceof AppError) throw thrown
      throw new AppError(
        'REFUSED',
        `The job cannot be kept in ${folder} (${whyUnusable(folder, thrown)}); free the disk or choose another data folder with HASHCACHE_DATA.`,
        { cause: thrown, data: { path: folder } },
      )
    }
  }

  /** @throws AppError NOT_FOUND, DAMAGED, REFUSED */
  static open(dataFolder: string, id: string): JobFile {
    const folder = jobFolder(dataFolder, id)
    const file = join(folder, 'job.sqlite')
    if (!/^[\w-]+$/.test(id) || namedStatus(file) === undefined)
      throw new AppError('NOT_FOUND', `There is no job ${id}; "hashcache jobs" lists them.`, { data: { id } })
    return new JobFile(id, folder, openJobDatabase(file))
  }

  close(): void {
    this.#database.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  // ---- the plan -------------------------------------------------------------------------------------

  /** Adds items to the plan, numbered in the order of their coming; the sums of the plan grow with them. */
  addItems(items: readonly Omit<PlanItem, 'n'>[]): void {
    // A plan whose making was cut off is made anew: it is on the disk with its end.
    this.#setDurable(false)
    this.#transact(() => {
      const sums = new Sums()
      const first = this.#statements.nextNumber.get()!
      this.#statements.items.insert(items.map((item, i) => itemValues(first + i, item)))
      for (const item of items) sums.add(`action ${item.action}`, item)
      for (const [what, sum] of sums.all) this.#addSum(what, sum)
    })
  }

  /** Ends planning: `planned`, or `refused` with its reason. The sums by action are those of the items. */
  finishPlan(facts: Omit<PlanFacts, 'actions'>): void {
    this.#write(() => {
      this.#setHeader({ plan: facts })
      this.#journal(facts.refused === undefined ? 'planned' : 'refused')
    })
  }

  /** Drops a plan that was never run, for another with other choices. */
  replan(spec: JobSpec): void {
    if (this.#first('running')) {
      throw new AppError(
        'USAGE',
        `Job ${this.id} was run already and cannot be planned again; plan a new one.`,
      )
    }
    this.#database.transaction(() => {
      this.#database.exec('DELETE FROM items; DELETE FROM sums')
      this.#database.prepare(`DELETE FROM header WHERE name = 'plan'`).run()
      this.#setHeader({ spec })
      this.#journal('planning')
    })()
  }

  // ---- the run --------------------------------------------------------------------------------------

  /**
   * What is to be done next, or after a batch that is not done yet; `undefined`: nothing is left. What was begun and not
   * ended comes first, as it was begun.
   */
  nextBatch(limits: { items: number; bytes: number }, after?: Batch): Batch | undefined {
    const begun = after ? undefined : this.begun
    if (begun) return { again: true, items: begun }
    const items: PlanItem[] = []
    let bytes = 0
    const last = after?.items.at(-1)?.n ?? this.#statements.lastDone.get()!
    for (const row of this.#statements.itemsAfter.iterate(last, limits.items)) {
      if (items.length > 0 && bytes + row.bytes > limits.bytes) break
      items.push(fromRow(row))
      bytes += row.bytes
    }
    return items.length === 0 ? undefined : { again: false, items }
  }

  /** How often a run of it was begun. */
  get runs(): number {
    return this.#statements.runs.get()!
  }

  /** What was begun by a run that did not come to its end: any part of it may be done. */
  get begun(): readonly PlanItem[] | undefined {
    const batch = this.#statements.openBatch.get()
    return batch && this.#statements.itemsBetween.all(batch.first, batch.last).map(fromRow)
  }

  /** On the disk before anything of the batch is done. */
  begin({ items, again }: Batch): void {
    if (!again) this.#write(() => this.#journalOf('begin', items))
  }

  /** What became of the items of a batch, in their order, and that it is over, at once; and that the next is begun. */
  end({ items }: Batch, outcomes: readonly ItemOutcome[], next?: Batch): void {
    this.#write(() => {
      const sums = new Sums()
      this.#statements.outcomes.insert(
        outcomes.map(({ n, state, reason, sha256 }) => [n, state, reason ?? null, sha256 ?? null]),
      )
      for (const [i, { state }] of outcomes.entries()) sums.add(`state ${state}`, items[i]!)
      for (const [what, sum] of sums.all) this.#addSum(what, sum)
      this.#journalOf('end', items)
      if (next) this.#journalOf('begin', next.items)
    })
  }

  /** A batch that was begun and that nothing was done of: it is none that a killed run left. */
  giveBack({ items }: Batch): void {
    this.#write(() => this.#journalOf('end', items))
  }

  setState(state: JobState, problem?: Job['problem']): void {
    this.#write(() => this.#journal(state, null, null, problem && JSON.stringify(problem)))
  }

  /** This job's effects were taken back by another; `inPart`: what could not be can be tried again. */
  setUndone(by: string, { inPart }: { readonly inPart: boolean }): void {
    this.#write(() => this.#journal(inPart ? 'undone in part' : 'undone', null, null, by))
  }

  /** Of an undo: something that it removed is in the trash, from where it comes back. */
  setKept(): void {
    if (this.#first('kept') === undefined) this.#write(() => this.#journal('kept'))
  }

  /** The undo jobs that took back a part of it. */
  get undoneInPartBy(): string[] {
    return this.#statements.undoneInPartBy.all()
  }

  /** All of it, on the disk, or nothing. @throws AppError REFUSED if the disk is full or cannot be written */
  #write(action: () => void): void {
    this.#setDurable(true)
    this.#transact(action)
  }

  /** Whether what is written is forced to the disk. */
  #setDurable(isDurable: boolean): void {
    if (this.#isDurable === isDurable) return
    this.#database.pragma(`synchronous = ${isDurable ? 'FULL' : 'NORMAL'}`)
    this.#isDurable = isDurable
  }

  #transact(action: () => void): void {
    try {
      this.#database.transaction(action)()
    } catch (thrown) {
      if (!(thrown instanceof Sqlite.SqliteError) || thrown.code.startsWith('SQLITE_CONSTRAINT')) throw thrown
      const sentence = `The job cannot be kept in ${this.folder} (${thrown.message}); make room on its disk, then resume the job.`
      throw new AppError('REFUSED', sentence, { cause: thrown, data: { path: this.folder } })
    }
  }

  // ---- looking --------------------------------------------------------------------------------------

  get spec(): JobSpec {
    return this.#header('spec') as JobSpec
  }

  items(options: { from: number; to: number; state?: ItemState; action?: ItemAction }): {
    items: ItemWithOutcome[]
    total: number
  } {
    const { from, to, state = null, action = null } = options
    const { itemsPage, countItems } = this.#statements
    const rows = itemsPage.all({ state, action, limit: Math.max(0, to - from), offset: from })
    return {
      total: countItems.get({ state, action })!,
      items: rows.map((row) =>
        row.outcome === null ? fromRow(row) : withOutcome(row, row.outcome as ItemState),
      ),
    }
  }

  /** Items with an outcome of that state, one after the other: a plan may have a million. */
  *outcomes(state: ItemState): Generator<ItemWithOutcome> {
    const step = 1_000
    for (let after = -1; ;) {
      const rows = this.#statements.outcomesAfter.all(state, after, step)
      for (const row of rows) yield withOutcome(row, state)
      if (rows.length < step) return
      after = rows.at(-1)!.n
    }
  }

  /** All that was done, in the order of the plan: what a manifest says of it. */
  *written(): Generator<{ key: Uint8Array; bytes: number; sha256: string | null }> {
    for (const [key, bytes, sha256] of this.#statements.written.iterate()) yield { key, bytes, sha256 }
  }

  /** Why no run of it can begin or go on, one sentence; `undefined`: one can. */
  get whyNoRun(): string | undefined {
    const state = (this.#statements.lastState.get()?.event ?? 'planning') as JobState
    return this.#whyNoRun(state, this.#statements.undoneBy.get(), this.#header('plan') !== undefined)
  }

  #whyNoRun(state: JobState, undoneBy: string | undefined, isPlanned: boolean): string | undefined {
    const by = undoneBy ?? this.undoneInPartBy[0]
    if (by !== undefined) return `Job ${this.id} was taken back by ${by}, so it cannot go on; plan a new one.`
    if (!runnable.has(state)) return `Job ${this.id} is ${state} and cannot be run.`
    return isPlanned ? undefined : `The plan of job ${this.id} was never finished; plan it again.`
  }

  /** As it is listed. One that says to be running while nobody holds its lock was killed: it shows as `stopped`. */
  job(): Job {
    const last = this.#statements.lastState.get()
    const state = (last?.event ?? 'planning') as JobState
    const isDead = (state === 'running' || state === 'planning') && !isLocked(this.folder)
    const sums = this.#sums()
    const facts = this.#header('plan') as Omit<PlanFacts, 'actions'> | undefined
    const problem = isDead
      ? killed(state)
      : last?.data
        ? (JSON.parse(last.data) as Job['problem'])
        : undefined
    const sumOf = (what: string): Totals => sums.get(what) ?? noTotals
    const states = ['done', 'skipped', 'changed', 'failed'] as const
    const undoneBy = this.#statements.undoneBy.get()
    const startedAtMs = this.#first('running')
    const header = this.#header('job') as JobHeader & { createdAtMs: number }
    const kind = this.spec.kind
    const hasDone =
      kind === 'undo'
        ? this.#first('kept') !== undefined
        : sumOf('state done').entries > 0 || this.#statements.openBatch.get() !== undefined
    return {
      id: this.id,
      ...header,
      spec: this.spec,
      state: isDead ? (state === 'running' ? 'stopped' : 'cancelled') : state,
      ...(startedAtMs === undefined ? {} : { startedAtMs }),
      ...(startedAtMs !== undefined && last && !isDead && state !== 'running'
        ? { endedAtMs: last.at_ms }
        : {}),
      ...(facts === undefined ? {} : { plan: { ...facts, actions: actionSums(sums) } }),
      planned: total([...changingActions].map((action) => sumOf(`action ${action}`))),
      finished: total(states.map((each) => sumOf(`state ${each}`))),
      outcomes: Object.fromEntries(
        states.map((each) => [each, sumOf(`state ${each}`).entries]),
      ) as Job['outcomes'],
      ...(problem ? { problem } : {}),
      canRun:
        this.#whyNoRun(state, undoneBy, facts !== undefined) === undefined && (isDead || state !== 'running'),
      canUndo: undoneBy === undefined && hasDone,
      ...(undoneBy === undefined ? {} : { undoneBy }),
    }
  }

  #setHeader(values: { readonly spec?: JobSpec; readonly plan?: Omit<PlanFacts, 'actions'> }): void {
    const set = this.#database.prepare('INSERT OR REPLACE INTO header VALUES (?, ?)')
    for (const [name, value] of Object.entries(values)) set.run(name, JSON.stringify(value))
  }

  #header(name: 'job' | 'plan' | 'spec'): unknown {
    const text = this.#statements.header.get(name)
    return text === undefined ? undefined : JSON.parse(text)
  }

  #journal(
    event: string,
    first: number | null = null,
    last: number | null = null,
    data: string | null = null,
  ): void {
    this.#statements.insertJournal.run(Date.now(), event, first, last, data)
  }

  #journalOf(event: 'begin' | 'end', items: Batch['items']): void {
    this.#journal(event, items[0]!.n, items.at(-1)!.n)
  }

  #first(event: string): number | undefined {
    return this.#statements.firstEvent.get(event)
  }

  #addSum(what: string, { entries, bytes, computeSeconds }: Totals): void {
    this.#statements.addSum.run(what, entries, bytes, computeSeconds)
  }

  #sums(): Map<string, Totals> {
    return new Map(
      this.#statements.sums
        .all()
        .map(({ what, seconds, ...sum }) => [what, { ...sum, computeSeconds: seconds }]),
    )
  }
}

function withOutcome(row: OutcomeRow, state: ItemState): ItemWithOutcome {
  const { n, reason, outcome_sha256: sha256 } = row
  const outcome = {
    n,
    state,
    ...(reason === null ? {} : { reason }),
    ...(sha256 === null ? {} : { sha256 }),
  }
  return Object.assign(fromRow(row), { outcome })
}

function killed(state: JobState): NonNullable<Job['problem']> {
  const sentence =
    state === 'running'
      ? 'The program that ran it ended in the middle. Nothing is lost: resume it to bring it to its end.'
      : 'The program ended while it was planning; plan it anew.'
  return { code: 'CANCELLED', sentence }
}

/** All jobs of the data folder, newest first. A job file that cannot be read is left out. */
export function listJobs(dataFolder: string): Job[] {
  return readableOf(namesIn(jobsFolder(dataFolder)).toSorted().toReversed(), (id) => {
    using file = JobFile.open(dataFolder, id)
    return file.job()
  })
}

/** Forgets a job that is not under way. What it has in the trash must be gone before: see `trash.ts`. */
export function forgetJob(dataFolder: string, id: string): void {
  using file = JobFile.open(dataFolder, id)
  if (isLocked(file.folder)) throw new AppError('REFUSED', `Job ${id} is under way; cancel it first.`)
  rmSync(file.folder, { recursive: true, force: true })
}
