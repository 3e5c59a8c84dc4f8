import { EntriesLink } from '../../app/EntriesLink.tsx'
import { countOf, formatCount } from '../../ui/format.ts'
import { keysFilter } from './keys-filter.ts'
import classes from './TrustView.module.css'

export interface KeysLinkProps {
  entries: number
  /** Keys of them, as many as are told. */
  keys: readonly string[]
}

/** How many entries have it, which leads to just these; of very many to the first of them. */
export function KeysLink({ entries, keys }: KeysLinkProps) {
  const { filter, count } = keysFilter(keys)
  const words = countOf(entries, 'entry', 'entries')
  // A key can be too long for a filter.
  if (count === 0) return <span className={classes.dim}>{words}</span>
  return (
    <EntriesLink filter={filter} className={classes.entries}>
      {count < entries ? `${words}, first ${formatCount(count)}` : words}
    </EntriesLink>
  )
}
