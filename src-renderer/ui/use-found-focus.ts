import { useEffect, useRef } from 'react'

/**
 * As a ref of what can be focused: takes the focus that was lost because the button or form that had it went away.
 * `change` names the state of what is shown; the focus is looked for whenever it is another.
 */
export function useFoundFocus<E extends HTMLElement>(change: string) {
  const place = useRef<E>(null)
  const seen = useRef<string>(undefined)
  useEffect(() => {
    if (seen.current === change) return
    seen.current = change
    const { activeElement } = document
    // The whole of a view is only a stand-in, until there is a better place in it.
    if (activeElement === null || activeElement.matches('body, main'))
      place.current?.focus({ preventScroll: true })
  }, [change])
  return place
}
