import { Button } from '@mantine/core'
import { ApiError } from '../../client/request.ts'
import { visibleText } from '../../ui/visible-text.ts'
import classes from './FilterField.module.css'

export interface FilterErrorProps {
  error: Error
  text: string
  scrollLeft: number
  onText: (text: string) => void
}

/** The engine's sentence, with a caret under the column (from 1) that it speaks of, and what would mend it. */
export function FilterError({ error, text, scrollLeft, onText }: FilterErrorProps) {
  const fix = fixOf(error, text)
  const column =
    error instanceof ApiError && typeof error.data.column === 'number' ? error.data.column : undefined
  return (
    <div className={classes.error} id="filter-error" role="alert">
      {column === undefined ? null : (
        <div className={classes.caretLine} aria-hidden style={{ transform: `translateX(${-scrollLeft}px)` }}>
          <span className={classes.invisible}>{text.slice(0, column - 1)}</span>
          <span className={classes.caret} />
        </div>
      )}
      {visibleText(error.message)}
      {fix ? (
        <Button size="compact-xs" className={classes.fix} onClick={() => onText(fix.text)}>
          {fix.words}
        </Button>
      ) : null}
    </div>
  )
}

/** The text mended, and what is done to it in words, if the engine knows what would help. */
function fixOf(error: Error, text: string): { readonly text: string; readonly words: string } | undefined {
  if (!(error instanceof ApiError)) return undefined
  const { fixColumn, fixOld, fixText } = error.data
  if (typeof fixColumn !== 'number' || typeof fixOld !== 'string' || typeof fixText !== 'string')
    return undefined
  const at = fixColumn - 1
  // The column may be that of a whole list or of a quote.
  if (!text.startsWith(fixOld, at)) return undefined
  const [from, to] = [fixOld, fixText].map(visibleText)
  const words = from === '' ? `Add ${to}` : to === '' ? `Remove ${from}` : `Write ${to}`
  return { text: text.slice(0, at) + fixText + text.slice(at + fixOld.length), words }
}
