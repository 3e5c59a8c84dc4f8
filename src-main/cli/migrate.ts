import type { ConflictRule, Job } from '../../shared/jobs/contract.ts'
import { listJobs } from '../../shared/jobs/job-file.ts'
import { isSameCache, planJob } from '../../shared/jobs/jobs.ts'
import { AppError } from '../../shared/model/errors.ts'
import type { StoreLocation } from '../../shared/stores/contract.ts'
import { resolveStore } from '../../shared/stores/registry.ts'
import { askConflicts, requireTerminal } from './ask-conflicts.ts'
import { finishJob, jobsOptions, runToEnd, type RunChoices } from './job-run.ts'
import type { ExitCode } from './program.ts'

export interface MigrateOptions extends RunChoices {
  readonly query?: string
  readonly onConflict: ConflictRule
  readonly acceptLoss?: boolean
  readonly acceptLimits?: boolean
  readonly form?: 'pickle' | 'json'
  readonly resume?: boolean
}

/** `hashcache migrate FROM TO`: also merges. The source is never written; each value is read back. */
export async function runMigrate(from: string, to: string, choices: MigrateOptions): Promise<ExitCode> {
  const source = await resolveStore(from)
  const target = await resolveTarget(to)
  const options = jobsOptions(source, target)
  if (choices.resume) return runToEnd(unfinished(source, target, options.dataFolder).id, choices, options)
  const { query, onConflict, acceptLoss, acceptLimits, form } = choices
  const isAsking = onConflict === 'ask' && choices.dryRun !== true
  if (isAsking) requireTerminal()
  const planned = await planJob(
    {
      kind: 'migrate',
      from: source,
      to: target,
      selection: query === undefined ? {} : { query },
      onConflict,
      ...(form === undefined ? {} : { form }),
      ...(acceptLoss === undefined ? {} : { acceptLoss }),
      ...(acceptLimits === undefined ? {} : { acceptLimits }),
    },
    options,
  )
  const job = isAsking ? await askConflicts(planned, options) : planned
  if (!job) return 2
  // Nothing is lost by writing where nothing stands: only eviction asks.
  return finishJob(job, { ...choices, yes: true }, options)
}

/** A target that is not there yet needs its kind said: there is nothing to detect. */
async function resolveTarget(text: string): Promise<StoreLocation> {
  try {
    return await resolveStore(text)
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code !== 'NOT_FOUND') throw thrown
    throw new AppError(
      'USAGE',
      `There is no cache ${text} yet; say what to make there: fs:${text}, json:${text}, sqlite:${text}, lmdb:${text} or shelve:${text}?format=dumb.`,
      { cause: thrown },
    )
  }
}

function unfinished(from: StoreLocation, to: StoreLocation, dataFolder: string): Job {
  const found = listJobs(dataFolder).find(
    ({ spec, state, canRun }) =>
      spec.kind === 'migrate' &&
      canRun &&
      state !== 'planned' &&
      isSameCache(spec.from, from) &&
      isSameCache(spec.to, to),
  )
  if (found) return found
  throw new AppError(
    'NOT_FOUND',
    'There is no unfinished migration between these two; start one without --resume.',
  )
}
