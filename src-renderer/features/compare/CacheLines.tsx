import { Button, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconArrowsTransferDown, IconFilter } from '@tabler/icons-react'
import { useQueries } from '@tanstack/react-query'
import { useState } from 'react'
import type { CompareRelation, Comparison, ComparePage } from '../../../shared/api/compare.ts'
import type { Connection } from '../../../shared/api/contract.ts'
import { useDesk } from '../../app/desk.ts'
import { comparedPerPage, linesQuery } from '../../client/compare.ts'
import { Code } from '../../ui/Code.tsx'
import { formatBytes, formatCompute, formatCount, shortKey } from '../../ui/format.ts'
import { visibleText } from '../../ui/visible-text.ts'
import { useWindow } from '../../virtual/use-window.ts'
import classes from './CachesCompare.module.css'
import { relationGroups, withComparePlace } from './compare-place.ts'
import { relationTitle, totalsSentence } from './relation-words.ts'
import type { Compare } from './use-compare.ts'
import { useCopyMissing } from './use-copy-missing.ts'

const rowHeight = 24
const headerHeight = 24
const typingPauseMs = 250
/** What is not listed until asked for: of two caches that are alike it is nearly all. */
const quiet: ReadonlySet<CompareRelation> = new Set(['same', 'sameValue'])

export interface CacheLinesProps {
  readonly compare: Compare
  readonly comparison: Comparison
  readonly left: Connection
  readonly right: Connection
}

/** What was found, by group, filtered by the query language on either side, with the way into a migration. */
export function CacheLines({ compare, comparison, left, right }: CacheLinesProps) {
  const { totals } = comparison
  const [query] = useDebouncedValue(compare.find, typingPauseMs)
  const relations = compare.group
    ? [compare.group]
    : relationGroups.filter((relation) => !quiet.has(relation))
  const toggle = (relation: CompareRelation): void =>
    compare.set({ group: compare.group === relation ? undefined : relation }, 'replace')
  return (
    <>
      <p className={classes.sentence}>
        {totalsSentence(
          comparison,
          `${visibleText(left.label)} (left)`,
          `${visibleText(right.label)} (right)`,
        )}
      </p>
      <div className={classes.tools}>
        <div className={classes.groups} role="group" aria-label="Groups">
          {relationGroups.map((relation) => {
            const { title, means } = relationTitle(relation, comparison.by)
            const { entries } = totals[relation]
            if (relation === 'sameCall' && comparison.by === 'call') return null
            return (
              <button
                key={relation}
                type="button"
                className={classes.group}
                title={means}
                aria-pressed={compare.group === relation}
                disabled={entries === 0}
                onClick={() => toggle(relation)}
              >
                {title} <b>{formatCount(entries)}</b>
              </button>
            )
          })}
        </div>
        <span className={classes.room} />
        <TextInput
          aria-label="Filter what was found"
          placeholder="func:relax cutoff>400"
          className={classes.filter}
          leftSection={<IconFilter size={13} />}
          value={compare.find}
          onChange={(event) => compare.set({ find: event.currentTarget.value }, 'replace')}
          spellCheck={false}
        />
        <MissingButton comparison={comparison} relation="onlyLeft" from={left} to={right} />
        <MissingButton comparison={comparison} relation="onlyRight" from={right} to={left} />
      </div>
      <LineTable
        key={`${comparison.id} ${relations.join()} ${query}`}
        comparison={comparison}
        relations={relations}
        query={query}
        left={left}
        right={right}
      />
    </>
  )
}

interface MissingButtonProps {
  readonly comparison: Comparison
  readonly relation: 'onlyLeft' | 'onlyRight'
  readonly from: Connection
  readonly to: Connection
}

/** Leads to the plan of a migration; nothing is written by it. */
function MissingButton({ comparison, relation, from, to }: MissingButtonProps) {
  const { entries } = comparison.totals[relation]
  const copy = useCopyMissing()
  if (comparison.state === 'running' || entries === 0) return null
  return (
    <Button
      leftSection={<IconArrowsTransferDown size={14} />}
      loading={copy.isPending}
      title={`Plans a migration from ${visibleText(from.label)} to ${visibleText(to.label)}`}
      onClick={() => copy.mutate({ id: comparison.id, relation, from, to, entries })}
    >
      Copy the {formatCount(entries)} missing {relation === 'onlyLeft' ? 'to the right' : 'to the left'}…
    </Button>
  )
}

interface LineTableProps extends Omit<CacheLinesProps, 'compare'> {
  readonly relations: readonly CompareRelation[]
  readonly query: string
}

