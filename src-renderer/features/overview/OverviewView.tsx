import { IconChartTreemap } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { lookTitles, type Overview, type OverviewMark } from '../../../shared/api/overview.ts'
import type { Connection } from '../../../shared/api/contract.ts'
import { useDesk } from '../../app/desk.ts'
import type { ViewProps } from '../../app/views.tsx'
import { overviewQuery } from '../../client/overview.ts'
import { countOf, formatBytes, formatCompute, formatCount } from '../../ui/format.ts'
import { CacheHeading, CachePage, FilteredNote, ShowWholeCache } from '../../ui/CachePage.tsx'
import { EmptyState, ErrorState, Waiting } from '../../ui/States.tsx'
import { visibleText } from '../../ui/visible-text.ts'
import { useThrottled } from '../../ui/use-throttled.ts'
import { Bars } from './Bars.tsx'
import { CallsPlot } from './CallsPlot.tsx'
import { ageName, barTick, barWords, lookHints, rangeWords } from './mark-words.ts'
import { MarkLink } from './MarkLink.tsx'
import classes from './Overview.module.css'
import { Panel } from './Panel.tsx'
import { Treemap } from './Treemap.tsx'

/** While a cache is being read its revision rises many times a second. */
const paceMs = 2_000

/** A cache at a glance, or the entries of the filter: every mark leads to its entries. */
export function OverviewView({ store }: ViewProps) {
  const { place, navigate } = useDesk()
  const answer = useQuery(overviewQuery(store.id, place.query, useThrottled(store.revision, paceMs)))
  const onClear = (): void => navigate({ query: '' })
  if (answer.error)
    return (
      <CachePage label="Overview">
        <ErrorState title="There is no overview" error={answer.error} onRetry={() => void answer.refetch()} />
        {place.query === '' ? null : (
          <p className={classes.center}>
            <ShowWholeCache onClear={onClear} />
          </p>
        )}
      </CachePage>
    )
  const overview = answer.data
  if (!overview) return <Waiting what="Adding up…" />
  const isReading = store.state === 'indexing' || store.state === 'opening'
  if (overview.total.entries === 0) {
    if (isReading) return <Waiting what="Reading the cache…" />
    return (
      <EmptyState
        icon={<IconChartTreemap size={26} stroke={1.5} />}
        title={place.query === '' ? 'The cache is empty' : 'Nothing matches the filter'}
        actions={place.query === '' ? null : <ShowWholeCache onClear={onClear} />}
      >
        {place.query === ''
          ? 'When calls are stored in it, their sums and pictures show here.'
          : visibleText(place.query)}
      </EmptyState>
    )
  }
  return (
    <CachePage label="Overview" isBusy={answer.isPlaceholderData}>
      <Heading store={store} overview={overview} isReading={isReading} onClear={onClear} />
      <Cards overview={overview} />
      <Pictures overview={overview} />
    </CachePage>
  )
}

interface HeadingProps {
  store: Connection
  overview: Overview
  isReading: boolean
  onClear: () => void
}

function Heading({ store, overview, isReading, onClear }: HeadingProps) {
  const progress =
    store.total === undefined
      ? formatCount(store.indexed ?? 0)
      : `${formatCount(store.indexed ?? 0)} of ${formatCount(store.total)}`
  return (
    <CacheHeading
      title={store.label}
      location={store.location}
      facts={`${visibleText(store.kindTitle)} · ${store.writable ? 'may be changed' : 'read-only'}`}
    >
      {isReading ? (
        <p role="status" className={classes.reading}>
          The cache is still being read ({progress}): this is what is known so far, and it goes on.
        </p>
      ) : null}
      {overview.filter === '' ? null : (
        <FilteredNote
          what={`Only the ${countOf(overview.total.entries, 'entry', 'entries')} that match`}
          filter={overview.filter}
          onClear={onClear}
        />
      )}
    </CacheHeading>
  )
}

function Cards({ overview }: { overview: Overview }) {
  const { total, couldGo, functionCount } = overview
  const perMegabyte = total.bytes > 0 ? total.computeSeconds / (total.bytes / 1e6) : undefined
  return (
    <div className={classes.cards}>
      <Card
        title="Entries"
        mark={total}
        value={formatCount(total.entries)}
        note={countOf(functionCount, 'function')}
      />
      <Card
        title="On disk"
        mark={total}
        value={formatBytes(total.bytes)}
        note={`${formatBytes(Math.round(total.bytes / total.entries))} an entry`}
      />
      <Card
        title="Compute it holds"
        mark={total}
        value={formatCompute(total.computeSeconds)}
        note={perMegabyte === undefined ? '' : `${formatCompute(perMegabyte)} per MB`}
      />
      <Card
        title="Could go"
        mark={couldGo}
        value={couldGo.entries === 0 ? 'nothing' : formatBytes(couldGo.bytes)}
        note={
          couldGo.entries === 0
            ? 'is superseded or damaged'
            : `for ${formatCompute(couldGo.computeSeconds)} of compute`
        }
      />
    </div>
  )
}

function Card({
  title,
  mark,
  value,
  note,
}: {
  title: string
  mark: OverviewMark
  value: string
  note: string
}) {
  return (
    <MarkLink mark={mark} name={title} className={classes.card}>
      <span className={classes.cardTitle}>{title}</span>
      <span className={classes.cardLine}>
        <b>{value}</b> <span title={note}>{note}</span>
      </span>
    </MarkLink>
  )
}

