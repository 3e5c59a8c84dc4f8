import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline/promises'
import { dataFolder } from '../../shared/catalog/location.ts'
import type { Job, PlanFacts, PlanItem } from '../../shared/jobs/contract.ts'
import { forgetJob, JobFile, type ItemWithOutcome } from '../../shared/jobs/job-file.ts'
import { runPlanned, type JobsOptions } from '../../shared/jobs/jobs.ts'
import type { StopReason } from '../../shared/jobs/run.ts'
import { manifestFile } from '../../shared/jobs/migrate/manifest.ts'
import { AppError } from '../../shared/model/errors.ts'
import { jsonKey, showKey } from '../../shared/model/keys.ts'
import type { StoreLocation } from '../../shared/stores/contract.ts'
import {
  countOf,
  formatBytes,
  formatCompute,
  formatCount,
  formatDuration,
} from '../../shared/model/amounts.ts'
import { conflictTexts } from './conflict-text.ts'
import { type Output, paint, standardOutput, tableLines } from './output.ts'
import type { ExitCode } from './program.ts'

const shownItems = 20
const pageItems = 1_000

export interface RunChoices {
  readonly dryRun?: boolean
  readonly json?: boolean
  /** Run without asking. */
  readonly yes?: boolean
}

/** Options of jobs for a command that was told these caches: their passwords are not kept with the job. */
export function jobsOptions(...told: readonly StoreLocation[]): JobsOptions {
  return { dataFolder: dataFolder(), told }
}

/** Shows a plan and runs it, or only shows it. */
export async function finishJob(job: Job, choices: RunChoices, options: JobsOptions): Promise<ExitCode> {
  const output = standardOutput()
  if (choices.dryRun) {
    await (choices.json ? writeJson(output, job, options, true) : writePlan(output, job, options))
    if (!choices.json && job.plan?.refused !== undefined)
      await output.write(`${paint(output, 'red', 'Refused:')} ${refusalOf(job.plan)}\n`)
    // What was only looked at leaves no job behind.
    forgetJob(options.dataFolder, job.id)
    return job.plan?.refused === undefined ? 0 : 1
  }
  if (job.plan?.refused !== undefined) {
    if (!choices.json) await writePlan(output, job, options)
    forgetJob(options.dataFolder, job.id)
    throw new AppError('REFUSED', `${refusalOf(job.plan)} Nothing was changed.`, {
      data: {
        conflicts: job.plan.conflicts,
        ...(job.plan.needs === undefined ? {} : { needs: job.plan.needs }),
      },
    })
  }
  const isWhole = (job.plan?.impossible ?? 0) === 0
  if (job.planned.entries === 0) {
    if (choices.json) await writeJson(output, job, options, false)
    else {
      await output.write(`${job.title}: nothing to do${leftWords(job)}\n`)
      await writeWarnings(output, job)
    }
    forgetJob(options.dataFolder, job.id)
    return isWhole ? 0 : 1
  }
  if (choices.yes === true) {
    if (choices.json !== true) await writeWarnings(output, job)
  } else {
    // A machine that forgot --yes is told so, and not what people read.
    if (choices.json !== true || canAsk(output)) await writePlan(output, job, options)
    if (!(await isConfirmed(output, job, () => forgetJob(options.dataFolder, job.id)))) return 2
  }
  const code = await runToEnd(job.id, choices, options)
  return code === 0 && !isWhole ? 1 : code
}

/** What the plan leaves as it is. */
function leftWords({ plan }: Job): string {
  return (['same', 'skip'] as const)
    .map((action) => ({ action, entries: plan?.actions[action]?.entries ?? 0 }))
    .filter(({ entries }) => entries > 0)
    .map(({ action, entries }) => `, ${formatCount(entries)} ${actionTexts[action]}`)
    .join('')
}

async function writeWarnings(output: Output, { plan }: Job): Promise<void> {
  for (const warning of plan?.warnings ?? [])
    await output.write(`${paint(output, 'yellow', 'Warning:')} ${warning}\n`)
}

