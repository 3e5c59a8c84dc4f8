import { useCallback, useLayoutEffect, useRef, useState, type UIEvent } from 'react'
import { useLatest } from '../ui/use-latest.ts'
import {
  canvasHeight,
  resized,
  revealed,
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
  /** Pixels that can be seen across. */
  viewWidth: number
  /** False until the view has been measured; scrolling to a row has no meaning before. */
  isMeasured: boolean
  /** First row in view, for whoever keeps the place. */
  topRow: number
  onScroll: (event: UIEvent<E>) => void
  scrollToRow: (row: number) => void
  /** Puts `row` at the top of the view. */
  scrollTopTo: (row: number) => void
  /** Puts `row` in the middle of the view, unless it is in view. */
  revealRow: (row: number) => void
}

/**
 * Draws only the rows in view. The element given to `attach` scrolls; in it stands the
 * header, then a canvas of `canvasHeight`, in which rows `[first, last)` are drawn
 * `offset` pixels down.
 */
export function useWindow<E extends HTMLElement>(options: WindowOptions): WindowHandle<E> {
  const { rows, rowHeight, headerHeight = 0 } = options
  const [scroller, attach] = useState<E | null>(null)
  const [view, setView] = useState({ width: 0, height: 0 })
  const viewHeight = Math.max(0, view.height - headerHeight)
  const [state, setState] = useState<ScrollState>(scrollStart)
  const geometry: ScrollGeometry = { rows, rowHeight, viewHeight }
  // Events come between renders: they go on from the newest state, not from the drawn one.
  const newestRef = useRef<ScrollState>(scrollStart)
  const geometryRef = useLatest(geometry)

  const apply = useCallback(
    (next: ScrollState) => {
      newestRef.current = next
      setState(next)
      if (scroller && Math.abs(scroller.scrollTop - next.canvasTop) >= 1)
        scroller.scrollTo({ top: next.canvasTop })
    },
    [scroller],
  )

  useLayoutEffect(() => {
    if (!scroller) return
    const measure = (): void => setView({ width: scroller.clientWidth, height: scroller.clientHeight })
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(scroller)
    return () => observer.disconnect()
  }, [scroller])

  useLayoutEffect(() => {
    apply(resized(newestRef.current, { rows, rowHeight, viewHeight }))
  }, [apply, rows, rowHeight, viewHeight])

  const onScroll = useCallback(
    (event: UIEvent<E>) => {
      if (event.target !== event.currentTarget) return
      const before = newestRef.current
      const canvasTop = event.currentTarget.scrollTop
      if (Math.abs(canvasTop - before.canvasTop) >= 1) {
        apply(scrolled(before, canvasTop, geometryRef.current))
      }
    },
    [apply, geometryRef],
  )
  const scrollToRow = useCallback(
    (row: number) => apply(scrolledToRow(newestRef.current, row, geometryRef.current)),
    [apply, geometryRef],
  )
  const scrollTopTo = useCallback(
    (row: number) => apply(scrolledTo(row * geometryRef.current.rowHeight, geometryRef.current)),
    [apply, geometryRef],
  )
  const revealRow = useCallback(
    (row: number) => apply(revealed(newestRef.current, row, geometryRef.current)),
    [apply, geometryRef],
  )

  return {
    ...rowWindow(state, geometry),
    attach,
    canvasHeight: canvasHeight(geometry),
    pageRows: Math.max(1, Math.floor(viewHeight / rowHeight)),
    isMeasured: viewHeight > 0,
    viewWidth: view.width,
    topRow: Math.floor(state.top / rowHeight),
    onScroll,
    scrollToRow,
    scrollTopTo,
    revealRow,
  }
}
