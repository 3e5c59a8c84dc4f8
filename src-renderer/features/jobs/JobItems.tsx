import { SegmentedControl } from '@mantine/core'
import { useQueries } from '@tanstack/react-query'
import { useState } from 'react'
import type { ConflictSide, Decision, Job, JobItem } from '../../../shared/api/jobs.ts'
import { useDesk } from '../../app/desk.ts'
import { itemsPerPage, itemsQuery, type ItemFilter } from '../../client/jobs.ts'
import { Code } from '../../ui/Code.tsx'
import {
  exactBytes,
  formatBytes,
  formatCompute,
  formatCount,
  formatDuration,
  formatTime,
  type TimeZoneChoice,
  shortKey,
} from '../../ui/format.ts'
import { visibleText } from '../../ui/visible-text.ts'
import { useWindow } from '../../virtual/use-window.ts'
import { useThrottled } from '../../ui/use-throttled.ts'
import { DecisionChoice } from './DecisionChoice.tsx'
import classes from './JobItems.module.css'
import { actionWords, outcomeWords } from './words.ts'

const rowHeight = 24
const headerHeight = 24
/** Outcomes are read again at most this often while the job runs. */
const paceMs = 1_000

type Shown = 'all' | NonNullable<JobItem['state']>

/** Every item of the plan, windowed, with what became of it. */
export function JobItems({ job }: { job: Job }) {
  const [shown, setShown] = useState<Shown>('all')
  const states = (['done', 'skipped', 'changed', 'failed'] as const).filter(
    (state) => (job.outcomes[state] ?? 0) > 0,
  )
  const filter: ItemFilter = shown === 'all' ? {} : { state: shown }
  return (
    <>
      <div className={classes.tools}>
        {states.length === 0 ? (
          <span className={classes.lead}>The plan, item by item</span>
        ) : (
          <SegmentedControl
            size="xs"
            aria-label="Items by what became of them"
            value={shown}
            onChange={(next) => setShown(next)}
            data={[
              { value: 'all', label: 'All' },
              ...states.map((state) => ({
                value: state,
                label: `${outcomeWords[state]} ${formatCount(job.outcomes[state] ?? 0)}`,
              })),
            ]}
          />
        )}
      </div>
      <ItemTable key={shown} job={job} filter={filter} />
    </>
  )
}

const titles = ['Key', 'Call', 'Does', 'Size', 'Compute', 'Outcome']
/** Sizes and times are those of both sides then. */
const decidingTitles = ['Key', 'Call', 'Decision', 'This one', 'The target’s']

/** What a row can be decided by, while its plan waits for that. */
export interface Deciding {
  readonly decisionOf: (key: string) => Decision | undefined
  readonly decide: (key: string, decision: Decision | undefined) => void
}

export function ItemTable({ job, filter, deciding }: { job: Job; filter: ItemFilter; deciding?: Deciding }) {
  const [total, setTotal] = useState(0)
  const { attach, onScroll, first, last, offset, canvasHeight } = useWindow<HTMLDivElement>({
    rows: total,
    rowHeight,
    headerHeight,
  })
  const version = useThrottled(`${job.state} ${job.createdAtMs} ${job.finished.entries}`, paceMs)
  const pages = pagesOf(first, last)
  const answers = useQueries({ queries: pages.map((page) => itemsQuery(job.id, filter, page, version)) })
  const known = answers.find(({ data }) => data)?.data?.total
  if (known !== undefined && known !== total) setTotal(known)
  const itemAt = (row: number): JobItem | undefined => {
    const page = Math.floor(row / itemsPerPage)
    return answers[pages.indexOf(page)]?.data?.items[row - page * itemsPerPage]
  }
  const error = answers.find((answer) => answer.error)?.error
  const rows = Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i)
  return (
    <div
      ref={attach}
      className={classes.table}
      role="table"
      aria-label="Items"
      data-deciding={deciding ? true : undefined}
      aria-rowcount={total + 1}
      tabIndex={0}
      onScroll={onScroll}
    >
      <div role="row" aria-rowindex={1} className={classes.head}>
        {(deciding ? decidingTitles : titles).map((title) => (
          <span key={title} role="columnheader">
            {title}
          </span>
        ))}
      </div>
      {error ? (
        <p className={classes.error} role="alert">
          {visibleText(error.message)}
        </p>
      ) : null}
      <div role="rowgroup" style={{ height: canvasHeight, position: 'relative' }}>
        <div role="presentation" className={classes.window} style={{ transform: `translateY(${offset}px)` }}>
          {rows.map((row) => (
            <ItemRow key={row} row={row} job={job} item={itemAt(row)} deciding={deciding} />
          ))}
        </div>
      </div>
    </div>
  )
}

