import { z } from 'zod'

/**
 * Pictures of arrays: windows of any size as at most so many numbers as the screen has room for. Part of the API of
 * `contract.ts`; the answers are frames (see `encodeFrame`), a header and arrays of numbers.
 *
 *   GET /api/stores/:store/entries/:key/line?…LineQuery   → Frame of LineHeader:  mean, min?, max?, x?
 *   GET /api/stores/:store/entries/:key/plane?…PlaneQuery → Frame of PlaneHeader: mean, min?, max? (rows after another)
 *   GET /api/stores/:store/entries/:key/image?…ImageQuery → Frame of ImageHeader: rgba (rows after another)
 *   GET /api/stores/:store/entries/:key/export?path=&as=npy|csv|json|raw|xyz|png → the value as a file, streamed
 *
 * `min` and `max` are absent where each number is one element.
 */

export const complexParts = ['magnitude', 'phase', 'real', 'imaginary'] as const
export const exportFormats = ['npy', 'csv', 'json', 'raw', 'xyz', 'png'] as const
export type ExportFormat = (typeof exportFormats)[number]

/** What was looked at. Where `looked` is less than `elements`, the answer is a sample. */
const looks = {
  elements: z.number(),
  looked: z.number(),
  nan: z.number(),
  infinite: z.number(),
  /** Each number is one element. */
  isExact: z.boolean(),
  /** Lines or buckets of the whole answer that are in this one. */
  part: z.tuple([z.number(), z.number()]),
  /** Asked for in so many parts, the whole answer is no sample; absent where it is none, or where that would take too long. */
  parts: z.number().optional(),
  /** What the numbers are: seconds since 1970 for `time`, a span of `seconds`. */
  unit: z.enum(['number', 'time', 'seconds']),
  /** What is counted as `nan`, if it is called otherwise. */
  gap: z.enum(['NaT', 'masked or nan']).optional(),
}

export const lineHeader = z.object({
  ...looks,
  /** Length of the whole line, and the window `[from, to)` of it that is cut into `buckets`. */
  length: z.number(),
  from: z.number(),
  to: z.number(),
  buckets: z.number(),
  /** What `x` is; `position`: there is none, the numbers' own positions count. */
  x: z.enum(['position', 'number', 'time']),
  /** Name of a Series or column, as Python writes it. */
  name: z.string().optional(),
})

export const planeHeader = z.object({
  ...looks,
  /** Lengths of the two axes. */
  shape: z.tuple([z.number(), z.number()]),
  rows: z.tuple([z.number(), z.number()]),
  columns: z.tuple([z.number(), z.number()]),
  height: z.number(),
  width: z.number(),
  /** The axis along which `part` counts. */
  slowAxis: z.enum(['rows', 'columns']),
  least: z.number().optional(),
  greatest: z.number().optional(),
})

export const imageHeader = z.object({
  elements: z.number(),
  looked: z.number(),
  isExact: z.boolean(),
  shape: z.tuple([z.number(), z.number()]),
  rows: z.tuple([z.number(), z.number()]),
  columns: z.tuple([z.number(), z.number()]),
  height: z.number(),
  width: z.number(),
  channels: z.number(),
  /** These numbers are black and full light. */
  low: z.number(),
  high: z.number(),
})

export type LineHeader = z.infer<typeof lineHeader>
export type PlaneHeader = z.infer<typeof planeHeader>
export type ImageHeader = z.infer<typeof imageHeader>

type Numbers = Float64Array | Float32Array | Uint8Array

export interface Frame<Header> {
  readonly header: Header
  readonly arrays: Readonly<Record<string, Numbers>>
}

const alignment = 8

interface ArrayPlace {
  readonly name: string
  readonly type: 'f8' | 'f4' | 'u1'
  readonly length: number
}

/**
 * A header and arrays of numbers in one run of bytes: the length of the head as a 32-bit number, the head as JSON
 * with blanks behind it, the arrays, each from a multiple of 8 bytes on. All little-endian.
 */
export function encodeFrame({ header, arrays }: Frame<unknown>): Uint8Array<ArrayBuffer> {
  const places = Object.entries(arrays).map(([name, numbers]): ArrayPlace => ({
    name,
    type: typeOf(numbers),
    length: numbers.length,
  }))
  const head = new TextEncoder().encode(JSON.stringify({ header, arrays: places }))
  const start = aligned(4 + head.length)
  const size = Object.values(arrays).reduce((sum, { byteLength }) => sum + aligned(byteLength), start)
  const bytes = new Uint8Array(size)
  new DataView(bytes.buffer).setUint32(0, start - 4, true)
  bytes.fill(0x20, 4, start)
  bytes.set(head, 4)
  let at = start
  for (const numbers of Object.values(arrays)) {
    bytes.set(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength), at)
    at += aligned(numbers.byteLength)
  }
  return bytes
}

/** The inverse of `encodeFrame`; the arrays are views of the buffer. */
export function decodeFrame<Header>(buffer: ArrayBuffer): Frame<Header> {
  const start = 4 + new DataView(buffer).getUint32(0, true)
  const head = new TextDecoder().decode(new Uint8Array(buffer, 4, start - 4))
  const { header, arrays: places } = JSON.parse(head) as { header: Header; arrays: ArrayPlace[] }
  const arrays: Record<string, Numbers> = {}
  let at = start
  for (const { name, type, length } of places) {
    const numbers = new arrayTypes[type](buffer, at, length)
    arrays[name] = numbers
    at += aligned(numbers.byteLength)
  }
  return { header, arrays }
}

const arrayTypes = { f8: Float64Array, f4: Float32Array, u1: Uint8Array } as const

function typeOf(numbers: Numbers): ArrayPlace['type'] {
  return numbers instanceof Float64Array ? 'f8' : numbers instanceof Float32Array ? 'f4' : 'u1'
}

function aligned(length: number): number {
  return Math.ceil(length / alignment) * alignment
}
