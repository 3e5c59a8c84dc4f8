import type { Job, JobItem } from '../../../shared/api/jobs.ts'
import { countOf, formatCompute } from '../../ui/format.ts'

/** The words of jobs for people. */
const stateWords: Readonly<Record<Job['state'], string>> = {
  planning: 'planning',
  planned: 'planned, not run',
  refused: 'cannot run as it is',
  running: 'running',
  paused: 'paused',
  stopped: 'stopped',
  cancelled: 'cancelled',
  done: 'done',
}

export const actionWords: Readonly<Record<JobItem['action'], string>> = {
  put: 'to write',
  replace: 'to replace',
  delete: 'to the trash',
  restore: 'to bring back',
  remove: 'to remove again',
  same: 'there already',
  skip: 'left alone',
  ask: 'to be decided',
}

/** The same where there is little room. */
const shortStateWords: typeof stateWords = { ...stateWords, planned: 'planned', refused: 'cannot run' }

/** Its conflicts were to be asked about, and are: nothing is wrong with it. */
export function isToDecide({ state, plan }: Pick<Job, 'state' | 'plan'>): boolean {
  return state === 'refused' && plan?.needs === 'decisions'
}

export function stateText(job: Pick<Job, 'state' | 'plan'>): string {
  return isToDecide(job) ? 'to be decided' : stateWords[job.state]
}

export function shortStateText(job: Pick<Job, 'state' | 'plan'>): string {
  return isToDecide(job) ? 'to be decided' : shortStateWords[job.state]
}

/** What became of an item. */
export const outcomeWords: Readonly<Record<NonNullable<JobItem['state']>, string>> = {
  done: 'done',
  skipped: 'left alone',
  changed: 'changed since',
  failed: 'failed',
}

/** What a run did, for whoever looks elsewhere: `6 entries moved to the trash`. */
export function endWords({ kind, state, outcomes, problem, store }: Job): string {
  const { done, changed, failed, skipped } = outcomes
  if (state === 'stopped') return problem?.sentence ?? 'A job was stopped.'
  const what = countOf(done, 'entry', 'entries')
  const did = {
    migrate: `${what} written to ${store.label}`,
    evict: `${what} of ${store.label} moved to the trash`,
    repair: `${what} of ${store.label} moved to the trash`,
    undo: `${what} of ${store.label} taken back`,
  }[kind]
  const rest = [
    [changed, 'changed since'],
    [skipped, 'left alone'],
    [failed, 'failed'],
  ] as const
  const words = [did, ...rest.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`)].join(
    ', ',
  )
  return problem ? `${words}. ${problem.sentence}` : words
}

export type Tone = 'plain' | 'live' | 'ok' | 'warn' | 'bad'

export function toneOf(job: Job): Tone {
  const { state, outcomes, problem } = job
  if (isToDecide(job)) return 'warn'
  if (state === 'planning' || state === 'running') return 'live'
  if (state === 'refused' || state === 'stopped') return 'bad'
  if (state !== 'done') return 'plain'
  return (outcomes.failed ?? 0) > 0 ? 'bad' : (outcomes.changed ?? 0) > 0 || problem ? 'warn' : 'ok'
}

/** From 0 to 1, by bytes; by entries where nothing has a size. */
export function progressOf({ planned, finished }: Job): number {
  if (planned.bytes > 0) return Math.min(1, finished.bytes / planned.bytes)
  return planned.entries > 0 ? Math.min(1, finished.entries / planned.entries) : 0
}

export function timeLeft(seconds: number | undefined): string {
  return seconds === undefined ? '' : `${formatCompute(Math.max(1, Math.round(seconds)))} left`
}

export function isUnderWay({ state }: Job): boolean {
  return state === 'planning' || state === 'running'
}
