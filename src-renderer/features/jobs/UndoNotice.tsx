import { IconX } from '@tabler/icons-react'
import { useIsMutating, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { Job } from '../../../shared/api/jobs.ts'
import { useDesk } from '../../app/desk.ts'
import { jobsQuery, takeBack } from '../../client/jobs.ts'
import { useLatest } from '../../ui/use-latest.ts'
import { visibleText } from '../../ui/visible-text.ts'
import classes from './UndoNotice.module.css'
import { endWords } from './words.ts'

/** Long enough to be read and reached by keys; the pointer or the focus on it begins them anew. */
const shownSeconds = 12

/** What a run that has just ended did, with the way back. */
export function UndoNotice() {
  const ended = useJustEnded()
  const [closed, setClosed] = useState<string>()
  // What is told to a screen reader is what changes in a part that was there before.
  return (
    <div className={classes.corner} aria-live="polite">
      {!ended || ended.id === closed ? null : (
        <Notice key={ended.id} job={ended} onClose={() => setClosed(ended.id)} />
      )}
    </div>
  )
}

/** The job that ended last while this window looked on, as it is now. */
function useJustEnded(): Job | undefined {
  const jobs = useQuery(jobsQuery).data?.items
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
  const section = useRef<HTMLElement>(null)
  const undo = useTakeBack(job)
  const close = useLatest(onClose)
  useEffect(() => {
    if (undo.isPending || undo.error) return
    let seconds = 0
    // Asked and not listened for: a button that goes while it has the focus says nothing.
    const timer = setInterval(() => {
      seconds = section.current?.matches(':hover, :focus-within') ? 0 : seconds + 1
      if (seconds === shownSeconds) close.current()
    }, 1_000)
    return () => clearInterval(timer)
  }, [undo.isPending, undo.error, close])
  return (
    <section
      ref={section}
      className={classes.notice}
      aria-label="What a job did"
      data-region
      data-tone={job.state === 'stopped' ? 'bad' : undefined}
    >
      <p className={classes.text}>
        {visibleText(endWords(job))}
        {undo.error ? <span className={classes.error}> {visibleText(undo.error.message)}</span> : null}
      </p>
      {job.canUndo && job.state === 'done' ? (
        <button type="button" className={classes.action} disabled={undo.isPending} onClick={undo.start}>
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
  const mutationKey = ['undo', id]
  const { mutate, error } = useMutation({ mutationKey, mutationFn: () => takeBack(client, id) })
  return {
    error,
    /** Begun here or elsewhere: the notice and the status bar offer the same. */
    isPending: useIsMutating({ mutationKey }) > 0,
    start: () => {
      if (client.isMutating({ mutationKey }) === 0) mutate()
    },
  }
}
