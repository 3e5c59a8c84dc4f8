import type { CSSProperties } from 'react'
import type { TableColumn } from '../../../shared/api/tables.ts'
import { formatCount } from '../../ui/format.ts'
import { pythonStringText } from '../../ui/python-string.ts'
import { visibleText } from '../../ui/visible-text.ts'
import { columnTitle, countText, rangeText, topText } from './column-words.ts'
import classes from './TableView.module.css'

export interface ColumnHeadProps {
  readonly column: number
  /** Absent while it is on its way. */
  readonly summary: TableColumn | undefined
  readonly style: CSSProperties
  readonly isDrawn: boolean
  readonly onDraw: (() => void) | undefined
}

/** A column's name, type, gaps, and what is in it: a small histogram, or the most frequent values. */
export function ColumnHead({ column, summary, style, isDrawn, onDraw }: ColumnHeadProps) {
  const name = summary ? (nameText(summary.name) ?? String(column)) : '·'
  return (
    <span
      role="columnheader"
      aria-colindex={column + 2}
      className={classes.head}
      style={style}
      title={summary && columnTitle(name, summary)}
    >
      {summary?.isDrawable && onDraw ? (
        <button type="button" className={classes.drawn} aria-pressed={isDrawn} onClick={onDraw}>
          {name}
        </button>
      ) : (
        <b className={classes.name}>{name}</b>
      )}
      {summary ? <Figures summary={summary} /> : null}
    </span>
  )
}

function Figures({ summary }: { readonly summary: TableColumn }) {
  const { dtype, missing, numbers, values } = summary
  return (
    <>
      <span className={classes.type}>{visibleText(dtype)}</span>
      {missing > 0 ? <em className={classes.type}>{countText(missing, summary)} missing</em> : null}
      {numbers ? (
        <>
          <Bars counts={numbers.histogram} />
          <span className={classes.range}>{rangeText(numbers)}</span>
        </>
      ) : values ? (
        <>
          <Shares summary={summary} />
          <span className={classes.range}>{topText(values)}</span>
        </>
      ) : null}
    </>
  )
}

/** The name without quotes; `undefined` where there is none. */
function nameText(literal: string): string | undefined {
  return literal === '' || literal === 'None' ? undefined : visibleText(pythonStringText(literal) ?? literal)
}

const barsHeight = 20

function Bars({ counts }: { readonly counts: readonly number[] }) {
  const most = Math.max(1, ...counts)
  return (
    <svg
      className={classes.bars}
      viewBox={`0 0 ${counts.length} ${barsHeight}`}
      preserveAspectRatio="none"
      aria-hidden
    >
      {counts.map((count, i) => {
        const height = count === 0 ? 0 : Math.max(1, (count / most) * barsHeight)
        // oxlint-disable-next-line react/no-array-index-key -- a bin is its number
        return <rect key={i} x={i + 0.05} y={barsHeight - height} width={0.9} height={height} />
      })}
    </svg>
  )
}

/** How much of the column the most frequent values are. */
function Shares({ summary: { values, looked, missing } }: { readonly summary: TableColumn }) {
  const present = Math.max(1, looked - missing)
  return (
    <span className={classes.shares} aria-hidden>
      {values?.top.map(({ text, count }) => (
        <i key={text} style={{ width: `${(100 * count) / present}%` }} title={formatCount(count)} />
      ))}
    </span>
  )
}
