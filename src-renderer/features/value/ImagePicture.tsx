import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import type { Frame, ImageHeader } from '../../../shared/api/pictures.ts'
import type { ChannelAxis } from '../../../shared/numpy/image.ts'
import { imageQuery } from '../../client/pictures.ts'
import type { ValueAddress } from '../../client/queries.ts'
import { formatCount, formatFigure } from '../../ui/format.ts'
import { ErrorState } from '../../ui/States.tsx'
import { ImageCanvas, pixelSpan, type Cell } from './ImageCanvas.tsx'
import classes from './Picture.module.css'
import type { PictureOptions } from './picture-place.ts'
import { sampleText, spanText } from './picture-words.ts'

export interface ImagePictureProps {
  readonly value: ValueAddress
  readonly channels: ChannelAxis
  readonly index: readonly number[]
  readonly options: PictureOptions
}

const mostPixels = 900
const kinds: Readonly<Record<number, string>> = { 1: 'grey', 3: 'RGB', 4: 'RGBA' }

/** An array as the image that it is. */
export function ImagePicture({ value, channels, index, options }: ImagePictureProps) {
  const question = {
    channels,
    index: index.join(','),
    rows: options.get('rows'),
    columns: options.get('columns'),
    width: mostPixels,
    height: mostPixels,
  }
  const { data, error } = useQuery(imageQuery(value, question))
  if (error) return <ErrorState title="The image cannot be drawn" error={error} />
  if (!data) return <div className={classes.waiting} aria-busy style={{ height: 220 }} />
  return <Image frame={data} isReversed={options.get('order') === 'bgr'} options={options} />
}

interface ImageProps {
  frame: Frame<ImageHeader>
  isReversed: boolean
  options: PictureOptions
}

function Image({ frame: { header, arrays }, isReversed, options }: ImageProps) {
  const [cursor, setCursor] = useState<Cell>()
  const { rows, columns, shape, height, width, channels, low, high } = header
  const pixels = useMemo(() => pixelsOf(arrays['rgba']!, isReversed), [arrays, isReversed])
  const ratio = (columns[1] - columns[0]) / Math.max(1, rows[1] - rows[0])
  const kind = isReversed && channels > 2 ? 'BGR' : (kinds[channels] ?? '')
  const sample = sampleText(header)
  return (
    <div className={classes.picture}>
      <ImageCanvas
        raster={{ pixels, width, height, rows, columns, shape }}
        label={`Image of ${formatCount(columns[1] - columns[0])} × ${formatCount(rows[1] - rows[0])} pixels, ${kind}`}
        ratio={ratio}
        isSmooth={options.get('fit') === 'smooth'}
        cursor={cursor}
        onCursor={setCursor}
        onWindow={(window) =>
          options.set({ rows: window?.rows.join(':'), columns: window?.columns.join(':') })
        }
      />
      <div className={classes.caption}>
        <span className={classes.readOut} aria-live="polite">
          {cursor && cursor.x < width && cursor.y < height ? (
            <ReadOut header={header} pixels={pixels} cell={cursor} />
          ) : (
            <span>
              {kind} · {formatFigure(low)} is black, {formatFigure(high)}{' '}
              {channels === 1 ? 'white' : 'full light'} ·{' '}
              <span className={classes.together}>rows {spanText(rows)}</span> ·{' '}
              <span className={classes.together}>columns {spanText(columns)}</span>
            </span>
          )}
        </span>
        {sample === undefined ? null : <span className={classes.sample}>{sample}</span>}
      </div>
    </div>
  )
}

function ReadOut({
  header: { rows, columns, width, height, channels },
  pixels,
  cell,
}: {
  header: ImageHeader
  pixels: Uint8ClampedArray
  cell: Cell
}) {
  const at = 4 * (cell.y * width + cell.x)
  const light = Array.from(pixels.subarray(at, at + channels), (byte) => `${byte}`)
  const hex = Array.from(pixels.subarray(at, at + 3), (byte) => byte.toString(16).padStart(2, '0'))
  return (
    <>
      <b>
        [{spanText(pixelSpan(rows, height, cell.y))}, {spanText(pixelSpan(columns, width, cell.x))}]
      </b>
      <span className={classes.swatch} style={{ background: `#${hex.join('')}` }} />
      <span>{light.join(' ')} of 255</span>
    </>
  )
}

function pixelsOf(rgba: ArrayLike<number>, isReversed: boolean): Uint8ClampedArray<ArrayBuffer> {
  const pixels = Uint8ClampedArray.from(rgba)
  if (!isReversed) return pixels
  for (let i = 0; i < pixels.length; i += 4) {
    const red = pixels[i]!
    pixels[i] = pixels[i + 2]!
    pixels[i + 2] = red
  }
  return pixels
}
