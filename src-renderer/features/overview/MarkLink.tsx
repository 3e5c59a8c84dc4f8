import type { CSSProperties, ReactNode } from 'react'
import type { OverviewMark } from '../../../shared/api/overview.ts'
import { EntriesLink } from '../../app/EntriesLink.tsx'
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
  const words = `${name}: ${sumsWords(mark)}`
  return (
    <EntriesLink
      {...rest}
      filter={mark.filter}
      label={words}
      onMouseEnter={() => tell?.(words)}
      onMouseLeave={() => tell?.(undefined)}
      onFocus={() => tell?.(words)}
      onBlur={() => tell?.(undefined)}
    >
      {children}
    </EntriesLink>
  )
}
