import { Button } from '@mantine/core'
import type { Points } from '../../../shared/api/points.ts'
import { EntriesLink } from '../../app/EntriesLink.tsx'
import { useDesk } from '../../app/desk.ts'
import { ShowWholeCache } from '../../ui/CachePage.tsx'
import { countOf, formatCount } from '../../ui/format.ts'
import { visibleText } from '../../ui/visible-text.ts'
import classes from './Plot.module.css'
import { withPlotPlace, type PlotPlace } from './plot-place.ts'
import { fieldName } from './plot-words.ts'

export interface PlotNotesProps {
  readonly points: Points
  readonly own: PlotPlace
  readonly set: (change: Partial<PlotPlace>) => void
}

/** How many are drawn, what is missing and why, and what the window is as a filter. */
export function PlotNotes({ points, own, set }: PlotNotesProps) {
  const { place, navigate } = useDesk()
  const { base, total, drawable, shown, without, x } = points
  const isWindow = own.xr !== undefined || own.yr !== undefined
  const sort = [{ column: x.column, descending: false }]
  const keep = (): void =>
    navigate({ query: shown.filter, options: withPlotPlace(place.options, { xr: undefined, yr: undefined }) })
  return (
    <div className={classes.notes}>
      <p>
        <EntriesLink filter={drawable.filter} sort={sort}>
          {formatCount(drawable.entries)} of {countOf(total, 'entry', 'entries')}
        </EntriesLink>
        {base === '' ? null : (
          <>
            {' '}
            that match <code title={visibleText(base)}>{visibleText(base)}</code>{' '}
            <ShowWholeCache onClear={() => navigate({ query: '' })} />
          </>
        )}
        {without.map(({ axis, field, reason, entries, filter }) => (
          <span key={`${axis} ${reason}`}>
            {' · '}
            <EntriesLink filter={filter}>
              {reason === 'absent'
                ? `${formatCount(entries)} ${entries === 1 ? 'has' : 'have'} no ${fieldName(field)}`
                : `${formatCount(entries)} ${entries === 1 ? 'has' : 'have'} ${fieldName(field)} ≤ 0, which a logarithm does not take`}
            </EntriesLink>
          </span>
        ))}
        {points.bins ? (
          <span className={classes.many}>
            {' '}
            · too many to draw each: counted in cells; zoom in for single calls
          </span>
        ) : null}
        {points.color?.kind === 'many' ? (
          <span className={classes.many}>
            {' '}
            · nearly every entry has another {fieldName(points.color.field)}: no colours
          </span>
        ) : null}
      </p>
      {isWindow ? (
        <p className={classes.window}>
          <b>{countOf(shown.entries, 'entry', 'entries')}</b> in the window:{' '}
          <code title={visibleText(shown.filter)}>{visibleText(shown.filter)}</code>
          <EntriesLink filter={shown.filter} sort={sort}>
            Show entries
          </EntriesLink>
          <Button size="compact-xs" onClick={keep}>
            Filter by it
          </Button>
          <Button size="compact-xs" onClick={() => set({ xr: undefined, yr: undefined })}>
            Show all
          </Button>
        </p>
      ) : null}
    </div>
  )
}
