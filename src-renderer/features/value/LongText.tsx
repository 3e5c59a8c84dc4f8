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
  return (
    <>
      {data.isCut ? (
        <div className={classes.cut} role="status">
          These are the first 4 MiB; save it to see all.
        </div>
      ) : null}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling text must be reachable by key */}
      <pre className={classes.longText} tabIndex={0}>
        {pythonStringText(data.text.trim()) ?? data.text}
      </pre>
    </>
  )
}
