import { useQueries } from '@tanstack/react-query'
import { memo, useEffect, type KeyboardEvent, type MouseEvent } from 'react'
import type { ByteStream } from '../../../shared/api/bytes.ts'
import { bytesPerPage, bytesQuery } from '../../client/bytes.ts'
import type { ValueAddress } from '../../client/queries.ts'
import { formatOffset } from '../../ui/format.ts'
import { isMac } from '../../ui/platform.ts'
import { visibleText } from '../../ui/visible-text.ts'
import { clamp } from '../../virtual/scroll.ts'
import { useWindow } from '../../virtual/use-window.ts'
import { useSize } from '../../ui/use-size.ts'
import classes from './Bytes.module.css'

const rowHeight = 18
/** Pixels across from which on so many bytes stand in a row. */
const wide = 570
const narrow = 260

export type ByteSpan = readonly [start: number, end: number]

export interface HexRowsProps {
  value: ValueAddress
  of: ByteStream
  byteLength: number
  at: number
  /** Bytes of the chosen node. */
  marked: ByteSpan | undefined
  /** Where the value breaks. */
  broken: number | undefined
  onChoose: (at: number) => void
}

/** Bytes of a stream of any length: only those in view exist. */
export function HexRows({ value, of, byteLength, at, marked, broken, onChoose }: HexRowsProps) {
  const [measured, { width }] = useSize()
  const perRow = width >= wide ? 16 : width === 0 || width >= narrow ? 8 : 4
  const rows = Math.ceil(byteLength / perRow)
  const { attach, onScroll, ...frame } = useWindow<HTMLDivElement>({ rows, rowHeight })
  const { first, last, revealRow, isMeasured } = frame
  const pages = pagesOf(first * perRow, Math.min(byteLength, last * perRow))
  const answers = useQueries({ queries: pages.map((page) => bytesQuery(value, of, page)) })
  const error = answers.find((answer) => answer.error)?.error
  const atRow = Math.floor(at / perRow)
  useEffect(() => {
    if (isMeasured) revealRow(atRow)
  }, [atRow, isMeasured, revealRow])
  const pageOf = (row: number): Uint8Array | undefined =>
    answers[pages.indexOf(Math.floor((row * perRow) / bytesPerPage))]?.data
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = nextByte(event, at, { byteLength, perRow, pageRows: frame.pageRows })
    if (next === undefined) return
    event.preventDefault()
    onChoose(next)
  }
  const onMouseDown = (event: MouseEvent): void => {
    const cell = event.target instanceof Element ? event.target.closest('[data-at]') : null
    if (cell && event.button === 0) onChoose(Number(cell.getAttribute('data-at')))
  }
  const drawn = Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i)
  return (
    <div ref={measured} className={classes.measured}>
      {error ? (
        <p className={classes.error} role="alert">
          {visibleText(error.message)}
        </p>
      ) : null}
      <div
        ref={attach}
        className={classes.hex}
        role="grid"
        aria-label="Bytes"
        aria-rowcount={rows}
        aria-colcount={perRow + 1}
        tabIndex={0}
        data-inspector-focus
        aria-activedescendant={`byte-${at}`}
        onScroll={onScroll}
        onKeyDown={onKeyDown}
        onMouseDown={onMouseDown}
      >
        <div role="presentation" style={{ height: frame.canvasHeight, position: 'relative' }}>
          <div
            role="presentation"
            className={classes.window}
            style={{ transform: `translateY(${frame.offset}px)` }}
          >
            {drawn.map((row) => (
              <HexRow
                key={row}
                row={row}
                perRow={perRow}
                page={pageOf(row)}
                at={row === atRow ? at : undefined}
                from={marked ? clamp(marked[0] - row * perRow, 0, perRow) : 0}
                to={marked ? clamp(marked[1] - row * perRow, 0, perRow) : 0}
                broken={broken !== undefined && Math.floor(broken / perRow) === row ? broken : undefined}
              />
            ))}
          </div>
        </div>
      </div>
    </div>
  )
}

interface HexRowProps {
  row: number
  perRow: number
  /** The page with its bytes, the same from draw to draw; absent while it is on its way. */
  page: Uint8Array | undefined
  at: number | undefined
  /** Columns of the chosen node, `[from, to)`. */
  from: number
  to: number
  broken: number | undefined
}

const HexRow = memo(function HexRow({ row, perRow, page, at, from, to, broken }: HexRowProps) {
  const start = row * perRow
  const inPage = start % bytesPerPage
  const cells = [...(page?.subarray(inPage, inPage + perRow) ?? [])]
  const looks = (i: number) => ({
    'data-at': start + i,
    'data-marked': (i >= from && i < to) || undefined,
    'data-chosen': start + i === at || undefined,
    'data-broken': start + i === broken || undefined,
  })
  return (
    <div role="row" aria-rowindex={row + 1} className={classes.hexRow}>
      <span role="rowheader" className={classes.offset} title={formatOffset(start)}>
        {start.toString(16).padStart(8, '0')}
      </span>
      <span role="presentation" className={classes.digits} style={{ width: `${perRow * 3}ch` }}>
        {cells.map((byte, i) => (
          <span
            // oxlint-disable-next-line react/no-array-index-key -- a byte is its place
            key={i}
            id={`byte-${start + i}`}
            role="gridcell"
            aria-selected={start + i === at}
            className={classes.byte}
            {...looks(i)}
          >
            {byte.toString(16).padStart(2, '0')}
          </span>
        ))}
      </span>
      <span aria-hidden className={classes.ascii}>
        {cells.map((byte, i) => (
          // oxlint-disable-next-line react/no-array-index-key -- a byte is its place
          <span key={i} {...looks(i)}>
            {byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·'}
          </span>
        ))}
      </span>
    </div>
  )
})

interface HexSize {
  byteLength: number
  perRow: number
  pageRows: number
}

/** The byte that a key leads to; `undefined` if the key is none of the grid's. */
function nextByte(
  event: KeyboardEvent,
  at: number,
  { byteLength, perRow, pageRows }: HexSize,
): number | undefined {
  const last = Math.max(0, byteLength - 1)
  const isWhole = isMac ? event.metaKey : event.ctrlKey
  const steps: Record<string, number> = {
    ArrowLeft: at - 1,
    ArrowRight: at + 1,
    ArrowUp: at - perRow,
    ArrowDown: at + perRow,
    PageUp: at - perRow * pageRows,
    PageDown: at + perRow * pageRows,
    Home: isWhole ? 0 : at - (at % perRow),
    End: isWhole ? last : at - (at % perRow) + perRow - 1,
  }
  const next = steps[event.key]
  return next === undefined ? undefined : clamp(next, 0, last)
}

function pagesOf(from: number, to: number): number[] {
  if (to <= from) return []
  const first = Math.floor(from / bytesPerPage)
  return Array.from({ length: Math.floor((to - 1) / bytesPerPage) - first + 1 }, (_, i) => first + i)
}
