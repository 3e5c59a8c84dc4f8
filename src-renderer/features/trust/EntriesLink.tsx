import type { MouseEvent } from 'react'
import { useDesk } from '../../app/desk.ts'
import { formatPlace } from '../../app/place.ts'
import { countOf, formatCount } from '../../ui/format.ts'
import { keysFilter } from './keys-filter.ts'
import classes from './TrustView.module.css'

export interface EntriesLinkProps {
  entries: number
  /** Keys of them, as many as are told. */
  keys: readonly string[]
}

/** How many entries have it, which leads to just these; of very many to the first of them. */
export function EntriesLink({ entries, keys }: EntriesLinkProps) {
  const { place, navigate } = useDesk()
  const { filter, count } = keysFilter(keys)
  const target = { view: 'entries', query: filter, entry: undefined } as const
  const follow = (event: MouseEvent): void => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    navigate(target)
  }
  const words = countOf(entries, 'entry', 'entries')
  return (
    <a
      className={classes.entries}
      href={window.location.pathname + formatPlace({ ...place, ...target })}
      title={count < entries ? `The first ${formatCount(count)} of them` : undefined}
      onClick={follow}
    >
      {count < entries ? `${words}, first ${formatCount(count)}` : words}
    </a>
  )
}
