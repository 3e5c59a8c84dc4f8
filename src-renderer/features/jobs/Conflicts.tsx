import { Button } from '@mantine/core'
import { useState } from 'react'
import type { Decision, Job } from '../../../shared/api/jobs.ts'
import { countOf, formatCount } from '../../ui/format.ts'
import { visibleText } from '../../ui/visible-text.ts'
import { DecisionChoice } from './DecisionChoice.tsx'
import { ItemTable } from './ItemTable.tsx'
import classes from './JobItems.module.css'
import { useJobCommands } from './use-job-commands.ts'

/** The conflicts that nobody has decided yet, each with the facts of both sides: one by one, or all that are left at once. */
export function Conflicts({ job }: { job: Job }) {
  const { replan } = useJobCommands(job.id)
  const [decisions, setDecisions] = useState<ReadonlyMap<string, Decision>>(new Map())
  const [otherwise, setOtherwise] = useState<Decision>()
  const open = job.plan?.actions.ask?.entries ?? 0
  const decided = otherwise === undefined ? decisions.size : open
  const decide = (key: string, decision: Decision | undefined): void => {
    const changed = new Map(decisions)
    if (decision === undefined) changed.delete(key)
    else changed.set(key, decision)
    setDecisions(changed)
  }
  const plan = (): void => {
    const wanted = {
      decisions: Object.fromEntries(decisions),
      ...(otherwise === undefined ? {} : { otherwise }),
    }
    replan.mutate(wanted, {
      // What is decided is kept with the plan; the list is then that of what is left.
      onSuccess: () => {
        setDecisions(new Map())
        setOtherwise(undefined)
      },
    })
  }
  return (
    <>
      <div className={classes.tools} role="group" aria-label="Conflicts to decide">
        <span className={classes.lead}>{countOf(open, 'conflict', 'conflicts')} to decide</span>
        <label className={classes.others}>
          All that are not decided below:{' '}
          <DecisionChoice label="All that are not decided below" value={otherwise} onChange={setOtherwise} />
        </label>
        <Button size="xs" variant="filled" disabled={decided === 0} loading={replan.isPending} onClick={plan}>
          Plan with {decided < open ? `${formatCount(decided)} of ${formatCount(open)}` : 'all'} decided
        </Button>
        {replan.error ? (
          <span className={classes.error} role="alert">
            {visibleText(replan.error.message)}
          </span>
        ) : null}
      </div>
      <ItemTable
        job={job}
        filter={{ action: 'ask' }}
        deciding={{ decisionOf: (key) => decisions.get(key) ?? otherwise, decide }}
      />
    </>
  )
}
