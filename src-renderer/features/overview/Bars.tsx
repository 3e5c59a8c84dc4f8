import type { OverviewMark } from '../../../shared/api/overview.ts'
import { formatCompute, formatCount } from '../../ui/format.ts'
import { MarkLink } from './MarkLink.tsx'
import classes from './Overview.module.css'
import { useRoving } from '../../ui/use-roving.ts'

export interface Bar {
  readonly mark: OverviewMark
  readonly name: string
  /** Below the bar. */
  readonly tick: string
}

export interface BarsProps {
  readonly label: string
  readonly bars: readonly Bar[]
  /** Beside the entries also their compute time, on a scale of its own. */
  readonly hasCompute?: boolean
  /** About so many ticks have room. */
  readonly ticks: number
  readonly tell: (words: string | undefined) => void
}

/** Entries as bars, each a link; those of nothing are only gaps. */
export function Bars({ label, bars, hasCompute = false, ticks, tell }: BarsProps) {
  const { group, tabIndex } = useRoving()
  const most = Math.max(1, ...bars.map(({ mark }) => mark.entries))
  const longest = Math.max(...bars.map(({ mark }) => mark.computeSeconds))
  const tickEvery = Math.max(1, Math.ceil(bars.length / ticks))
  const filled = bars.filter(({ mark }) => mark.entries > 0)
  return (
    <div className={classes.chart}>
      <div className={classes.axis} aria-hidden>
        <span>{formatCount(most)}</span>
        <span>{most > 1 ? formatCount(Math.round(most / 2)) : ''}</span>
        <span>0</span>
      </div>
      <div className={classes.plotArea}>
        <div className={classes.bars} {...group} aria-label={label}>
          {bars.map(({ mark, name }) =>
            mark.entries === 0 ? (
              <span key={name} className={classes.slot} />
            ) : (
              <MarkLink
                key={name}
                mark={mark}
                name={name}
                tell={tell}
                className={classes.slot}
                tabIndex={tabIndex(
                  filled.findIndex(({ name: other }) => other === name),
                  filled.length,
                )}
              >
                <i className={classes.bar} style={{ height: `${(100 * mark.entries) / most}%` }} />
                {hasCompute && longest > 0 ? (
                  <i
                    className={classes.computeBar}
                    style={{ height: `${(100 * mark.computeSeconds) / longest}%` }}
                  />
                ) : null}
              </MarkLink>
            ),
          )}
        </div>
        <div className={classes.ticks} data-each={tickEvery === 1 || undefined} aria-hidden>
          {bars.map(({ name, tick }, i) => (
            <span key={name}>{i % tickEvery === 0 ? <b>{tick}</b> : null}</span>
          ))}
        </div>
      </div>
      {hasCompute ? (
        <div className={classes.axis} data-side="right" aria-hidden>
          <span>{formatCompute(longest)}</span>
          <span>{longest > 0 ? formatCompute(longest / 2) : ''}</span>
          <span />
        </div>
      ) : null}
    </div>
  )
}
