import { useComputedColorScheme } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState, type KeyboardEvent } from 'react'
import type { Connection } from '../../../shared/api/contract.ts'
import type { Points } from '../../../shared/api/points.ts'
import { withClauses } from '../../../shared/api/points.ts'
import { useDesk } from '../../app/desk.ts'
import { pointRowQuery } from '../../client/points.ts'
import { makeScale, type Scale } from '../../ui/plot/scale.ts'
import { useSize, type Size } from '../../ui/use-size.ts'
import { useThrottled } from '../../ui/use-throttled.ts'
import { visibleText } from '../../ui/visible-text.ts'
import { markWords } from './mark-words.ts'
import classes from './Plot.module.css'
import { BaseCanvas, PointerCanvas } from './PlotCanvas.tsx'
import { readInks } from './plot-colors.ts'
import { fieldOf, type Picture } from './plot-draw.ts'
import { Marks, type Mark } from './plot-marks.ts'
import type { PlotPlace, Window } from './plot-place.ts'
import { windowsAfter, type Box } from './plot-windows.ts'
import { fieldName } from './plot-words.ts'
import { usePlotPointer } from './use-plot-pointer.ts'

export interface PlotChartProps {
  readonly points: Points
  readonly own: PlotPlace
  readonly set: (change: Partial<PlotPlace>) => void
  readonly store: Connection
  readonly openInspector: () => void
}

const rowPaceMs = 120

/** The picture: pointed at, zoomed by a box or by keys, walked through by arrows. */
export function PlotChart({ points, own, set, store, openInspector }: PlotChartProps) {
  const { place, navigate, zone } = useDesk()
  const [frame, size] = useSize()
  const [pointed, setPointed] = useState<{ readonly of: Points; readonly mark: number }>()
  const chosen = pointed?.of === points ? pointed.mark : undefined
  const setChosen = (mark: number | undefined): void => {
    if (mark !== chosen) setPointed(mark === undefined ? undefined : { of: points, mark })
  }
  const [box, setBox] = useState<Box>()
  const picture = usePicture(points, own, size)
  const shown = chosen === undefined ? undefined : picture?.marks.list[chosen]
  const key = shown?.kind === 'point' ? points.points!.keys[shown.at] : undefined
  const { data: row } = useQuery(pointRowQuery(store.id, useThrottled(key, rowPaceMs), store.revision))
  const words = shown && markWords(points, shown, zone)
  const call = row !== undefined && row.key === key ? (row.call ?? row.outputPreview) : undefined

  const open = (mark: Mark | undefined, isDeep: boolean): void => {
    if (!mark) return
    if (mark.kind === 'point') {
      navigate({ entry: points.points!.keys[mark.at]! })
      if (isDeep) openInspector()
    } else navigate({ view: 'entries', query: filterOf(points, mark), entry: undefined })
  }
  const zoomTo = (x: Window | undefined, y: Window | undefined): void =>
    set({ ...(x && { xr: x }), ...(y && { yr: y }) })
  const pointer = usePlotPointer({
    picture,
    box,
    setBox,
    setChosen,
    zoomTo,
    open: (at) => open(at === undefined ? undefined : picture?.marks.list[at], false),
  })
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!picture || event.ctrlKey || event.metaKey || event.altKey) return
    const done = (): void => event.preventDefault()
    const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key]
    if (step !== undefined) {
      done()
      const along = event.key === 'ArrowLeft' || event.key === 'ArrowRight' ? 'x' : 'y'
      if (event.shiftKey) return zoomTo(...windowsAfter(picture, along, step, shown))
      return setChosen(picture.marks.next(chosen, along, step))
    }
    if (event.key === 'Home' || event.key === 'End') {
      done()
      setChosen(picture.marks.next(undefined, 'x', event.key === 'Home' ? 1 : -1))
    } else if (event.key === 'Enter') {
      done()
      open(shown, true)
    } else if (event.key === '+' || event.key === '=' || event.key === '-') {
      done()
      zoomTo(...windowsAfter(picture, 'both', event.key === '-' ? 2 : 0.5, shown))
    } else if (event.key === '0') {
      done()
      set({ xr: undefined, yr: undefined })
    } else if (event.key === 'Escape' && chosen !== undefined) {
      done()
      event.stopPropagation()
      setChosen(undefined)
    }
  }
  const summary = `${fieldName(points.y.field)} against ${fieldName(points.x.field)}, ${points.shown.entries} entries`
  const entryMark = picture?.marks.list.find(
    (mark) =>
      mark.kind === 'point' && place.entry !== undefined && points.points!.keys[mark.at] === place.entry,
  )
  return (
    <div ref={frame} className={classes.chart}>
      {picture ? (
        <>
          <BaseCanvas picture={picture} />
          <PointerCanvas picture={picture} mark={shown} entry={entryMark} box={box} />
        </>
      ) : null}
      <button
        type="button"
        className={classes.field}
        data-pointed={shown !== undefined || undefined}
        aria-label={`${summary}. Arrow keys choose a mark, Enter opens it, plus and minus zoom, Shift and arrows move the window, 0 shows all.${words === undefined ? '' : ` ${words} ${visibleText(call ?? '')}`}`}
        onKeyDown={onKeyDown}
        onBlur={() => setChosen(undefined)}
        onDoubleClick={() => {
          if (shown) open(shown, true)
          else set({ xr: undefined, yr: undefined })
        }}
        {...pointer}
      />
      {shown && words !== undefined && box === undefined ? (
        <Tip mark={shown} size={size} words={words} call={call} isPoint={key !== undefined} />
      ) : null}
    </div>
  )
}

