import type { ReactNode } from 'react'
import classes from './Section.module.css'

/** A titled part of the sidebar. */
export function Section({ title, side, children }: { title: string; side?: ReactNode; children: ReactNode }) {
  return (
    <section className={classes.section} aria-label={title}>
      <header className={classes.header}>
        <h2 className={classes.title}>{title}</h2>
        <span className={classes.side}>{side}</span>
      </header>
      {children}
    </section>
  )
}
