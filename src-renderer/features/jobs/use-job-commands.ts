import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { PlanRequest, ReplanRequest } from '../../../shared/api/jobs.ts'
import { useDesk } from '../../app/desk.ts'
import {
  commandJob,
  forgetJob,
  planJob,
  putJob,
  putJobs,
  replanJob,
  type JobCommand,
} from '../../client/jobs.ts'

/** Plans a job and goes to it: nothing is changed before the user has seen the plan and runs it. */
export function usePlanJob() {
  const client = useQueryClient()
  const { navigate, place } = useDesk()
  return useMutation({
    mutationFn: (wanted: PlanRequest) => planJob(wanted),
    onSuccess: (job) => {
      putJob(client, job)
      navigate({ view: 'jobs', options: { ...place.options, job: job.id, new: '' } })
    },
  })
}

/** What the buttons of one job do; an undo leads to its plan. */
export function useJobCommands(id: string) {
  const client = useQueryClient()
  const { navigate, place } = useDesk()
  const command = useMutation({
    mutationFn: (wanted: JobCommand) => commandJob(id, wanted),
    onSuccess: (job) => {
      putJob(client, job)
      if (job.id !== id) navigate({ view: 'jobs', options: { ...place.options, job: job.id, new: '' } })
    },
  })
  const replan = useMutation({
    mutationFn: (wanted: ReplanRequest) => replanJob(id, wanted),
    onSuccess: (job) => putJob(client, job),
  })
  const forget = useMutation({
    mutationFn: () => forgetJob(id),
    onSuccess: (list) => {
      putJobs(client, list)
      navigate({ options: { ...place.options, job: '' } })
    },
  })
  return { command, replan, forget, error: command.error ?? replan.error ?? forget.error }
}
