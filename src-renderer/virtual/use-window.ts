import { useCallback, useLayoutEffect, useRef, useState, type RefObject, type UIEvent } from 'react'
import {
  canvasHeight,
  resized,
  rowWindow,
  scrolled,
  scrolledTo,
  scrolledToRow,
  scrollStart,
  type RowWindow,
  type ScrollGeometry,
  type ScrollState,
} from './scroll.ts'

export interface WindowOptions {
  rows: number
  rowHeight: number
  /** Height of what sticks to the top of the scrolled element, such as column titles. */
  headerHeight?: number
}

export interface WindowHandle<E extends HTMLElement> extends RowWindow {
  scroller: RefObject<E | null>
  canvasHeight: number
  /** Whole rows that fit into the view, at least one. */
  pageRows: number
  /** First row in view, for whoever keeps the place. */
  topRow: number
  onScroll: (event: UIEvent<E>) => void
  scrollToRow: (row: number) => void
  /** Puts `row` at the top of the view. */
  scrollTopTo: (row: number) => void
}

/**
 * Draws only the rows in view. The element of `scroller` scrolls; in it stands the
 * header, then a canvas of `canvasHeight`, in which rows `[first, last)` are drawn
 * `offset` pixels down.
 */
export function useWindow<E extends HTMLElement>(options: WindowOptions): WindowHandle<E> {
  const { rows, rowHeight, headerHeight = 0 } = options
  const scroller = useRef<E>(null)
  const [viewHeight, setViewHeight] = useState(0)
  const [state, setState] = useState<ScrollState>(scrollStart)
  const geometry: ScrollGeometry = { rows, rowHeight, viewHeight }
  // Events come between renders: they go on from the newest state, not from the drawn one.
  const newest = useRef({ state, geometry })
  newest.current.geometry = geometry

  const apply = useCallback((next: ScrollState) => {
    newest.current.state = next
    setState(next)
    const element = scroller.current
    if (element && Math.abs(element.scrollTop - next.canvasTop) >= 1) element.scrollTop = next.canvasTop
  }, [])

  useLayoutEffect(() => {
    const element = scroller.current
    if (!element) return
    const measure = (): void => setViewHeight(Math.max(0, element.clientHeight - headerHeight))
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [headerHeight])

  useLayoutEffect(() => {
    apply(resized(newest.current.state, { rows, rowHeight, viewHeight }))
  }, [apply, rows, rowHeight, viewHeight])

  const onScroll = useCallback(
    (event: UIEvent<E>) => {
      if (event.target !== event.currentTarget) return
      const { state: before, geometry: now } = newest.current
      const canvasTop = event.currentTarget.scrollTop
      if (Math.abs(canvasTop - before.canvasTop) >= 1) apply(scrolled(before, canvasTop, now))
    },
    [apply],
  )
  const scrollToRow = useCallback(
    (row: number) => apply(scrolledToRow(newest.current.state, row, newest.current.geometry)),
    [apply],
  )
  const scrollTopTo = useCallback(
    (row: number) => apply(scrolledTo(row * newest.current.geometry.rowHeight, newest.current.geometry)),
    [apply],
  )

  return {
    ...rowWindow(state, geometry),
    scroller,
    canvasHeight: canvasHeight(geometry),
    pageRows: Math.max(1, Math.floor(viewHeight / rowHeight)),
    topRow: Math.floor(state.top / rowHeight),
    onScroll,
    scrollToRow,
    scrollTopTo,
  }
}
