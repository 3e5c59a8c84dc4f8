import type { CSSProperties, MouseEvent, ReactNode } from 'react'
import type { OverviewMark } from '../../../shared/api/overview.ts'
import { useDesk } from '../../app/desk.ts'
import { formatPlace } from '../../app/place.ts'
import { sumsWords } from './mark-words.ts'

export interface MarkLinkProps {
  readonly mark: OverviewMark
  /** What it stands for; counts are put behind. */
  readonly name: string
  readonly tell?: (words: string | undefined) => void
  readonly className?: string | undefined
  readonly style?: CSSProperties
  readonly tabIndex?: number
  readonly children?: ReactNode
}

/** A mark of a picture, which leads to its entries: a link, so that it opens in another tab too. */
export function MarkLink({ mark, name, tell, children, ...rest }: MarkLinkProps) {
  const { place, navigate } = useDesk()
  const target = { view: 'entries', query: mark.filter, entry: undefined } as const
  const words = `${name}: ${sumsWords(mark)}`
  const follow = (event: MouseEvent): void => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    navigate(target)
  }
  return (
    <a
      {...rest}
      href={window.location.pathname + formatPlace({ ...place, ...target })}
      aria-label={words}
      title={words}
      onClick={follow}
      onMouseEnter={() => tell?.(words)}
      onMouseLeave={() => tell?.(undefined)}
      onFocus={() => tell?.(words)}
      onBlur={() => tell?.(undefined)}
    >
      {children}
    </a>
  )
}
