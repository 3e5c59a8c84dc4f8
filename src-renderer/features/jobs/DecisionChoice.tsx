import type { Decision } from '../../../shared/api/jobs.ts'
import classes from './JobItems.module.css'

const choices: readonly (readonly [Decision, string])[] = [
  ['skip', 'keep the target’s'],
  ['overwrite', 'overwrite it'],
  ['keep-both', 'keep both'],
]

/** What is to become of a conflict; nothing as long as nobody has decided. */
export function DecisionChoice({
  label,
  value,
  onChange,
}: {
  label: string
  value: Decision | undefined
  onChange: (decision: Decision | undefined) => void
}) {
  return (
    <select
      className={classes.choice}
      aria-label={label}
      value={value ?? ''}
      onChange={(event) =>
        onChange(choices.find(([decision]) => decision === event.currentTarget.value)?.[0])
      }
    >
      <option value="">to be decided</option>
      {choices.map(([decision, title]) => (
        <option key={decision} value={decision}>
          {title}
        </option>
      ))}
    </select>
  )
}