const waysOn: Readonly<Record<NonNullable<PlanFacts['needs']>, string>> = {
  acceptLoss: '--accept-loss',
  acceptLimits: '--accept-limits',
  onConflict: '--on-conflict RULE',
  decisions: '--on-conflict ask, on a terminal',
}

/** Why a plan cannot be run as it is, and by which option it could. */
function refusalOf({ refused = '', needs }: PlanFacts): string {
  return needs === undefined ? refused : `${refused} Option of migrate: ${waysOn[needs]}.`
}

/** Runs what is left of a job. Ctrl-C pauses it after its batch, a second one ends the program. */
export async function runToEnd(
  id: string,
  { json = false }: { readonly json?: boolean },
  options: JobsOptions,
): Promise<ExitCode> {
  const output = standardOutput()
  const stopping = new AbortController()
  const pause = (): void => stopping.abort('pause' satisfies StopReason)
  process.once('SIGINT', pause)
  process.once('SIGTERM', pause)
  try {
    const onProgress = !json && process.stderr.isTTY ? showProgress : undefined
    const job = await runPlanned(id, { ...options, signal: stopping.signal, onProgress })
    if (onProgress) process.stderr.write('\r\u001b[K')
    await (json ? writeJson(output, job, options, false) : writeReport(output, job, options))
    if (job.state === 'stopped') return 2
    const { failed, changed, skipped } = job.outcomes
    return job.state === 'done' && !job.problem && failed + changed + skipped === 0 ? 0 : 1
  } finally {
    process.off('SIGINT', pause)
    process.off('SIGTERM', pause)
  }
}

function showProgress({ finished, planned, secondsLeft }: Job): void {
  const part = planned.bytes > 0 ? finished.bytes / planned.bytes : finished.entries / planned.entries
  const left =
    secondsLeft === undefined ? '' : `, ${formatDuration(Math.round(Math.max(1, secondsLeft)))} left`
  process.stderr.write(
    `\r\u001b[K${Math.floor(part * 100)} %  ${formatCount(finished.entries)} of ${countOf(planned.entries, 'entry', 'entries')}${left}`,
  )
}

function canAsk(output: Output): boolean {
  return process.stdin.isTTY && output.isTerminal
}

/** What is not confirmed is forgotten. */
async function isConfirmed(output: Output, job: Job, forget: () => void): Promise<boolean> {
  if (job.planned.entries === 0) return true
  if (!canAsk(output)) {
    forget()
    throw new AppError(
      'USAGE',
      'Nothing was changed: without a terminal to ask on, --yes says that the plan is to be run (--dry-run only shows it).',
    )
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const answer = await lines.question('Run it? It can be undone. [y/N] ')
    const isYes = /^y(es)?$/i.test(answer.trim())
    if (!isYes) forget()
    return isYes
  } finally {
    lines.close()
  }
}

const actionTexts: Readonly<Record<PlanItem['action'], string>> = {
  put: 'to write',
  replace: 'to replace',
  delete: 'to move to the trash',
  restore: 'to bring back',
  remove: 'to remove again',
  same: 'there already',
  skip: 'left alone',
  ask: 'to be decided',
}

/** A migration without a filter reads no records: then nobody knows it. */
function computeText(seconds: number): string {
  return seconds > 0 ? `, ${formatCompute(seconds)} of compute` : ''
}

