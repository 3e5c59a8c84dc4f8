import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Job, JobList } from '../../shared/api/jobs.ts'
import { newestOf, withJob } from './job-list.ts'

const states = ['planning', 'planned', 'running', 'done'] as const

function jobOf(id: number, revision: number, step: number): Job {
  return {
    id: `j${id}`,
    revision,
    kind: 'evict',
    state: states[step]!,
    title: `Job ${id}`,
    store: { kind: 'fs', location: 'fs:/c', label: 'c' },
    user: 'ada',
    createdAtMs: id,
    asked: [],
    planned: { entries: 0, bytes: 0, computeSeconds: 0 },
    finished: { entries: 0, bytes: 0, computeSeconds: 0 },
    outcomes: { done: 0, changed: 0, skipped: 0, failed: 0 },
    canUndo: false,
  }
}

type News = { list: JobList } | { job: Job }

/** What an engine does: jobs begin, go on and are forgotten; each change is told, and lists are answered in between. */
const story = fc
  .array(fc.record({ act: fc.constantFrom('begin', 'go on', 'forget', 'list'), which: fc.nat(9) }), {
    maxLength: 30,
  })
  .map((acts) => {
    let revision = 0
    let begun = 0
    let jobs: Job[] = []
    const news: News[] = []
    const list = (): void => {
      revision++
      const now = revision
      jobs = jobs.map((job) => ({ ...job, revision: now }))
      news.push({ list: { revision, jobs: jobs.toReversed() } })
    }
    for (const { act, which } of acts) {
      const job = jobs[which % Math.max(1, jobs.length)]
      if (act === 'begin') {
        jobs.push(jobOf(begun++, ++revision, 0))
        news.push({ job: jobs.at(-1)! })
      } else if (act === 'list') list()
      else if (!job) continue
      else if (act === 'forget') {
        jobs = jobs.filter((each) => each !== job)
        list()
      } else {
        const next = jobOf(job.createdAtMs, ++revision, Math.min(states.indexOf(job.state as 'done') + 1, 3))
        jobs = jobs.map((each) => (each === job ? next : each))
        news.push({ job: next })
      }
    }
    list()
    return news
  })

function heard(news: readonly News[]): JobList {
  let known: JobList | undefined
  for (const each of news) known = 'list' in each ? newestOf(known, each.list) : withJob(known, each.job)
  return known!
}

describe('the list of jobs', () => {
  it('is that of the engine in whatever order its news come in', () => {
    const shuffled = story.chain((news) =>
      fc.tuple(fc.constant(news), fc.shuffledSubarray(news, { minLength: news.length })),
    )
    fc.assert(
      fc.property(shuffled, ([told, order]) => {
        const shown = ({ jobs }: JobList): string[] => jobs.map(({ id, state }) => `${id} ${state}`)
        expect(shown(heard(order))).toEqual(shown(heard(told)))
        expect(heard(told).jobs).toEqual((told.at(-1) as { list: JobList }).list.jobs)
      }),
      { numRuns: 500 },
    )
  })

  it('keeps the news that overtook an answer (a plan stayed "planning" for ever)', () => {
    const planned = withJob(undefined, jobOf(1, 7, 1))
    expect(withJob(planned, jobOf(1, 5, 0)).jobs[0]!.state).toBe('planned')
    expect(newestOf(planned, { revision: 6, jobs: [jobOf(1, 6, 0)] }).jobs[0]!.state).toBe('planned')
    expect(newestOf(planned, { revision: 6, jobs: [] }).jobs).toHaveLength(1)
    expect(newestOf(planned, { revision: 8, jobs: [] }).jobs).toEqual([])
  })
})
