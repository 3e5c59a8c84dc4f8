import { ActionIcon } from '@mantine/core'
import { IconFilter, IconX } from '@tabler/icons-react'
import { useEffect, useRef, useState, type KeyboardEvent, type RefObject, type UIEvent } from 'react'
import { ApiError } from '../../client/request.ts'
import { visibleText } from '../../ui/visible-text.ts'
import { filterPieces } from './filter-text.ts'
import classes from './FilterField.module.css'

const typingPauseMs = 180

export interface FilterFieldProps {
  query: string
  error: Error | null
  field: RefObject<HTMLInputElement | null>
  onQuery: (query: string) => void
  /** Arrow down or Enter: on to the entries. */
  onLeave: () => void
}

/** One line in the query language; clauses are drawn as chips behind the text that is typed. */
export function FilterField({ query, error, field, onQuery, onLeave }: FilterFieldProps) {
  const [text, setText] = useTyped(query, onQuery)
  const [scrollLeft, setScrollLeft] = useState(0)
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      if (text.draft === '') onLeave()
      else setText('', 'now')
    } else if (event.key === 'Enter' || event.key === 'ArrowDown') {
      setText(text.draft, 'now')
      onLeave()
    } else return
    event.preventDefault()
    event.stopPropagation()
  }
  const isError = error !== null
  return (
    <div className={classes.field} data-error={isError || undefined}>
      <IconFilter size={14} className={classes.icon} aria-hidden />
      <div className={classes.line}>
        <div className={classes.mirror} aria-hidden>
          <div style={{ transform: `translateX(${-scrollLeft}px)` }}>
            {filterPieces(text.draft).map((piece, i) => (
              // oxlint-disable-next-line react/no-array-index-key -- a piece is its place in the text
              <span key={i} className={classes[piece.kind]}>
                {piece.text}
              </span>
            ))}
          </div>
        </div>
        <input
          ref={field}
          className={classes.input}
          type="text"
          aria-label="Filter entries"
          aria-invalid={isError}
          aria-describedby={isError ? 'filter-error' : undefined}
          placeholder="Filter: func:relax cutoff>400 user:ana words…"
          spellCheck={false}
          autoComplete="off"
          value={text.draft}
          onChange={(event) => setText(event.target.value, 'soon')}
          onKeyDown={onKeyDown}
          onScroll={(event: UIEvent<HTMLInputElement>) => setScrollLeft(event.currentTarget.scrollLeft)}
        />
      </div>
      {text.draft === '' ? null : (
        <ActionIcon size={20} aria-label="Clear the filter" onClick={() => setText('', 'now')}>
          <IconX size={13} />
        </ActionIcon>
      )}
      {error && text.draft === query ? (
        <FilterError error={error} text={text.draft} scrollLeft={scrollLeft} />
      ) : null}
    </div>
  )
}

/** What is typed, which becomes the filter after a pause; a filter from elsewhere (Back, a click) replaces it. */
function useTyped(query: string, onQuery: (query: string) => void) {
  const [text, setState] = useState({ draft: query, from: query })
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  let current = text
  if (text.from !== query) {
    current = { draft: text.from === text.draft || query !== text.draft ? query : text.draft, from: query }
    setState(current)
  }
  const setText = (draft: string, when: 'now' | 'soon'): void => {
    setState({ draft, from: query })
    clearTimeout(timer.current)
    timer.current = setTimeout(() => onQuery(draft), when === 'now' ? 0 : typingPauseMs)
  }
  return [current, setText] as const
}

/** The engine's sentence, with a caret under the column (from 1) that it speaks of. */
function FilterError({ error, text, scrollLeft }: { error: Error; text: string; scrollLeft: number }) {
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
