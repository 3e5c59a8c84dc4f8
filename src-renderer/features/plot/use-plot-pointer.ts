import type { PointerEvent } from 'react'
import type { Picture } from './plot-draw.ts'
import type { Window } from './plot-place.ts'
import { windowsOf, type Box } from './plot-windows.ts'

/** Less is a click with a trembling hand. */
const smallestBoxPx = 6

interface PointerOptions {
  readonly picture: Picture | undefined
  readonly box: Box | undefined
  readonly setBox: (box: Box | undefined) => void
  readonly setChosen: (mark: number | undefined) => void
  readonly zoomTo: (x: Window, y: Window) => void
  readonly open: (mark: number | undefined) => void
}

/** Pointing at marks, opening them by a click, and zooming by a box. */
export function usePlotPointer({ picture, box, setBox, setChosen, zoomTo, open }: PointerOptions) {
  const placeOf = (event: PointerEvent): readonly [number, number] => {
    const { left, top } = event.currentTarget.getBoundingClientRect()
    return [event.clientX - left, event.clientY - top]
  }
  const isBox = (drawn: Box): boolean =>
    Math.abs(drawn.x1 - drawn.x0) >= smallestBoxPx && Math.abs(drawn.y1 - drawn.y0) >= smallestBoxPx
  return {
    onPointerDown: (event: PointerEvent) => {
      if (event.button !== 0) return
      event.currentTarget.setPointerCapture(event.pointerId)
      const [x, y] = placeOf(event)
      setBox({ x0: x, y0: y, x1: x, y1: y })
    },
    onPointerMove: (event: PointerEvent) => {
      const [x, y] = placeOf(event)
      if (box) setBox({ ...box, x1: x, y1: y })
      else setChosen(picture?.marks.nearest(x, y))
    },
    onPointerUp: (event: PointerEvent) => {
      setBox(undefined)
      if (!box || !picture) return
      if (isBox(box)) zoomTo(...windowsOf(picture, box))
      else open(picture.marks.nearest(...placeOf(event)))
    },
    onPointerCancel: () => setBox(undefined),
    onPointerLeave: () => {
      if (!box) setChosen(undefined)
    },
  }
}
