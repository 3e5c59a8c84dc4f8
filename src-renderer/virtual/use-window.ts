import { useCallback, useLayoutEffect, useRef, useState, type UIEvent } from 'react'
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
  /** `ref` of the element that scrolls. */
  attach: (element: E | null) => void
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
 * Draws only the rows in view. The element given to `attach` scrolls; in it stands the
 * header, then a canvas of `canvasHeight`, in which rows `[first, last)` are drawn
 * `offset` pixels down.
 */
export function useWindow<E extends HTMLElement>(options: WindowOptions): WindowHandle<E> {
  const { rows, rowHeight, headerHeight = 0 } = options
  const [scroller, attach] = useState<E | null>(null)
  const [viewHeight, setViewHeight] = useState(0)
  const [state, setState] = useState<ScrollState>(scrollStart)
  const geometry: ScrollGeometry = { rows, rowHeight, viewHeight }
  // Events come between renders: they go on from the newest state, not from the drawn one.
  const newestRef = useRef({ state, geometry })

  const apply = useCallback(
    (next: ScrollState) => {
      newestRef.current.state = next
      setState(next)
      if (scroller && Math.abs(scroller.scrollTop - next.canvasTop) >= 1)
        scroller.scrollTo({ top: next.canvasTop })
    },
    [scroller, newestRef],
  )

  useLayoutEffect(() => {
    if (!scroller) return
    const measure = (): void => setViewHeight(Math.max(0, scroller.clientHeight - headerHeight))
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(scroller)
    return () => observer.disconnect()
  }, [scroller, headerHeight])

  useLayoutEffect(() => {
    newestRef.current.geometry = { rows, rowHeight, viewHeight }
    apply(resized(newestRef.current.state, { rows, rowHeight, viewHeight }))
  }, [apply, newestRef, rows, rowHeight, viewHeight])

  const onScroll = useCallback(
    (event: UIEvent<E>) => {
      if (event.target !== event.currentTarget) return
      const { state: before, geometry: now } = newestRef.current
      const canvasTop = event.currentTarget.scrollTop
      if (Math.abs(canvasTop - before.canvasTop) >= 1) apply(scrolled(before, canvasTop, now))
    },
    [apply, newestRef],
  )
  const scrollToRow = useCallback(
    (row: number) => apply(scrolledToRow(newestRef.current.state, row, newestRef.current.geometry)),
    [apply, newestRef],
  )
  const scrollTopTo = useCallback(
    (row: number) =>
      apply(scrolledTo(row * newestRef.current.geometry.rowHeight, newestRef.current.geometry)),
    [apply, newestRef],
  )

  return {
    ...rowWindow(state, geometry),
    attach,
    canvasHeight: canvasHeight(geometry),
    pageRows: Math.max(1, Math.floor(viewHeight / rowHeight)),
    topRow: Math.floor(state.top / rowHeight),
    onScroll,
    scrollToRow,
    scrollTopTo,
  }
}
