import type { Job } from '../../../shared/api/jobs.ts'
import { useDesk } from '../../app/desk.ts'
import { countOf, formatBytes, formatRelative } from '../../ui/format.ts'
import { visibleText } from '../../ui/visible-text.ts'
import classes from './JobList.module.css'
import { progressOf, stateWords, toneOf } from './words.ts'

export interface JobListProps {
  jobs: readonly Job[]
  chosen: string | undefined
  onChoose: (id: string) => void
}

/** Jobs newest first: what, how far, when. */
export function JobList({ jobs, chosen, onChoose }: JobListProps) {
  const { nowSeconds } = useDesk()
  const shown = chosen ?? jobs[0]?.id
  return (
    <ul className={classes.list} aria-label="Jobs">
      {jobs.map((job) => (
        <li key={job.id}>
          <button
            type="button"
            className={classes.job}
            aria-current={job.id === shown ? 'true' : undefined}
            onClick={() => onChoose(job.id)}
          >
            <span className={classes.title} title={visibleText(job.title)}>
              {visibleText(job.title)}
            </span>
            <span className={classes.facts}>
              <i className={classes.dot} data-tone={toneOf(job)} />
              <span className={classes.how}>
                {stateWords[job.state]}
                {job.state === 'running' ? ` ${Math.floor(progressOf(job) * 100)} %` : ''} ·{' '}
                {countOf(job.planned.entries, 'entry', 'entries')} · {formatBytes(job.planned.bytes)}
              </span>
              <span className={classes.when}>{formatRelative(job.createdAtMs / 1_000, nowSeconds)}</span>
            </span>
          </button>
        </li>
      ))}
    </ul>
  )
}
