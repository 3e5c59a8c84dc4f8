import { ActionIcon } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { Connection } from '../../../shared/api/contract.ts'
import type { FilterTerm } from '../../../shared/api/filters.ts'
import { termsQuery } from '../../client/filters.ts'
import { visibleText } from '../../ui/visible-text.ts'
import classes from './FilterChips.module.css'
import { isNegated, withNegation, withoutTerm } from './filter-text.ts'

export interface FilterChipsProps {
  store: Connection
  /** A filter that the engine has read. */
  query: string
  onQuery: (query: string) => void
}

/** The terms that must all hold, each to be turned round or taken out: they edit the text, which is the truth. */
export function FilterChips({ store, query, onQuery }: FilterChipsProps) {
  const terms = useQuery(termsQuery(store.id, query)).data
  if (!terms || terms.length === 0) return null
  return (
    <div className={classes.chips} role="group" aria-label="Terms of the filter">
      {terms.map((term) => (
        <Chip key={term.from} term={term} query={query} onQuery={onQuery} />
      ))}
    </div>
  )
}

function Chip({ term, query, onQuery }: { term: FilterTerm } & Omit<FilterChipsProps, 'store'>) {
  const text = query.slice(term.from, term.to)
  const isOut = isNegated(text)
  return (
    <span className={classes.chip} data-out={isOut || undefined} title={visibleText(text)}>
      <button
        type="button"
        className={classes.turn}
        aria-pressed={isOut}
        aria-label={`Exclude ${visibleText(text)}`}
        title={isOut ? 'Excluded: include it' : 'Included: exclude it'}
        onClick={() => onQuery(withNegation(query, term))}
      >
        {isOut ? 'not' : 'is'}
      </button>
      <code className={classes.text}>{visibleText(isOut ? text.replace(/^(?:-|not\s+)/i, '') : text)}</code>
      <ActionIcon
        size={24}
        radius="xl"
        variant="transparent"
        aria-label={`Drop ${visibleText(text)}`}
        onClick={() => onQuery(withoutTerm(query, term))}
      >
        <IconX size={11} />
      </ActionIcon>
    </span>
  )
}
