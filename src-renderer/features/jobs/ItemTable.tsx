import { useQueries, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { Job, JobItem } from '../../../shared/api/jobs.ts'
import { itemsPerPage, itemsQuery, rereadItems, type ItemFilter } from '../../client/jobs.ts'
import { useThrottled } from '../../ui/use-throttled.ts'
import { visibleText } from '../../ui/visible-text.ts'
import { useWindow } from '../../virtual/use-window.ts'
import { ItemRow, type Deciding } from './ItemRow.tsx'
import classes from './JobItems.module.css'

const rowHeight = 24
const headerHeight = 24
/** Outcomes are read again at most this often while the job runs. */
const paceMs = 1_000

/** Sizes and times are those of both sides then. */
const decidingTitles = ['Key', 'Call', 'Decision', 'This one', 'The target’s']

function titlesOf(job: Job): string[] {
  const titles = ['Key', 'Call', 'Does', 'Size', 'Compute']
  if (job.startedAtMs !== undefined) return [...titles, 'Outcome']
  return isExplained(job) ? [...titles, 'Why'] : titles
}

/** Whether the plan says something of its items: there is nothing to say of what was chosen, or is copied to where it is not. */
function isExplained({ kind, plan, asked }: Job): boolean {
  // An eviction of chosen entries has no rules.
  if (kind === 'evict') return asked.length > 1
  if (kind !== 'migrate') return kind !== 'undo'
  return Object.keys(plan?.actions ?? {}).some((action) => action !== 'put')
}

/** The items of a plan, windowed; those that wait for a decision with the facts of both sides. */
export function ItemTable({ job, filter, deciding }: { job: Job; filter: ItemFilter; deciding?: Deciding }) {
  const [total, setTotal] = useState(0)
  const { attach, onScroll, first, last, offset, canvasHeight } = useWindow<HTMLDivElement>({
    rows: total,
    rowHeight,
    headerHeight,
  })
  useRereading(job)
  const pages = pagesOf(first, last)
  const answers = useQueries({ queries: pages.map((page) => itemsQuery(job.id, filter, page)) })
  const known = answers.find(({ data }) => data)?.data?.total
  if (known !== undefined && known !== total) setTotal(known)
  const itemAt = (row: number): JobItem | undefined => {
    const page = Math.floor(row / itemsPerPage)
    return answers[pages.indexOf(page)]?.data?.items[row - page * itemsPerPage]
  }
  const error = answers.find((answer) => answer.error)?.error
  const rows = Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i)
  const titles = deciding ? decidingTitles : titlesOf(job)
  return (
    <div
      ref={attach}
      className={classes.table}
      role="table"
      aria-label="Items"
      data-columns={deciding ? 'sides' : titles.length}
      aria-rowcount={total + 1}
      tabIndex={0}
      onScroll={onScroll}
    >
      <div role="row" aria-rowindex={1} className={classes.head}>
        {titles.map((title) => (
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
            <ItemRow
              key={row}
              row={row}
              job={job}
              item={itemAt(row)}
              deciding={deciding}
              isTold={titles.length > 5}
            />
          ))}
        </div>
      </div>
    </div>
  )
}

/** What became of the items is read again as the job goes on. */
function useRereading({ id, state, createdAtMs, finished }: Job): void {
  const client = useQueryClient()
  const version = useThrottled(`${state} ${createdAtMs} ${finished.entries}`, paceMs)
  const known = useRef(version)
  useEffect(() => {
    if (known.current === version) return
    known.current = version
    rereadItems(client, id)
  }, [client, id, version])
}

function pagesOf(first: number, last: number): number[] {
  const from = Math.floor(first / itemsPerPage)
  const to = Math.floor(Math.max(first, last - 1) / itemsPerPage)
  return Array.from({ length: to - from + 1 }, (_, i) => from + i)
}
