import { Button } from '@mantine/core'
import { IconChartDots } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { PointFields, Points } from '../../../shared/api/points.ts'
import { useDesk } from '../../app/desk.ts'
import type { ViewProps } from '../../app/views.tsx'
import { pointFieldsQuery, pointsQuery, type PointsQuestion } from '../../client/points.ts'
import { countOf } from '../../ui/format.ts'
import { ShowWholeCache } from '../../ui/CachePage.tsx'
import { EmptyState, ErrorState, Waiting } from '../../ui/States.tsx'
import { useThrottled } from '../../ui/use-throttled.ts'
import { visibleText } from '../../ui/visible-text.ts'
import { Legend } from './Legend.tsx'
import classes from './Plot.module.css'
import { noColor, readPlotPlace, withPlotPlace, type PlotPlace } from './plot-place.ts'
import { fieldName } from './plot-words.ts'
import { PlotChart } from './PlotChart.tsx'
import { PlotNotes } from './PlotNotes.tsx'
import { PlotTools } from './PlotTools.tsx'

/** While a cache is being read its revision rises many times a second. */
const paceMs = 2_000

/** Numbers of the calls of the filter against each other. */
export function PlotView({ store, openInspector }: ViewProps) {
  const { place, navigate } = useDesk()
  const revision = useThrottled(store.revision, paceMs)
  const fields = useQuery(pointFieldsQuery(store.id, place.query, revision))
  const own = useMemo(() => readPlotPlace(place.options), [place.options])
  const chosen = chosenOf(own, fields.data)
  const question = questionOf(place.query, own, chosen)
  const points = useQuery(pointsQuery(store.id, question, revision))
  const set = (change: Partial<PlotPlace>): void =>
    navigate({ options: withPlotPlace(place.options, change) })
  const onClear = (): void => navigate({ query: '' })
  const error = fields.error ?? (fields.data && points.error)
  const isReading = store.state === 'indexing' || store.state === 'opening'

  if (fields.error)
    return (
      <div className={classes.view}>
        <ErrorState title="There is no plot" error={fields.error} onRetry={() => void fields.refetch()} />
        {place.query === '' ? null : (
          <p className={classes.center}>
            <ShowWholeCache onClear={onClear} />
          </p>
        )}
      </div>
    )
  if (!fields.data) return <Waiting what="Looking for numbers…" />
  if (fields.data.total === 0) {
    if (isReading) return <Waiting what="Reading the cache…" />
    return <NoEntries query={place.query} onClear={onClear} />
  }
  return (
    <section className={classes.view} aria-label="Plot" data-region aria-busy={points.isPlaceholderData}>
      <PlotTools
        store={store}
        fields={fields.data}
        own={own}
        chosen={chosen}
        question={question}
        points={points.data}
        set={set}
      />
      {question === undefined ? (
        <NoNumbers fields={fields.data} set={set} />
      ) : error ? (
        <ErrorState title="These cannot be drawn" error={error} onRetry={() => void points.refetch()} />
      ) : points.data ? (
        <Drawn points={points.data} own={own} set={set} store={store} openInspector={openInspector} />
      ) : (
        <Waiting what="Drawing…" />
      )}
    </section>
  )
}

export interface Chosen {
  readonly x: string | undefined
  readonly y: string | undefined
  readonly color: string | undefined
}

/** What the address says, else what varies. */
function chosenOf(own: PlotPlace, fields: PointFields | undefined): Chosen {
  const { x, y, color } = fields?.suggested ?? {}
  return {
    x: own.x ?? x,
    y: own.y ?? y,
    color: own.color === noColor ? undefined : (own.color ?? color),
  }
}

function questionOf(q: string, own: PlotPlace, { x, y, color }: Chosen): PointsQuestion | undefined {
  if (x === undefined || y === undefined) return undefined
  const ends = (window: PlotPlace['xr']) =>
    [window && String(window[0]), window && String(window[1])] as const
  const [xfrom, xto] = ends(own.xr)
  const [yfrom, yto] = ends(own.yr)
  return {
    q,
    x,
    y,
    color,
    as: own.as,
    xlog: own.xlog ? '1' : undefined,
    ylog: own.ylog ? '1' : undefined,
    xfrom,
    xto,
    yfrom,
    yto,
  }
}

interface DrawnProps extends Pick<ViewProps, 'store' | 'openInspector'> {
  readonly points: Points
  readonly own: PlotPlace
  readonly set: (change: Partial<PlotPlace>) => void
}

function Drawn({ points, own, set, store, openInspector }: DrawnProps) {
  return (
    <>
      <PlotNotes points={points} own={own} set={set} />
      {points.shown.entries === 0 ? (
        <NothingShown points={points} set={set} />
      ) : (
        <PlotChart points={points} own={own} set={set} store={store} openInspector={openInspector} />
      )}
      <Legend points={points} />
    </>
  )
}

function NothingShown({ points: { total, drawable, x, y }, set }: Pick<DrawnProps, 'points' | 'set'>) {
  const isWindow = drawable.entries > 0
  return (
    <EmptyState
      icon={<IconChartDots size={26} stroke={1.5} />}
      title={
        isWindow
          ? 'Nothing is in this window'
          : `None of ${countOf(total, 'entry', 'entries')} has both numbers`
      }
      actions={
        isWindow ? <Button onClick={() => set({ xr: undefined, yr: undefined })}>Show all</Button> : null
      }
    >
      {isWindow
        ? `${countOf(drawable.entries, 'entry', 'entries')} can be drawn.`
        : `Choose others in place of ${fieldName(x.field)} and ${fieldName(y.field)}.`}
    </EmptyState>
  )
}

function NoNumbers({ fields, set }: { fields: PointFields; set: (change: Partial<PlotPlace>) => void }) {
  const [only] = fields.functions
  const whose =
    fields.functionCount === 1 && only?.func !== undefined
      ? `No argument of ${visibleText(only.func)} is a number that varies`
      : 'No argument is a number that varies'
  return (
    <EmptyState
      icon={<IconChartDots size={26} stroke={1.5} />}
      title={whose}
      actions={<Button onClick={() => set({ x: 'run' })}>Draw by the date of the run</Button>}
    >
      What else the calls have can be chosen above, or be drawn by when they ran.
    </EmptyState>
  )
}

function NoEntries({ query, onClear }: { query: string; onClear: () => void }) {
  return (
    <EmptyState
      icon={<IconChartDots size={26} stroke={1.5} />}
      title={query === '' ? 'The cache is empty' : 'Nothing matches the filter'}
      actions={query === '' ? null : <ShowWholeCache onClear={onClear} />}
    >
      {query === '' ? 'When calls are stored in it, they can be drawn here.' : visibleText(query)}
    </EmptyState>
  )
}
