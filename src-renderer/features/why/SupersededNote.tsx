import { useQuery } from '@tanstack/react-query'
import type { Connection } from '../../../shared/api/contract.ts'
import { useDesk } from '../../app/desk.ts'
import { whyQuery } from '../../client/why.ts'
import { compareOptions } from '../compare/compare-link.ts'
import classes from './WhyTab.module.css'

/** One quiet line where a newer entry of the same call exists. */
export function SupersededNote({ store, entry }: { store: Connection; entry: string }) {
  const { navigate } = useDesk()
  const { data: why } = useQuery(whyQuery(store.id, entry, store.revision))
  const newer = why?.row.key === entry ? why.newerKey : undefined
  if (newer === undefined) return null
  return (
    <p className={classes.note} role="note">
      <span>
        A newer entry of the same call exists
        {why?.sameCall.isCertain === true ? '' : ', as far as the index shows'}.
      </span>
      <button type="button" className={classes.link} onClick={() => navigate({ entry: newer })}>
        Show
      </button>
      <button
        type="button"
        className={classes.link}
        onClick={() => navigate({ view: 'compare', options: compareOptions(store.location, entry, newer) })}
      >
        Compare
      </button>
    </p>
  )
}
