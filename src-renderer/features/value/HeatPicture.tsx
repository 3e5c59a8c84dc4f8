import { useQuery } from '@tanstack/react-query'
import { useMemo, useState, type ReactNode } from 'react'
import type { Frame, PlaneHeader } from '../../../shared/api/pictures.ts'
import type { ComplexPart } from '../../../shared/numpy/numbers.ts'
import { heatPixels, heatRange, type HeatScale } from '../../../shared/numpy/heat-color.ts'
import { planeQuery, wholePlane } from '../../client/pictures.ts'
import type { ValueAddress } from '../../client/queries.ts'
import { formatCount } from '../../ui/format.ts'
import { ErrorState } from '../../ui/States.tsx'
import { ImageCanvas, pixelSpan, type Cell } from './ImageCanvas.tsx'
import classes from './Picture.module.css'
import type { PictureOptions } from './picture-place.ts'
import { figureText, oddText, sampleText, spanText } from './picture-words.ts'
import { ScaleBar } from './ScaleBar.tsx'
import { SampleNote } from './SampleNote.tsx'
import { useWhole } from './use-whole.ts'

export interface HeatPictureProps {
  readonly value: ValueAddress
  readonly axes: readonly number[]
  readonly index: readonly number[]
  readonly complex?: ComplexPart
  readonly options: PictureOptions
}

type PlaneFrame = Frame<PlaneHeader>

/** Most cells in each direction: no screen has room for more. */
const mostWidth = 800
const mostHeight = 520
const flattest = 5
const steepest = 0.25

/** A matrix as colours, with their scale. */
export function HeatPicture({ value, axes, index, complex, options }: HeatPictureProps) {
  const question = {
    axes: axes.join(','),
    index: index.join(','),
    complex,
    rows: options.get('rows'),
    columns: options.get('columns'),
    width: mostWidth,
    height: mostHeight,
  }
  const { data: sample, error, isPlaceholderData } = useQuery(planeQuery(value, question))
  const whole = useWhole(
    ['plane', value.store, value.key, value.revision, value.path, question, sample?.header.rows],
    isPlaceholderData ? undefined : sample?.header.parts,
    (signal, onProgress) => wholePlane(value, question, sample!.header, signal, onProgress),
  )
  const frame = whole.answer ?? sample
  if (error) return <ErrorState title="The numbers cannot be drawn" error={error} />
  if (!frame) return <div className={classes.waiting} aria-busy style={{ height: 220 }} />
  const note = <SampleNote text={sampleText(frame.header)} whole={whole} />
  return <Heat frame={frame} options={options} note={note} />
}

function Heat({ frame, options, note }: { frame: PlaneFrame; options: PictureOptions; note: ReactNode }) {
  const { header, arrays } = frame
  const [cursor, setCursor] = useState<Cell>()
  const isClipped = options.get('clip') === '1'
  const isLog = options.get('log') === '1'
  const scale = scaleOf(options.get('colors'))
  const drawn = useMemo(() => {
    const mean = arrays['mean']!
    const numbers = isLog ? Float64Array.from(mean, logarithm) : mean
    const range = heatRange(numbers, isClipped, isLog ? 'sequential' : scale)
    return range && { range, pixels: heatPixels(numbers, header.width, range) }
  }, [arrays, header.width, isClipped, isLog, scale])
  if (!drawn)
    return (
      <div className={classes.none}>Nothing to draw: no number is finite{isLog ? ' and above 0' : ''}.</div>
    )
  const { rows, columns, shape, height, width, least, greatest, unit } = header
  const ratio = Math.min(flattest, Math.max(steepest, (columns[1] - columns[0]) / (rows[1] - rows[0])))
  return (
    <div className={classes.picture}>
      <ImageCanvas
        raster={{ pixels: drawn.pixels, width, height, rows, columns, shape }}
        label={`Heat map of ${formatCount(rows[1] - rows[0])} × ${formatCount(columns[1] - columns[0])} numbers from ${figureText(least, unit)} to ${figureText(greatest, unit)}`}
        ratio={ratio}
        isSmooth={false}
        cursor={cursor}
        onCursor={setCursor}
        onWindow={(window) =>
          options.set({ rows: window?.rows.join(':'), columns: window?.columns.join(':') })
        }
      />
      <ScaleBar range={drawn.range} isLog={isLog} unit={unit} isClipped={isClipped} />
      <div className={classes.caption}>
        <span className={classes.readOut} aria-live="polite">
          {cursor ? (
            <ReadOut frame={frame} cell={cursor} />
          ) : (
            <span>
              <span className={classes.together}>rows {spanText(rows)}</span> ·{' '}
              <span className={classes.together}>columns {spanText(columns)}</span>
              {oddText(header)}
            </span>
          )}
        </span>
        {note}
      </div>
    </div>
  )
}

function logarithm(number: number): number {
  return number > 0 ? Math.log10(number) : Number.NaN
}

function scaleOf(text: string | undefined): HeatScale | undefined {
  return text === 'sequential' || text === 'diverging' ? text : undefined
}

function ReadOut({ frame: { header, arrays }, cell }: { frame: PlaneFrame; cell: Cell }) {
  const { rows, columns, width, height, unit } = header
  if (cell.x >= width || cell.y >= height) return null
  const [row, column] = [pixelSpan(rows, height, cell.y), pixelSpan(columns, width, cell.x)]
  const at = cell.y * width + cell.x
  const isOne = row[1] - row[0] === 1 && column[1] - column[0] === 1
  const text = (name: string): string => figureText(arrays[name]?.[at], unit)
  return (
    <>
      <b>
        [{spanText(row)}, {spanText(column)}]
      </b>
      <span>
        {text('mean')}
        {isOne || !arrays['min'] ? '' : ` (${text('min')} … ${text('max')})`}
      </span>
    </>
  )
}
