import { useQueries, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, type CSSProperties, type KeyboardEvent, type MouseEvent } from 'react'
import type { OpcodeRow } from '../../../shared/api/bytes.ts'
import { lineQuery, listingQuery, opcodesPerPage, opcodesQuery } from '../../client/bytes.ts'
import type { ValueAddress } from '../../client/queries.ts'
import { Code } from '../../ui/Code.tsx'
import { exactBytes, formatCount, formatOffset } from '../../ui/format.ts'
import { isMac } from '../../ui/platform.ts'
import { ErrorState } from '../../ui/States.tsx'
import { visibleText } from '../../ui/visible-text.ts'
import { goTo, gridStart, pressKey } from '../../virtual/focus.ts'
import { useWindow } from '../../virtual/use-window.ts'
import classes from './Bytes.module.css'
import type { ByteSpan } from './HexRows.tsx'

const rowHeight = 20
const headerHeight = 22
/** Marks nested more deeply are not indented further. */
const deepestIndent = 12

export interface OpcodeRowsProps {
  value: ValueAddress
  byteLength: number
  at: number
  /** Bytes of the chosen node. */
  marked: ByteSpan | undefined
  onChoose: (at: number) => void
}

/** The opcodes of a pickle, windowed; how many there are is found out while they are looked at. */
export function OpcodeRows({ value, byteLength, at, marked, onChoose }: OpcodeRowsProps) {
  const client = useQueryClient()
  const listing = useQuery(listingQuery(value))
  const known = listing.data?.known ?? 0
  const { attach, onScroll, ...frame } = useWindow<HTMLDivElement>({ rows: known, rowHeight, headerHeight })
  const { first, last, revealRow, isMeasured } = frame
  const rowAt = useListedRows(value, first, last, known)
  const drawn = Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i)
  const isBehind = at >= byteLength
  const shown = drawn.find((row) => holds(rowAt(row), at))
  const line = useQuery({ ...lineQuery(value, at), enabled: shown === undefined && !isBehind })
  // At the end of the bytes stands the line that says that they end too early.
  const atRow = shown ?? (isBehind ? (listing.data?.isComplete ? known - 1 : undefined) : line.data?.at)
  useEffect(() => {
    if (isMeasured && atRow !== undefined) revealRow(atRow)
  }, [atRow, isMeasured, revealRow])
  const newest = useRef(0)
  const chooseRow = async (row: number): Promise<void> => {
    const choice = ++newest.current
    const listed = rowAt(row) ?? (await fetchRow(row))
    // A late answer must not move the cursor back.
    if (listed && choice === newest.current) onChoose(listed.offset)
  }
  // What cannot be had leaves the cursor where it is.
  const fetchRow = (row: number): Promise<OpcodeRow | undefined> =>
    client.fetchQuery(opcodesQuery(value, row, row + 1)).then(
      ({ rows }) => rows[0],
      () => undefined,
    )
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!/^(Arrow(Up|Down)|Page(Up|Down)|Home|End)$/.test(event.key)) return
    const isEdge = event.key === 'Home' || event.key === 'End'
    // To the ends one comes from anywhere, also while it is looked up where the cursor is.
    if (known === 0 || (atRow === undefined && !isEdge)) return
    const control = isEdge || (isMac ? event.metaKey : event.ctrlKey)
    const size = { rows: known, columns: 1, pageRows: frame.pageRows }
    const next = pressKey(goTo(gridStart, atRow ?? 0), { key: event.key, shift: false, control }, size)
    event.preventDefault()
    if (next) void chooseRow(next.row)
  }
  const onMouseDown = (event: MouseEvent): void => {
    const row = event.target instanceof Element ? event.target.closest('[data-opcode]') : null
    if (row && event.button === 0) void chooseRow(Number(row.getAttribute('data-opcode')))
  }
  if (listing.error)
    return (
      <ErrorState
        title="The opcodes cannot be listed"
        error={listing.error}
        onRetry={() => void listing.refetch()}
      />
    )
  return (
    <>
      <div
        ref={attach}
        className={classes.opcodes}
        role="grid"
        aria-label="Opcodes"
        aria-rowcount={known + 1}
        style={{ '--offset': `${formatCount(byteLength).length + 1}ch` } as CSSProperties}
        tabIndex={0}
        data-inspector-focus
        aria-activedescendant={atRow === undefined ? undefined : `opcode-${atRow}`}
        onScroll={onScroll}
        onKeyDown={onKeyDown}
        onMouseDown={onMouseDown}
      >
        <div role="row" aria-rowindex={1} className={classes.opcodeHead}>
          {['Offset', 'Opcode', 'Argument', 'Builds', 'Memo', 'Stack'].map((title) => (
            <span key={title} role="columnheader" data-column={title}>
              {title}
            </span>
          ))}
        </div>
        <div role="rowgroup" style={{ height: frame.canvasHeight, position: 'relative' }}>
          <div
            role="presentation"
            className={classes.window}
            style={{ transform: `translateY(${frame.offset}px)` }}
          >
            {drawn.map((row) => (
              <Line
                key={row}
                index={row}
                row={rowAt(row)}
                isChosen={row === atRow}
                isMarked={isWithin(rowAt(row), marked)}
              />
            ))}
          </div>
        </div>
      </div>
      {listing.data?.isComplete === false ? (
        <p className={classes.foot} role="status">
          {formatCount(known)} opcodes so far, {Math.floor((100 * listing.data.knownBytes) / byteLength)} % of
          the bytes…
        </p>
      ) : null}
    </>
  )
}

