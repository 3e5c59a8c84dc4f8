import { useQuery } from '@tanstack/react-query'
import type { DatabaseInfo } from '../../../shared/api/locations.ts'
import { databasesQuery, type Target } from '../../client/locations.ts'
import { countOf } from '../../ui/format.ts'
import { visibleText } from '../../ui/visible-text.ts'
import classes from './OpenDialog.module.css'

export interface DatabaseChooserProps {
  /** The file, without an option that names a database. */
  target: Target
  /** Whether the kind has databases at all. */
  enabled: boolean
  chosen: string
  onChoose: (name: string, option: string) => void
}

/** The databases or tables of a file, where there is a choice. */
export function DatabaseChooser({ target, enabled, chosen, onChoose }: DatabaseChooserProps) {
  const { data = [] } = useQuery(databasesQuery(target, enabled && target.location !== ''))
  if (!enabled || data.length < 2) return null
  const word = data[0]?.option === 'table' ? 'Tables' : 'Databases'
  return (
    <div className={classes.databases} role="group" aria-label={`${word} in this file`}>
      <span className={classes.databasesTitle}>{word} in this file</span>
      {data.map((database) => (
        <button
          type="button"
          key={database.name ?? ''}
          className={classes.database}
          aria-pressed={chosen === (database.name ?? '')}
          disabled={database.problem !== undefined}
          title={database.problem}
          onClick={() => onChoose(database.name ?? '', database.option)}
        >
          {visibleText(database.name ?? 'main database')}
          <span className={classes.databaseFacts}>{facts(database)}</span>
        </button>
      ))}
    </div>
  )
}

function facts({ entries, flags, problem }: DatabaseInfo): string {
  if (problem !== undefined) return 'cannot be opened'
  return [entries === undefined ? '' : countOf(entries, 'entry', 'entries'), ...flags]
    .filter((part) => part !== '')
    .join(' · ')
}
