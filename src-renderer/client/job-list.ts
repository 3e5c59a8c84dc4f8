import type { Job, JobList } from '../../shared/api/jobs.ts'

/**
 * A list of jobs that has come in, with what is newer of the known one: answers and events overtake one another. A
 * known job that is not in it is there no more, unless it is newer than the list.
 */
export function newestOf(known: JobList | undefined, fetched: JobList): JobList {
  if (!known) return fetched
  const [older, newer] = known.revision > fetched.revision ? [fetched, known] : [known, fetched]
  const jobs = new Map(newer.jobs.map((job) => [job.id, job]))
  for (const job of older.jobs) {
    const other = jobs.get(job.id)
    if (job.revision > (other?.revision ?? newer.revision)) jobs.set(job.id, job)
  }
  return { revision: newer.revision, jobs: newestFirst([...jobs.values()]) }
}

/** The list with the news of one job. */
export function withJob(known: JobList | undefined, job: Job): JobList {
  const { revision, jobs } = known ?? { revision: 0, jobs: [] }
  const older = jobs.find(({ id }) => id === job.id)
  if (job.revision < (older?.revision ?? revision)) return { revision, jobs }
  return { revision, jobs: newestFirst([job, ...jobs.filter((each) => each !== older)]) }
}

function newestFirst(jobs: Job[]): Job[] {
  return jobs.toSorted((one, other) => other.createdAtMs - one.createdAtMs || one.id.localeCompare(other.id))
}
