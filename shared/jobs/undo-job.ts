import { AppError } from '../model/errors.ts'
import type { StoreLocation } from '../stores/contract.ts'
import type { UndoSpec } from './contract.ts'
import { JobFile } from './job-file.ts'
import type { JobsOptions } from './jobs.ts'
import { Origin } from './migrate/origin.ts'
import { overLimitWords } from './trash.ts'
import { openThere } from './open-there.ts'
import { TrashBin, removeBin } from './trash-bin.ts'
import { Undoer } from './undo.ts'

const droppedAtOnce = 1_000

type Open = NonNullable<JobsOptions['open']>

/** The trash of a job, if it has something there. */
export function binOf(job: string, dataFolder: string): TrashBin | undefined {
  return TrashBin.exists(dataFolder, job) ? TrashBin.find(dataFolder, job) : undefined
}

/** The cache that an undo changes: that of the job which it takes back. */
export function cacheOfUndo({ job }: UndoSpec, dataFolder: string): StoreLocation {
  using original = JobFile.open(dataFolder, job)
  const { spec } = original
  if (spec.kind === 'undo') return cacheOfUndo(spec, dataFolder)
  return spec.kind === 'migrate' ? spec.to : spec.store
}

/** What somebody should know who takes a migration back when the cache that it copied from may be gone. */
export async function warnOfLastCopies(original: JobFile, open: Open, bytes: number): Promise<string[]> {
  const { spec } = original
  if (spec.kind !== 'migrate' || bytes === 0) return []
  const label = original.job().from?.label ?? spec.from.path
  const limits = overLimitWords(bytes)
  const told = (sentence: string): string => (limits === undefined ? sentence : `${sentence} ${limits}`)
  try {
    await using _ = await open(spec.from, { write: false })
    return limits === undefined ? [] : [told(`What is not in ${label} any more goes to the trash.`)]
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown
    const why = thrown.message.replace(/\.$/, '')
    return [
      told(
        `${label}, from which this was copied, cannot be opened (${why}). What is removed may be the last copy, so it goes to the trash.`,
      ),
    ]
  }
}

export interface UndoerOptions {
  readonly dataFolder: string
  readonly open: Open
  /** Makes the trash of the undo itself. */
  readonly make: () => TrashBin
}

export async function undoerOf(file: JobFile, spec: UndoSpec, options: UndoerOptions): Promise<Undoer> {
  const { dataFolder, open, make } = options
  await using held = new AsyncDisposableStack()
  const store = await openThere(open, cacheOfUndo(spec, dataFolder))
  held.defer(() => store[Symbol.asyncDispose]())
  const origin = await originOf(spec.job, options)
  held.use(origin)
  const bin = held.use(binOf(spec.job, dataFolder))
  const undoer = new Undoer(store, {
    bin,
    own: { find: () => binOf(file.id, dataFolder), make },
    origin,
    finish: async () => {
      finishUndo(file, spec, dataFolder)
      return undefined
    },
  })
  held.move()
  return undoer
}

/** `undefined`: of a job that copied nothing, or whose source cannot be opened now. */
async function originOf(job: string, { dataFolder, open }: UndoerOptions): Promise<Origin | undefined> {
  using original = JobFile.open(dataFolder, job)
  const { spec } = original
  if (spec.kind !== 'migrate') return undefined
  try {
    return new Origin(await open(spec.from, { write: false }), spec.form ?? 'any')
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown
    // Nothing stands there as far as can be seen: all that goes is kept.
    return undefined
  }
}

/**
 * The job that was taken back says so; its bin goes once nothing is left in it that could be brought back. What could
 * not be brought back stays in the bin, and the job can be undone again. The undo can be undone if its own bin has something.
 */
function finishUndo(undo: JobFile, { job: undone }: UndoSpec, dataFolder: string): void {
  {
    using own = binOf(undo.id, dataFolder)
    if ((own?.totals().entries ?? 0) > 0) undo.setKept()
  }
  using original = JobFile.open(dataFolder, undone)
  const { failed } = undo.job().outcomes
  const left = dropRestored(undo, undone, dataFolder)
  if (left === 0) removeBin(dataFolder, undone)
  if (original.job().undoneBy === undefined) original.setUndone(undo.id, { inPart: failed + left > 0 })
}

/** How many entries a bin has left when what was brought back is out of it. */
function dropRestored(undo: JobFile, undone: string, dataFolder: string): number {
  using bin = binOf(undone, dataFolder)
  if (!bin) return 0
  const { outcomes, plan } = undo.job()
  const isAll = outcomes.failed + outcomes.skipped + outcomes.changed === 0
  // The bin goes as a whole then, which is quicker.
  if (isAll && bin.totals().entries <= (plan?.actions.restore?.entries ?? 0)) return 0
  let keys: Uint8Array[] = []
  for (const { key, action } of undo.outcomes('done')) {
    if (action === 'restore') keys.push(key)
    if (keys.length < droppedAtOnce) continue
    bin.drop(keys)
    keys = []
  }
  bin.drop(keys)
  return bin.totals().entries
}
