import { Button, Modal, TextInput } from '@mantine/core'
import { IconArrowBackUp, IconTrash } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import type { TrashBin } from '../../../shared/api/jobs.ts'
import { useDesk } from '../../app/desk.ts'
import { commandJob, emptyTrash, putJob, trashQuery } from '../../client/jobs.ts'
import {
  countOf,
  formatBytes,
  formatCount,
  formatRelative,
  formatTime,
  pathOfLocation,
} from '../../ui/format.ts'
import { EmptyState, ErrorState, Waiting } from '../../ui/States.tsx'
import { useFoundFocus } from '../../ui/use-found-focus.ts'
import { visibleText } from '../../ui/visible-text.ts'
import classes from './TrashView.module.css'

/** What jobs took out of caches and can bring back. */
export function TrashView() {
  const trash = useQuery(trashQuery)
  const [emptying, setEmptying] = useState<readonly TrashBin[]>()
  const [dialogs, setDialogs] = useState(0)
  // The buttons that led to the dialog may be gone with what it deleted.
  const view = useFoundFocus<HTMLElement>(`${dialogs} dialogs closed, ${trash.data ? 'read' : 'not read'}`)
  if (trash.error && !trash.data) {
    return (
      <ErrorState title="The trash cannot be read" error={trash.error} onRetry={() => void trash.refetch()} />
    )
  }
  if (!trash.data) return <Waiting what="Reading the trash…" />
  const { bins, entries, bytes, keepDays, keepBytes } = trash.data
  const kept = `Kept for ${keepDays} days, at most ${formatBytes(keepBytes)}.`
  return (
    <section ref={view} tabIndex={-1} className={classes.view} aria-label="Trash" data-region>
      {bins.length === 0 ? (
        <EmptyState icon={<IconTrash size={26} stroke={1.5} />} title="The trash is empty">
          What jobs evict, repair or overwrite is kept here, and Undo brings it back. {kept}
        </EmptyState>
      ) : (
        <>
          <header className={classes.header}>
            <b>
              {countOf(entries, 'entry', 'entries')} · {formatBytes(bytes)}
            </b>
            <span className={classes.kept}>{kept}</span>
            <Button leftSection={<IconTrash size={14} />} onClick={() => setEmptying(bins)}>
              Empty the trash…
            </Button>
          </header>
          <ul className={classes.bins} aria-label="Contents of the trash">
            {bins.map((bin) => (
              <Bin key={bin.job} bin={bin} onDelete={() => setEmptying([bin])} />
            ))}
          </ul>
        </>
      )}
      <EmptyDialog
        bins={emptying}
        isAll={emptying === bins}
        onClose={() => setEmptying(undefined)}
        onClosed={() => setDialogs(dialogs + 1)}
      />
    </section>
  )
}

function Bin({ bin, onDelete }: { bin: TrashBin; onDelete: () => void }) {
  const { zone, nowSeconds, navigate, place } = useDesk()
  const client = useQueryClient()
  const undo = useMutation({
    mutationFn: () => commandJob(bin.job, 'undo'),
    onSuccess: (job) => {
      putJob(client, job)
      navigate({ view: 'jobs', options: { ...place.options, job: job.id, new: '' } })
    },
  })
  const at = bin.createdAtMs / 1_000
  const path = visibleText(pathOfLocation(bin.store.location))
  return (
    <li className={classes.bin}>
      <div className={classes.what}>
        <button
          type="button"
          className={classes.title}
          onClick={() => navigate({ view: 'jobs', options: { ...place.options, job: bin.job, new: '' } })}
        >
          {visibleText(bin.title)}
        </button>
        <span className={classes.facts}>
          {countOf(bin.entries, 'entry', 'entries')} · {formatBytes(bin.bytes)} ·{' '}
          <span title={formatTime(at, zone)}>{formatRelative(at, nowSeconds)}</span>
          {bin.expiresAtMs === undefined
            ? ''
            : ` · until ${formatTime(bin.expiresAtMs / 1_000, zone)}`} ·{' '}
          <span title={path}>{path}</span>
        </span>
        {undo.error ? (
          <span className={classes.error} role="alert">
            {visibleText(undo.error.message)}
          </span>
        ) : null}
      </div>
      <Button
        leftSection={<IconArrowBackUp size={14} />}
        loading={undo.isPending}
        onClick={() => undo.mutate()}
      >
        Undo…
      </Button>
      <Button variant="subtle" color="gray" onClick={onDelete}>
        Delete…
      </Button>
    </li>
  )
}

interface EmptyDialogProps {
  bins: readonly TrashBin[] | undefined
  isAll: boolean
  onClose: () => void
  /** It is gone from the screen, and the focus with it. */
  onClosed: () => void
}

/** The only act that asks: what it deletes is gone. */
function EmptyDialog({ bins, isAll, onClose, onClosed }: EmptyDialogProps) {
  const client = useQueryClient()
  const [typed, setTyped] = useState('')
  const count = (bins ?? []).reduce((sum, bin) => sum + bin.entries, 0)
  const close = (): void => {
    setTyped('')
    empty.reset()
    onClose()
  }
  const empty = useMutation({
    mutationFn: () => emptyTrash(isAll ? undefined : bins?.map(({ job }) => job), Number(typed)),
    onSuccess: (trash) => {
      client.setQueryData(trashQuery.queryKey, trash)
      close()
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (typed.trim() === String(count)) empty.mutate()
  }
  return (
    <Modal opened={bins !== undefined} onClose={close} onExitTransitionEnd={onClosed} title="Delete for good">
      <form onSubmit={submit} className={classes.dialog}>
        <p>
          {countOf(count, 'entry', 'entries')} will be gone, and the jobs that took{' '}
          {count === 1 ? 'it' : 'them'} can no longer be undone.
        </p>
        <TextInput
          label={`To go on, type the number of entries: ${formatCount(count)}`}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          inputMode="numeric"
          autoComplete="off"
          data-autofocus
        />
        {empty.error ? (
          <p className={classes.error} role="alert">
            {visibleText(empty.error.message)}
          </p>
        ) : null}
        <div className={classes.actions}>
          <Button onClick={close}>Cancel</Button>
          <Button
            type="submit"
            variant="filled"
            color="red"
            disabled={typed.trim() !== String(count)}
            loading={empty.isPending}
          >
            Delete for good
          </Button>
        </div>
      </form>
    </Modal>
  )
}
