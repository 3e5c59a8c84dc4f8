import { useMemo, useState, type KeyboardEvent, type PointerEvent } from 'react'
import { lookTitles, type Overview } from '../../../shared/api/overview.ts'
import { useDesk } from '../../app/desk.ts'
import { formatBytes, formatDuration, shortKey } from '../../ui/format.ts'
import { visibleText } from '../../ui/visible-text.ts'
import { logScale } from './log-scale.ts'
import { functionName } from './mark-words.ts'
import { MarkLink } from './MarkLink.tsx'
import classes from './Overview.module.css'
import { durationTicks, tickText } from '../../ui/plot/scale.ts'
import { useSize } from '../../ui/use-size.ts'

const height = 290
const margin = { left: 62, right: 12, top: 8, bottom: 24 }
/** Pixels within which a dot counts as pointed at. */
const reach = 14

/** A dot a call: how large it is, and how long it took. */
export function CallsPlot({ overview, tell }: { overview: Overview; tell: (words?: string) => void }) {
  const { place, navigate } = useDesk()
  const [frame, { width }] = useSize()
  const [chosen, setChosen] = useState<number>()
  const { calls, largeCheap, looks } = overview
  const dots = useMemo(() => dotsOf(overview, width), [overview, width])
  const large = looks.find(({ id }) => id === 'largeCheap')
  const choose = (dot: number | undefined): void => {
    setChosen(dot)
    tell(dot === undefined ? undefined : wordsOf(overview, dot))
  }
  const open = (dot: number | undefined): void => {
    if (dot !== undefined) navigate({ view: 'entries', query: place.query, entry: calls.keys[dot]! })
  }
  const near = (event: PointerEvent): number | undefined => {
    const box = event.currentTarget.getBoundingClientRect()
    return dots.nearest(event.clientX - box.left, event.clientY - box.top)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = chosen === undefined ? -1 : dots.order.indexOf(chosen)
    const last = dots.order.length - 1
    const next: Record<string, number> = {
      ArrowRight: at + 1,
      ArrowUp: at + 1,
      ArrowLeft: at - 1,
      ArrowDown: at - 1,
      Home: 0,
      End: last,
    }
    const to = next[event.key]
    if (to === undefined) return
    event.preventDefault()
    choose(dots.order[Math.min(last, Math.max(0, to))])
  }
  const [x0, y0] = [dots.x(largeCheap.bytes), dots.y(largeCheap.seconds)]
  return (
    <div ref={frame} className={classes.calls} style={{ height }}>
      {width === 0 ? null : (
        <svg width={width} height={height} aria-hidden>
          {dots.xTicks.map((tick) => (
            <g key={tick}>
              <line
                className={classes.grid}
                x1={dots.x(tick)}
                x2={dots.x(tick)}
                y1={margin.top}
                y2={height - margin.bottom}
              />
              <text x={dots.x(tick)} y={height - 7} textAnchor="middle">
                {formatBytes(tick)}
              </text>
            </g>
          ))}
          {dots.yTicks.map((tick) => (
            <g key={tick}>
              <line
                className={classes.grid}
                x1={margin.left}
                x2={width - margin.right}
                y1={dots.y(tick)}
                y2={dots.y(tick)}
              />
              <text x={margin.left - 8} y={dots.y(tick) + 4} textAnchor="end">
                {tickText(tick, 'seconds')}
              </text>
            </g>
          ))}
          <path className={classes.dots} d={dots.path} />
          <path className={classes.dots} data-cheap d={dots.cheapPath} />
          {chosen === undefined ? null : (
            <circle className={classes.chosen} cx={dots.xs[chosen]} cy={dots.ys[chosen]} r={6} />
          )}
        </svg>
      )}
      <button
        type="button"
        className={classes.callsField}
        style={{ left: margin.left, right: margin.right, top: margin.top, bottom: margin.bottom }}
        aria-label={`Calls by size and time. Arrow keys choose one, Enter opens it.${chosen === undefined ? '' : ` ${wordsOf(overview, chosen)}`}`}
        onPointerMove={(event) => {
          const dot = near(event)
          if (dot !== chosen) choose(dot)
        }}
        onPointerLeave={() => choose(undefined)}
        onBlur={() => choose(undefined)}
        onKeyDown={onKeyDown}
        onClick={() => open(chosen)}
        data-pointed={chosen !== undefined || undefined}
      />
      {large && large.entries > 0 ? (
        <MarkLink
          mark={large}
          name={lookTitles.largeCheap}
          tell={tell}
          className={classes.cheapLabel}
          style={{
            right: margin.right + 4,
            top: Math.max(margin.top, Math.min(height - margin.bottom - 22, y0 + 4)),
            maxWidth: Math.max(80, width - x0 - margin.right),
          }}
        >
          large, cheap
        </MarkLink>
      ) : null}
    </div>
  )
}

function wordsOf({ calls, functions }: Overview, dot: number): string {
  const own = functions[calls.functions[dot]!]
  const name = own ? functionName(own) : 'a call'
  return `${name} · ${formatBytes(calls.bytes[dot]!)} · ${formatDuration(calls.seconds[dot]!)} · ${visibleText(shortKey(calls.keys[dot]!))}`
}

function dotsOf({ calls, largeCheap }: Overview, width: number) {
  const { bytes, seconds } = calls
  const [xScale, yScale] = [logScale(bytes), logScale(seconds)]
  const x = (value: number): number =>
    margin.left + xScale.place(value) * (width - margin.left - margin.right)
  const y = (value: number): number =>
    height - margin.bottom - yScale.place(value) * (height - margin.top - margin.bottom)
  const [xs, ys] = [bytes.map(x), seconds.map(y)]
  const isCheap = (i: number): boolean => bytes[i]! >= largeCheap.bytes && seconds[i]! < largeCheap.seconds
  // Lines of no length with round ends are dots: thousands of them in one element.
  const pathOf = (wanted: boolean): string =>
    xs.map((at, i) => (isCheap(i) === wanted ? `M${at.toFixed(1)} ${ys[i]!.toFixed(1)}h0` : '')).join('')
  return {
    x,
    y,
    xs,
    ys,
    xTicks: xScale.ticks,
    yTicks: durationTicks.filter((tick) => yScale.place(tick) >= 0 && yScale.place(tick) <= 1),
    path: pathOf(false),
    cheapPath: pathOf(true),
    /** From small to large. */
    order: [...xs.keys()].toSorted((a, b) => xs[a]! - xs[b]! || ys[b]! - ys[a]!),
    nearest: (left: number, top: number): number | undefined => {
      let best: number | undefined
      let least = reach * reach
      for (let i = 0; i < xs.length; i++) {
        const distance = (xs[i]! - margin.left - left) ** 2 + (ys[i]! - margin.top - top) ** 2
        if (distance < least) [best, least] = [i, distance]
      }
      return best
    },
  }
}
