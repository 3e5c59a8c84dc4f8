import { useElementSize } from '@mantine/hooks'
import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react'
import { useLatest } from '../../ui/use-latest.ts'
import { zoomed } from './array-looks.ts'
import classes from './Picture.module.css'

type Span = readonly [from: number, to: number]

/** A window of an array as pixels. */
export interface Raster {
  readonly pixels: Uint8ClampedArray<ArrayBuffer>
  readonly width: number
  readonly height: number
  readonly rows: Span
  readonly columns: Span
  /** Lengths of the two axes. */
  readonly shape: readonly [number, number]
}

export interface Cell {
  readonly x: number
  readonly y: number
}

export interface ImageCanvasProps {
  readonly raster: Raster
  readonly label: string
  /** Width through height. */
  readonly ratio: number
  readonly isSmooth: boolean
  readonly cursor: Cell | undefined
  readonly onCursor: (cell: Cell | undefined) => void
  /** `undefined`: everything. */
  readonly onWindow: (window: { rows: Span; columns: Span } | undefined) => void
}

const mostHeightPx = 260
const smallestDragPx = 5
const leastCells = 4

/** Pixels with a cursor on one of them; zoomed by wheel, by dragging and by keys. */
export function ImageCanvas(props: ImageCanvasProps) {
  const { raster, label, ratio, isSmooth, cursor, onCursor } = props
  const { pixels, width, height } = raster
  const canvas = useRef<HTMLCanvasElement>(null)
  const { ref: room, width: roomWidth } = useElementSize()
  const { attach, dragged, ...handlers } = useHands(props)
  useEffect(() => {
    const pen = canvas.current?.getContext('2d')
    if (pen && width > 0 && height > 0) pen.putImageData(new ImageData(pixels, width, height), 0, 0)
  }, [pixels, width, height])
  const shownWidth = Math.floor(Math.min(roomWidth, mostHeightPx * ratio))
  return (
    <div ref={room} className={classes.canvasRoom}>
      <div
        ref={attach}
        className={classes.canvasFrame}
        style={{ width: shownWidth || undefined, aspectRatio: ratio }}
        role="group"
        aria-label="Picture: arrows move the cursor, + and − zoom, 0 shows all"
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the picture is looked at by keys, too
        tabIndex={0}
        {...handlers}
        onPointerLeave={() => onCursor(undefined)}
        onDoubleClick={() => props.onWindow(undefined)}
      >
        <canvas
          ref={canvas}
          className={classes.canvas}
          data-smooth={isSmooth || undefined}
          width={width}
          height={height}
          role="img"
          aria-label={label}
        />
        {cursor && cursor.x < width && cursor.y < height ? (
          <div
            className={classes.cell}
            style={{
              left: `${(100 * cursor.x) / width}%`,
              top: `${(100 * cursor.y) / height}%`,
              width: `${100 / width}%`,
              height: `${100 / height}%`,
            }}
          />
        ) : null}
        {dragged ? <div className={classes.dragged} style={dragged} /> : null}
      </div>
    </div>
  )
}

interface Drag {
  readonly fromX: number
  readonly fromY: number
  readonly toX: number
  readonly toY: number
}

