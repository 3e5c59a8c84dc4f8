import type { CSSProperties, FocusEventHandler, MouseEvent, MouseEventHandler, ReactNode } from 'react'
import { useDesk } from './desk.ts'
import { formatPlace, type Place } from './place.ts'

export interface EntriesLinkProps {
  /** The filter that finds them. */
  readonly filter: string
  readonly sort?: Place['sort']
  /** What it says to who does not see it. */
  readonly label?: string
  readonly className?: string | undefined
  readonly style?: CSSProperties
  readonly tabIndex?: number | undefined
  readonly onMouseEnter?: MouseEventHandler
  readonly onMouseLeave?: MouseEventHandler
  readonly onFocus?: FocusEventHandler
  readonly onBlur?: FocusEventHandler
  readonly children?: ReactNode
}

/** The way to the entries that a filter finds: a link, so that it opens in another tab too. */
export function EntriesLink({ filter, sort, label, children, ...rest }: EntriesLinkProps) {
  const { place, navigate } = useDesk()
  const target = { view: 'entries', query: filter, entry: undefined, ...(sort && { sort }) } as const
  const follow = (event: MouseEvent): void => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    navigate(target)
  }
  return (
    <a
      {...rest}
      href={window.location.pathname + formatPlace({ ...place, ...target })}
      aria-label={label}
      title={label}
      onClick={follow}
    >
      {children}
    </a>
  )
}
