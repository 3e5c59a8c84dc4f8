import { readableOf } from '../catalog/own-folder.ts'
import { namedStatus } from '../decode/file-source.ts'
import { formatBytes } from '../model/amounts.ts'
import { AppError } from '../model/errors.ts'
import { forgetJob, JobFile, jobFolder } from './job-file.ts'
import { isLocked } from './job-lock.ts'
import { jobsWithBins, removeBin, TrashBin, type BinInfo } from './trash-bin.ts'

/** How long and how much is kept; whichever ends first. */
export interface TrashLimits {
  readonly keepDays: number
  readonly keepBytes: number
}

/** What is first seen to be over its time is kept so long from then on. */
const noticeDays = 3

export const defaultTrashLimits: TrashLimits = { keepDays: 30, keepBytes: 20e9 }

/** Of so much the trash lets go as soon as somebody looks at it; `undefined`: it keeps it. */
export function overLimitWords(bytes: number): string | undefined {
  const { keepBytes } = defaultTrashLimits
  if (bytes <= keepBytes) return undefined
  return `These are ${formatBytes(bytes)}, and the trash keeps ${formatBytes(keepBytes)}: when it is next looked at, all of them go for good.`
}

export interface BinSummary extends BinInfo {
  readonly entries: number
  readonly bytes: number
  readonly expiresAtMs: number
}

const dayMs = 86_400_000

/** What the trash holds, newest first. A bin that cannot be read is listed as far as it says. */
export function listTrash(dataFolder: string, { keepDays }: TrashLimits = defaultTrashLimits): BinSummary[] {
  return readableOf(jobsWithBins(dataFolder), (job) => {
    using bin = TrashBin.find(dataFolder, job)
    const { info, overSinceMs = -Infinity } = bin
    const expiresAtMs = Math.max(info.createdAtMs + keepDays * dayMs, overSinceMs + noticeDays * dayMs)
    return { ...info, ...bin.totals(), expiresAtMs }
  })
    .filter(({ entries }) => entries > 0)
    .toSorted((a, b) => b.createdAtMs - a.createdAtMs)
}

/**
 * Deletes bins for good; this alone cannot be undone. `typed` is the number of entries as the user gave it.
 *
 * @throws AppError REFUSED if another number of entries would go, or a job that uses a bin is under way
 */
export function emptyTrash(dataFolder: string, jobs: readonly string[] | undefined, typed: number): void {
  const bins = listTrash(dataFolder).filter(({ job }) => jobs?.includes(job) ?? true)
  const entries = bins.reduce((sum, bin) => sum + bin.entries, 0)
  if (entries !== typed) {
    throw new AppError(
      'REFUSED',
      `${entries} entries would be gone for good, and not ${typed}; nothing was deleted. Give their number to go on.`,
      { data: { entries } },
    )
  }
  for (const { job } of bins) {
    if (isUnderWay(dataFolder, job))
      throw new AppError('REFUSED', `Job ${job} is under way; its trash stays.`)
    removeBin(dataFolder, job)
  }
}

/**
 * Forgets a job that is not under way and has nothing in the trash: without its job, that could not be brought back.
 *
 * @throws AppError NOT_FOUND, REFUSED
 */
export function dropJob(dataFolder: string, id: string): void {
  if (TrashBin.exists(dataFolder, id)) {
    using bin = TrashBin.find(dataFolder, id)
    if (bin.totals().entries > 0)
      throw new AppError(
        'REFUSED',
        `The trash still holds entries of job ${id}; undo it or empty its trash first.`,
      )
  }
  forgetJob(dataFolder, id)
}

/**
 * What is older or more than the limits goes by itself, the oldest first; never of a job that can go on.
 *
 * Of what is too old only what was seen to be so some days before: a clock that was set wrong, or a data folder that comes
 * from a machine with another one, makes everything old at once, and nothing is lost by it if that is mended in time.
 */
export function expireTrash(
  dataFolder: string,
  limits: TrashLimits = defaultTrashLimits,
  nowMs = Date.now(),
): string[] {
  let bytes = 0
  const gone: string[] = []
  for (const bin of listTrash(dataFolder, limits)) {
    bytes += bin.bytes
    const isOld = bin.createdAtMs + limits.keepDays * dayMs < nowMs
    const isOver = isAnnounced(dataFolder, bin.job, isOld, nowMs) || bytes > limits.keepBytes
    if (!isOver || !isFinished(dataFolder, bin.job)) continue
    removeBin(dataFolder, bin.job)
    gone.push(bin.job)
  }
  return gone
}

/** Whether a bin was seen to be too old already, so long ago that somebody could have done something about it. */
function isAnnounced(dataFolder: string, job: string, isOld: boolean, nowMs: number): boolean {
  // Another program looks at the same trash, and may just have let it go.
  if (!TrashBin.exists(dataFolder, job)) return false
  using bin = TrashBin.find(dataFolder, job)
  const { overSinceMs } = bin
  if (isOld && overSinceMs !== undefined) return overSinceMs + noticeDays * dayMs <= nowMs
  if (isOld) bin.overSinceMs = nowMs
  else if (overSinceMs !== undefined) bin.overSinceMs = undefined
  return false
}

/** Also by the undo that takes it back. */
function isUnderWay(dataFolder: string, job: string): boolean {
  const folder = jobFolder(dataFolder, job)
  return namedStatus(folder) !== undefined && isLocked(folder)
}

/** Of a job that was forgotten nothing goes on; of one whose file cannot be read now that is not known. */
function isFinished(dataFolder: string, job: string): boolean {
  if (isUnderWay(dataFolder, job)) return false
  try {
    using file = JobFile.open(dataFolder, job)
    return file.job().state === 'done'
  } catch (thrown) {
    if (thrown instanceof AppError) return thrown.code === 'NOT_FOUND'
    throw thrown
  }
}
