import { Button, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Detected } from '../../../shared/api/locations.ts'
import { useDesk } from '../../app/desk.ts'
import type { Target } from '../../client/locations.ts'
import { detectQuery } from '../../client/queries.ts'
import { ApiError } from '../../client/request.ts'
import { visibleText } from '../../ui/visible-text.ts'
import { AttemptFooter, useAttempt } from './Attempt.tsx'
import { DatabaseChooser } from './DatabaseChooser.tsx'
import { FolderBrowser } from './FolderBrowser.tsx'
import classes from './OpenDialog.module.css'
import { Fault } from './TestOutcome.tsx'

const typingPauseMs = 250
const kindsWithDatabases = new Set(['lmdb', 'sqlite'])

export interface PathPanelProps {
  path: string
  onPath: (path: string) => void
  /** Goes on to looking for caches in the folder. */
  onScan: () => void
  onClose: () => void
}

/** A cache by its path, typed or found by walking the folders of the engine's machine. */
export function PathPanel({ path, onPath, onScan, onClose }: PathPanelProps) {
  const { app } = useDesk()
  const attempt = useAttempt(onClose)
  const wanted = path.trim().replace(/^~(?=\/|$)/, app.homeFolder)
  const [asked] = useDebouncedValue(wanted, typingPauseMs)
  const detection = useQuery(detectQuery(asked))
  const isCurrent = asked === wanted
  const best = isCurrent ? detection.data?.[0] : undefined
  const [choice, setChoice] = useState({ path: '', name: '', option: '' })
  const chosen = choice.path === wanted ? choice.name : ''
  const target = best && targetOf(wanted, best, chosen, choice.option)
  return (
    <form onSubmit={attempt.submit(target)} className={classes.form}>
      <TextInput
        label="Path on the machine that runs the inspector"
        placeholder="/home/you/project/cache"
        value={path}
        onChange={(event) => onPath(event.currentTarget.value)}
        data-autofocus
        spellCheck={false}
        autoComplete="off"
        classNames={{ input: classes.path, label: classes.label }}
      />
      <FolderBrowser path={wanted} onChoose={onPath} />
      <DatabaseChooser
        target={{ location: best?.location ?? '', kind: best?.kind }}
        enabled={best !== undefined && kindsWithDatabases.has(best.kind)}
        chosen={chosen}
        onChoose={(name, option) => setChoice({ path: wanted, name, option })}
      />
      <AttemptFooter attempt={attempt} target={target}>
        <Verdict
          isStart={wanted === app.homeFolder}
          found={best}
          others={detection.data?.slice(1) ?? []}
          isWaiting={wanted !== '' && (!isCurrent || detection.isFetching)}
          error={isCurrent ? detection.error : null}
          onScan={onScan}
        />
      </AttemptFooter>
    </form>
  )
}

function targetOf(path: string, { kind, location }: Detected, database: string, option: string): Target {
  // A URL says more than the place that was seen; of a plain path that place counts (the cache/ in a project).
  if (/^[a-z][a-z0-9+]+:/.test(path)) return { location: path }
  if (database === '') return { location, kind }
  return { location: `${kind}:${location}?${option}=${encodeURIComponent(database)}`, kind }
}

interface VerdictProps {
  /** Nobody has named a place yet. */
  isStart: boolean
  found: Detected | undefined
  others: readonly Detected[]
  isWaiting: boolean
  error: Error | null
  onScan: () => void
}

function Verdict({ isStart, found, others, isWaiting, error, onScan }: VerdictProps) {
  if (isWaiting && !found) return <div className={classes.verdict}>Looking…</div>
  if (error) {
    const isFolder = error instanceof ApiError && error.data['isFolder'] === true
    if (!isFolder) return <Fault message={error.message} />
    // On the way to a cache one comes through folders that are none.
    return (
      <div className={classes.verdict} role="status">
        {isStart ? 'Name the folder or the file of a cache, or choose it above.' : visibleText(error.message)}
        <Button size="compact-xs" className={classes.edit} onClick={onScan}>
          Look for caches in it
        </Button>
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
