import { useEffect, useRef } from 'react'
import classes from './Plot.module.css'
import { drawPicture, drawPointer, type Picture } from './plot-draw.ts'
import type { Mark } from './plot-marks.ts'
import type { Box } from './plot-windows.ts'

/** The marks, axes and grid: drawn again when the picture is another. */
export function BaseCanvas({ picture }: { picture: Picture }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const pen = canvas.current && penOf(canvas.current, picture)
    if (pen) drawPicture(pen, picture)
  }, [picture])
  return <canvas ref={canvas} className={classes.canvas} data-ground aria-hidden />
}

/** What is pointed at, open or drawn a box round: a layer of its own, so that moving the pointer draws no marks. */
export function PointerCanvas({
  picture,
  mark,
  entry,
  box,
}: {
  picture: Picture
  mark: Mark | undefined
  entry: Mark | undefined
  box: Box | undefined
}) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const pen = canvas.current && penOf(canvas.current, picture)
    if (pen) drawPointer(pen, picture, { mark, entry }, box)
  }, [picture, mark, entry, box])
  return <canvas ref={canvas} className={classes.canvas} aria-hidden />
}

/** A pen in CSS pixels; the canvas has those of the screen. */
function penOf(canvas: HTMLCanvasElement, { width, height }: Picture): CanvasRenderingContext2D | undefined {
  const ratio = window.devicePixelRatio || 1
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)]
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide
    canvas.height = high
    canvas.style.width = `${width}px`
    canvas.style.height = `${height}px`
  }
  const pen = canvas.getContext('2d')
  pen?.setTransform(ratio, 0, 0, ratio, 0, 0)
  return pen ?? undefined
}
