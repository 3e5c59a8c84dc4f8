import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { arrayQuery, type ValueAddress } from '../../client/queries.ts'
import { countOf, formatFigure } from '../../ui/format.ts'
import { clamp } from '../../virtual/scroll.ts'
import { cellNumber, pictureOf, type TableShape } from './array-shape.ts'
import classes from './ArrayView.module.css'
import { heatColor } from './heat-color.ts'

/** Rows and columns; 40,000 cells are within what the engine answers at once. */
const mostHeatCells = 200
const heatHeightPx = 220
const mostLinePoints = 600

export interface ArrayPictureProps {
  value: ValueAddress
  table: TableShape
  index: readonly number[]
}

/** Lists of numbers as lines, a matrix as a heat map; of large ones, their beginning. */
export function ArrayPicture(props: ArrayPictureProps) {
  const look = pictureOf(props.table)
  return look === undefined ? null : <Picture {...props} look={look} />
}

function Picture({ value, table, index, look }: ArrayPictureProps & { look: 'lines' | 'heat' }) {
  const isLines = look === 'lines'
  const most = isLines ? mostLinePoints : mostHeatCells
  const rows = [0, Math.min(table.rows, most)] as const
  const columns = [0, Math.min(table.columns, most)] as const
  const { data } = useQuery(arrayQuery(value, { index, rows, columns }))
  if (!data) return <div className={classes.picture} aria-busy style={{ height: isLines ? 110 : 190 }} />
  const numbers = data.cells.map((row) => row.map(cellNumber))
  const finite = numbers.flat().filter(Number.isFinite)
  if (finite.length < 2) return null
  const least = finite.reduce((a, b) => Math.min(a, b))
  const greatest = finite.reduce((a, b) => Math.max(a, b))
  const isPart = table.rows > rows[1] || table.columns > columns[1]
  return (
    <div className={classes.picture}>
      {isLines ? (
        <Lines lines={linesOf(numbers)} least={least} greatest={greatest} />
      ) : (
        <Heat numbers={numbers} least={least} greatest={greatest} />
      )}
      <div className={classes.caption}>
        <span>least {formatFigure(least)}</span>
        {isPart ? (
          <span>first {isLines ? countOf(most, 'number') : `${rows[1]} × ${columns[1]}`}</span>
        ) : null}
        <span>greatest {formatFigure(greatest)}</span>
      </div>
    </div>
  )
}

/** One line a column; a single row is a line too. */
function linesOf(numbers: readonly (readonly number[])[]): number[][] {
  const [first = []] = numbers
  if (numbers.length === 1) return [[...first]]
  return first.map((_, column) => numbers.map((row) => row[column] ?? Number.NaN))
}

interface Drawn {
  least: number
  greatest: number
}

function Heat({ numbers, least, greatest }: Drawn & { numbers: readonly (readonly number[])[] }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const height = numbers.length
  const width = numbers[0]?.length ?? 0
  useEffect(() => {
    const pen = canvas.current?.getContext('2d')
    if (!pen || width === 0) return
    const image = pen.createImageData(width, height)
    const span = greatest - least || 1
    for (const [y, row] of numbers.entries()) {
      for (const [x, number] of row.entries())
        image.data.set(heatColor((number - least) / span), 4 * (y * width + x))
    }
    pen.putImageData(image, 0, 0)
  }, [numbers, least, greatest, width, height])
  const ratio = clamp(width / Math.max(1, height), 0.25, 5)
  return (
    <canvas
      ref={canvas}
      className={classes.heat}
      style={{ aspectRatio: ratio, width: `min(100%, ${heatHeightPx * ratio}px)` }}
      width={width}
      height={height}
      role="img"
      aria-label={`Heat map of ${height} × ${width} numbers from ${formatFigure(least)} to ${formatFigure(greatest)}`}
    />
  )
}

const lineColors = ['--accent', '--array-ink', '--object-ink', '--scalar-ink', '--time-ink', '--table-ink']

function Lines({ lines, least, greatest }: Drawn & { lines: readonly (readonly number[])[] }) {
  return (
    <svg
      className={classes.line}
      viewBox="0 0 400 92"
      preserveAspectRatio="none"
      role="img"
      aria-label={lines.length === 1 ? 'Line of the numbers' : `Lines of ${lines.length} columns`}
    >
      <line x1="0" x2="400" y1="91" y2="91" stroke="var(--line)" vectorEffect="non-scaling-stroke" />
      {lines.map((numbers, i) => (
        <path
          // oxlint-disable-next-line react/no-array-index-key -- a line is its column
          key={i}
          d={pathOf(numbers, least, greatest)}
          fill="none"
          stroke={`var(${lineColors[i % lineColors.length]})`}
          strokeWidth="1.5"
          vectorEffect="non-scaling-stroke"
          strokeLinejoin="round"
        />
      ))}
    </svg>
  )
}

/** A gap where a number is not finite. */
function pathOf(numbers: readonly number[], least: number, greatest: number): string {
  const span = greatest - least || 1
  const step = 400 / Math.max(1, numbers.length - 1)
  let path = ''
  let isPenDown = false
  for (const [i, number] of numbers.entries()) {
    if (!Number.isFinite(number)) isPenDown = false
    else {
      path += `${isPenDown ? 'L' : 'M'}${(i * step).toFixed(2)} ${(88 - ((number - least) / span) * 84).toFixed(2)}`
      isPenDown = true
    }
  }
  return path
}
