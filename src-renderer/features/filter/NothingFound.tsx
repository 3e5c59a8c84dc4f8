import { Button } from '@mantine/core'
import { IconFilterOff } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { Connection } from '../../../shared/api/contract.ts'
import { termCountsQuery } from '../../client/filters.ts'
import { countOf } from '../../ui/format.ts'
import { EmptyState } from '../../ui/States.tsx'
import { visibleText } from '../../ui/visible-text.ts'
import { withoutTerm } from './filter-text.ts'
import classes from './NothingFound.module.css'

export interface NothingFoundProps {
  store: Connection
  query: string
  onQuery: (query: string) => void
}

/** No entry fits: which term excludes them, and how many come back without it. */
export function NothingFound({ store, query, onQuery }: NothingFoundProps) {
  const terms = useQuery(termCountsQuery(store.id, query, store.revision)).data ?? []
  const several = terms.length > 1 ? terms : []
  const toBlame = several.filter(({ without }) => without > 0).toSorted((a, b) => b.without - a.without)
  const isOneToBlame = toBlame.length > 0
  const listed = isOneToBlame ? toBlame : several
  return (
    <EmptyState
      icon={<IconFilterOff size={28} stroke={1.5} />}
      title="No entries match"
      actions={<Button onClick={() => onQuery('')}>Clear the filter</Button>}
    >
      Nothing in {visibleText(store.label)} fits <code className={classes.filter}>{visibleText(query)}</code>
      {listed.length === 0 ? null : (
        <>
          <p className={classes.why}>
            {isOneToBlame
              ? 'Without one of its terms there would be some:'
              : 'No single term excludes everything. By itself each finds:'}
          </p>
          <ul className={classes.terms} aria-label="Terms of the filter">
            {listed.map((term) => (
              <li key={term.from} className={classes.term}>
                <code className={classes.filter}>{visibleText(query.slice(term.from, term.to))}</code>
                <span>
                  {isOneToBlame
                    ? countOf(term.without, 'entry', 'entries')
                    : countOf(term.entries, 'entry', 'entries')}
                </span>
                <Button
                  size="compact-xs"
                  aria-label={`Drop ${visibleText(query.slice(term.from, term.to))}`}
                  onClick={() => onQuery(withoutTerm(query, term))}
                >
                  Drop
                </Button>
              </li>
            ))}
          </ul>
        </>
      )}
    </EmptyState>
  )
}
