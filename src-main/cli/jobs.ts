import { JobFile, listJobs } from '../../shared/jobs/job-file.ts'
import { planJob } from '../../shared/jobs/jobs.ts'
import { resolveStore } from '../../shared/stores/registry.ts'
import { dropJob } from '../../shared/jobs/trash.ts'
import { dataFolder } from '../../shared/catalog/location.ts'
import { countOf, formatBytes } from '../../shared/model/amounts.ts'
import { readableDataFolder } from './data-folder.ts'
import { finishJob, jobsOptions, jsonItem, runToEnd } from './job-run.ts'
import { standardOutput, tableLines, timeText } from './output.ts'
import type { ExitCode } from './program.ts'

export interface JobChoices {
  readonly json?: boolean
  /** The cache with its password, which the job does not keep. */
  readonly store?: string
}

/** `hashcache jobs`: what was planned and run on this machine, newest first. */
export async function runJobsList({ json = false }: JobChoices): Promise<ExitCode> {
  const output = standardOutput()
  const jobs = listJobs(readableDataFolder())
  if (json) {
    for (const { spec: _spec, ...job } of jobs) await output.write(JSON.stringify(job) + '\n')
    return 0
  }
  if (jobs.length === 0) {
    await output.write('No jobs yet.\n')
    return 0
  }
  const columns = [
    { title: 'ID' },
    { title: 'STATE' },
    { title: 'DONE', align: 'right' as const },
    { title: 'SIZE', align: 'right' as const },
    { title: 'PLANNED' },
    { title: 'JOB' },
  ]
  const rows = jobs.map(({ id, state, outcomes, planned, finished, createdAtMs, title }) => [
    id,
    state,
    `${outcomes.done}/${planned.entries}`,
    formatBytes(finished.bytes),
    timeText(createdAtMs / 1_000),
    title,
  ])
  for (const line of tableLines(output, columns, rows)) await output.write(line)
  return 0
}

/** `hashcache jobs show ID`: the job and each of its items as NDJSON. */
export async function runJobShow(id: string): Promise<ExitCode> {
  const output = standardOutput()
  using file = JobFile.open(readableDataFolder(), id)
  const { spec: _spec, ...job } = file.job()
  await output.write(JSON.stringify(job) + '\n')
  const step = 1_000
  for (let from = 0; ; from += step) {
    const { items, total } = file.items({ from, to: from + step })
    for (const item of items) await output.write(JSON.stringify(jsonItem(item)) + '\n')
    if (from + step >= total) return 0
  }
}

/** `hashcache jobs forget ID…`: takes jobs out of the list; what they did stays. */
export async function runJobsForget(ids: readonly string[]): Promise<ExitCode> {
  for (const id of ids) dropJob(dataFolder(), id)
  await standardOutput().write(`${countOf(ids.length, 'job', 'jobs')} forgotten.\n`)
  return 0
}

/** `hashcache jobs resume ID` */
export async function runJobResume(id: string, choices: JobChoices): Promise<ExitCode> {
  return runToEnd(id, choices, await optionsFor(choices))
}

/** `hashcache undo ID`: takes back what a job did, where nobody has written since. */
export async function runUndo(
  id: string,
  choices: JobChoices & { readonly dryRun?: boolean },
): Promise<ExitCode> {
  const options = await optionsFor(choices)
  const job = await planJob({ kind: 'undo', job: id }, options)
  return finishJob(job, { ...choices, yes: true }, options)
}

async function optionsFor({ store }: JobChoices) {
  return store === undefined ? jobsOptions() : jobsOptions(await resolveStore(store))
}
