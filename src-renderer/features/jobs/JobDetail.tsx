import { IconTerminal2 } from '@tabler/icons-react'
import type { Job } from '../../../shared/api/jobs.ts'
import { commandLine } from '../../app/command-line.ts'
import { useDesk } from '../../app/desk.ts'
import { CopyButton } from '../../ui/CopyButton.tsx'
import {
  formatBytes,
  formatCompute,
  formatCount,
  formatDuration,
  formatTime,
  pathOfLocation,
} from '../../ui/format.ts'
import { useFoundFocus } from '../../ui/use-found-focus.ts'
import { visibleText } from '../../ui/visible-text.ts'
import { Conflicts } from './Conflicts.tsx'
import { JobControls } from './JobControls.tsx'
import classes from './JobDetail.module.css'
import { JobItems } from './JobItems.tsx'
import { JobProgress } from './JobProgress.tsx'
import { PlanNotes } from './PlanNotes.tsx'
import { isToDecide, outcomeWords, stateText, toneOf } from './words.ts'

/** One job: what it would do or did, how far it is, and every item of it. */
export function JobDetail({ job }: { job: Job }) {
  const title = useFoundFocus<HTMLHeadingElement>(`${job.id} ${job.state} ${job.createdAtMs}`)
  return (
    <section className={classes.job} aria-label={visibleText(job.title)}>
      <header className={classes.header}>
        <h2 ref={title} tabIndex={-1} className={classes.title}>
          {visibleText(job.title)}
        </h2>
        <JobFacts job={job} />
        <dl className={classes.asked}>
          {job.from ? (
            <Asked name="From" isPath>
              {visibleText(pathOfLocation(job.from.location))}
            </Asked>
          ) : null}
          <Asked name={job.from ? 'To' : 'Cache'} isPath>
            {visibleText(pathOfLocation(job.store.location))}
          </Asked>
          {job.asked.map(([name, text]) => (
            <Asked key={name} name={name}>
              {visibleText(text)}
            </Asked>
          ))}
        </dl>
      </header>
      {job.problem ? (
        <p className={classes.problem} role="alert">
          {visibleText(job.problem.sentence)} <code>{job.problem.code}</code>
        </p>
      ) : null}
      {job.state === 'refused' && job.plan?.refused !== undefined && !isToDecide(job) ? (
        <p className={classes.problem} role="alert">
          {visibleText(job.plan.refused)}
        </p>
      ) : null}
      <Cards job={job} />
      <JobProgress job={job} />
      <JobControls job={job} />
      <PlanNotes job={job} />
      {isToDecide(job) ? <Conflicts job={job} /> : job.plan ? <JobItems job={job} /> : null}
    </section>
  )
}

/** Its state, when and by whom, and the id by which the command line knows it. */
function JobFacts({ job }: { job: Job }) {
  const { zone } = useDesk()
  const { createdAtMs, startedAtMs, endedAtMs } = job
  const time = (ms: number): string => formatTime(ms / 1_000, zone)
  return (
    <div className={classes.facts}>
      <span className={classes.state} data-tone={toneOf(job)}>
        {stateText(job)}
      </span>
      <span>planned {time(createdAtMs)}</span>
      {startedAtMs === undefined ? null : <span>run {time(startedAtMs)}</span>}
      {startedAtMs === undefined || endedAtMs === undefined ? null : (
        <span title={`ended ${time(endedAtMs)}`}>
          ended after {formatDuration(Math.max(0, endedAtMs - startedAtMs) / 1_000)}
        </span>
      )}
      <span>by {visibleText(job.user)}</span>
      <span className={classes.id}>
        <code>{job.id}</code>
        <CopyButton text={job.id} what="Copy the job's id" />
        {job.command ? (
          <CopyButton
            icon={IconTerminal2}
            text={commandLine(job.command)}
            what="Copy the command line that plans the same"
          />
        ) : null}
      </span>
    </div>
  )
}

function Asked({ name, isPath, children }: { name: string; isPath?: boolean; children: string }) {
  return (
    <div data-path={isPath}>
      <dt>{name}</dt>
      <dd title={children}>{children}</dd>
    </div>
  )
}

/** The price of it, and what has become of it so far. */
function Cards({ job }: { job: Job }) {
  if (!job.plan) return null
  const { planned, outcomes } = job
  const told = (['changed', 'skipped', 'failed'] as const).flatMap((state) => {
    const count = outcomes[state] ?? 0
    return count === 0 ? [] : [`${formatCount(count)} ${outcomeWords[state]}`]
  })
  return (
    <div className={classes.cards}>
      <Card title="Entries" figure={formatCount(planned.entries)}>
        {job.startedAtMs === undefined ? '' : `${formatCount(outcomes.done ?? 0)} done`}
        {told.length === 0 ? '' : ` · ${told.join(' · ')}`}
      </Card>
      <Card title={bytesTitle(job)} figure={formatBytes(planned.bytes)}>
        {job.startedAtMs === undefined ? '' : `${formatBytes(job.finished.bytes)} done`}
      </Card>
      <Card title="Compute it holds" figure={formatCompute(planned.computeSeconds)}>
        {planned.bytes > 0 && planned.computeSeconds > 0
          ? `${formatDuration(planned.computeSeconds / (planned.bytes / 1e6))} per MB`
          : ''}
      </Card>
    </div>
  )
}

/** An undo may bring back, remove again, or both. */
function bytesTitle({ kind, plan }: Job): string {
  if (kind === 'undo') return plan?.actions.restore ? 'Takes back' : 'Frees'
  return kind === 'migrate' ? 'Writes' : 'Frees'
}

function Card({ title, figure, children }: { title: string; figure: string; children: React.ReactNode }) {
  return (
    <div className={classes.card}>
      <span className={classes.cardTitle}>{title}</span>
      <span className={classes.figure}>{figure}</span> <span className={classes.cardNote}>{children}</span>
    </div>
  )
}
