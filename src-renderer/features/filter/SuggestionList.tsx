import { VisuallyHidden } from '@mantine/core'
import { useEffect, useRef } from 'react'
import type { Completion, Suggestion } from '../../../shared/api/complete.ts'
import { countOf, formatCount } from '../../ui/format.ts'
import { Keys } from '../../ui/Keys.tsx'
import { visibleText } from '../../ui/visible-text.ts'
import classes from './SuggestionList.module.css'

export const suggestionListId = 'filter-suggestions'

export function suggestionId(index: number): string {
  return `filter-suggestion-${index}`
}

export interface SuggestionListProps {
  completion: Completion | undefined
  chosen: number
  scrollLeft: number
  onTake: (item: Suggestion) => void
}

/** What could stand at the caret, below it. */
export function SuggestionList({ completion, chosen, scrollLeft, onTake }: SuggestionListProps) {
  const list = useRef<HTMLUListElement>(null)
  useEffect(() => {
    list.current?.children[chosen]?.scrollIntoView({ block: 'nearest' })
  }, [chosen])
  const found = completion && completion.items.length + completion.more
  return (
    <>
      <VisuallyHidden role="status">
        {found === undefined ? '' : countOf(found, 'suggestion', 'suggestions')}
      </VisuallyHidden>
      {completion ? (
        <div
          className={classes.box}
          style={{ left: `max(-1px, min(calc(${completion.from}ch - ${scrollLeft}px), 100% - 380px))` }}
        >
          <ul
            ref={list}
            className={classes.list}
            id={suggestionListId}
            role="listbox"
            aria-label="Suggestions"
          >
            {completion.items.map((item, i) => (
              // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the keys are the field's, which keeps the focus
              <li
                key={item.text}
                id={suggestionId(i)}
                role="option"
                aria-selected={i === chosen}
                className={classes.item}
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => onTake(item)}
              >
                <SuggestionLine item={item} />
              </li>
            ))}
          </ul>
          <div className={classes.foot} aria-hidden>
            <Keys keys="↓" /> choose <Keys keys="Tab" /> take <Keys keys="Esc" /> close
            {completion.more === 0 ? null : (
              <span className={classes.more}>{formatCount(completion.more)} more</span>
            )}
          </div>
        </div>
      ) : null}
    </>
  )
}

function SuggestionLine({ item }: { item: Suggestion }) {
  const { text, detail, kind, entries } = item
  return (
    <>
      <span className={classes.text} title={visibleText(text)}>
        {visibleText(text)}
      </span>
      <span className={classes.detail}>{detail ?? (kind === 'function' ? 'function' : '')}</span>
      {entries === undefined ? null : (
        <span className={classes.count} title={countOf(entries, 'entry', 'entries')}>
          {formatCount(entries)}
        </span>
      )}
    </>
  )
}
