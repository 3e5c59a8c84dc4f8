import { useQuery } from '@tanstack/react-query'
import { textQuery, type ValueAddress } from '../../client/queries.ts'
import { pythonStringText } from '../../ui/python-string.ts'
import { ErrorState, Waiting } from '../../ui/States.tsx'
import classes from './LongText.module.css'

/** A text with its lines. */
export function LongText({ value }: { value: ValueAddress }) {
  const { data, error } = useQuery(textQuery(value, 'python'))
  if (error) return <ErrorState title="The text cannot be shown" error={error} />
  if (!data) return <Waiting what="Reading the text…" />
  // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling text must be reachable by key
  return (
    <pre className={classes.longText} tabIndex={0}>
      {pythonStringText(data.text.trim()) ?? data.text}
    </pre>
  )
}
