import { useQuery } from '@tanstack/react-query'
import type { ArrayStatistics } from '../../../shared/api/contract.ts'
import { statisticsQuery, type ValueAddress } from '../../client/queries.ts'
import { formatCount, formatFigure } from '../../ui/format.ts'
import { visibleText } from '../../ui/visible-text.ts'
import { fewerBins } from './array-shape.ts'
import classes from './ArrayView.module.css'

/** Least, greatest, mean and spread, and how the numbers are spread between. */
export function Statistics({ value }: { value: ValueAddress }) {
  const { data } = useQuery(statisticsQuery(value))
  if (!data) return <div className={classes.statistics} aria-busy style={{ minHeight: 44 }} />
  const figures = figuresOf(data)
  if (figures.length === 0) return null
  return (
    <div className={classes.statistics}>
      <dl className={classes.figures}>
        {figures.map(({ name, text, isWarning }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd data-warn={isWarning || undefined} title={text}>
              {text}
            </dd>
          </div>
        ))}
      </dl>
      {data.histogram && data.histogram.length > 1 ? (
        <Histogram counts={fewerBins(data.histogram, data.finite)} />
      ) : null}
    </div>
  )
}

interface Figure {
  name: string
  text: string
  isWarning?: boolean
}

function figuresOf(data: ArrayStatistics): Figure[] {
  const figures: Figure[] = []
  const add = (name: string, text: string | undefined, isWarning = false): void => {
    if (text !== undefined) figures.push({ name, text, isWarning })
  }
  add('min', data.min && shortFigure(data.min))
  add('max', data.max && shortFigure(data.max))
  add('mean', data.mean === undefined ? undefined : formatFigure(data.mean))
  add('std', data.standardDeviation === undefined ? undefined : formatFigure(data.standardDeviation))
  if (data.zeros) add('zeros', formatCount(data.zeros))
  if (data.nan > 0) add('nan', formatCount(data.nan), true)
  if (data.infinite > 0) add('inf', formatCount(data.infinite), true)
  if (data.masked) add('masked', formatCount(data.masked), true)
  if (data.sampled !== undefined) add('sample of', formatCount(data.sampled))
  return figures
}

/** Texts of numbers are shortened as numbers; other texts (dates) stay. */
function shortFigure(text: string): string {
  const number = Number(text)
  return text.length > 10 && Number.isFinite(number) ? formatFigure(number) : visibleText(text)
}

function Histogram({ counts }: { counts: readonly number[] }) {
  const most = Math.max(1, ...counts)
  const width = 120 / counts.length
  return (
    <svg className={classes.histogram} viewBox="0 0 120 44" role="img" aria-label="Histogram of the values">
      {counts.map((count, i) => {
        const height = count === 0 ? 0 : Math.max(1, (count / most) * 44)
        return (
          // oxlint-disable-next-line react/no-array-index-key -- a bin is its number
          <rect key={i} x={i * width} y={44 - height} width={Math.max(0.5, width - 0.5)} height={height} />
        )
      })}
    </svg>
  )
}