/** The lines in view; those on their way are missing. */
function useListedRows(value: ValueAddress, first: number, last: number, known: number) {
  const from = Math.floor(first / opcodesPerPage)
  const count = last <= first ? 0 : Math.floor((last - 1) / opcodesPerPage) - from + 1
  const answers = useQueries({
    queries: Array.from({ length: count }, (_, i) => {
      const start = (from + i) * opcodesPerPage
      return opcodesQuery(value, start, Math.min(known, start + opcodesPerPage))
    }),
  })
  return (row: number): OpcodeRow | undefined =>
    answers[Math.floor(row / opcodesPerPage) - from]?.data?.rows[row % opcodesPerPage]
}

function holds(row: OpcodeRow | undefined, at: number): boolean {
  return row !== undefined && row.offset <= at && at < row.end
}

function isWithin(row: OpcodeRow | undefined, marked: ByteSpan | undefined): boolean {
  return row !== undefined && marked !== undefined && row.offset >= marked[0] && row.end <= marked[1]
}

interface LineProps {
  index: number
  row: OpcodeRow | undefined
  isChosen: boolean
  isMarked: boolean
}

function Line({ index, row, isChosen, isMarked }: LineProps) {
  return (
    <div
      id={`opcode-${index}`}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isChosen}
      className={classes.opcodeRow}
      data-opcode={index}
      data-marked={isMarked || undefined}
      data-chosen={isChosen || undefined}
      data-broken={row?.problem !== undefined || undefined}
    >
      {row ? <Cells row={row} /> : <span role="gridcell" className={classes.placeholder} />}
    </div>
  )
}

function Cells({ row }: { row: OpcodeRow }) {
  const { offset, depth, name, argument, effect, memo, stack } = row
  const indent = { paddingLeft: `${Math.min(depth, deepestIndent)}ch` }
  const at = (
    <span role="gridcell" className={classes.offset} title={formatOffset(offset)}>
      {formatCount(offset)}
    </span>
  )
  if (name === undefined) {
    const said = whatOf(row)
    return (
      <>
        {at}
        <span role="gridcell" className={classes.said} style={indent} title={said}>
          {said}
        </span>
      </>
    )
  }
  return (
    <>
      {at}
      <span role="gridcell" style={indent} title={titleOf(row)}>
        {name}
      </span>
      <span role="gridcell" className={classes.argument} title={argument}>
        {argument === undefined ? '' : <Code text={argument} />}
      </span>
      <span role="gridcell" className={classes.effect} data-column="Builds" title={effect}>
        {effect === undefined ? '' : buildsOf(name, effect)}
      </span>
      <span role="gridcell" className={classes.number} data-column="Memo">
        {memo === undefined ? '' : formatCount(memo)}
      </span>
      <span role="gridcell" className={classes.number} data-column="Stack">
        {stack === undefined ? '' : formatCount(stack)}
      </span>
    </>
  )
}

/** What a narrow listing has no room for. */
function titleOf({ effect, memo, mark }: OpcodeRow): string | undefined {
  const words = [
    effect,
    memo === undefined ? undefined : `number ${formatCount(memo)} of the memo`,
    mark === undefined ? undefined : `takes the MARK at byte ${formatOffset(mark)}`,
  ]
  return words.filter((word) => word !== undefined).join(' · ') || undefined
}

/** What stands on the stack because of it; `MEMOIZE` leaves there what it finds. */
function buildsOf(name: string, effect: string): string {
  const builds = effect.replace(/^.*→ ?/, '')
  return builds === '' || name === 'MEMOIZE' ? '–' : builds
}

/** Words for a line that is no opcode, and for what is wrong with one. */
function whatOf({ kind, offset, end, problem }: OpcodeRow): string {
  const bytes = exactBytes(end - offset)
  if (problem) return visibleText(problem.sentence)
  if (kind === 'array') return `elements of an array, ${bytes}`
  return kind === 'rest' ? `not read, ${bytes}` : ''
}
