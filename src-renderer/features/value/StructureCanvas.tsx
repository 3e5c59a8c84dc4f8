import { useComputedColorScheme } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react'
import { useLatest } from '../../ui/use-latest.ts'
import classes from './Picture.module.css'
import { drawStructure, pixelsOf } from './structure-draw.ts'
import { atomAt, turnedPoints, type Scene } from './structure-scene.ts'
import { turned, type Turn } from './structure-turn.ts'

export interface StructureCanvasProps {
  readonly scene: Scene
  readonly label: string
  readonly turn: Turn
  readonly isFilled: boolean
  readonly chosen: number | undefined
  readonly onTurn: (turn: Turn | undefined) => void
  readonly onChosen: (atom: number | undefined) => void
}

const heightPx = 300
/** Of the cell's edges, on each scheme's ground. */
const inks = { light: '#5b6770', dark: '#a7b0b8' } as const
const [leastZoom, mostZoom] = [0.3, 40]
const keyAngle = Math.PI / 24
/** Dragged over the height of the canvas, it turns by half a round. */
const dragAngle = Math.PI / heightPx

/** A structure that is turned by dragging and by arrows, and zoomed by wheel, + and −; drawn only when something changes. */
export function StructureCanvas({
  scene,
  label,
  isFilled,
  chosen,
  onChosen,
  onTurn,
  ...props
}: StructureCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const { ref: room, width } = useElementSize()
  const ink = inks[useComputedColorScheme()]
  const [zoom, setZoom] = useState(1)
  const [dragged, setDragged] = useState<{ turn: Turn; x: number; y: number }>()
  const turn = dragged?.turn ?? props.turn
  const dots = window.devicePixelRatio || 1
  const pixels = Math.round(width * dots)
  useEffect(() => {
    const pen = canvas.current?.getContext('2d')
    if (!pen || pixels === 0) return
    const frame = requestAnimationFrame(() =>
      drawStructure(pen, scene, { turn, zoom, isFilled, ink, chosen }),
    )
    return () => cancelAnimationFrame(frame)
  }, [scene, turn, zoom, isFilled, chosen, pixels, ink])
  const scaled = (factor: number): void =>
    setZoom((now) => Math.min(mostZoom, Math.max(leastZoom, now * factor)))
  const [element, attach] = useState<HTMLDivElement | null>(null)
  const latest = useLatest(scaled)
  useEffect(() => {
    if (!element) return
    const onWheel = (event: WheelEvent): void => {
      event.preventDefault()
      latest.current(event.deltaY > 0 ? 1 / 1.15 : 1.15)
    }
    // React listens passively, and the page must not scroll.
    element.addEventListener('wheel', onWheel, { passive: false })
    return () => element.removeEventListener('wheel', onWheel)
  }, [element, latest])

  const onPointerDown = (event: PointerEvent<HTMLDivElement>): void => {
    if (event.button !== 0) return
    event.currentTarget.setPointerCapture(event.pointerId)
    setDragged({ turn, x: event.clientX, y: event.clientY })
  }
  const onPointerMove = (event: PointerEvent<HTMLDivElement>): void => {
    const { clientX, clientY } = event
    if (dragged) {
      const next = turned(dragged.turn, (clientX - dragged.x) * dragAngle, (clientY - dragged.y) * dragAngle)
      setDragged({ turn: next, x: clientX, y: clientY })
      return
    }
    const box = event.currentTarget.getBoundingClientRect()
    const scale = pixelsOf(scene, box.width, box.height, zoom)
    const seen = turnedPoints(scene.positions, turn)
    const [right, up] = [clientX - box.left - box.width / 2, box.top + box.height / 2 - clientY]
    onChosen(atomAt(scene, seen, right / scale, up / scale))
  }
  const onPointerUp = (): void => {
    if (dragged) onTurn(dragged.turn)
    setDragged(undefined)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const step = event.shiftKey ? keyAngle * 4 : keyAngle
    if (event.key === 'ArrowRight') onTurn(turned(turn, step, 0))
    else if (event.key === 'ArrowLeft') onTurn(turned(turn, -step, 0))
    else if (event.key === 'ArrowDown') onTurn(turned(turn, 0, step))
    else if (event.key === 'ArrowUp') onTurn(turned(turn, 0, -step))
    else if (event.key === ',') onTurn(turned(turn, 0, 0, -step))
    else if (event.key === '.') onTurn(turned(turn, 0, 0, step))
    else if (event.key === '+' || event.key === '=') scaled(1.25)
    else if (event.key === '-') scaled(0.8)
    else if (event.key === '0') reset()
    else return
    event.preventDefault()
  }
  const reset = (): void => {
    setZoom(1)
    onTurn(undefined)
  }
  return (
    <div ref={room}>
      <div
        ref={attach}
        className={classes.structure}
        role="group"
        aria-label="Structure: arrows turn it, comma and full stop roll it, + and − zoom, 0 shows it as at first"
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the structure is turned by keys, too
        tabIndex={0}
        style={{ height: heightPx }}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerCancel={onPointerUp}
        onPointerLeave={() => onChosen(undefined)}
        onDoubleClick={reset}
        onKeyDown={onKeyDown}
      >
        <canvas
          ref={canvas}
          className={classes.structureCanvas}
          width={Math.max(1, pixels)}
          height={Math.round(heightPx * dots)}
          role="img"
          aria-label={label}
        />
      </div>
    </div>
  )
}
