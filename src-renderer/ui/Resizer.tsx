import { useRef, type KeyboardEvent, type PointerEvent } from 'react'
import { clamp } from '../virtual/scroll.ts'
import classes from './Resizer.module.css'

export interface ResizerProps {
  label: string
  /** Which side of the separator the resized panel is on. */
  panel: 'before' | 'after'
  size: number
  minimum: number
  maximum: number
  initial: number
  onSize: (size: number) => void
}

/** A separator to drag, or to move by arrow keys; a double click brings the first size back. */
export function Resizer({ label, panel, size, minimum, maximum, initial, onSize }: ResizerProps) {
  const drag = useRef<{ x: number; size: number } | undefined>(undefined)
  const sign = panel === 'before' ? 1 : -1
  const resize = (wanted: number): void => onSize(Math.round(clamp(wanted, minimum, maximum)))

  const onPointerDown = (event: PointerEvent<HTMLDivElement>): void => {
    if (event.button !== 0) return
    drag.current = { x: event.clientX, size }
    event.currentTarget.setPointerCapture(event.pointerId)
  }
  const onPointerMove = (event: PointerEvent<HTMLDivElement>): void => {
    if (drag.current) resize(drag.current.size + sign * (event.clientX - drag.current.x))
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.shiftKey ? 50 : 10
    if (event.key === 'ArrowLeft') resize(size - sign * step)
    else if (event.key === 'ArrowRight') resize(size + sign * step)
    else return
    event.preventDefault()
  }

  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- a focusable separator is interactive (WAI-ARIA window splitter)
    <div
      className={classes.resizer}
      data-panel={panel}
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={size}
      aria-valuemin={minimum}
      aria-valuemax={maximum}
      tabIndex={0}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={() => (drag.current = undefined)}
      onLostPointerCapture={() => (drag.current = undefined)}
      onDoubleClick={() => onSize(initial)}
      onKeyDown={onKeyDown}
    />
  )
}