function usePicture(points: Points, own: PlotPlace, { width, height }: Size): Picture | undefined {
  const scheme = useComputedColorScheme()
  const { xr, yr } = own
  return useMemo(() => {
    if (width === 0 || height === 0) return undefined
    const y = scaleOf(points.y, yr, Math.max(2, Math.floor(height / 56)))
    const field = fieldOf(width, height, y)
    const x = scaleOf(points.x, xr, Math.max(2, Math.floor(field.width / 95)))
    return {
      points,
      x,
      y,
      field,
      marks: new Marks(points, x, y, field),
      width,
      height,
      inks: readInks(scheme),
      titles: { x: fieldName(points.x.field), y: fieldName(points.y.field) },
    }
  }, [points, width, height, scheme, xr, yr])
}

function scaleOf(axis: Points['x'], window: Window | undefined, ticks: number): Scale {
  const [least, greatest] = window ?? [axis.least ?? 0, axis.greatest ?? 1]
  const isLog = axis.isLog && least > 0
  return makeScale({ least, greatest, isLog, unit: axis.unit, ticks, isPadded: window === undefined })
}

function filterOf({ base, bins, line, color, y }: Points, { kind, at, series }: Mark): string {
  if (kind === 'cell')
    return withClauses(base, bins!.xCells.clauses[bins!.x[at]!]!, bins!.yCells.clauses[bins!.y[at]!]!)
  const own = line!.series[series]!
  const category = color?.kind === 'categories' ? color.categories[own.category]?.clause : undefined
  return withClauses(base, line!.clauses[own.at[at]!]!, y.clause, category ?? '')
}

interface TipProps {
  readonly mark: Mark
  readonly size: Size
  readonly words: string
  readonly call: string | undefined
  readonly isPoint: boolean
}

function Tip({ mark, size, words, call, isPoint }: TipProps) {
  const isRight = mark.x > size.width / 2
  const isLow = mark.y > size.height / 2
  return (
    <div
      className={classes.tip}
      style={{
        ...(isRight ? { right: size.width - mark.x + 12 } : { left: mark.x + 12 }),
        ...(isLow ? { bottom: size.height - mark.y + 12 } : { top: mark.y + 12 }),
      }}
    >
      <b>{words}</b>
      {isPoint ? (
        <code>{call === undefined ? '…' : visibleText(call)}</code>
      ) : (
        <span>click: its entries</span>
      )}
    </div>
  )
}
