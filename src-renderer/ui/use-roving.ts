import { useState, type FocusEvent, type KeyboardEvent } from 'react'

const steps: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }

/**
 * One stop of the Tab key for the marks of a picture or the lines of a list; arrows, Home and End go from one to the next.
 * `marks`: the selector of them. `first`: where the Tab key comes to before anybody has been there.
 */
export function useRoving(marks = 'a[href]', first = 0) {
  const [active, setActive] = useState<number>()
  const marksOf = (element: Element): HTMLElement[] => [...element.querySelectorAll<HTMLElement>(marks)]
  const onKeyDown = (event: KeyboardEvent): void => {
    const all = marksOf(event.currentTarget)
    const here = all.indexOf(document.activeElement as HTMLElement)
    const step = steps[event.key]
    const next = event.key === 'Home' ? 0 : event.key === 'End' ? all.length - 1 : step && here + step
    if (here < 0 || next === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    event.stopPropagation()
    all[Math.min(all.length - 1, Math.max(0, next))]?.focus()
  }
  const onFocus = (event: FocusEvent): void => {
    const place = marksOf(event.currentTarget).indexOf(event.target as HTMLElement)
    if (place >= 0) setActive(place)
  }
  return {
    group: { role: 'group', onKeyDown, onFocus } as const,
    /** Of the mark at a place, in the order in which they are drawn. */
    tabIndex: (place: number, count: number): number =>
      place === Math.min(active ?? first, count - 1) ? 0 : -1,
  }
}
