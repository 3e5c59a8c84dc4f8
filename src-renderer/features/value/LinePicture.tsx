import { useQuery } from '@tanstack/react-query'
import { useCallback, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import type uPlot from 'uplot'
import type { ComplexPart } from '../../../shared/numpy/numbers.ts'
import type { Frame, LineHeader } from '../../../shared/api/pictures.ts'
import { linesQuery, wholeLine } from '../../client/pictures.ts'
import type { ValueAddress } from '../../client/queries.ts'
import { ErrorState } from '../../ui/States.tsx'
import { formatCount } from '../../ui/format.ts'
import { Plot } from '../../ui/plot/Plot.tsx'
import { useLatest } from '../../ui/use-latest.ts'
import { visibleText } from '../../ui/visible-text.ts'
import { parseSpan, zoomed } from './array-looks.ts'
import { bucketSpan, hasBands, plotColumns, rangeOf } from './line-data.ts'
import { linePlotOptions } from './line-options.ts'
import classes from './Picture.module.css'
import type { PictureOptions } from './picture-place.ts'
import { figureText, oddText, sampleText, spanText } from './picture-words.ts'
import { SampleNote } from './SampleNote.tsx'
import { useWhole } from './use-whole.ts'

/** One line: a place in an array, or a column of a table. */
export interface LineAddress {
  readonly name: string
  readonly axis?: number
  readonly column?: number
  readonly index?: readonly number[]
}

export interface LinePictureProps {
  readonly value: ValueAddress
  readonly lines: readonly LineAddress[]
  readonly complex?: ComplexPart
  readonly options: PictureOptions
}

const plotHeightPx = 190
const mostBuckets = 1_200
const leastElements = 8
type LineFrame = Frame<LineHeader>

/** Lines of numbers over their positions or their index: zoomed by wheel, by dragging and by keys. */
export function LinePicture({ value, lines, complex, options }: LinePictureProps) {
  const [from, to] = [options.get('from'), options.get('to')]
  const [isLog, hasPoints] = [options.get('log') === '1', options.get('points') === '1']
  const questions = lines.map(({ axis, column, index }) => ({
    axis,
    column,
    index: index?.join(','),
    complex,
    from,
    to,
    buckets: mostBuckets,
  }))
  const { data: sample, error, isPlaceholderData } = useQuery(linesQuery(value, questions))
  const frames = useWholeLines(value, questions, sample, isPlaceholderData)
  if (error) return <ErrorState title="The numbers cannot be drawn" error={error} />
  if (!frames.shown)
    return <div className={classes.waiting} aria-busy style={{ height: plotHeightPx + 24 }} />
  return (
    <LinePlot
      frames={frames.shown}
      names={lines.map(({ name }) => name)}
      isLog={isLog}
      hasPoints={hasPoints}
      onWindow={(span) => options.set({ from: span && String(span[0]), to: span && String(span[1]) })}
      note={<SampleNote text={sampleText(frames.shown[0]!.header)} whole={frames.whole} />}
    />
  )
}

/** All elements of lines that were sampled at first. */
function useWholeLines(
  value: ValueAddress,
  questions: readonly Record<string, string | number | undefined>[],
  sample: readonly LineFrame[] | undefined,
  isOfBefore: boolean,
) {
  const parts = (isOfBefore ? [] : sample)?.reduce<number | undefined>(
    (most, { header }) => (header.parts === undefined ? most : Math.max(most ?? 0, header.parts)),
    undefined,
  )
  const whole = useWhole(
    ['line', value.store, value.key, value.revision, value.path, questions, sample?.[0]?.header.from],
    parts,
    async (signal, onProgress) => {
      const all: LineFrame[] = []
      for (const [i, question] of questions.entries()) {
        const report = (share: number): void => onProgress((i + share) / questions.length)
        all.push(await wholeLine(value, question, sample![i]!.header, signal, report))
      }
      return all
    },
  )
  return { shown: whole.answer ?? sample, whole }
}

interface LinePlotProps {
  readonly frames: readonly LineFrame[]
  readonly names: readonly string[]
  readonly isLog: boolean
  readonly hasPoints: boolean
  readonly onWindow: (span: readonly [number, number] | undefined) => void
  readonly note: ReactNode
}

function LinePlot({ frames, names, isLog, hasPoints, onWindow, note }: LinePlotProps) {
  const { header } = frames[0]!
  const [cursor, setCursor] = useState<number>()
  const plot = useRef<uPlot>(undefined)
  const data = useMemo(() => plotColumns(frames, isLog) as uPlot.AlignedData, [frames, isLog])
  const latest = useLatest({ header, onWindow })
  const zoom = useCallback(
    (factor: number, at: number) => {
      const { header: now, onWindow: move } = latest.current
      const span = zoomed([now.from, now.to], now.length, factor, at, leastElements)
      move(span[0] === 0 && span[1] === now.length ? undefined : span)
    },
    [latest],
  )
  const select = useCallback(
    (first: number, last: number) => {
      const { header: now, onWindow: move } = latest.current
      move(parseSpan(`${bucketSpan(now, first)[0]}:${bucketSpan(now, last)[1]}`, now.length))
    },
    [latest],
  )
  const reset = useCallback(() => latest.current.onWindow(undefined), [latest])
  const look = {
    count: frames.length,
    hasBands: hasBands(frames),
    isLog,
    hasPoints,
    x: header.x,
    unit: header.unit,
  }
  const lookName = JSON.stringify(look)
  const options = useMemo(
    () => linePlotOptions(JSON.parse(lookName) as typeof look, { zoom, select, reset, setCursor }),
    [lookName, zoom, select, reset],
  )
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const step = event.shiftKey ? 20 : 1
    const move = (by: number): void => {
      const next = Math.min(Math.max(0, (cursor ?? (by > 0 ? -1 : header.buckets)) + by), header.buckets - 1)
      const made = plot.current
      if (made)
        made.setCursor({ left: made.valToPos(made.data[0][next]!, 'x'), top: made.over.clientHeight / 2 })
    }
    if (event.key === 'ArrowRight') move(step)
    else if (event.key === 'ArrowLeft') move(-step)
    else if (event.key === '+' || event.key === '=') zoom(0.5, shareOf(cursor, header.buckets))
    else if (event.key === '-') zoom(2, shareOf(cursor, header.buckets))
    else if (event.key === '0') reset()
    else return
    event.preventDefault()
  }
  const range = rangeOf(frames)
  const label = labelOf(frames, range)
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- the plot is looked at by keys, too
    <div
      className={classes.picture}
      role="group"
      aria-label="Lines: arrows move the cursor, + and − zoom, 0 shows all"
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- see above
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      {range ? (
        <Plot
          data={data}
          options={options}
          height={plotHeightPx}
          label={label}
          onPlot={(made) => void (plot.current = made)}
        />
      ) : (
        <div className={classes.none}>Nothing to draw: no number is finite.</div>
      )}
      <div className={classes.caption}>
        <span className={classes.readOut} aria-live="polite">
          {cursor === undefined ? (
            whereText(header)
          ) : (
            <ReadOut bucket={cursor} frames={frames} names={names} />
          )}
        </span>
        {note}
      </div>
    </div>
  )
}

