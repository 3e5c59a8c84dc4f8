import { JobFile, listJobs } from '../../../shared/jobs/job-file.ts'
import { planJob, replanJob, runPlanned, type JobsOptions } from '../../../shared/jobs/jobs.ts'
import { dropJob, emptyTrash, expireTrash, listTrash } from '../../../shared/jobs/trash.ts'
import { verifyStore, type Finding } from '../../../shared/jobs/verify.ts'
import { openStore } from '../../../shared/stores/registry.ts'
import type { JobAnswers, JobProgress, JobTask, LongJobTask, VerifyStep } from './job-task.ts'
import { replying } from './reply.ts'

type Answer = JobAnswers[keyof JobAnswers]

async function run(task: JobTask): Promise<Answer> {
  const { dataFolder } = task
  switch (task.ask) {
    case 'plan':
    case 'run':
    case 'verify':
      return runLong(task)
    case 'list':
      return listJobs(dataFolder)
    case 'job': {
      using file = JobFile.open(dataFolder, task.id)
      return file.job()
    }
    case 'items': {
      using file = JobFile.open(dataFolder, task.id)
      return file.items(task)
    }
    case 'forget':
      dropJob(dataFolder, task.id)
      return listJobs(dataFolder)
    case 'trash':
      expireTrash(dataFolder)
      return listTrash(dataFolder)
    case 'empty':
      emptyTrash(dataFolder, task.jobs, task.typed)
      return listTrash(dataFolder)
  }
}

async function runLong(task: LongJobTask): Promise<Answer> {
  const { dataFolder, port, known } = task
  const stopping = new AbortController()
  port.on('message', (reason: unknown) => stopping.abort(reason))
  const options: JobsOptions = { dataFolder, told: known }
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a MessagePort has no origin
  const tell = (progress: JobProgress | VerifyStep): void => port.postMessage(progress)
  try {
    if (task.ask === 'verify') return await verify(task, tell, stopping.signal)
    if (task.ask === 'run')
      return await runPlanned(task.id, {
        ...options,
        signal: stopping.signal,
        onProgress: (job) => tell({ job }),
      })
    const planning = {
      ...options,
      signal: stopping.signal,
      // Who asked for it hears of the job at once, and of what became of its plan by the job.
      keepsFailed: true,
      onProgress: (job: JobProgress['job'], lookedAt: number) => tell({ job, lookedAt }),
    }
    return await (task.instead === undefined
      ? planJob(task.spec, planning)
      : replanJob(task.instead, task.spec, planning))
  } finally {
    port.close()
  }
}

const findingsAtOnce = 100

async function verify(
  { store: location, dataFolder }: LongJobTask & { ask: 'verify' },
  tell: (step: VerifyStep) => void,
  signal: AbortSignal,
): Promise<JobAnswers['verify']> {
  await using store = await openStore(location)
  let progress = { entries: 0, bytes: 0 }
  let findings = 0
  let duplicates = 0
  let waiting: Finding[] = []
  const onProgress = (next: typeof progress): void => {
    progress = next
    tell({ ...progress, findings: waiting })
    waiting = []
  }
  for await (const finding of verifyStore(store, { signal, onProgress, dataFolder })) {
    if (finding.finding === 'duplicate') duplicates++
    else findings++
    waiting.push(finding)
    if (waiting.length >= findingsAtOnce) onProgress(progress)
  }
  tell({ ...progress, findings: waiting })
  return { ...progress, findings, duplicates }
}

export default replying(run)