function LineTable({ comparison, relations, query, left, right }: LineTableProps) {
  const [total, setTotal] = useState(0)
  const { attach, onScroll, first, last, offset, canvasHeight } = useWindow<HTMLDivElement>({
    rows: total,
    rowHeight,
    headerHeight,
  })
  const version = comparison.state === 'running' ? String(comparison.done) : comparison.state
  const pages = pagesOf(first, last)
  const answers = useQueries({
    queries: pages.map((page) => linesQuery(comparison.id, { relations, query }, page, version)),
  })
  const known = answers.find(({ data }) => data)?.data?.total
  if (known !== undefined && known !== total) setTotal(known)
  const error = answers.find((answer) => answer.error)?.error
  const lineAt = (row: number): Line | undefined => {
    const page = Math.floor(row / comparedPerPage)
    return answers[pages.indexOf(page)]?.data?.lines[row - page * comparedPerPage]
  }
  const rows = Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i)
  const isEmpty = known === 0 && comparison.state !== 'running'
  return (
    <div
      ref={attach}
      className={classes.table}
      role="table"
      aria-label="What was found"
      aria-rowcount={total + 1}
      tabIndex={0}
      onScroll={onScroll}
    >
      <div role="row" aria-rowindex={1} className={classes.head}>
        {['Relation', 'Left', 'Right', 'Call', 'First difference', 'Size', 'Compute'].map((title) => (
          <span key={title} role="columnheader">
            {title}
          </span>
        ))}
      </div>
      {error ? (
        <p className={classes.note} role="alert">
          {visibleText(error.message)}
        </p>
      ) : isEmpty ? (
        <p className={classes.sentence}>
          {query === ''
            ? 'Nothing differs. The groups above list what is the same.'
            : 'Nothing matches the filter.'}
        </p>
      ) : null}
      <div role="rowgroup" style={{ height: canvasHeight, position: 'relative' }}>
        <div role="presentation" className={classes.window} style={{ transform: `translateY(${offset}px)` }}>
          {rows.map((row) => (
            <LineRow key={row} row={row} line={lineAt(row)} by={comparison.by} left={left} right={right} />
          ))}
        </div>
      </div>
    </div>
  )
}

type Line = ComparePage['lines'][number]

function pagesOf(first: number, last: number): number[] {
  const from = Math.floor(first / comparedPerPage)
  const to = Math.floor(Math.max(first, last - 1) / comparedPerPage)
  return Array.from({ length: to - from + 1 }, (_, i) => from + i)
}

interface LineRowProps {
  readonly row: number
  readonly line: Line | undefined
  readonly by: 'key' | 'call'
  readonly left: Connection
  readonly right: Connection
}

function LineRow({ row, line, by, left, right }: LineRowProps) {
  const { navigate, place } = useDesk()
  if (!line) return <div role="row" aria-rowindex={row + 2} className={classes.row} />
  const { relation, left: leftKey, right: rightKey, call, why, sizeBytes, elapsedSeconds } = line
  const { title, means } = relationTitle(relation, by)
  const open = (): void => {
    const sides = { left: left.location, right: right.location, leftKey, rightKey }
    navigate({
      options: withComparePlace(place.options, { ...sides, about: 'entries', find: '', change: undefined }),
    })
  }
  const isPair = leftKey !== undefined && rightKey !== undefined
  const shownCall = call === undefined ? undefined : visibleText(call)
  return (
    <div role="row" aria-rowindex={row + 2} className={classes.row}>
      <span role="cell" className={classes.relation} data-relation={relation} title={means}>
        {isPair ? (
          <button type="button" className={classes.link} title="Compare the two entries" onClick={open}>
            {title}
          </button>
        ) : (
          title
        )}
      </span>
      <KeyCell store={left} entry={leftKey} />
      <KeyCell store={right} entry={rightKey} />
      <span role="cell" className={classes.mono} title={shownCall}>
        {call === undefined ? '' : <Code text={call} />}
      </span>
      <span role="cell" className={classes.why} title={why === undefined ? undefined : visibleText(why)}>
        {why === undefined ? '' : visibleText(why)}
      </span>
      <span role="cell" className={classes.number}>
        {sizeBytes === undefined ? '' : formatBytes(sizeBytes)}
      </span>
      <span role="cell" className={classes.number}>
        {elapsedSeconds === undefined ? '' : formatCompute(elapsedSeconds)}
      </span>
    </div>
  )
}

function KeyCell({ store, entry }: { store: Connection; entry: string | undefined }) {
  const { navigate } = useDesk()
  if (entry === undefined) return <span role="cell" />
  return (
    <span role="cell" className={classes.mono}>
      <button
        type="button"
        className={classes.link}
        title={`Show ${visibleText(entry)} in ${visibleText(store.label)}`}
        onClick={() => navigate({ view: 'entries', store: store.location, query: '', entry })}
      >
        {visibleText(shortKey(entry))}
      </button>
    </span>
  )
}
