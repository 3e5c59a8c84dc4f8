import { userInfo } from 'node:os'
import { parseQuery } from '../catalog/query/parse.ts'
import { AppError, toAppError } from '../model/errors.ts'
import { showKey } from '../model/keys.ts'
import { withoutSecrets } from '../model/secrets.ts'
import type { Store, StoreLocation } from '../stores/contract.ts'
import { openStore } from '../stores/registry.ts'
import type {
  EvictSpec,
  Executor,
  Job,
  JobSpec,
  MigrateSpec,
  RepairSpec,
  StoreRef,
  UndoSpec,
} from './contract.ts'
import { Evictor, planEviction } from './evict.ts'
import { forgetJob, JobFile, type JobHeader } from './job-file.ts'
import { isLocked, lockJob } from './job-lock.ts'
import { lossesSince } from './migrate/gone.ts'
import { writeManifest } from './migrate/manifest.ts'
import { sourceEntries } from './migrate/entries.ts'
import { Migrator } from './migrate/migrator.ts'
import { openTarget } from './migrate/place.ts'
import { planMigration } from './migrate/plan.ts'
import { prepareReading, SourceThread } from './migrate/reading-thread.ts'
import { carryTags } from './migrate/tags.ts'
import { Target } from './migrate/target.ts'
import { openThere } from './open-there.ts'
import { roomWarnings } from './room.ts'
import { runJob, type RunOptions } from './run.ts'
import { openUpToDate } from './select.ts'
import { planStrays } from './strays.ts'
import { verifyStore, type Finding } from './verify.ts'
import { TrashBin } from './trash-bin.ts'
import { planUndo } from './undo.ts'
import { binOf, cacheOfUndo, undoerOf, warnOfLastCopies } from './undo-job.ts'

export interface JobsOptions {
  readonly dataFolder: string
  /** Caches as somebody named them: jobs are kept without passwords and without how a cache is to be written. */
  readonly told?: readonly StoreLocation[]
  /** Opens a cache of a job in another way. Its source is then read by one thread only. */
  readonly open?: (location: StoreLocation, options: { write: boolean }) => Promise<Store>
}

export interface PlanOptions extends JobsOptions {
  readonly signal?: AbortSignal
  /** Called when the job has its id, and at most five times a second while entries are looked at. */
  readonly onProgress?: (job: Job, lookedAt: number) => void
  /** A job whose plan throws is kept, with what was in its way. Default: whoever made the call is told, and nobody else. */
  readonly keepsFailed?: boolean
}

const progressEveryMs = 200
/** From so much on a migration has another thread read its source: to start one takes as long as to read some thousands. */
const entriesBeside = 3_000
const bytesBeside = 16 * 1024 * 1024

/**
 * Makes the plan of a job: the exact list of what it would do. Nothing but the job's own file is written. What
 * cannot be planned at all throws; what is planned but cannot be run is a job with the state `refused`.
 *
 * @throws AppError CANCELLED, BAD_QUERY, and what opening the stores throws
 */
export async function planJob(spec: JobSpec, options: PlanOptions): Promise<Job> {
  const planner = await plannerOf(spec, options)
  await using stack = planner.stack
  const file = stack.use(JobFile.create(options.dataFolder, planner.header))
  const lock = stack.use(lockJob(file.folder))
  try {
    return await fillPlan(file, planner, options)
  } catch (thrown) {
    lock[Symbol.dispose]()
    if (options.keepsFailed !== true) forgetQuietly(options.dataFolder, file.id)
    throw thrown
  }
}

/** What cannot be forgotten either, on a disk that is full, stays in the list: what was in the way of the plan is told first. */
function forgetQuietly(dataFolder: string, id: string): void {
  try {
    forgetJob(dataFolder, id)
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown
  }
}

/** Plans a job that was not run yet again, with another spec. */
export async function replanJob(id: string, spec: JobSpec, options: PlanOptions): Promise<Job> {
  const planner = await plannerOf(spec, options)
  await using stack = planner.stack
  const file = stack.use(JobFile.open(options.dataFolder, id))
  stack.use(lockJob(file.folder))
  file.replan(planner.header.spec)
  return await fillPlan(file, planner, options)
}

