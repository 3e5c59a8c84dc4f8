import { Button, TextInput } from '@mantine/core'
import {
  IconArrowsTransferDown,
  IconListCheck,
  IconShieldCheck,
  IconTrashX,
  type Icon,
} from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { Connection } from '../../../shared/api/contract.ts'
import type { Job } from '../../../shared/api/jobs.ts'
import { useDesk } from '../../app/desk.ts'
import type { ViewProps } from '../../app/views.tsx'
import { jobsQuery } from '../../client/jobs.ts'
import { formatCount } from '../../ui/format.ts'
import { EmptyState, ErrorState, Waiting } from '../../ui/States.tsx'
import { CleanForm } from './CleanForm.tsx'
import { JobDetail } from './JobDetail.tsx'
import { matchesJob } from './job-filter.ts'
import { JobList } from './JobList.tsx'
import classes from './JobsView.module.css'
import { MigrateForm } from './MigrateForm.tsx'
import { VerifyPanel } from './VerifyPanel.tsx'

/** What can be begun here. */
const starts: readonly { id: string; title: string; StartIcon: Icon }[] = [
  { id: 'migrate', title: 'Migrate…', StartIcon: IconArrowsTransferDown },
  { id: 'clean', title: 'Clean up…', StartIcon: IconTrashX },
  { id: 'verify', title: 'Verify', StartIcon: IconShieldCheck },
]

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
  const words = place.options['jobs'] ?? ''
  const all = jobs.data.items
  const matching = all.filter((job) => matchesJob(job, words))
  return (
    <div className={classes.view} data-region>
      <div className={classes.side}>
        <div className={classes.starts}>
          {starts.map(({ id, title, StartIcon }) => (
            <Button
              key={id}
              leftSection={<StartIcon size={14} />}
              aria-pressed={wanted === id}
              onClick={() => choose('new', id)}
            >
              {title}
            </Button>
          ))}
        </div>
        {all.length < 2 ? null : (
          <TextInput
            className={classes.filter}
            aria-label="Filter jobs"
            placeholder="Filter: stopped, evict, a path, a user…"
            value={words}
            onChange={(event) =>
              navigate({ options: { ...place.options, jobs: event.currentTarget.value } }, 'replace')
            }
            spellCheck={false}
            autoComplete="off"
          />
        )}
        {matching.length === 0 && all.length > 0 ? (
          <p className={classes.none} role="status">
            None of {formatCount(all.length)} jobs matches.
          </p>
        ) : null}
        <JobList
          jobs={matching}
          shown={wanted === '' ? (place.options['job'] ?? all[0]?.id) : undefined}
          onChoose={(id) => choose('job', id)}
        />
      </div>
      <div className={classes.main}>
        <Main store={store} jobs={all} />
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
