import { useQuery } from '@tanstack/react-query'
import { useDesk } from '../../app/desk.ts'
import { jobsQuery } from '../../client/jobs.ts'
import { visibleText } from '../../ui/visible-text.ts'
import classes from './JobStatus.module.css'
import { isUnderWay, progressOf, timeLeft } from './words.ts'

/** The job under way in the status bar, wherever the user is. */
export function JobStatus() {
  const { place, navigate } = useDesk()
  const jobs = useQuery(jobsQuery).data?.jobs.filter(isUnderWay) ?? []
  const [job] = jobs
  if (!job) return null
  const part = progressOf(job)
  const rest = jobs.length > 1 ? ` and ${jobs.length - 1} more` : ''
  return (
    <button
      type="button"
      className={classes.job}
      title={visibleText(job.title)}
      onClick={() => navigate({ view: 'jobs', options: { ...place.options, job: job.id, new: '' } })}
    >
      <span className={classes.bar} data-unknown={job.state === 'planning' || undefined}>
        <i style={{ width: job.state === 'planning' ? '30%' : `${part * 100}%` }} />
      </span>
      <span className={classes.title}>{visibleText(job.title)}</span>
      {job.state === 'planning' ? ' · planning' : ` · ${timeLeft(job.secondsLeft) || 'running'}`}
      {rest}
    </button>
  )
}
