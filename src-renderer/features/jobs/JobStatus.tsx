import { useQuery } from '@tanstack/react-query'
import { useDesk } from '../../app/desk.ts'
import type { Job } from '../../../shared/api/jobs.ts'
import { jobsQuery } from '../../client/jobs.ts'
import { visibleText } from '../../ui/visible-text.ts'
import classes from './JobStatus.module.css'
import { useTakeBack } from './UndoNotice.tsx'
import { endWords, isUnderWay, progressOf, timeLeft } from './words.ts'

/** A run that has ended can be taken back from here for so long; from the jobs always. */
const shownSeconds = 120

/** The job under way in the status bar, or the one that has just ended, wherever the user is. */
export function JobStatus() {
  const { place, navigate, nowSeconds } = useDesk()
  const all = useQuery(jobsQuery).data?.items ?? []
  const jobs = all.filter(isUnderWay)
  const [job] = jobs
  if (!job) {
    const last = all.find(({ endedAtMs = 0 }) => nowSeconds - endedAtMs / 1_000 < shownSeconds)
    return last?.state === 'done' && last.canUndo ? <Ended job={last} /> : null
  }
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

function Ended({ job }: { job: Job }) {
  const { place, navigate } = useDesk()
  const undo = useTakeBack(job)
  const words = visibleText(endWords(job))
  return (
    <span className={classes.ended}>
      <button
        type="button"
        className={classes.job}
        title={words}
        onClick={() => navigate({ view: 'jobs', options: { ...place.options, job: job.id, new: '' } })}
      >
        <span className={classes.title}>{words}</span>
      </button>
      <button
        type="button"
        className={classes.undo}
        title={undo.error ? visibleText(undo.error.message) : 'Takes back what the job did'}
        disabled={undo.isPending}
        onClick={undo.start}
      >
        {undo.isPending ? 'Taking back…' : undo.error ? 'Undo failed' : 'Undo'}
      </button>
    </span>
  )
}
