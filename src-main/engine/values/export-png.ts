import type { Frame, ImageHeader, PlaneHeader } from '../../../shared/api/pictures.ts'
import { decodeFrame } from '../../../shared/api/pictures.ts'
import { AppError } from '../../../shared/model/errors.ts'
import type { ByteSource } from '../../../shared/model/source.ts'
import { dtypeName } from '../../../shared/numpy/dtype.ts'
import { heatPixels, heatRange } from '../../../shared/numpy/heat-color.ts'
import { imageLayouts, isLikelyImage } from '../../../shared/numpy/image.ts'
import type { Value } from '../../../shared/value/value.ts'
import { arrayOf } from './arrays.ts'
import { imagePicture, planePicture } from './pictures.ts'
import { encodePng } from './png.ts'

/** Larger arrays are averaged down to it, in each direction. */
const mostPixels = 1_000
/** Elements of smaller ones become squares, so that the picture can be seen. */
const leastPixels = 400

/**
 * An array as a PNG: images pixel for pixel, other numbers of two and more dimensions as a heat map of their last two
 * (all other indexes 0), as the window shows them at first. Throws `USAGE` for what is neither.
 */
export function pngOf(node: Value, source: ByteSource): Uint8Array {
  const { shape, dtype } = arrayOf(node, source)
  if (shape.length < 2 || shape.includes(0))
    throw new AppError(
      'USAGE',
      'Only images and other arrays of two or more dimensions are saved as .png; lines are, from the window.',
    )
  const whole = [0, Number.MAX_SAFE_INTEGER] as const
  const area = { rows: whole, columns: whole, height: mostPixels, width: mostPixels, index: [] }
  const [channels] = imageLayouts(shape)
  if (channels !== undefined && isLikelyImage(dtypeName(dtype), shape, channels)) {
    const { header, arrays } = frameOf<ImageHeader>(imagePicture(node, source, { ...area, channels }))
    return enlarged(arrays['rgba'] as Uint8Array, header)
  }
  const plane = planePicture(node, source, { ...area, complex: 'magnitude' })
  const { header, arrays } = frameOf<PlaneHeader>(plane)
  const numbers = arrays['mean'] ?? []
  const range = heatRange(numbers, false)
  if (!range) throw new AppError('USAGE', 'Nothing can be drawn: no number of the array is finite.')
  return enlarged(heatPixels(numbers, header.width, range), header)
}

function frameOf<Header>(bytes: Uint8Array): Frame<Header> {
  return decodeFrame<Header>(bytes.slice().buffer)
}

function enlarged(
  pixels: Uint8Array | Uint8ClampedArray,
  { width, height }: { readonly width: number; readonly height: number },
): Uint8Array {
  const times = Math.max(1, Math.floor(leastPixels / Math.max(width, height)))
  const large = new Uint8Array(4 * width * height * times * times)
  for (let y = 0; y < height * times; y++) {
    for (let x = 0; x < width * times; x++) {
      const from = 4 * (Math.floor(y / times) * width + Math.floor(x / times))
      const to = 4 * (y * width * times + x)
      for (let channel = 0; channel < 4; channel++) large[to + channel] = pixels[from + channel]!
    }
  }
  return encodePng(large, width * times, height * times)
}
