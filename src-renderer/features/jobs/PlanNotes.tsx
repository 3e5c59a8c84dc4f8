import { IconAlertTriangle } from '@tabler/icons-react'
import { useState } from 'react'
import type { Job } from '../../../shared/api/jobs.ts'
import { formatBytes, formatCount } from '../../ui/format.ts'
import { visibleText } from '../../ui/visible-text.ts'
import classes from './JobDetail.module.css'
import { actionWords } from './words.ts'

/** What the plan found that somebody should read before running it. */
export function PlanNotes({ job }: { job: Job }) {
  const { plan } = job
  if (!plan) return null
  const actions = Object.entries(plan.actions) as [
    keyof typeof actionWords,
    { entries: number; bytes: number },
  ][]
  return (
    <div className={classes.notes}>
      {job.planned.entries > 0 || plan.refused !== undefined ? null : (
        <p className={classes.nothing}>{nothingWords(job)}</p>
      )}
      {actions.length === 0 && plan.protectedEntries === undefined ? null : (
        <ul className={classes.actions} aria-label="What it does">
          {actions.map(([action, { entries, bytes }]) => (
            <li key={action}>
              <b>{formatCount(entries)}</b> {actionWords[action]}
              <span className={classes.cardNote}> · {formatBytes(bytes)}</span>
            </li>
          ))}
          {plan.protectedEntries === undefined ? null : (
            <li>
              <b>{formatCount(plan.protectedEntries)}</b> that the rules name{' '}
              {plan.protectedEntries === 1 ? 'stays' : 'stay'}: protected
            </li>
          )}
          {plan.conflicts > 0 ? (
            <li>
              <b>{formatCount(plan.conflicts)}</b> {plan.conflicts === 1 ? 'conflict' : 'conflicts'}: the
              target has the key with other bytes
            </li>
          ) : null}
        </ul>
      )}
      {plan.warnings.map((warning) => (
        <p key={warning} className={classes.warning}>
          <IconAlertTriangle size={14} aria-hidden /> {visibleText(warning)}
        </p>
      ))}
      <Losses job={job} />
    </div>
  )
}

/** Why a plan has nothing that could be run. */
function nothingWords({ kind, plan }: Job): string {
  const { same, skip } = plan?.actions ?? {}
  if (!same && !skip) return 'Nothing to do: no entry is concerned.'
  if (kind !== 'migrate') return 'Nothing to do: all entries are left alone.'
  if (!skip) return 'Nothing to do: the target has all of them already.'
  return same
    ? 'Nothing to do: the target has some of them already, and the others are left alone.'
    : 'Nothing to do: all entries are left alone, each for the reason below.'
}

/** So many of the losses are shown before one asks for all. */
const firstLosses = 6

/** What JSON cannot hold, by type and place; nothing of it is written before it is accepted. */
function Losses({ job }: { job: Job }) {
  const losses = job.plan?.losses ?? []
  const [isWhole, setIsWhole] = useState(false)
  if (losses.length === 0) return null
  const rest = losses.length - firstLosses
  // One line more takes no more room than the button.
  const shown = isWhole || rest <= 1 ? losses : losses.slice(0, firstLosses)
  return (
    <div className={classes.losses}>
      <table>
        <caption>
          {job.startedAtMs === undefined
            ? 'The target cannot hold everything as it is'
            : 'What the target could not hold as it was'}
        </caption>
        <thead>
          <tr>
            <th scope="col">Type</th>
            <th scope="col">First seen at</th>
            <th scope="col">Becomes</th>
            <th scope="col" className={classes.number}>
              Times
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ type, path, count, kept }) => (
            <tr key={`${kept} ${type} ${path}`} data-lost={kept === 'lost' || undefined}>
              <td>
                <code>{visibleText(type)}</code>
              </td>
              <td>
                <code>{visibleText(path)}</code>
              </td>
              <td>{kept === 'lost' ? 'a description only' : 'another type'}</td>
              <td className={classes.number}>{formatCount(count)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {shown.length < losses.length || isWhole ? (
        <button
          type="button"
          className={classes.link}
          aria-expanded={isWhole}
          onClick={() => setIsWhole(!isWhole)}
        >
          {isWhole ? 'Show fewer' : `Show ${formatCount(rest)} more`}
        </button>
      ) : null}
    </div>
  )
}