function pagesOf(first: number, last: number): number[] {
  const from = Math.floor(first / itemsPerPage)
  const to = Math.floor(Math.max(first, last - 1) / itemsPerPage)
  return Array.from({ length: to - from + 1 }, (_, i) => from + i)
}

function ItemRow({
  row,
  job,
  item,
  deciding,
}: {
  row: number
  job: Job
  item: JobItem | undefined
  deciding: Deciding | undefined
}) {
  const { stores, navigate } = useDesk()
  const from = job.from ?? job.store
  const isOpen = stores.some(({ location }) => location === from.location)
  const told = item && (item.reason ?? item.note)
  return (
    <div role="row" aria-rowindex={row + 2} className={classes.row} data-state={item?.state}>
      <span role="cell" className={classes.key} title={item && visibleText(item.key)}>
        {item === undefined ? (
          ''
        ) : isOpen && !isStray(item.key) ? (
          <button
            type="button"
            className={classes.link}
            onClick={() => navigate({ view: 'entries', store: from.location, query: '', entry: item.key })}
          >
            {visibleText(shortKey(item.key))}
          </button>
        ) : (
          visibleText(shortKey(item.key))
        )}
      </span>
      <span
        role="cell"
        className={classes.call}
        title={item?.call === undefined ? undefined : visibleText(item.call)}
      >
        {item?.call === undefined ? '' : <Code text={item.call} />}
      </span>
      <span role="cell">
        {item && deciding ? (
          <DecisionChoice
            label={`What to do with ${visibleText(shortKey(item.key))}`}
            value={deciding.decisionOf(item.key)}
            onChange={(decision) => deciding.decide(item.key, decision)}
          />
        ) : item ? (
          actionWords[item.action]
        ) : (
          ''
        )}
      </span>
      {deciding ? (
        <>
          <SideCell side={item?.sides?.source} note={item?.note} />
          <SideCell side={item?.sides?.target} />
        </>
      ) : (
        <>
          <span role="cell" className={classes.number}>
            {item ? formatBytes(item.bytes) : ''}
          </span>
          <span role="cell" className={classes.number}>
            {item && item.computeSeconds > 0 ? formatCompute(item.computeSeconds) : ''}
          </span>
          <span role="cell" title={told === undefined ? undefined : visibleText(told)}>
            {item?.state ? <b className={classes.state}>{outcomeWords[item.state]}</b> : null}
            {item?.state && told !== undefined ? ' · ' : ''}
            {told === undefined ? '' : visibleText(told)}
          </span>
        </>
      )}
    </div>
  )
}

/** A file that is no entry has its path for a key: the grid cannot show it. */
function isStray(key: string): boolean {
  return key.startsWith('./')
}

/** What one decides by of one side of a conflict; first of all, what could not be done of what was decided before. */
function SideCell({ side, note }: { side: ConflictSide | undefined; note?: string | undefined }) {
  const { zone } = useDesk()
  const facts = [note, ...(side ? sideFacts(side, zone) : [])].filter((fact) => fact !== undefined)
  const text = visibleText(facts.join(', '))
  return (
    <span role="cell" title={text}>
      {text}
    </span>
  )
}

function sideFacts({ bytes, runAtSeconds, elapsedSeconds }: ConflictSide, zone: TimeZoneChoice): string[] {
  return [
    exactBytes(bytes),
    ...(runAtSeconds === undefined ? [] : [formatTime(runAtSeconds, zone)]),
    ...(elapsedSeconds === undefined ? [] : [`took ${formatDuration(elapsedSeconds)}`]),
  ]
}
