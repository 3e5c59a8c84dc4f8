import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import type { Completion, Suggestion } from '../../../shared/api/complete.ts'
import type { Connection } from '../../../shared/api/contract.ts'
import { completionQuery } from '../../client/complete.ts'

const pauseMs = 80

export interface Suggestions {
  /** Of the text as it is, or of the one before while the next is on its way; `undefined`: no list is shown. */
  readonly shown: Completion | undefined
  /** The suggestion that Enter takes; −1: none is chosen, and Enter does what it does without a list. */
  readonly chosen: number
  /** A key was typed, or the list was asked for. */
  readonly open: (caret: number) => void
  readonly close: () => void
  readonly move: (step: 1 | -1) => void
  /** The text and caret with a suggestion in its place; `undefined` while the list is that of another text. */
  readonly taken: (
    item: Suggestion | undefined,
  ) => { readonly text: string; readonly caret: number } | undefined
}

/** What could stand at the caret, and which of it is chosen. A caret of −1 means that nobody asks. */
export function useSuggestions(store: Connection, text: string): Suggestions {
  const [caret, setCaret] = useState(-1)
  const [choice, setChoice] = useState({ text: '', chosen: -1 })
  const isOpen = caret >= 0 && caret <= text.length
  // One object as long as both are the same: a new one would be news, and draw the field again, for ever.
  const now = useMemo(() => ({ text, caret }), [text, caret])
  const [asked] = useDebouncedValue(now, pauseMs)
  const answer = useQuery({
    ...completionQuery(store.id, asked.text, asked.caret, store.revision),
    enabled: isOpen && asked.caret >= 0,
  }).data
  const items = answer?.completion.items ?? []
  const shown = isOpen && items.length > 0 ? answer?.completion : undefined
  const chosen = shown && choice.text === text ? Math.min(choice.chosen, items.length - 1) : -1
  return {
    shown,
    chosen,
    open: setCaret,
    close: () => setCaret(-1),
    move: (step) => {
      const next = chosen + step
      setChoice({ text, chosen: next < -1 ? items.length - 1 : next >= items.length ? -1 : next })
    },
    taken: (item) => {
      if (!item || !answer || answer.text !== text) return undefined
      const { from, to } = answer.completion
      return { text: text.slice(0, from) + item.text + text.slice(to), caret: from + item.text.length }
    },
  }
}
