import { useQueryClient } from '@tanstack/react-query'
import type { Connection, SelectionTotals, StoreSummary } from '../../shared/api/contract.ts'
import { cancelIndex, putConnection } from '../client/queries.ts'
import { LockToggle, StoreNotes } from '../features/connections/LockToggle.tsx'
import { JobStatus } from '../features/jobs/JobStatus.tsx'
import {
  countOf,
  formatBytes,
  formatCompute,
  formatCount,
  formatRelative,
  localZoneName,
  pathOfLocation,
} from '../ui/format.ts'
import { visibleText } from '../ui/visible-text.ts'
import { useDesk } from './desk.ts'
import classes from './StatusBar.module.css'

export interface StatusBarProps {
  store: Connection | undefined
  summary: StoreSummary | undefined
  totals: SelectionTotals | undefined
  notice: string
}

export function StatusBar({ store, summary, totals, notice }: StatusBarProps) {
  const { app, zone, run, nowSeconds } = useDesk()
  return (
    <footer className={classes.bar}>
      {store ? (
        <>
          <span className={classes.item} title={visibleText(pathOfLocation(store.location))}>
            <i className={classes.dot} data-state={store.state} /> {visibleText(store.label)} ·{' '}
            {visibleText(store.kindTitle)}
          </span>
          <LockToggle store={store} />
          <StoreNotes store={store} />
          {summary ? (
            <span className={classes.item} title={`${formatCompute(summary.computeSeconds)} of compute`}>
              {countOf(store.entries, 'entry', 'entries')} · {formatBytes(summary.bytes)}
            </span>
          ) : null}
          <Index store={store} nowSeconds={nowSeconds} />
        </>
      ) : (
        <span className={classes.item}>Version {app.version}</span>
      )}
      <span className={classes.room} />
      <JobStatus />
      <span role="status" className={classes.item}>
        {notice}
      </span>
      {totals ? (
        <span className={classes.item}>
          {countOf(totals.entries, 'entry', 'entries')} selected · {formatBytes(totals.bytes)} ·{' '}
          {formatCompute(totals.computeSeconds)}
        </span>
      ) : null}
      <button
        type="button"
        className={classes.button}
        title="Switch between local time and UTC"
        onClick={() => run('timeZone')}
      >
        {zone === 'utc' ? 'UTC' : localZoneName()}
      </button>
    </footer>
  )
}

function Index({ store, nowSeconds }: { store: Connection; nowSeconds: number }) {
  const client = useQueryClient()
  if (store.state === 'indexing' || store.state === 'opening') {
    const { indexed = 0, total } = store
    const cancel = async (): Promise<void> => putConnection(client, await cancelIndex(store.id))
    return (
      <span className={classes.item}>
        <span className={classes.progress} data-unknown={total === undefined || undefined}>
          <i style={{ width: `${total ? Math.min(100, (indexed / total) * 100) : 30}%` }} />
        </span>
        Reading {formatCount(indexed)} of {total === undefined ? 'at least as many' : formatCount(total)}
        <button type="button" className={classes.button} onClick={() => void cancel()}>
          Stop
        </button>
      </span>
    )
  }
  if (store.state === 'cancelled')
    return <span className={classes.warning}>Reading was stopped; F5 goes on</span>
  if (store.indexedAtMs === undefined) return null
  return <span className={classes.item}>read {formatRelative(store.indexedAtMs / 1_000, nowSeconds)}</span>
}
