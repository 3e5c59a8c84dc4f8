import { SegmentedControl } from '@mantine/core'
import { useState } from 'react'
import type { Job } from '../../../shared/api/jobs.ts'
import type { ItemFilter } from '../../client/jobs.ts'
import { formatCount } from '../../ui/format.ts'
import { ItemTable } from './ItemTable.tsx'
import classes from './JobItems.module.css'
import { actionWords, outcomeWords } from './words.ts'

interface Part {
  readonly label: string
  readonly filter: ItemFilter
}

/** What can be looked at apart: before the run what is to be done, then what became of it. */
function partsOf({ plan, outcomes }: Job): Part[] {
  const states = (['done', 'skipped', 'changed', 'failed'] as const).flatMap((state) => {
    const count = outcomes[state] ?? 0
    return count === 0 ? [] : [{ label: `${outcomeWords[state]} ${formatCount(count)}`, filter: { state } }]
  })
  if (states.length > 0) return states
  const actions = Object.entries(plan?.actions ?? {}) as [keyof typeof actionWords, { entries: number }][]
  if (actions.length < 2) return []
  return actions.map(([action, { entries }]) => ({
    label: `${actionWords[action]} ${formatCount(entries)}`,
    filter: { action },
  }))
}

/** Every item of the plan, with what became of it. */
export function JobItems({ job }: { job: Job }) {
  const [chosen, setChosen] = useState('all')
  const parts = partsOf(job)
  const nameOf = ({ filter }: Part): string => filter.state ?? filter.action ?? 'all'
  const shown = parts.find((part) => nameOf(part) === chosen)
  return (
    <>
      <div className={classes.tools}>
        {parts.length === 0 ? (
          <span className={classes.lead}>The plan, item by item</span>
        ) : (
          <SegmentedControl
            size="xs"
            aria-label={`Items by what ${job.startedAtMs === undefined ? 'is to be done' : 'became of them'}`}
            value={shown ? nameOf(shown) : 'all'}
            onChange={setChosen}
            data={[
              { value: 'all', label: 'All' },
              ...parts.map((part) => ({ value: nameOf(part), label: part.label })),
            ]}
          />
        )}
      </div>
      <ItemTable key={shown ? nameOf(shown) : 'all'} job={job} filter={shown?.filter ?? {}} />
    </>
  )
}
