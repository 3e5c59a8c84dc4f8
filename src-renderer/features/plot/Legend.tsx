import { useComputedColorScheme } from '@mantine/core'
import type { Points, PointsColor } from '../../../shared/api/points.ts'
import { EntriesLink } from '../../app/EntriesLink.tsx'
import { useDesk } from '../../app/desk.ts'
import { formatCount } from '../../ui/format.ts'
import { visibleText } from '../../ui/visible-text.ts'
import classes from './Plot.module.css'
import { categoryInk, scaleGradient, seriesCount } from './plot-colors.ts'
import { amountText, fieldName } from './plot-words.ts'

const inks = {
  series: Array.from({ length: seriesCount }, (_, i) => `var(--series-${i})`),
  rest: 'var(--dim)',
  none: 'var(--faint)',
}
/** As `addShape` draws them, within 12 by 12. */
const shapes = [
  <circle key="dot" cx="6" cy="6" r="4" />,
  <rect key="square" x="2.4" y="2.4" width="7.2" height="7.2" />,
  <path key="triangle" d="M6 1 10.6 9.4H1.4Z" />,
  <path key="diamond" d="M6 .8 11.2 6 6 11.2.8 6Z" />,
]

/** What the colours mean; each leads to its entries. */
export function Legend({ points: { color, bins } }: { points: Points }) {
  if (!color || color.kind === 'many') return bins ? <CellsNote bins={bins} /> : null
  return (
    <div className={classes.legend} role="group" aria-label={`Colours: ${fieldName(color.field)}`}>
      <span className={classes.legendTitle}>{fieldName(color.field)}</span>
      {color.kind === 'categories' ? <Categories color={color} /> : <ScaleOfColors color={color} />}
      {bins ? <CellsNote bins={bins} /> : null}
    </div>
  )
}

function Categories({ color }: { color: Extract<PointsColor, { kind: 'categories' }> }) {
  return color.categories.map((category, place) => {
    const name = category.isRest
      ? 'others'
      : category.name === undefined
        ? 'none'
        : visibleText(category.name || '""')
    return (
      <EntriesLink key={category.clause} filter={category.filter} className={classes.category}>
        <svg width="12" height="12" aria-hidden style={{ fill: categoryInk(category, place, inks) }}>
          {shapes[place % shapes.length]}
        </svg>
        <span className={classes.categoryName} title={name}>
          {name}
        </span>{' '}
        <span className={classes.count}>{formatCount(category.entries)}</span>
      </EntriesLink>
    )
  })
}

function ScaleOfColors({ color }: { color: Extract<PointsColor, { kind: 'number' }> }) {
  const { zone } = useDesk()
  const scheme = useComputedColorScheme()
  const { least, greatest, unit, without } = color
  return (
    <>
      <span>{amountText(least, unit, zone)}</span>
      <i className={classes.gradient} style={{ background: scaleGradient(scheme) }} />
      <span>{amountText(greatest, unit, zone)}</span>
      {without.entries > 0 ? (
        <EntriesLink filter={without.filter} className={classes.category}>
          <svg width="12" height="12" aria-hidden style={{ fill: inks.none }}>
            {shapes[0]}
          </svg>
          none <span className={classes.count}>{formatCount(without.entries)}</span>
        </EntriesLink>
      ) : null}
    </>
  )
}

function CellsNote({ bins }: { bins: NonNullable<Points['bins']> }) {
  const most = bins.entries.reduce((high, each) => Math.max(high, each), 0)
  return (
    <span className={classes.count}>
      the fuller a cell, the stronger its colour (1 … {formatCount(most)})
    </span>
  )
}
