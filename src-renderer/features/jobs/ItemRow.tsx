import type { ConflictSide, Decision, Job, JobItem } from '../../../shared/api/jobs.ts'
import { useDesk } from '../../app/desk.ts'
import { Code } from '../../ui/Code.tsx'
import {
  exactBytes,
  formatBytes,
  formatCompute,
  formatDuration,
  formatTime,
  shortKey,
} from '../../ui/format.ts'
import { visibleText } from '../../ui/visible-text.ts'
import { DecisionChoice } from './DecisionChoice.tsx'
import classes from './JobItems.module.css'
import { actionWords, outcomeWords } from './words.ts'

/** What a row can be decided by, while its plan waits for that. */
export interface Deciding {
  readonly decisionOf: (key: string) => Decision | undefined
  readonly decide: (key: string, decision: Decision | undefined) => void
}

/** One item: what it is, what is done with it and what became of that. */
export function ItemRow({
  row,
  job,
  item,
  deciding,
  isTold,
}: {
  row: number
  job: Job
  item: JobItem | undefined
  deciding: Deciding | undefined
  /** Whether there is a column for what is said of items. */
  isTold: boolean
}) {
  const { stores, navigate } = useDesk()
  const from = job.from ?? job.store
  const isOpen = stores.some(({ location }) => location === from.location)
  const told = item && (item.reason ?? item.note)
  return (
    <div role="row" aria-rowindex={row + 2} className={classes.row} data-state={item?.state}>
      <span role="cell" className={classes.key} title={item && visibleText(item.key)}>
        {item === undefined ? (
          ''
        ) : isOpen && !isStray(item.key) ? (
          <button
            type="button"
            className={classes.link}
            onClick={() => navigate({ view: 'entries', store: from.location, query: '', entry: item.key })}
          >
            {visibleText(shortKey(item.key))}
          </button>
        ) : (
          visibleText(shortKey(item.key))
        )}
      </span>
      <span
        role="cell"
        className={classes.call}
        title={item?.call === undefined ? undefined : visibleText(item.call)}
      >
        {item === undefined ? (
          ''
        ) : item.call === undefined ? (
          <span className={classes.whole}>{visibleText(item.key)}</span>
        ) : (
          <Code text={item.call} />
        )}
      </span>
      <span role="cell">
        {item && deciding ? (
          <DecisionChoice
            label={`What to do with ${visibleText(shortKey(item.key))}`}
            value={deciding.decisionOf(item.key)}
            onChange={(decision) => deciding.decide(item.key, decision)}
          />
        ) : item ? (
          actionWords[item.action]
        ) : (
          ''
        )}
      </span>
      {deciding ? (
        <>
          <SideCell side={item?.sides?.source} other={item?.sides?.target} note={item?.note} />
          <SideCell side={item?.sides?.target} other={item?.sides?.source} />
        </>
      ) : (
        <>
          <span role="cell" className={classes.number}>
            {item ? formatBytes(item.bytes) : ''}
          </span>
          <span role="cell" className={classes.number}>
            {item && item.computeSeconds > 0 ? formatCompute(item.computeSeconds) : ''}
          </span>
          {isTold ? (
            <span role="cell" title={told === undefined ? undefined : visibleText(told)}>
              {item?.state ? <b className={classes.state}>{outcomeWords[item.state]}</b> : null}
              {item?.state && told !== undefined ? ' · ' : ''}
              {told === undefined ? '' : visibleText(told)}
            </span>
          ) : null}
        </>
      )}
    </div>
  )
}

/** A file that is no entry has its path for a key: the grid cannot show it. */
function isStray(key: string): boolean {
  return key.startsWith('./')
}

interface SideCellProps {
  side: ConflictSide | undefined
  other: ConflictSide | undefined
  note?: string | undefined
}

/** What one decides by of one side of a conflict; first of all, what could not be done of what was decided before. */
function SideCell({ side, other, note }: SideCellProps) {
  const { zone } = useDesk()
  const dayOf = (seconds: number | undefined): string =>
    seconds === undefined ? '' : formatTime(seconds, zone).replace(/, .*$/, '')
  const isSameDay = dayOf(side?.runAtSeconds) === dayOf(other?.runAtSeconds)
  const textOf = (timeOf: (seconds: number) => string): string =>
    visibleText([...(note === undefined ? [] : [note]), ...(side ? sideFacts(side, timeOf) : [])].join(' · '))
  const whole = textOf((seconds) => formatTime(seconds, zone))
  return (
    <span role="cell" title={side ? `${whole} (${exactBytes(side.bytes)})` : whole}>
      {isSameDay ? whole : textOf(dayOf)}
    </span>
  )
}

function sideFacts(
  { bytes, runAtSeconds, elapsedSeconds }: ConflictSide,
  timeOf: (seconds: number) => string,
): string[] {
  return [
    formatBytes(bytes),
    ...(runAtSeconds === undefined ? [] : [timeOf(runAtSeconds)]),
    ...(elapsedSeconds === undefined ? [] : [tookWords(elapsedSeconds)]),
  ]
}

/** One unit of long runs: both sides stand beside each other. */
function tookWords(seconds: number): string {
  return seconds < 60 ? formatDuration(seconds) : formatCompute(seconds)
}
