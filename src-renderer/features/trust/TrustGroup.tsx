import type { ReactNode } from 'react'
import { formatCount } from '../../ui/format.ts'
import classes from './TrustGroup.module.css'

interface TrustGroupProps {
  title: string
  /** Items listed here, and all that there are. */
  shown: number
  all: number
  /** Where the others are. */
  elsewhere?: string
  /** It stands in a panel of its own, on a page; else under others, in a column. */
  isPanel?: boolean
  children: ReactNode
}

/** What of one sort loading would do; nothing is drawn where there is none. */
export function TrustGroup({ title, shown, all, elsewhere = '', isPanel, children }: TrustGroupProps) {
  if (all === 0) return null
  const Heading = isPanel ? 'h2' : 'h3'
  return (
    <section className={classes.group} data-panel={isPanel} aria-label={title}>
      <Heading className={classes.heading}>
        {title} <span className={classes.count}>{formatCount(all)}</span>
      </Heading>
      <ul className={classes.list}>{children}</ul>
      {shown < all ? (
        <p className={classes.rest}>
          {formatCount(all - shown)} more are not listed here{elsewhere}.
        </p>
      ) : null}
    </section>
  )
}
