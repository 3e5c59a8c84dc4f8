import { useEffect, useRef, useState } from 'react'

const typingPauseMs = 180

/** What is typed, which becomes the filter after a pause; a filter from elsewhere (Back, a click) replaces it. */
export function useTyped(query: string, onQuery: (query: string) => void) {
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
  /** Does not wait for the pause: whoever goes on to another view at once has typed this too. */
  const flush = (): void => {
    clearTimeout(timer.current)
    if (current.draft !== query) onQuery(current.draft)
  }
  return [current.draft, setText, flush] as const
}
