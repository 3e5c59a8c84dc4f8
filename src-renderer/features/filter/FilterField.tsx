import { ActionIcon } from '@mantine/core'
import { IconFilter, IconX } from '@tabler/icons-react'
import { useLayoutEffect, useRef, useState, type KeyboardEvent, type RefObject, type UIEvent } from 'react'
import type { Suggestion } from '../../../shared/api/complete.ts'
import type { Connection } from '../../../shared/api/contract.ts'
import { FilterError } from './FilterError.tsx'
import { filterPieces } from './filter-text.ts'
import classes from './FilterField.module.css'
import { FilterMenu } from './FilterMenu.tsx'
import { SuggestionList, suggestionId, suggestionListId } from './SuggestionList.tsx'
import { useSuggestions } from './use-suggestions.ts'
import { useTyped } from './use-typed.ts'

export interface FilterFieldProps {
  store: Connection
  query: string
  error: Error | null
  field: RefObject<HTMLInputElement | null>
  onQuery: (query: string) => void
  /** Arrow down or Enter: on to the entries. */
  onLeave: () => void
}

/**
 * One line in the query language; clauses are drawn as chips behind the text that is typed, and what could stand at the
 * caret is listed below it.
 */
export function FilterField({ store, query, error, field, onQuery, onLeave }: FilterFieldProps) {
  const [draft, setText, flush] = useTyped(query, onQuery)
  const [scrollLeft, setScrollLeft] = useState(0)
  const suggestions = useSuggestions(store, draft)
  const { shown, chosen } = suggestions
  const placeCaret = useCaret(field)

  const take = (item: Suggestion | undefined): boolean => {
    const next = suggestions.taken(item)
    if (!item || !next) return false
    setText(next.text, 'soon')
    placeCaret(next.caret)
    // Behind a name come its operators or values.
    if (item.kind === 'value' || item.kind === 'function' || item.kind === 'unit') suggestions.close()
    else suggestions.open(next.caret)
    return true
  }
  const onListKey = (event: KeyboardEvent<HTMLInputElement>): boolean => {
    const { key, altKey, ctrlKey } = event
    if ((key === ' ' && ctrlKey) || (key === 'ArrowDown' && altKey)) {
      suggestions.open(event.currentTarget.selectionStart ?? draft.length)
      return true
    }
    if (!shown) return false
    if (key === 'ArrowDown' || key === 'ArrowUp') suggestions.move(key === 'ArrowDown' ? 1 : -1)
    else if (key === 'Escape') suggestions.close()
    else if (key === 'Enter' || key === 'Tab') return chosen >= 0 && take(shown.items[chosen])
    else return false
    return true
  }
  const onKey = (key: string): boolean => {
    if (key === 'Escape') {
      if (draft === '') onLeave()
      else setText('', 'now')
    } else if (key === 'Enter' || key === 'ArrowDown') {
      suggestions.close()
      setText(draft, 'now')
      onLeave()
    } else return false
    return true
  }
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.nativeEvent.isComposing || !(onListKey(event) || onKey(event.key))) return
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
            {filterPieces(draft).map((piece, i) => (
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
          role="combobox"
          aria-label="Filter entries"
          aria-invalid={isError}
          aria-describedby={isError ? 'filter-error' : undefined}
          aria-autocomplete="list"
          aria-expanded={shown !== undefined}
          aria-controls={shown ? suggestionListId : undefined}
          aria-activedescendant={chosen >= 0 ? suggestionId(chosen) : undefined}
          placeholder="Filter: func:relax cutoff>400 user:ana words…"
          spellCheck={false}
          autoComplete="off"
          value={draft}
          onChange={(event) => {
            setText(event.target.value, 'soon')
            suggestions.open(event.target.value === '' ? -1 : (event.target.selectionStart ?? 0))
          }}
          onBlur={() => {
            suggestions.close()
            flush()
          }}
          onKeyDown={onKeyDown}
          onScroll={(event: UIEvent<HTMLInputElement>) => setScrollLeft(event.currentTarget.scrollLeft)}
        />
        <SuggestionList
          completion={shown}
          chosen={chosen}
          scrollLeft={scrollLeft}
          onTake={(item) => void take(item)}
        />
      </div>
      {draft === '' ? null : (
        <ActionIcon size={20} aria-label="Clear the filter" onClick={() => setText('', 'now')}>
          <IconX size={13} />
        </ActionIcon>
      )}
      <FilterMenu store={store} query={draft} onQuery={(next) => setText(next, 'now')} />
      {error && draft === query && !shown ? (
        <FilterError
          error={error}
          text={draft}
          scrollLeft={scrollLeft}
          onText={(next) => {
            setText(next, 'now')
            field.current?.focus()
          }}
        />
      ) : null}
    </div>
  )
}

/** Puts the caret somewhere once the text is drawn. */
function useCaret(field: RefObject<HTMLInputElement | null>): (caret: number) => void {
  const wanted = useRef<number>(undefined)
  useLayoutEffect(() => {
    if (wanted.current === undefined) return
    field.current?.focus()
    field.current?.setSelectionRange(wanted.current, wanted.current)
    wanted.current = undefined
  })
  return (caret) => {
    wanted.current = caret
  }
}