/** Mouse and keys; places are shares of the picture from 0 to 1. */
function useHands({ raster, cursor, onCursor, onWindow }: ImageCanvasProps) {
  const [drag, setDrag] = useState<Drag>()
  const { rows, columns, shape, width, height } = raster
  const zoom = (factor: number, x: number, y: number): void => {
    const next = {
      rows: zoomed(rows, shape[0], factor, y, leastCells),
      columns: zoomed(columns, shape[1], factor, x, leastCells),
    }
    const isAll = next.rows[1] - next.rows[0] === shape[0] && next.columns[1] - next.columns[0] === shape[1]
    onWindow(isAll ? undefined : next)
  }
  const latest = useLatest(zoom)
  const [element, attach] = useState<HTMLDivElement | null>(null)
  useEffect(() => {
    if (!element) return
    const onWheel = (event: WheelEvent): void => {
      event.preventDefault()
      const [x, y] = placeIn(element, event)
      latest.current(event.deltaY > 0 ? 1.4 : 1 / 1.4, x, y)
    }
    // React listens passively, and the page must not scroll.
    element.addEventListener('wheel', onWheel, { passive: false })
    return () => element.removeEventListener('wheel', onWheel)
  }, [element, latest])
  const onPointerDown = (event: PointerEvent<HTMLDivElement>): void => {
    if (event.button !== 0) return
    event.currentTarget.setPointerCapture(event.pointerId)
    const [x, y] = placeIn(event.currentTarget, event)
    setDrag({ fromX: x, fromY: y, toX: x, toY: y })
  }
  const onPointerMove = (event: PointerEvent<HTMLDivElement>): void => {
    const [x, y] = placeIn(event.currentTarget, event)
    onCursor({
      x: Math.min(width - 1, Math.floor(x * width)),
      y: Math.min(height - 1, Math.floor(y * height)),
    })
    if (drag) setDrag({ ...drag, toX: x, toY: y })
  }
  const onPointerUp = (event: PointerEvent<HTMLDivElement>): void => {
    setDrag(undefined)
    const { clientWidth, clientHeight } = event.currentTarget
    if (!drag) return
    if (Math.abs(drag.toX - drag.fromX) * clientWidth < smallestDragPx) return
    if (Math.abs(drag.toY - drag.fromY) * clientHeight < smallestDragPx) return
    onWindow({ rows: spanOf(rows, drag.fromY, drag.toY), columns: spanOf(columns, drag.fromX, drag.toX) })
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const at = cursor ?? { x: Math.floor(width / 2), y: Math.floor(height / 2) }
    const [x, y] = [(at.x + 0.5) / width, (at.y + 0.5) / height]
    const step = event.shiftKey ? 20 : 1
    const move = (byX: number, byY: number): void =>
      onCursor({
        x: Math.min(Math.max(0, at.x + byX * step), width - 1),
        y: Math.min(Math.max(0, at.y + byY * step), height - 1),
      })
    if (event.key === 'ArrowRight') move(1, 0)
    else if (event.key === 'ArrowLeft') move(-1, 0)
    else if (event.key === 'ArrowDown') move(0, 1)
    else if (event.key === 'ArrowUp') move(0, -1)
    else if (event.key === '+' || event.key === '=') zoom(0.5, x, y)
    else if (event.key === '-') zoom(2, x, y)
    else if (event.key === '0') onWindow(undefined)
    else return
    event.preventDefault()
  }
  const dragged = drag && {
    left: `${100 * Math.min(drag.fromX, drag.toX)}%`,
    top: `${100 * Math.min(drag.fromY, drag.toY)}%`,
    width: `${100 * Math.abs(drag.toX - drag.fromX)}%`,
    height: `${100 * Math.abs(drag.toY - drag.fromY)}%`,
  }
  return { attach, dragged, onPointerDown, onPointerMove, onPointerUp, onKeyDown }
}

function placeIn(
  element: Element,
  { clientX, clientY }: { clientX: number; clientY: number },
): [number, number] {
  const box = element.getBoundingClientRect()
  const share = (at: number, size: number): number => Math.min(1, Math.max(0, at / size))
  return [share(clientX - box.left, box.width), share(clientY - box.top, box.height)]
}

function spanOf([from, to]: Span, one: number, other: number): Span {
  const width = to - from
  const start = from + Math.floor(Math.min(one, other) * width)
  const end = from + Math.ceil(Math.max(one, other) * width)
  return [Math.min(start, to - 1), Math.max(end, start + 1)]
}

/** The elements `[from, to)` of an axis that a pixel shows. */
export function pixelSpan([from, to]: Span, pixels: number, at: number): Span {
  const edge = (i: number): number => from + Math.floor((i * (to - from)) / pixels)
  return [edge(at), edge(at + 1)]
}
