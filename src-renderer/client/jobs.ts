import { queryOptions, type QueryClient } from '@tanstack/react-query'
import type {
  Job,
  JobItem,
  JobItemPage,
  JobList,
  PlanRequest,
  Policy,
  ReplanRequest,
  Trash,
  VerifyEvent,
} from '../../shared/api/jobs.ts'
import { linesOf } from './lines.ts'
import { newestOf, withNews, type ToldList } from './newest.ts'
import { address, callJson, request } from './request.ts'

/** Items of one page of a plan. */
export const itemsPerPage = 200

/** All jobs, newest first; kept fresh by the event stream, and read again for those that the command line began. */
export const jobsQuery = queryOptions({
  queryKey: ['jobs'],
  queryFn: async ({ signal, client }): Promise<JobList> => {
    const answer = await callJson<JobList>('jobs', { signal })
    // The news that overtook the answer stay.
    return newestFirst(newestOf<Job>(client.getQueryData(['jobs']), answer))
  },
  staleTime: 0,
})

export interface ItemFilter {
  readonly state?: NonNullable<JobItem['state']>
  readonly action?: JobItem['action']
}

export function itemsQuery(job: string, filter: ItemFilter, page: number) {
  return queryOptions({
    queryKey: ['items', job, filter, page],
    queryFn: ({ signal }) => {
      const span = { from: page * itemsPerPage, to: (page + 1) * itemsPerPage }
      return callJson<JobItemPage>(address(['jobs', job, 'items'], { ...filter, ...span }), { signal })
    },
    staleTime: 0,
    gcTime: 60_000,
  })
}

/** Reads what is shown of the items again; it stands until its new state is here. */
export function rereadItems(client: QueryClient, job: string): void {
  void client.invalidateQueries({ queryKey: ['items', job] })
}

export function planJob(wanted: PlanRequest): Promise<Job> {
  return callJson<Job>('jobs', { method: 'POST', body: wanted })
}

/** The same job with other choices; its plan is made anew. */
export function replanJob(job: string, wanted: ReplanRequest): Promise<Job> {
  return callJson<Job>(address(['jobs', job, 'replan']), { method: 'POST', body: wanted })
}

export type JobCommand = 'run' | 'pause' | 'cancel' | 'undo'

/** `undo` answers the job that would undo it, planned and not run. */
export function commandJob(job: string, command: JobCommand): Promise<Job> {
  return callJson<Job>(address(['jobs', job, command]), { method: 'POST' })
}

const planPaceMs = 150

/**
 * Plans the undo of a job and runs it as soon as it is planned. Answers the undo job.
 *
 * @throws Error as the engine says it; a plan that cannot be run says why
 */
export async function takeBack(client: QueryClient, id: string): Promise<Job> {
  let job = await commandJob(id, 'undo')
  putJob(client, job)
  while (job.state === 'planning') {
    await new Promise((resolve) => setTimeout(resolve, planPaceMs))
    job = await callJson<Job>(address(['jobs', job.id]))
  }
  if (job.state !== 'planned')
    throw new Error(job.problem?.sentence ?? job.plan?.refused ?? 'It cannot be taken back.')
  const running = await commandJob(job.id, 'run')
  putJob(client, running)
  return running
}

export function forgetJob(job: string): Promise<JobList> {
  return callJson<JobList>(address(['jobs', job]), { method: 'DELETE' })
}

export function reportAddress(job: string): string {
  return `/api/${address(['jobs', job, 'report'])}`
}

/** Of a migration that is done. */
export function manifestAddress(job: string): string {
  return `/api/${address(['jobs', job, 'manifest'])}`
}

export const trashQuery = queryOptions({
  queryKey: ['trash'],
  queryFn: ({ signal }) => callJson<Trash>('trash', { signal }),
})

/** `typed`: the number of entries as the user typed it; another number than what would go is refused. */
export function emptyTrash(jobs: string[] | undefined, typed: number): Promise<Trash> {
  return callJson<Trash>('trash/empty', { method: 'POST', body: { jobs, typed } })
}

export interface Retention {
  /** The file that says so; absent: our own settings. */
  readonly file?: string
  readonly policy?: Policy
}

export function retentionQuery(store: string) {
  return queryOptions({
    queryKey: ['retention', store],
    queryFn: ({ signal }) => callJson<Retention>(address(['stores', store, 'retention']), { signal }),
    retry: false,
  })
}

export function keepRetention(store: string, policy: Policy): Promise<Retention> {
  return callJson<Retention>(address(['stores', store, 'retention']), { method: 'POST', body: policy })
}

/** What is wrong in a cache, as it is found. Leaving it, or the signal, ends the look. */
export async function* verifyStore(store: string, signal: AbortSignal): AsyncGenerator<VerifyEvent> {
  yield* linesOf<VerifyEvent>(await request(address(['stores', store, 'verify']), { method: 'POST', signal }))
}

/** Takes a job's news into the list. */
export function putJob(client: QueryClient, job: Job): void {
  client.setQueryData(jobsQuery.queryKey, (known: JobList | undefined) =>
    newestFirst(withNews<Job>(known, job)),
  )
  if (!['done', 'cancelled', 'stopped'].includes(job.state)) return
  void client.invalidateQueries({ queryKey: trashQuery.queryKey })
  // An undo has changed another job too.
  void client.invalidateQueries({ queryKey: jobsQuery.queryKey })
}

/** Takes a whole list in. */
export function putJobs(client: QueryClient, list: JobList): void {
  client.setQueryData(jobsQuery.queryKey, (known: JobList | undefined) =>
    newestFirst(newestOf<Job>(known, list)),
  )
}

function newestFirst({ asOf, items }: ToldList<Job>): JobList {
  return {
    asOf,
    items: items.toSorted(
      (one, other) => other.createdAtMs - one.createdAtMs || one.id.localeCompare(other.id),
    ),
  }
}