interface Planner {
  readonly stack: AsyncDisposableStack
  readonly header: JobHeader
  readonly plan: (
    file: JobFile,
    onLookedAt: (entries: number) => void,
  ) => Promise<Parameters<JobFile['finishPlan']>[0]>
}

async function fillPlan(file: JobFile, planner: Planner, options: PlanOptions): Promise<Job> {
  file.setState('planning')
  let toldAtMs = 0
  const onLookedAt = (entries: number): void => {
    const now = performance.now()
    if (now - toldAtMs < progressEveryMs) return
    toldAtMs = now
    options.onProgress?.(file.job(), entries)
  }
  try {
    onLookedAt(0)
    file.finishPlan(await planner.plan(file, onLookedAt))
  } catch (thrown) {
    const { code, message } = toAppError(thrown)
    if (code === 'CANCELLED') file.setState('cancelled')
    else file.setState('refused', { code, sentence: message })
    throw thrown
  }
  return file.job()
}

async function plannerOf(spec: JobSpec, options: PlanOptions): Promise<Planner> {
  await using stack = new AsyncDisposableStack()
  // What cannot be read as a filter is no job.
  if ('selection' in spec) parseQuery(spec.selection.query ?? '')
  if (spec.kind === 'evict') return plannerOfEviction(spec, options, stack.move())
  if (spec.kind === 'undo') return plannerOfUndo(spec, options, stack.move())
  if (spec.kind === 'migrate') return plannerOfMigration(spec, options, stack.move())
  return plannerOfRepair(spec, options, stack.move())
}

/** The entries with findings, as an eviction of exactly these; behind them the strays that can be moved. */
async function plannerOfRepair(
  spec: RepairSpec,
  options: PlanOptions,
  stack: AsyncDisposableStack,
): Promise<Planner> {
  const planner = await plannerOfEviction({ kind: 'evict', store: spec.store, selection: {} }, options, stack)
  const wanted = new Set<Finding['finding']>(spec.findings)
  return {
    stack: planner.stack,
    header: {
      ...planner.header,
      kind: spec.kind,
      title: `Repair ${planner.store.label}`,
      spec: { ...spec, store: redacted(spec.store) },
    },
    plan: async (file, onLookedAt) => {
      const reasons = new Map<string, string>()
      const onProgress = ({ entries }: { entries: number }): void => onLookedAt(entries)
      const strays: Finding[] = []
      for await (const found of verifyStore(planner.store, { signal: options.signal, onProgress })) {
        if (!wanted.has(found.finding)) continue
        if (found.finding === 'stray') strays.push(found)
        else reasons.set(showKey(found.key), found.sentence)
      }
      const facts = await planner.planOf(file, onLookedAt, [...reasons.keys()], (key) => reasons.get(key))
      const canMove = planner.store.canSetAside?.(options.dataFolder) === true
      const { items, warnings } = await planStrays(strays, {
        store: planner.store,
        canMove,
        signal: options.signal,
      })
      file.addItems(items)
      return { ...facts, warnings: [...facts.warnings, ...warnings] }
    },
  }
}

async function plannerOfEviction(
  spec: EvictSpec,
  options: PlanOptions,
  stack: AsyncDisposableStack,
): Promise<Planner & Eviction> {
  await using held = stack
  // Opened for writing: what cannot be written is said now, not when it is run.
  const store = held.use(await openThere(opener(options), spec.store))
  const catalog = held.use(await openUpToDate(store, options.dataFolder, options.signal))
  const header = {
    kind: spec.kind,
    title: `Evict from ${store.label}`,
    store: refOf(store),
    user: userName(),
    spec: { ...spec, store: redacted(spec.store) },
  }
  const planWith = (
    file: JobFile,
    onLookedAt: (entries: number) => void,
    changed: Partial<EvictSpec>,
    noteOf?: (key: string) => string | undefined,
  ) =>
    planEviction(
      { ...spec, ...changed },
      { store, catalog, signal: options.signal, add: (items) => file.addItems(items), onLookedAt, noteOf },
    )
  return {
    stack: held.move(),
    header,
    store,
    plan: (file, onLookedAt) => planWith(file, onLookedAt, {}),
    planOf: (file, onLookedAt, keys, noteOf) => planWith(file, onLookedAt, { selection: { keys } }, noteOf),
  }
}

