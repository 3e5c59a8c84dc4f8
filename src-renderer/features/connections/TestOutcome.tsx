import { IconCheck } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { TestResult } from '../../../shared/api/locations.ts'
import { countOf } from '../../ui/format.ts'
import { visibleText } from '../../ui/visible-text.ts'
import classes from './OpenDialog.module.css'

/** How a test went: `12 ms · Redis 7.0.15 · 96 keys`, with what should be known; or the sentence of what is wrong. */
export function TestOutcome({ result }: { result: TestResult }) {
  if (!result.ok) return <Fault message={result.error?.message ?? 'The test failed.'} />
  const { milliseconds, product, kindTitle, kind, entries, reason, notes = [] } = result
  const unit = kind === 'redis' ? 'key' : undefined
  const parts = [
    milliseconds < 10 ? `${milliseconds.toFixed(1)} ms` : `${Math.round(milliseconds)} ms`,
    product ?? kindTitle,
    entries === undefined ? undefined : unit ? countOf(entries, unit) : countOf(entries, 'entry', 'entries'),
    reason,
  ].filter((part) => part !== undefined)
  return (
    <div className={classes.verdict} data-tone="ok" role="status">
      <IconCheck size={13} className={classes.check} aria-label="It answers" />
      {parts.map((part, index) => (
        <span key={part}>
          {index === 0 ? null : ' · '}
          {index === 1 ? <b>{visibleText(part)}</b> : visibleText(part)}
        </span>
      ))}
      {notes.map((note) => (
        <div key={note} className={classes.note}>
          {visibleText(note)}
        </div>
      ))}
    </div>
  )
}

export function Fault({ message, children }: { message: string; children?: ReactNode }) {
  return (
    <div className={classes.verdict} data-tone="bad" role="alert">
      {visibleText(message)}
      {children}
    </div>
  )
}
