import type { StoreSummary } from '../../../shared/api/contract.ts'
import { useDesk } from '../../app/desk.ts'
import { formatCount } from '../../ui/format.ts'
import { Section } from '../../ui/Section.tsx'
import { visibleText } from '../../ui/visible-text.ts'
import { requiredValue, withClause } from '../filter/filter-text.ts'
import classes from './LookAt.module.css'

const subjects = [
  {
    title: 'Damaged',
    field: 'status',
    value: 'damaged',
    count: 'damaged',
    isBad: true,
    hint: 'Nothing of the value could be read',
  },
  {
    title: 'Partly readable',
    field: 'status',
    value: 'partial',
    count: 'partial',
    isBad: true,
    hint: 'A limit or a fault cut the value',
  },
  {
    title: 'Saved by dump()',
    field: 'kind',
    value: 'dump',
    count: 'dumps',
    hint: 'Records made by hashcache.dump, without a call',
  },
  {
    title: 'No record of a call',
    field: 'kind',
    value: 'foreign',
    count: 'foreign',
    hint: 'Values that hashcache did not write',
  },
] as const

/** What the catalog knows that deserves a look, as filters one click away. */
export function LookAt({ summary }: { summary: StoreSummary }) {
  const present = subjects.filter((subject) => summary[subject.count] > 0)
  if (present.length === 0 && summary.strays.length === 0) return null
  return (
    <Section title="Look at">
      {present.map((each) => (
        <Subject key={each.title} {...each} count={summary[each.count]} />
      ))}
      {summary.strays.length === 0 ? null : (
        <div
          className={classes.fact}
          title={summary.strays
            .map((stray) => `${visibleText(stray.name)}: ${visibleText(stray.reason)}`)
            .join('\n')}
        >
          Files that are no entries{' '}
          <span className={classes.count}>{formatCount(summary.strays.length)}</span>
        </div>
      )}
    </Section>
  )
}

interface SubjectProps {
  title: string
  field: string
  value: string
  isBad?: boolean
  hint: string
  count: number
}

function Subject({ title, field, value, isBad = false, hint, count }: SubjectProps) {
  const { place, navigate } = useDesk()
  const isChosen = requiredValue(place.query, field) === value
  return (
    <button
      type="button"
      className={classes.subject}
      data-bad={isBad || undefined}
      aria-pressed={isChosen}
      title={hint}
      onClick={() => navigate({ query: withClause(place.query, field, isChosen ? undefined : value) })}
    >
      {title} <span className={classes.count}>{formatCount(count)}</span>
    </button>
  )
}
