import { deflateSync, inflateSync } from 'node:zlib'
import { pngChunk, pngSignature } from '../src-main/engine/values/png.ts'

/** A pixel as one number: red, green and blue, a byte each. */
type Color = number

const mostColors = 256
/** Chromium's own PNG is kept up to this size, with all its colours. */
const fineBytes = 100_000

/**
 * A screenshot as a smaller PNG: with a palette, exact where it has at most 256 colours; larger ones with the 256 that
 * are nearest (median cut). Others than Chromium's (8 bits a channel, not interlaced, opaque) stay as they are.
 * Format: https://www.w3.org/TR/png-3/
 */
export function smallPng(png: Buffer): Buffer {
  const chunks = chunksOf(png)
  const head = chunks.find(({ type }) => type === 'IHDR')?.data
  const channels = head && channelsOf(head)
  if (!head || !channels) return png
  const [width, height] = [head.readUInt32BE(0), head.readUInt32BE(4)]
  const packed = Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data))
  const pixels = colorsOf(inflateSync(packed), width, height, channels)
  const counts = new Map<Color, number>()
  for (const color of pixels) counts.set(color, (counts.get(color) ?? 0) + 1)
  if (counts.size > mostColors && png.length <= fineBytes) return png
  const { palette, placeOf } = paletteOf(counts)
  const lines = Buffer.alloc(height * (width + 1))
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) lines[y * (width + 1) + 1 + x] = placeOf.get(pixels[y * width + x]!)!
  }
  const newHead = Buffer.from(head)
  newHead[9] = 3
  const colors = Buffer.from(palette.flatMap((color) => [color >> 16, (color >> 8) & 255, color & 255]))
  const small = [
    pngChunk('IHDR', newHead),
    pngChunk('PLTE', colors),
    pngChunk('IDAT', deflateSync(lines, { level: 9 })),
    pngChunk('IEND', Buffer.alloc(0)),
  ]
  return Buffer.concat([pngSignature, ...small])
}

function chunksOf(png: Buffer): { type: string; data: Buffer }[] {
  const chunks: { type: string; data: Buffer }[] = []
  for (let at = pngSignature.length; at < png.length;) {
    const length = png.readUInt32BE(at)
    chunks.push({ type: png.toString('latin1', at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) })
    at += 12 + length
  }
  return chunks
}

/** 3 or 4 of a PNG that can be read here. */
function channelsOf(head: Buffer): number | undefined {
  const [depth, color, , , interlace] = head.subarray(8)
  if (depth !== 8 || interlace !== 0) return undefined
  return color === 2 ? 3 : color === 6 ? 4 : undefined
}

/** Takes the filters of the lines off; alpha is let go of. */
function colorsOf(bytes: Buffer, width: number, height: number, channels: number): Uint32Array {
  const pixels = new Uint32Array(width * height)
  const length = width * channels
  let above: Buffer = Buffer.alloc(length)
  for (let y = 0; y < height; y++) {
    const filter = bytes[y * (length + 1)]!
    const line = bytes.subarray(y * (length + 1) + 1, (y + 1) * (length + 1))
    for (let i = 0; i < length; i++) {
      const left = i < channels ? 0 : line[i - channels]!
      const corner = i < channels ? 0 : above[i - channels]!
      line[i] = (line[i]! + predicted(filter, left, above[i]!, corner)) & 255
    }
    for (let x = 0; x < width; x++) {
      const at = x * channels
      pixels[y * width + x] = (line[at]! << 16) | (line[at + 1]! << 8) | line[at + 2]!
    }
    above = line
  }
  return pixels
}

function predicted(filter: number, left: number, up: number, corner: number): number {
  if (filter === 0) return 0
  if (filter === 1) return left
  if (filter === 2) return up
  if (filter === 3) return (left + up) >> 1
  const guess = left + up - corner
  const [byLeft, byUp, byCorner] = [left, up, corner].map((one) => Math.abs(guess - one))
  return byLeft! <= byUp! && byLeft! <= byCorner! ? left : byUp! <= byCorner! ? up : corner
}

/** Colours of a palette, and the place in it of each colour that there is. */
function paletteOf(counts: ReadonlyMap<Color, number>) {
  const boxes = [boxOf([...counts.keys()], counts)]
  while (boxes.length < mostColors) {
    const widest = boxes.reduce((most, box) => (box.weight > most.weight ? box : most))
    if (widest.weight === 0) break
    const { colors, shift } = widest
    const sorted = colors.toSorted((a, b) => ((a >> shift) & 255) - ((b >> shift) & 255))
    const half = sorted.length >> 1
    boxes[boxes.indexOf(widest)] = boxOf(sorted.slice(0, half), counts)
    boxes.push(boxOf(sorted.slice(half), counts))
  }
  const placeOf = new Map(
    boxes.flatMap(({ colors }, place) => colors.map((color) => [color, place] as const)),
  )
  return { palette: boxes.map(({ mean }) => mean), placeOf }
}

/** Some colours, the channel in which they differ most, and how much dividing them is worth. */
function boxOf(colors: readonly Color[], counts: ReadonlyMap<Color, number>) {
  const total = colors.reduce((sum, color) => sum + counts.get(color)!, 0)
  let [mean, shift, spread] = [0, 0, 0]
  for (const channel of [0, 8, 16]) {
    let [least, most, sum] = [255, 0, 0]
    for (const color of colors) {
      const light = (color >> channel) & 255
      least = Math.min(least, light)
      most = Math.max(most, light)
      sum += light * counts.get(color)!
    }
    mean |= Math.round(sum / total) << channel
    if (most - least > spread) [shift, spread] = [channel, most - least]
  }
  return { colors, mean, shift, weight: spread * Math.sqrt(total) }
}
