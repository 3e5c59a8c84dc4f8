import { IconX } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState, type FocusEvent } from 'react'
import type { Job } from '../../../shared/api/jobs.ts'
import { useDesk } from '../../app/desk.ts'
import { jobsQuery, takeBack } from '../../client/jobs.ts'
import { visibleText } from '../../ui/visible-text.ts'
import classes from './UndoNotice.module.css'
import { endWords } from './words.ts'

/** Long enough to be read and reached by keys; it waits while somebody is at it. */
const shownMs = 12_000

/** What a run that has just ended did, with the way back. */
export function UndoNotice() {
  const ended = useJustEnded()
  const [closed, setClosed] = useState<string>()
  if (!ended || ended.id === closed) return null
  return <Notice key={ended.id} job={ended} onClose={() => setClosed(ended.id)} />
}

/** The job that ended last while this window looked on, as it is now. */
function useJustEnded(): Job | undefined {
  const jobs = useQuery(jobsQuery).data?.jobs
  const open = useRef(new Set<string>())
  const [id, setId] = useState<string>()
  useEffect(() => {
    for (const job of jobs ?? []) {
      const hasEnded = job.state === 'done' || job.state === 'stopped'
      // A short run may never be seen as running: what was planned before is done now.
      if (!hasEnded) open.current.add(job.id)
      else if (open.current.delete(job.id)) setId(job.id)
    }
  }, [jobs])
  return jobs?.find((job) => job.id === id)
}

function Notice({ job, onClose }: { job: Job; onClose: () => void }) {
  const { place, navigate } = useDesk()
  const [isHeld, setIsHeld] = useState(false)
  const undo = useTakeBack(job)
  useEffect(() => {
    if (isHeld || undo.isPending || undo.error) return
    const timer = setTimeout(onClose, shownMs)
    return () => clearTimeout(timer)
  }, [isHeld, undo.isPending, undo.error, onClose])
  const onBlur = ({ currentTarget, relatedTarget }: FocusEvent<HTMLElement>): void => {
    if (!currentTarget.contains(relatedTarget)) setIsHeld(false)
  }
  return (
    <section
      className={classes.notice}
      aria-label="What a job did"
      data-region
      data-tone={job.state === 'stopped' ? 'bad' : undefined}
      onMouseEnter={() => setIsHeld(true)}
      onMouseLeave={() => setIsHeld(false)}
      onFocus={() => setIsHeld(true)}
      onBlur={onBlur}
    >
      <p role="status" className={classes.text}>
        {visibleText(endWords(job))}
        {undo.error ? <span className={classes.error}> {visibleText(undo.error.message)}</span> : null}
      </p>
      {job.canUndo && job.state === 'done' ? (
        <button
          type="button"
          className={classes.action}
          disabled={undo.isPending}
          onClick={() => undo.mutate()}
        >
          {undo.isPending ? 'Taking back…' : 'Undo'}
        </button>
      ) : null}
      <button
        type="button"
        className={classes.action}
        onClick={() => {
          onClose()
          navigate({ view: 'jobs', options: { ...place.options, job: job.id, new: '' } })
        }}
      >
        Show
      </button>
      <button type="button" className={classes.close} aria-label="Close" onClick={onClose}>
        <IconX size={13} />
      </button>
    </section>
  )
}

/** Plans the undo of a job and runs it: it takes back only what nobody has written since. */
export function useTakeBack({ id }: Job) {
  const client = useQueryClient()
  return useMutation({ mutationFn: () => takeBack(client, id) })
}