/** What a repair needs of an eviction. */
interface Eviction {
  readonly store: Store
  readonly planOf: (
    file: JobFile,
    onLookedAt: (entries: number) => void,
    keys: readonly string[],
    noteOf: (key: string) => string | undefined,
  ) => ReturnType<Planner['plan']>
}

async function plannerOfMigration(
  spec: MigrateSpec,
  options: PlanOptions,
  stack: AsyncDisposableStack,
): Promise<Planner> {
  await using held = stack
  const open = opener(options)
  const source = held.use(await open(spec.from, { write: false }))
  const there = held.use(
    await openTarget(spec.to, {
      from: { ...spec.from, location: source.location },
      open: (location) => open(location, { write: false }),
    }),
  )
  const target = new Target(spec.to, there, spec.form)
  const entries = held.use(await sourceEntries(source, spec, options.dataFolder, options.signal))
  const store = there ? refOf(there) : refOfNew(spec.to)
  let isPrepared = options.open !== undefined
  const header = {
    kind: spec.kind,
    title: `Migrate ${source.label} to ${store.label}`,
    store,
    from: refOf(source),
    user: userName(),
    spec: { ...spec, from: redacted(spec.from), to: redacted(spec.to), form: target.values },
  }
  return {
    stack: held.move(),
    header,
    plan: (file, onLookedAt) =>
      planMigration(spec, {
        source,
        entries,
        target,
        signal: options.signal,
        add: (items) => file.addItems(items),
        onLookedAt: (seen) => {
          // It is likely to be run next.
          if (seen >= entriesBeside && !isPrepared) prepareReading(source.kind)
          isPrepared ||= seen >= entriesBeside
          onLookedAt(seen)
        },
      }),
  }
}

function refOfNew({ kind, path }: StoreLocation): StoreRef {
  return { kind, location: `${kind}:${path}`, label: path.split('/').slice(-2).join('/') }
}

async function plannerOfUndo(
  spec: UndoSpec,
  options: PlanOptions,
  stack: AsyncDisposableStack,
): Promise<Planner> {
  const original = JobFile.open(options.dataFolder, spec.job)
  stack.use(original)
  const job = original.job()
  if (isLocked(original.folder)) {
    await stack.disposeAsync()
    throw new AppError('REFUSED', `Job ${spec.job} is under way; pause or cancel it before it is taken back.`)
  }
  if (!job.canUndo) {
    await stack.disposeAsync()
    throw new AppError('USAGE', `Job ${spec.job} ${whyNotUndone(job)}.`, { data: { id: spec.job } })
  }
  const header = { kind: spec.kind, title: `Undo: ${job.title}`, store: job.store, user: userName(), spec }
  const earlier = original.undoneInPartBy.flatMap((id) => openIfThere(options.dataFolder, id))
  for (const file of earlier) stack.use(file)
  return {
    stack,
    header,
    plan: async (file) => {
      let bytes = 0
      using bin = original.begun || job.kind === 'undo' ? binOf(spec.job, options.dataFolder) : undefined
      const facts = planUndo(original, { earlier, bin }, (items) => {
        bytes = items.reduce((sum, item) => sum + item.bytes, bytes)
        file.addItems(items)
      })
      const open = opener(options)
      const warnings = [
        ...(await warnOfLastCopies(original, open, bytes)),
        ...(await roomWarnings(cacheOfUndo(spec, options.dataFolder), open, bytes)),
      ]
      return { ...facts, warnings: [...facts.warnings, ...warnings] }
    },
  }
}

/**
 * Runs a planned job, or what is left of one that was paused, cancelled, stopped or killed. Faults are the job's
 * `problem`; see `runJob` for what throws.
 */