async function writePlan(output: Output, job: Job, options: JobsOptions): Promise<void> {
  const { plan, planned } = job
  await output.write(
    `${paint(output, 'bold', job.title)}: ${countOf(planned.entries, 'entry', 'entries')}, ${formatBytes(planned.bytes)}${computeText(planned.computeSeconds)}\n`,
  )
  for (const [action, sum] of Object.entries(plan?.actions ?? {}))
    await output.write(
      `  ${formatCount(sum.entries)} ${actionTexts[action as PlanItem['action']]}, ${formatBytes(sum.bytes)}\n`,
    )
  if (plan?.protectedEntries !== undefined)
    await output.write(`  ${plan.protectedEntries} that the rules name stay: they are protected\n`)
  await writeWarnings(output, job)
  for (const { type, path, count, kept } of plan?.losses ?? [])
    await output.write(
      `${paint(output, kept === 'lost' ? 'red' : 'yellow', kept)}  ${type}  ${count} times, first at ${path}\n`,
    )
  using file = JobFile.open(options.dataFolder, job.id)
  const { items, total } = file.items({ from: 0, to: shownItems })
  if (total === 0) return
  const rows = items.map((item) => [
    showKey(item.key),
    actionTexts[item.action],
    formatBytes(item.bytes),
    item.computeSeconds > 0 ? formatDuration(item.computeSeconds) : '',
    conflictTexts(item).join('; '),
  ])
  const columns = [
    { title: 'KEY' },
    { title: 'PLAN' },
    { title: 'SIZE', align: 'right' as const },
    { title: 'COMPUTE', align: 'right' as const },
    { title: 'WHY' },
  ]
  for (const line of tableLines(output, columns, rows)) await output.write(line)
  if (total > shownItems)
    await output.write(`… and ${total - shownItems} more (--dry-run --json lists all)\n`)
}

async function writeReport(output: Output, job: Job, options: JobsOptions): Promise<void> {
  const { outcomes, finished } = job
  const told = (['skipped', 'changed', 'failed'] as const)
    .filter((state) => outcomes[state] > 0)
    .map((state) => `, ${outcomes[state]} ${state}`)
  await output.write(
    `${job.title}: ${job.state}, ${formatCount(outcomes.done)} of ${countOf(job.planned.entries, 'entry', 'entries')} done${told.join('')}${leftWords(job)} (${formatBytes(finished.bytes)})\n`,
  )
  using file = JobFile.open(options.dataFolder, job.id)
  for (const state of ['failed', 'changed', 'skipped'] as const) {
    let left = shownItems
    for (const { key, outcome } of file.outcomes(state)) {
      if (left-- === 0) break
      await output.write(`  ${state}: ${outcome?.reason ?? showKey(key)}\n`)
    }
  }
  if (job.problem) await output.write(`${paint(output, 'red', job.problem.sentence)}\n`)
  if (job.canRun) await output.write(`To go on: hashcache jobs resume ${job.id}\n`)
  const manifest = manifestFile(file.folder)
  if (existsSync(manifest)) await output.write(`What was written, with its digests: ${manifest}\n`)
  if (job.canUndo) await output.write(`To take it back: hashcache undo ${job.id}\n`)
}

/** The job on the first line, then a line for each item. */
async function writeJson(output: Output, job: Job, options: JobsOptions, isPlan: boolean): Promise<void> {
  const { spec: _spec, ...shown } = job
  await output.write(
    JSON.stringify({
      ...shown,
      ...(job.canUndo ? { undo: job.id } : {}),
      ...(isPlan ? { dryRun: true } : {}),
    }) + '\n',
  )
  using file = JobFile.open(options.dataFolder, job.id)
  for (let from = 0; ; from += pageItems) {
    const { items, total } = file.items({ from, to: from + pageItems })
    for (const item of items) await output.write(JSON.stringify(jsonItem(item)) + '\n')
    if (from + pageItems >= total) return
  }
}

export function jsonItem(item: ItemWithOutcome): object {
  const { key, action, bytes, computeSeconds, note, sides, outcome } = item
  return {
    key: jsonKey(key),
    action,
    sizeBytes: bytes,
    computeSeconds,
    ...(note === undefined ? {} : { note }),
    ...(sides === undefined ? {} : { sides }),
    ...(outcome === undefined ? {} : { state: outcome.state }),
    ...(outcome?.reason === undefined ? {} : { reason: outcome.reason }),
    ...(outcome?.sha256 === undefined ? {} : { sha256: outcome.sha256 }),
  }
}