function shareOf(cursor: number | undefined, buckets: number): number {
  return cursor === undefined || buckets < 2 ? 0.5 : cursor / (buckets - 1)
}

function whereText(header: LineHeader): string {
  const { from, to, length } = header
  const where =
    to - from === length
      ? `${formatCount(length)} elements`
      : `${spanText([from, to])} of ${formatCount(length)}`
  return where + oddText(header)
}

function labelOf(frames: readonly LineFrame[], range: readonly [number, number] | undefined): string {
  const { header } = frames[0]!
  const unit = header.unit
  const what = frames.length === 1 ? 'Line' : `${frames.length} lines`
  const span = range
    ? `from ${figureText(range[0], unit)} to ${figureText(range[1], unit)}`
    : 'without a finite number'
  return `${what} of ${formatCount(header.to - header.from)} numbers ${span}`
}

function ReadOut({
  bucket,
  frames,
  names,
}: {
  bucket: number
  frames: readonly LineFrame[]
  names: readonly string[]
}) {
  const { header, arrays } = frames[0]!
  if (bucket >= header.buckets) return null
  const span = bucketSpan(header, bucket)
  const x = arrays['x']?.[bucket]
  return (
    <>
      <b>
        {x === undefined ? '' : `${figureText(x, header.x)} `}[{spanText(span)}]
      </b>
      {frames.map(({ header: { unit }, arrays: { mean, min, max } }, i) => (
        <span key={names[i]}>
          {names.length > 1 ? (
            <i style={{ color: `var(${lineTokens[i]})` }}>{visibleText(names[i] ?? '')} </i>
          ) : null}
          {figureText(mean?.[bucket], unit)}
          {min && max && span[1] - span[0] > 1
            ? ` (${figureText(min[bucket], unit)} … ${figureText(max[bucket], unit)})`
            : ''}
        </span>
      ))}
    </>
  )
}

const lineTokens = ['--accent', '--array-ink', '--object-ink', '--scalar-ink', '--time-ink', '--table-ink']
