import { VisuallyHidden } from '@mantine/core'
import {
  IconArrowBackUp,
  IconArrowsTransferDown,
  IconShieldCheck,
  IconTrashX,
  type Icon,
} from '@tabler/icons-react'
import type { Job } from '../../../shared/api/jobs.ts'
import { useDesk } from '../../app/desk.ts'
import { countOf, formatBytes, formatCount, formatRelative } from '../../ui/format.ts'
import { useRoving } from '../../ui/use-roving.ts'
import { visibleText } from '../../ui/visible-text.ts'
import classes from './JobList.module.css'
import { progressOf, shortStateText, toneOf } from './words.ts'

const icons: Readonly<Record<Job['kind'], Icon>> = {
  migrate: IconArrowsTransferDown,
  evict: IconTrashX,
  repair: IconShieldCheck,
  undo: IconArrowBackUp,
}

export interface JobListProps {
  jobs: readonly Job[]
  /** Id of the job that is shown. */
  shown: string | undefined
  onChoose: (id: string) => void
}

/** Jobs newest first: what, how far, when. */
export function JobList({ jobs, shown, onChoose }: JobListProps) {
  const here = jobs.findIndex(({ id }) => id === shown)
  const { group, tabIndex } = useRoving('button', Math.max(0, here))
  return (
    <ul className={classes.list} aria-label="Jobs" onKeyDown={group.onKeyDown} onFocus={group.onFocus}>
      {jobs.map((job, i) => (
        <li key={job.id}>
          <button
            type="button"
            className={classes.job}
            aria-current={job.id === shown ? 'true' : undefined}
            tabIndex={tabIndex(i, jobs.length)}
            onClick={() => onChoose(job.id)}
          >
            <Line job={job} />
          </button>
        </li>
      ))}
    </ul>
  )
}

function Line({ job }: { job: Job }) {
  const { nowSeconds } = useDesk()
  const Kind = icons[job.kind]
  const { entries, bytes } = job.planned
  return (
    <>
      <span className={classes.title} title={visibleText(job.title)}>
        <Kind size={13} stroke={1.6} aria-hidden />
        {visibleText(job.title)}
      </span>
      <span className={classes.facts}>
        <i className={classes.dot} data-tone={toneOf(job)} />
        <span className={classes.how}>
          {shortStateText(job)}
          {job.state === 'running' ? ` ${Math.floor(progressOf(job) * 100)} %` : ''}
          {job.plan ? (
            <span title={countOf(entries, 'entry', 'entries')}>
              {` · ${formatCount(entries)}`}
              <VisuallyHidden>{entries === 1 ? ' entry' : ' entries'}</VisuallyHidden>
              {` · ${formatBytes(bytes)}`}
            </span>
          ) : null}
        </span>
        <span className={classes.when}>{formatRelative(job.createdAtMs / 1_000, nowSeconds)}</span>
      </span>
    </>
  )
}
