import { VisuallyHidden } from '@mantine/core'
import type { ReactNode } from 'react'
import type { EntryDifferences } from '../../../shared/api/compare.ts'
import type { Connection } from '../../../shared/api/contract.ts'
import { useDesk } from '../../app/desk.ts'
import { Code } from '../../ui/Code.tsx'
import { formatBytes, formatDuration, formatRelative, formatTime, middleCut } from '../../ui/format.ts'
import { visibleText } from '../../ui/visible-text.ts'
import classes from './EntriesCompare.module.css'
import type { Compare } from './use-compare.ts'

export interface CallsSideBySideProps {
  readonly compare: Compare
  readonly differences: EntryDifferences
  readonly left: Connection
  readonly right: Connection
}

/** Which calls these are; arguments that differ are marked, and so is what the records say of the runs. */
export function CallsSideBySide({ differences, left, right }: CallsSideBySideProps) {
  const { left: a, right: b } = differences
  const isOneCache = left.id === right.id
  return (
    <div className={classes.calls} role="group" aria-label="The two calls">
      <span className={classes.name} />
      <Side entry={a} store={left} isOneCache={isOneCache} />
      <Side entry={b} store={right} isOneCache={isOneCache} />
      {differences.arguments.map(({ name, left: here, right: there, differs }) => (
        <Line
          key={name}
          name={visibleText(name)}
          differs={differs}
          left={here?.preview}
          right={there?.preview}
          isCode
        />
      ))}
      <Line name="took" left={durationOf(a)} right={durationOf(b)} />
      {facts
        .filter(({ field }) => a[field] !== b[field])
        .map(({ name, field }) => (
          <Line key={field} name={name} left={a[field]} right={b[field]} differs />
        ))}
    </div>
  )
}

/** What the records say of the runs; only where it differs. */
const facts = [
  { name: 'user', field: 'user' },
  { name: 'host', field: 'host' },
  { name: 'folder', field: 'cwd' },
  { name: 'hashcache', field: 'version' },
] as const

type Entry = EntryDifferences['left']

function durationOf({ elapsedSeconds }: Entry): string | undefined {
  return elapsedSeconds === undefined ? undefined : formatDuration(elapsedSeconds)
}

function Side({ entry, store, isOneCache }: { entry: Entry; store: Connection; isOneCache: boolean }) {
  const { navigate, nowSeconds, zone } = useDesk()
  const show = (): void => navigate({ view: 'entries', store: store.location, query: '', entry: entry.key })
  return (
    <div className={classes.side}>
      <div className={classes.head}>
        {entry.func === undefined ? visibleText(entry.call ?? entry.key) : <Code text={entry.func} />}
      </div>
      <div className={classes.where}>
        <button
          type="button"
          className={classes.link}
          title={`Show ${visibleText(entry.key)}`}
          onClick={show}
        >
          {visibleText(middleCut(entry.key, 16))}
        </button>
        {isOneCache ? null : <span title={visibleText(store.location)}>{visibleText(store.label)}</span>}
        {entry.runAtSeconds === undefined ? null : (
          <span title={formatTime(entry.runAtSeconds, zone)}>
            {formatRelative(entry.runAtSeconds, nowSeconds)}
          </span>
        )}
        {entry.sizeBytes === undefined ? null : <span>{formatBytes(entry.sizeBytes)}</span>}
      </div>
    </div>
  )
}

interface LineProps {
  readonly name: string
  readonly left: string | undefined
  readonly right: string | undefined
  readonly differs?: boolean
  readonly isCode?: boolean
}

function Line({ name, left, right, differs = false, isCode = false }: LineProps): ReactNode {
  if (left === undefined && right === undefined) return null
  const cell = (text: string | undefined): ReactNode => (
    <span
      className={classes.value}
      data-differs={differs || undefined}
      title={text === undefined ? undefined : visibleText(text)}
    >
      {text === undefined ? (
        <i className={classes.absent}>absent</i>
      ) : isCode ? (
        <Code text={text} />
      ) : (
        visibleText(text)
      )}
    </span>
  )
  return (
    <div className={classes.line}>
      <span className={classes.name}>
        {name}
        {differs ? <VisuallyHidden> differs</VisuallyHidden> : null}
      </span>
      {cell(left)}
      {cell(right)}
    </div>
  )
}
