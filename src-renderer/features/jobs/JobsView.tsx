import { Button } from '@mantine/core'
import { IconArrowsTransferDown, IconListCheck, IconShieldCheck, IconTrashX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { Connection } from '../../../shared/api/contract.ts'
import type { Job } from '../../../shared/api/jobs.ts'
import { useDesk } from '../../app/desk.ts'
import type { ViewProps } from '../../app/views.tsx'
import { jobsQuery } from '../../client/jobs.ts'
import { EmptyState, ErrorState, Waiting } from '../../ui/States.tsx'
import { CleanForm } from './CleanForm.tsx'
import { JobDetail } from './JobDetail.tsx'
import { JobList } from './JobList.tsx'
import classes from './JobsView.module.css'
import { MigrateForm } from './MigrateForm.tsx'
import { VerifyPanel } from './VerifyPanel.tsx'

/** All jobs of this machine, and the chosen one: its plan, its run, its report; or the form of a new one. */
export function JobsView({ store }: ViewProps) {
  const jobs = useQuery(jobsQuery)
  const { place, navigate } = useDesk()
  const choose = (option: 'job' | 'new', value: string): void =>
    navigate({ options: { ...place.options, job: '', new: '', [option]: value } })
  if (jobs.error && !jobs.data) {
    return (
      <ErrorState title="The jobs cannot be listed" error={jobs.error} onRetry={() => void jobs.refetch()} />
    )
  }
  if (!jobs.data) return <Waiting what="Reading the jobs…" />
  const wanted = place.options['new'] ?? ''
  return (
    <div className={classes.view} data-region>
      <div className={classes.side}>
        <div className={classes.starts}>
          <Button
            leftSection={<IconArrowsTransferDown size={14} />}
            aria-pressed={wanted === 'migrate'}
            onClick={() => choose('new', 'migrate')}
          >
            Migrate…
          </Button>
          <Button
            leftSection={<IconTrashX size={14} />}
            aria-pressed={wanted === 'clean'}
            onClick={() => choose('new', 'clean')}
          >
            Clean up…
          </Button>
          <Button
            leftSection={<IconShieldCheck size={14} />}
            aria-pressed={wanted === 'verify'}
            onClick={() => choose('new', 'verify')}
          >
            Verify
          </Button>
        </div>
        <JobList
          jobs={jobs.data.jobs}
          chosen={wanted === '' ? place.options['job'] : ''}
          onChoose={(id) => choose('job', id)}
        />
      </div>
      <div className={classes.main}>
        <Main store={store} jobs={jobs.data.jobs} />
      </div>
    </div>
  )
}

function Main({ store, jobs }: { store: Connection; jobs: readonly Job[] }) {
  const { place } = useDesk()
  const { job: id, new: wanted } = place.options
  if (wanted === 'migrate') return <MigrateForm store={store} />
  if (wanted === 'clean') return <CleanForm store={store} />
  if (wanted === 'verify') return <VerifyPanel key={store.id} store={store} />
  const job = jobs.find((each) => each.id === id) ?? (id === undefined ? jobs[0] : undefined)
  if (job) return <JobDetail key={job.id} job={job} />
  if (id !== undefined) {
    return (
      <EmptyState icon={<IconListCheck size={26} stroke={1.5} />} title="This job is not here any more">
        It was forgotten, or made on another machine.
      </EmptyState>
    )
  }
  return (
    <EmptyState icon={<IconListCheck size={26} stroke={1.5} />} title="No jobs yet">
      Migrating, cleaning and undoing are jobs: planned first, with the exact list of what would happen; then
      run, with every value checked; and kept here with what is needed to take them back.
    </EmptyState>
  )
}
