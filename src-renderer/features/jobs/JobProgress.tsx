import type { Job } from '../../../shared/api/jobs.ts'
import { formatBytes, formatCount } from '../../ui/format.ts'
import classes from './JobDetail.module.css'
import { progressOf, timeLeft } from './words.ts'

/** How far a plan or a run is, at which rate, and how long it will take. */
export function JobProgress({ job }: { job: Job }) {
  if (job.state === 'planning') {
    return (
      <div className={classes.progress}>
        <div className={classes.bar} role="progressbar" aria-label="Planning" data-unknown>
          <i />
        </div>
        <span className={classes.rate}>{formatCount(job.lookedAt ?? 0)} looked at</span>
      </div>
    )
  }
  const hasBegun = job.startedAtMs !== undefined
  if (!hasBegun || job.state === 'done') return null
  const part = progressOf(job)
  const rate = job.bytesPerSecond === undefined ? '' : `${formatBytes(job.bytesPerSecond)}/s`
  return (
    <div className={classes.progress}>
      <div
        className={classes.bar}
        role="progressbar"
        aria-label="Progress"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.floor(part * 100)}
        data-still={job.state === 'running' ? undefined : true}
      >
        <i style={{ width: `${part * 100}%` }} />
      </div>
      <span className={classes.rate}>
        {[`${Math.floor(part * 100)} %`, rate, timeLeft(job.secondsLeft)].filter(Boolean).join(' · ')}
      </span>
    </div>
  )
}