function Pictures({ overview }: { overview: Overview }) {
  const { time, ages, sizes, calls } = overview
  const sampled =
    calls.keys.length < calls.total
      ? `${formatCount(calls.keys.length)} of ${formatCount(calls.total)} calls, drawn by key`
      : countOf(calls.total, 'call')
  return (
    <div className={classes.pictures}>
      <Panel
        title={`Entries and compute time by ${time.unit}`}
        area="time"
        note={
          <span className={classes.legend}>
            <i className={classes.entriesSwatch} /> entries <i className={classes.computeSwatch} /> compute
          </span>
        }
      >
        {(tell) => (
          <>
            {time.bars.length === 0 ? (
              <p className={classes.nothing}>No entry says when it ran.</p>
            ) : (
              <Bars
                label={`Entries by ${time.unit}`}
                hasCompute
                ticks={6}
                tell={tell}
                bars={time.bars.map((mark) => ({
                  mark,
                  name: barWords(time.unit, mark.start),
                  tick: barTick(time.unit, mark.start),
                }))}
              />
            )}
            {time.without.entries > 0 && time.bars.length > 0 ? (
              <MarkLink mark={time.without} name="Without a time" tell={tell} className={classes.without}>
                and {countOf(time.without.entries, 'entry', 'entries')} without a time
              </MarkLink>
            ) : null}
          </>
        )}
      </Panel>
      <Panel title="Worth a look" area="look">
        {() => <Looks overview={overview} />}
      </Panel>
      <Panel title="Bytes by function and version" area="bytes" note={formatBytes(overview.total.bytes)}>
        {(tell) => <Treemap overview={overview} tell={tell} />}
      </Panel>
      <Panel title="Time to compute against size, one dot a call" area="calls" note={sampled}>
        {(tell) =>
          calls.total === 0 ? (
            <p className={classes.nothing}>No entry says how long it took.</p>
          ) : (
            <CallsPlot overview={overview} tell={tell} />
          )
        }
      </Panel>
      <Panel title="Entries by age" area="ages">
        {(tell) => (
          <Bars
            label="Entries by age"
            ticks={ages.length}
            tell={tell}
            bars={trimmed(ages).map((mark) => ({
              mark,
              name: rangeWords(mark, ageName),
              tick: mark.to === undefined ? `>${ageName(mark.from ?? 0)}` : `<${ageName(mark.to)}`,
            }))}
          />
        )}
      </Panel>
      <Panel title="Entries by size" area="sizes">
        {(tell) => (
          <Bars
            label="Entries by size"
            ticks={sizes.length}
            tell={tell}
            bars={trimmed(sizes).map((mark) => ({
              mark,
              name: rangeWords(mark, formatBytes),
              tick: mark.to === undefined ? `>${formatBytes(mark.from ?? 0)}` : `<${formatBytes(mark.to)}`,
            }))}
          />
        )}
      </Panel>
      <Panel title="By user" area="users">
        {(tell) => <Users overview={overview} tell={tell} />}
      </Panel>
    </div>
  )
}

/** Without the empty ends. */
function trimmed<Range extends OverviewMark>(ranges: readonly Range[]): readonly Range[] {
  const first = ranges.findIndex(({ entries }) => entries > 0)
  const last = ranges.findLastIndex(({ entries }) => entries > 0)
  return first < 0 ? [] : ranges.slice(first, last + 1)
}

function Looks({ overview }: { overview: Overview }) {
  const present = overview.looks.filter(({ entries }) => entries > 0)
  if (present.length === 0)
    return <p className={classes.nothing}>Nothing superseded, doubled, damaged or old.</p>
  return (
    <ul className={classes.rows}>
      {present.map((mark) => {
        const title = lookTitles[mark.id]
        const isBad = mark.id === 'damaged' || mark.id === 'partial' || undefined
        return (
          <li key={mark.id} title={lookHints[mark.id]} data-bad={isBad}>
            <MarkLink mark={mark} name={title} className={classes.row}>
              <span className={classes.rowName}>{title}</span>
              <span className={classes.rowSums}>
                {formatCount(mark.entries)} · {formatBytes(mark.bytes)}
              </span>
              <span className={classes.show}>show</span>
            </MarkLink>
          </li>
        )
      })}
    </ul>
  )
}

function Users({ overview, tell }: { overview: Overview; tell: (words?: string) => void }) {
  const { users, otherUsers } = overview
  const most = Math.max(1, ...users.map(({ bytes }) => bytes), otherUsers?.bytes ?? 0)
  const rows = [
    ...users.map((mark) => ({ mark, name: mark.user === undefined ? 'no user' : visibleText(mark.user) })),
    ...(otherUsers ? [{ mark: otherUsers, name: 'all others' }] : []),
  ]
  return (
    <ul className={classes.rows}>
      {rows.map(({ mark, name }) => (
        <li key={name}>
          <MarkLink mark={mark} name={name} tell={tell} className={classes.row}>
            <i className={classes.share} style={{ width: `${(100 * mark.bytes) / most}%` }} />
            <span className={classes.rowName}>{name}</span>
            <span className={classes.rowSums}>
              {formatCount(mark.entries)} · {formatBytes(mark.bytes)}
            </span>
          </MarkLink>
        </li>
      ))}
    </ul>
  )
}
