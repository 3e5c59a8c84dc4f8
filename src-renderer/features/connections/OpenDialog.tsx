import { Button, Modal, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import type { Detected } from '../../../shared/api/contract.ts'
import { detectQuery } from '../../client/queries.ts'
import { useDesk } from '../../app/desk.ts'
import { visibleText } from '../../ui/visible-text.ts'
import { FolderBrowser } from './FolderBrowser.tsx'
import classes from './OpenDialog.module.css'
import { useOpenStore } from './use-open-store.ts'

const typingPauseMs = 250

/** Choosing a cache by its path or by walking the folders of the engine's machine; says what it is before it is opened. */
export function OpenDialog({ location, onClose }: { location: string | undefined; onClose: () => void }) {
  const { app } = useDesk()
  return (
    <Modal opened={location !== undefined} onClose={onClose} title="Open a cache" size={640} padding={16}>
      {location === undefined ? null : (
        <OpenForm start={location === '' ? app.homeFolder : location} onClose={onClose} />
      )}
    </Modal>
  )
}

function OpenForm({ start, onClose }: { start: string; onClose: () => void }) {
  const { app } = useDesk()
  const [path, setPath] = useState(start)
  const wanted = path.trim().replace(/^~(?=\/|$)/, app.homeFolder)
  const [asked] = useDebouncedValue(wanted, typingPauseMs)
  const detection = useQuery(detectQuery(asked))
  const open = useOpenStore(onClose)
  const isCurrent = asked === wanted
  const best = isCurrent ? detection.data?.[0] : undefined

  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (wanted !== '') open.mutate({ location: wanted, kind: best?.kind })
  }
  return (
    <form onSubmit={submit} className={classes.form}>
      <TextInput
        label="Path on the machine that runs the inspector"
        placeholder="/home/you/project/cache"
        value={path}
        onChange={(event) => setPath(event.currentTarget.value)}
        data-autofocus
        spellCheck={false}
        autoComplete="off"
        classNames={{ input: classes.path, label: classes.label }}
      />
      <FolderBrowser path={wanted} onChoose={setPath} />
      <Verdict
        found={best}
        others={detection.data?.slice(1) ?? []}
        isWaiting={wanted !== '' && (!isCurrent || detection.isFetching)}
        error={open.error ?? (isCurrent ? detection.error : null)}
      />
      <div className={classes.actions}>
        <span className={classes.promise}>Looking changes nothing: no file, no time stamp.</span>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" variant="filled" disabled={best === undefined} loading={open.isPending}>
          Open
        </Button>
      </div>
    </form>
  )
}

interface VerdictProps {
  found: Detected | undefined
  others: readonly Detected[]
  isWaiting: boolean
  error: Error | null
}

function Verdict({ found, others, isWaiting, error }: VerdictProps) {
  if (isWaiting && !found) return <div className={classes.verdict}>Looking…</div>
  if (error) {
    return (
      <div className={classes.verdict} data-tone="bad" role="alert">
        {visibleText(error.message)}
      </div>
    )
  }
  if (!found) {
    return (
      <div className={classes.verdict} role="status">
        Not a cache by what stands there. Choose the folder that holds the entries, often named{' '}
        <code>cache</code>.
      </div>
    )
  }
  return (
    <div className={classes.verdict} data-tone="ok" role="status">
      <b>{visibleText(found.kindTitle)}</b> · {visibleText(found.reason)}
      {others.length === 0 ? null : (
        <span className={classes.others}>
          {' '}
          Could also be: {others.map((other) => other.kindTitle).join(', ')}.
        </span>
      )}
    </div>
  )
}