export async function runPlanned(id: string, options: JobsOptions & RunOptions): Promise<Job> {
  using file = JobFile.open(options.dataFolder, id)
  using stack = new DisposableStack()
  // What is being taken back is not resumed meanwhile, and its bin not emptied.
  if (file.spec.kind === 'undo') {
    const original = stack.use(JobFile.open(options.dataFolder, file.spec.job))
    stack.use(lockJob(original.folder))
  }
  await using executor = await executorOf(file, options)
  return await runJob(file, executor, options)
}

function whyNotUndone({ kind, undoneBy }: Job): string {
  if (undoneBy !== undefined) return `was taken back by ${undoneBy}`
  return kind === 'undo'
    ? 'is an undo that put nothing into the trash; run the job that it took back again'
    : 'has changed nothing'
}

/** An undo job that was forgotten since says nothing any more. */
function openIfThere(dataFolder: string, id: string): JobFile[] {
  try {
    return [JobFile.open(dataFolder, id)]
  } catch (thrown) {
    if (thrown instanceof AppError) return []
    throw thrown
  }
}

/** Another thread for the source, where it pays. */
async function readingThread(
  file: JobFile,
  from: StoreLocation,
  { open, told = [], readBeside }: JobsOptions & RunOptions,
): Promise<SourceThread | undefined> {
  const { planned } = file.job()
  const isMuch = planned.entries >= entriesBeside || planned.bytes >= bytesBeside
  if (open || !(readBeside ?? isMuch)) return undefined
  const thread = new SourceThread(asTold(from, told))
  if (readBeside) await thread.opened()
  return thread
}

async function executorOf(file: JobFile, options: JobsOptions & RunOptions): Promise<Executor> {
  const { spec } = file
  const open = opener(options)
  const { id, title, store: ref, createdAtMs } = file.job()
  const bin = (): TrashBin => TrashBin.open(options.dataFolder, { job: id, title, store: ref, createdAtMs })
  await using held = new AsyncDisposableStack()
  if (spec.kind === 'evict' || spec.kind === 'repair') {
    const store = await openThere(open, spec.store)
    held.defer(() => store[Symbol.asyncDispose]())
    const executor = new Evictor(store, bin())
    held.move()
    return executor
  }
  if (spec.kind === 'undo')
    return await undoerOf(file, spec, { dataFolder: options.dataFolder, open, make: bin })
  const thread = held.use(await readingThread(file, spec.from, options))
  const source = await open(spec.from, { write: false })
  held.defer(() => source[Symbol.asyncDispose]())
  const target = await open(spec.to, { write: true })
  held.move()
  return new Migrator(source, target, {
    form: spec.form ?? 'any',
    thread,
    bin,
    finish: async () => {
      carryTags(file, source, target, options.dataFolder)
      writeManifest(file)
      return lossesSince(file, target)
    },
  })
}

function opener({ open, told = [] }: JobsOptions): NonNullable<JobsOptions['open']> {
  return open ?? ((location, options) => openStore(asTold(location, told), options))
}

function refOf(store: Store): StoreRef {
  return { kind: store.kind, location: store.location, label: store.label }
}

/** Passwords stay out of the job's file. */
function redacted(location: StoreLocation): StoreLocation {
  const options = Object.fromEntries(
    Object.entries(location.options).map(([name, value]) => [name, /password$/i.test(name) ? '***' : value]),
  )
  return { ...location, path: withoutSecrets(location.path), options }
}

/**
 * A cache of a job as it was told: with its password, which the job does not keep, and with what it was told of how to
 * write it (`map_size`); `location` itself where it was not told.
 */
export function asTold(location: StoreLocation, told: readonly StoreLocation[]): StoreLocation {
  const found = told.find((each) => isSameCache(each, location))
  return found ? { ...found, options: { ...location.options, ...found.options } } : location
}

/** Whether two locations name one cache, however it is to be opened. */
export function isSameCache(one: StoreLocation, other: StoreLocation): boolean {
  return nameOf(one) === nameOf(other)
}

function nameOf(location: StoreLocation): string {
  const { kind, path, options } = redacted(location)
  const { map_size: _, ...rest } = options
  return JSON.stringify({ kind, path, options: rest })
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    // Containers run under numbers that have no name.
    return String(process.getuid?.() ?? 'unknown')
  }
}
