import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { textPairQuery, type EntryPair } from '../../client/compare.ts'
import { ErrorState, Waiting } from '../../ui/States.tsx'
import classes from './TextPanel.module.css'

/** The editor's code is a part of its own, loaded when a text is first compared. */
const TextMerge = lazy(async () => ({ default: (await import('./TextMerge.tsx')).TextMerge }))

/** Two texts line by line; without a change the whole values, written as JSON. */
export function TextPanel({ pair, change }: { pair: EntryPair; change: number | undefined }) {
  const answer = useQuery(textPairQuery(pair, change))
  if (answer.error) {
    return (
      <ErrorState
        title="The texts cannot be shown"
        error={answer.error}
        onRetry={() => void answer.refetch()}
      />
    )
  }
  if (!answer.data) return <Waiting what="Reading the texts…" />
  const { left, right, isCut } = answer.data
  return (
    <div className={classes.panel}>
      {isCut ? <p className={classes.note}>Only the beginning of the texts is shown.</p> : null}
      <Suspense fallback={<Waiting what="Loading…" />}>
        <TextMerge left={left} right={right} />
      </Suspense>
    </div>
  )
}
