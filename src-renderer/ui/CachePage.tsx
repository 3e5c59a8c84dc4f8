import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { pathOfLocation } from './format.ts'
import classes from './CachePage.module.css'
import { visibleText } from './visible-text.ts'

interface CachePageProps {
  /** What assistive technology calls it. */
  label: string
  isBusy?: boolean
  children: ReactNode
}

/** A page about a cache as a whole. */
export function CachePage({ label, isBusy, children }: CachePageProps) {
  return (
    <section className={classes.page} aria-label={label} data-region aria-busy={isBusy}>
      {children}
    </section>
  )
}

interface CacheHeadingProps {
  title: string
  /** URL of the cache; its path is shown. */
  location: string
  /** What else is to be known, behind the path. */
  facts: string
  children?: ReactNode
}

export function CacheHeading({ title, location, facts, children }: CacheHeadingProps) {
  return (
    <header className={classes.heading}>
      <h1>{visibleText(title)}</h1>
      <p>
        <code title={visibleText(location)}>{visibleText(pathOfLocation(location))}</code>
        <span>{facts}</span>
      </p>
      {children}
    </header>
  )
}

interface FilteredNoteProps {
  /** Which entries, before the filter: "Only entries that match". */
  what: string
  filter: string
  onClear: () => void
}

/** Says that the page is not about the whole cache, and leads there. */
export function FilteredNote({ what, filter, onClear }: FilteredNoteProps) {
  return (
    <p className={classes.filtered}>
      {what} <code title={visibleText(filter)}>{visibleText(filter)}</code>
      <ShowWholeCache onClear={onClear} />
    </p>
  )
}

export function ShowWholeCache({ onClear }: Pick<FilteredNoteProps, 'onClear'>) {
  return (
    <Button size="compact-xs" onClick={onClear}>
      Show the whole cache
    </Button>
  )
}
