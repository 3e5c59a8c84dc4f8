import { Button, Checkbox, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { useDesk } from '../../app/desk.ts'
import { appQuery, openStore, putConnection } from '../../client/queries.ts'
import { countOf, formatBytes } from '../../ui/format.ts'
import { visibleText } from '../../ui/visible-text.ts'
import classes from './OpenDialog.module.css'
import { Fault } from './TestOutcome.tsx'
import { useScan, type FoundCache, type Scan } from './use-scan.ts'

/** Caches below a folder, to be opened together. */
export function ScanPanel({ start: first, onClose }: { start: string; onClose: () => void }) {
  const [folder, setFolder] = useState(first)
  const { scan, start, stop } = useScan()
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const opening = useOpenMany(onClose)
  const caches = scan.found.filter(({ path }) => chosen.has(path))
  const isAll = scan.found.length > 0 && caches.length === scan.found.length
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    setChosen(new Set())
    void start(folder.trim())
  }
  const toggle = (path: string): void => {
    const next = new Set(chosen)
    if (!next.delete(path)) next.add(path)
    setChosen(next)
  }
  return (
    <form onSubmit={submit} className={classes.form}>
      <div className={classes.scanLine}>
        <TextInput
          label="Folder to look in, with the folders below"
          value={folder}
          onChange={(event) => setFolder(event.currentTarget.value)}
          spellCheck={false}
          autoComplete="off"
          classNames={{ root: classes.wide, input: classes.path, label: classes.label }}
        />
        {scan.isRunning ? (
          <Button onClick={stop}>Stop</Button>
        ) : (
          <Button type="submit" variant="filled" disabled={folder.trim() === ''}>
            Scan
          </Button>
        )}
      </div>
      <div className={classes.found} role="group" aria-label="Caches found">
        {scan.found.length === 0 ? <div className={classes.hint}>{emptyText(scan)}</div> : null}
        {scan.found.toSorted(byPath).map((cache) => (
          <FoundRow
            key={cache.path}
            cache={cache}
            root={scan.folder ?? ''}
            isChosen={chosen.has(cache.path)}
            onToggle={() => toggle(cache.path)}
          />
        ))}
      </div>
      {scan.error === undefined ? (
        <div className={classes.verdict} role="status">
          {statusOf(scan)}
        </div>
      ) : (
        <Fault message={scan.error} />
      )}
      {opening.problems.map((problem) => (
        <Fault key={problem} message={problem} />
      ))}
      <div className={classes.actions}>
        <span className={classes.promise}>
          Links, .git and node_modules are left out. Looking changes nothing.
        </span>
        <Button
          disabled={scan.found.length === 0}
          onClick={() => setChosen(new Set(isAll ? [] : scan.found.map(({ path }) => path)))}
        >
          {isAll ? 'Choose none' : 'Choose all'}
        </Button>
        <Button onClick={onClose}>Cancel</Button>
        <Button
          variant="filled"
          disabled={caches.length === 0}
          loading={opening.isBusy}
          onClick={() => void opening.open(caches)}
        >
          {caches.length < 2 ? 'Open' : `Open ${countOf(caches.length, 'cache')}`}
        </Button>
      </div>
    </form>
  )
}

function byPath(a: FoundCache, b: FoundCache): number {
  return a.path.localeCompare(b.path)
}

interface FoundRowProps {
  cache: FoundCache
  root: string
  isChosen: boolean
  onToggle: () => void
}

function FoundRow({ cache, root, isChosen, onToggle }: FoundRowProps) {
  const prefix = root.endsWith('/') ? root : `${root}/`
  const shown = cache.path.startsWith(prefix) ? cache.path.slice(prefix.length) : cache.path
  return (
    <label className={classes.foundRow} title={`${visibleText(cache.path)}\n${visibleText(cache.reason)}`}>
      <Checkbox size="xs" checked={isChosen} onChange={onToggle} aria-label={`${cache.kindTitle} ${shown}`} />
      <span className={classes.foundKind}>{cache.kind.slice(0, 6)}</span>
      <span className={classes.foundText}>
        <span className={classes.foundPath}>{visibleText(shown)}</span>
        <span className={classes.foundReason}>{visibleText(cache.reason)}</span>
      </span>
      {cache.sizeBytes === undefined ? null : (
        <span className={classes.foundSize}>{formatBytes(cache.sizeBytes)}</span>
      )}
    </label>
  )
}

function emptyText({ folder, isRunning, error }: Scan): string {
  if (isRunning) return 'Looking…'
  if (folder === undefined) return 'Caches are found by what is in them, whatever their names.'
  return error === undefined ? 'No cache stands there.' : ''
}

const limitTexts = {
  depth: 'very deep folders were left out',
  entries: 'stopped there: the folder holds very much; scan a smaller one for the rest',
  milliseconds: 'stopped after 20 s; scan a smaller folder for the rest',
  found: 'stopped there: these are plenty; scan a smaller folder for the rest',
  cancelled: 'stopped',
} as const

function statusOf({ isRunning, found, progress, end, folder }: Scan): string {
  if (folder === undefined) return 'Nothing was looked at yet.'
  const looked = end ?? progress
  const seen = `${countOf(found.length, 'cache')} in ${countOf(looked?.folders ?? 0, 'folder')}`
  if (isRunning) return `${seen} so far… ${progress ? visibleText(progress.folder) : ''}`
  if (!end) return `${seen}, stopped.`
  const unreadable = end.unreadable === 0 ? '' : ` ${countOf(end.unreadable, 'folder')} could not be listed.`
  return `${seen}${end.limit === undefined ? '' : `; ${limitTexts[end.limit]}`}.${unreadable}`
}

/** Opens several caches and goes to the first; those that do not open are told, and the others stay open. */
function useOpenMany(onDone: () => void) {
  const client = useQueryClient()
  const { navigate } = useDesk()
  const [state, setState] = useState<{ isBusy: boolean; problems: readonly string[] }>({
    isBusy: false,
    problems: [],
  })
  const open = async (caches: readonly FoundCache[]): Promise<void> => {
    setState({ isBusy: true, problems: [] })
    const results = await Promise.allSettled(caches.map(({ path, kind }) => openStore(path, kind)))
    const opened = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    const problems = results.flatMap((result) =>
      result.status === 'rejected'
        ? [result.reason instanceof Error ? result.reason.message : String(result.reason)]
        : [],
    )
    for (const connection of opened) putConnection(client, connection)
    void client.invalidateQueries({ queryKey: appQuery.queryKey })
    setState({ isBusy: false, problems })
    const [first] = opened
    if (first) navigate({ store: first.location, query: '', entry: undefined })
    if (problems.length === 0) onDone()
  }
  return { ...state, open }
}
