import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import type { ArrayMap } from '../../../shared/api/compare.ts'
import { heatColor } from '../../../shared/numpy/heat-color.ts'
import { mapQuery, type EntryPair } from '../../client/compare.ts'
import { formatCount, formatFigure } from '../../ui/format.ts'
import { ErrorState, Waiting } from '../../ui/States.tsx'
import classes from './DifferenceMap.module.css'
import { shapeWords } from './change-words.ts'

/** Where two arrays differ and by how much: |left − right|, each cell the largest of what it covers. */
export function DifferenceMap({ pair, change }: { pair: EntryPair; change: number }) {
  const answer = useQuery(mapQuery(pair, change))
  if (answer.error) {
    return (
      <ErrorState
        title="No map of the difference"
        error={answer.error}
        onRetry={() => void answer.refetch()}
      />
    )
  }
  if (!answer.data) return <Waiting what="Comparing the arrays…" />
  return <MapPicture map={answer.data} />
}

function MapPicture({ map }: { map: ArrayMap }) {
  const { shape, grid, max, maxAt, mean, differing, elements, isComplete } = map
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const pen = canvas.current?.getContext('2d')
    if (!pen) return
    pen.putImageData(new ImageData(pixelsOf(map), grid[1], grid[0]), 0, 0)
  }, [map, grid])
  const told = `${formatCount(differing)} of ${formatCount(elements)} elements differ`
  const isLine = shape[0] === 1
  return (
    <figure className={classes.figure}>
      <figcaption className={classes.caption}>
        <b>|left − right|</b> mean {formatFigure(mean)}
        {maxAt ? `, most ${formatFigure(max)} at ${shapeWords(maxAt)}` : ''}
        {isComplete ? '' : '; only the beginning was looked at'}
      </figcaption>
      <div className={classes.frame} data-line={isLine || undefined}>
        <canvas
          ref={canvas}
          className={classes.canvas}
          width={grid[1]}
          height={grid[0]}
          style={isLine ? { width: '100%', height: 36 } : { aspectRatio: ratioOf(shape) }}
          role="img"
          aria-label={`Map of the difference: ${told}`}
        />
      </div>
      <div className={classes.scale} aria-hidden>
        <span>0</span>
        <span className={classes.ramp} style={{ backgroundImage: rampImage }} />
        <span>{formatFigure(max)}</span>
        {map.cells.includes(null) ? (
          <span className={classes.sizeless}>
            <i /> nan, infinity or another text
          </span>
        ) : null}
        <span className={classes.axes}>
          {shape[0] === 1 ? '' : `${formatCount(shape[0])} rows, `}
          {formatCount(shape[1])} columns
        </span>
      </div>
    </figure>
  )
}

/** Width through height, within what a picture can be. */
function ratioOf([rows, columns]: readonly [number, number]): number {
  return Math.min(4, Math.max(0.5, columns / rows))
}

const sizelessColor = [224, 49, 49, 255] as const
/** Equal elements stay the ground of the picture; the smallest difference is well off it. */
const leastShare = 0.12

function pixelsOf({ cells, max }: ArrayMap): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(cells.length * 4)
  for (const [i, cell] of cells.entries()) {
    if (cell === null) pixels.set(sizelessColor, i * 4)
    else if (cell > 0) pixels.set(colorOf(max > 0 ? cell / max : 1), i * 4)
  }
  return pixels
}

function colorOf(share: number): [red: number, green: number, blue: number, opacity: number] {
  const [red, green, blue] = heatColor(leastShare + (1 - leastShare) * share)
  return [red, green, blue, 255]
}

const rampImage = `linear-gradient(to right, ${Array.from({ length: 12 }, (_, i) => {
  const [red, green, blue] = colorOf(i / 11)
  return `rgb(${red} ${green} ${blue})`
}).join(', ')})`
