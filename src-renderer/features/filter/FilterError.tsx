import { ApiError } from '../../client/request.ts'
import { visibleText } from '../../ui/visible-text.ts'
import classes from './FilterField.module.css'

/** The engine's sentence, with a caret under the column (from 1) that it speaks of. */
export function FilterError({ error, text, scrollLeft }: { error: Error; text: string; scrollLeft: number }) {
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
    </div>
  )
}
