import { useState, type ReactNode } from 'react'
import classes from './Overview.module.css'

export interface PanelProps {
  readonly title: string
  /** Beside the title until a mark is pointed at, which then is told here. */
  readonly note?: ReactNode
  readonly area: string
  readonly children: (tell: (words: string | undefined) => void) => ReactNode
}

/** A picture with its title, and the words for the mark under the pointer or the focus. */
export function Panel({ title, note, area, children }: PanelProps) {
  const [told, tell] = useState<string>()
  return (
    <section className={classes.panel} style={{ gridArea: area }} aria-label={title}>
      <header className={classes.panelHeader}>
        <h2>{title}</h2>
        <span className={classes.told} data-told={told !== undefined || undefined} title={told}>
          {told ?? note}
        </span>
      </header>
      {children(tell)}
    </section>
  )
}
