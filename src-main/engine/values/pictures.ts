import type { ImageHeader, LineHeader, PlaneHeader } from '../../../shared/api/pictures.ts'
import { encodeFrame } from '../../../shared/api/pictures.ts'
import type { Table } from '../../../shared/lenses/table.ts'
import { tableOf } from '../../../shared/lenses/table-of.ts'
import { AppError } from '../../../shared/model/errors.ts'
import type { ByteSource } from '../../../shared/model/source.ts'
import { readAhead } from '../../../shared/model/source.ts'
import { bucketEdge } from '../../../shared/numpy/buckets.ts'
import type { BucketValues } from '../../../shared/numpy/buckets.ts'
import type { LineRequest, LineSummary, ReadBudget } from '../../../shared/numpy/downsample-line.ts'
import { downsampleLine } from '../../../shared/numpy/downsample-line.ts'
import type { PlaneRequest, PlaneSummary } from '../../../shared/numpy/downsample-plane.ts'
import { downsamplePlane } from '../../../shared/numpy/downsample-plane.ts'
import { dtypeName } from '../../../shared/numpy/dtype.ts'
import type { DType } from '../../../shared/numpy/dtype.ts'
import type { ChannelAxis } from '../../../shared/numpy/image.ts'
import { imageAxes } from '../../../shared/numpy/image.ts'
import type { NdArray } from '../../../shared/numpy/ndarray.ts'
import type { ComplexPart, NumberReader } from '../../../shared/numpy/numbers.ts'
import { numberReader } from '../../../shared/numpy/numbers.ts'
import type { Line, NumberLine, Plane } from '../../../shared/numpy/sections.ts'
import { lineOf, numbersAlong, planeOf } from '../../../shared/numpy/sections.ts'
import { cellText } from '../../../shared/render/cell.ts'
import type { Value } from '../../../shared/value/value.ts'
import { arrayOf } from './arrays.ts'

const mebibyte = 1 << 20
/** About a tenth of a second from memory; larger windows are sampled first and looked at in such parts. */
const budget: ReadBudget = { exactBytes: 64 * mebibyte, sampleBytes: 32 * mebibyte }
/** Whoever asks for all in parts has to wait for it: at most so many. */
const mostParts = 1024
/** A longer sample is no line that anybody sees. */
const mostBuckets = 4_000
const mostCells = 1_000

export interface LineQuestion extends LineRequest {
  /** Column of a table. */
  readonly column: number
  /** Of an array: the axis along which the line is; the last one if absent. */
  readonly axis?: number
  /** One number for each axis. */
  readonly index: readonly number[]
  readonly complex: ComplexPart
}

export interface PlaneQuestion extends PlaneRequest {
  /** The axes of rows and columns; the last two if absent. */
  readonly axes?: readonly [number, number]
  readonly index: readonly number[]
  readonly complex: ComplexPart
}

export interface ImageQuestion extends PlaneRequest {
  readonly channels: ChannelAxis
  readonly index: readonly number[]
  /** Numbers that are black and full light; by dtype and content if absent. */
  readonly low?: number
  readonly high?: number
}

/** A line of an array, a Series or a column. Throws `USAGE` where there are no numbers. */
export function linePicture(node: Value, source: ByteSource, question: LineQuestion): Uint8Array {
  const table = tableOf(node, source)
  const { line, ...measure } = table
    ? columnLine(table, question.column, question.complex)
    : arrayLine(arrayOf(node, source), question)
  const request = { ...question, buckets: Math.min(question.buckets, mostBuckets) }
  const summary = readAhead(source, () => downsampleLine(line, request, budget))
  const x = table ? readAhead(source, () => tableX(table, summary)) : undefined
  const header: LineHeader = {
    ...looksOf(measure, summary, line.cost(summary.elements), summary.buckets),
    length: line.count,
    from: summary.from,
    to: summary.to,
    buckets: summary.buckets,
    x: x?.kind ?? 'position',
    name: table && nameOf(table, question.column, source),
  }
  return encodeFrame({ header, arrays: { ...numbersOf(summary), ...(x && { x: x.values }) } })
}

/** Two axes of an array. Throws `USAGE` where there are no numbers. */
export function planePicture(node: Value, source: ByteSource, question: PlaneQuestion): Uint8Array {
  const plane = sectionOf(arrayOf(node, source), (array) => {
    const last = array.shape.length - 1
    return planeOf(array, question.axes ?? [last - 1, last], question.index)
  })
  const read = readerOf(plane.array, question.complex)
  const summary = readAhead(source, () => downsamplePlane(plane, read, bounded(question), budget))
  const slowCells = Math.min(
    summary.slowAxis === 'rows' ? question.height : question.width,
    summary.slowAxis === 'rows' ? summary.rows[1] - summary.rows[0] : summary.columns[1] - summary.columns[0],
  )
  const header: PlaneHeader = {
    ...looksOf(measureOf(plane.array), summary, summary.elements * plane.array.dtype.itemsize, slowCells),
    shape: [plane.rows, plane.columns],
    rows: [...summary.rows],
    columns: [...summary.columns],
    height: summary.height,
    width: summary.width,
    slowAxis: summary.slowAxis,
    least: summary.least,
    greatest: summary.greatest,
  }
  return encodeFrame({ header, arrays: numbersOf(summary) })
}

/** An array as an image: each channel by its mean over a pixel's area. Throws `USAGE` where it is none. */
export function imagePicture(node: Value, source: ByteSource, question: ImageQuestion): Uint8Array {
  const array = arrayOf(node, source)
  const axes = imageAxes(array.shape.length, question.channels)
  const channels = axes?.channels === undefined ? 1 : array.shape[axes.channels]!
  if (!axes || channels < 1 || channels > 4 || channels === 2)
    throw new AppError(
      'USAGE',
      `An array of shape (${array.shape.join(', ')}) is no image with its colours ${channelWords[question.channels]}; choose another picture.`,
    )
  const read = readerOf(array, 'magnitude')
  const summaries = Array.from({ length: channels }, (_, channel) => {
    const index =
      axes.channels === undefined ? question.index : withAt(question.index, axes.channels, channel)
    const plane = sectionOf(array, (of) => planeOf(of, [axes.rows, axes.columns], index))
    const { mean, ...summary } = readAhead(source, () =>
      downsamplePlane(plane, read, bounded(question), budget),
    )
    return { ...summary, mean: Float32Array.from(mean), plane }
  })
  const [first] = summaries
  if (!first) throw new AppError('INTERNAL', 'An image had no channels.')
  const [low, high] = lightRange(array, summaries, question)
  const header: ImageHeader = {
    elements: first.elements,
    looked: first.looked,
    isExact: first.isExact,
    shape: [first.plane.rows, first.plane.columns],
    rows: [...first.rows],
    columns: [...first.columns],
    height: first.height,
    width: first.width,
    channels,
    low,
    high,
  }
  const rgba = pixelsOf(
    summaries.map(({ mean }) => mean),
    low,
    high,
  )
  return encodeFrame({ header, arrays: { rgba } })
}

const channelWords: Readonly<Record<ChannelAxis, string>> = {
  none: 'left out',
  last: 'along the last axis',
  first: 'along the axis before rows and columns',
}

function bounded<Question extends PlaneRequest>(question: Question): Question {
  const { height, width } = question
  return { ...question, height: Math.min(height, mostCells), width: Math.min(width, mostCells) }
}

function withAt(index: readonly number[], axis: number, at: number): number[] {
  const whole = [...index]
  while (whole.length <= axis) whole.push(0)
  return whole.with(axis, at)
}

function readerOf({ dtype }: NdArray, part: ComplexPart): NumberReader {
  const read = numberReader(dtype, part)
  if (read) return read
  throw new AppError(
    'USAGE',
    `Elements of dtype ${dtypeName(dtype)} are no numbers; look at the table instead.`,
  )
}

function sectionOf<Section extends Line | Plane>(
  array: NdArray,
  cut: (array: NdArray) => Section | undefined,
): Section {
  if (!array.data)
    throw new AppError('USAGE', 'The elements of this array are no plain numbers, or they are not here.')
  const section = cut(array)
  if (section) return section
  throw new AppError('USAGE', `The axes or the index are outside of the shape (${array.shape.join(', ')}).`)
}

/** What the numbers of a picture are. */
type Measure = Pick<LineHeader, 'unit' | 'gap'>

interface MeasuredLine extends Measure {
  readonly line: NumberLine
}

function arrayLine(whole: NdArray, { axis, index, complex }: LineQuestion): MeasuredLine {
  const line = sectionOf(whole, (array) => lineOf(array, axis ?? Math.max(0, array.shape.length - 1), index))
  return { line: numbersAlong(line, readerOf(whole, complex)), ...measureOf(whole) }
}

function columnLine({ columns }: Table, at: number, complex: ComplexPart): MeasuredLine {
  const { numbers, stored } = columns[at] ?? {}
  if (numbers)
    return { line: numbers, unit: numbers.unit, gap: numbers.unit === 'number' ? undefined : 'NaT' }
  const line =
    stored &&
    lineOf(stored.array, stored.array.shape.length - 1, [stored.row].slice(2 - stored.array.shape.length))
  const read = line?.array.data && numberReader(line.array.dtype, complex)
  if (line && read) return { line: numbersAlong(line, read), unit: 'number' }
  throw new AppError('USAGE', `Column ${at} of this table holds no plain numbers; look at the table instead.`)
}

type Looked = Pick<LineSummary, 'elements' | 'looked' | 'nan' | 'infinite' | 'isExact' | 'part'>

function measureOf({ dtype, mask }: NdArray): Measure {
  const unit = dtype.kind === 'M' ? 'time' : isSpan(dtype) ? 'seconds' : 'number'
  return { unit, gap: mask ? 'masked or nan' : unit === 'number' ? undefined : 'NaT' }
}

/** Months and years have no fixed length: those are counts. */
function isSpan({ kind, datetime }: DType): boolean {
  return kind === 'm' && datetime !== undefined && !['generic', 'Y', 'M'].includes(datetime.unit)
}

function looksOf(
  { unit, gap }: Measure,
  { elements, looked, nan, infinite, isExact, part }: Looked,
  bytes: number,
  cuts: number,
): Omit<LineHeader, 'length' | 'from' | 'to' | 'buckets' | 'x' | 'name'> {
  // A margin: parts differ by a line, and reading has costs beside the bytes.
  const parts = looked < elements ? Math.ceil((1.25 * bytes) / budget.exactBytes) + 1 : undefined
  return {
    elements,
    looked,
    nan,
    infinite,
    isExact,
    part: [...part],
    parts: parts !== undefined && parts <= Math.min(mostParts, cuts) ? parts : undefined,
    unit,
    gap,
  }
}

function numbersOf({
  mean,
  min,
  max,
  isExact,
}: BucketValues & { readonly isExact: boolean }): Record<string, Float64Array | Float32Array> {
  return isExact ? { mean } : { mean: compact(mean), min: compact(min), max: compact(max) }
}

/** Many averages are sent with seven digits, where these tell them apart. */
function compact(numbers: Float64Array): Float64Array | Float32Array {
  if (numbers.length < 10_000) return numbers
  let least = Infinity
  let greatest = -Infinity
  for (const number of numbers) {
    if (number < least) least = number
    if (number > greatest) greatest = number
  }
  const size = Math.max(Math.abs(least), Math.abs(greatest))
  const isPlain =
    size < 1e38 && (greatest - least > size * 1e-3 || size === 0) && (size > 1e-30 || size === 0)
  return isPlain ? Float32Array.from(numbers) : numbers
}

function nameOf(table: Table, column: number, source: ByteSource): string | undefined {
  const cell = table.labels.cells(column, column + 1)[0]
  const text = cell && cellText(cell, source)
  return text === 'None' ? undefined : text
}

/** The index at the middle of each bucket, where it is made of numbers or times that rise. */
function tableX(
  { index }: Table,
  { from, to, buckets, part }: LineSummary,
): { kind: 'number' | 'time'; values: Float64Array } | undefined {
  if (!index) return undefined
  const [first, last] = part
  const middles = Array.from({ length: last - first }, (_, i) => {
    const [start, end] = [
      bucketEdge(from, to, buckets, first + i),
      bucketEdge(from, to, buckets, first + i + 1),
    ]
    return Math.floor((start + end - 1) / 2)
  })
  const { numbers } = index
  if (!numbers) return undefined
  const values = Float64Array.from(middles, (at) => numbers.read(at, at + 1)[0]!)
  for (const [i, value] of values.entries()) {
    if (!Number.isFinite(value) || (i > 0 && value < values[i - 1]!)) return undefined
  }
  const isPosition = values.every((value, i) => value === middles[i])
  if (isPosition) return undefined
  return { kind: numbers.unit === 'time' ? 'time' : 'number', values }
}

/** 8-bit integers are light as they are; other numbers by what they look like: shares, bytes, or whatever they span. */
function lightRange(
  { dtype }: NdArray,
  summaries: readonly Pick<PlaneSummary, 'least' | 'greatest'>[],
  { low, high }: ImageQuestion,
): readonly [number, number] {
  if (low !== undefined && high !== undefined && high > low) return [low, high]
  if (dtype.kind === 'b') return [0, 1]
  if (dtype.kind === 'u' && dtype.itemsize === 1) return [0, 255]
  const least = Math.min(...summaries.map((one) => one.least ?? 0))
  const greatest = Math.max(...summaries.map((one) => one.greatest ?? 1))
  if (least >= 0 && greatest <= 1 && dtype.kind === 'f') return [0, 1]
  if (least >= 0 && greatest > 32 && greatest <= 255) return [0, 255]
  return greatest > least ? [least, greatest] : [least, least + 1]
}

/** Channels as pixels; where a number is missing the pixel is transparent. */
function pixelsOf(channels: readonly Float32Array[], low: number, high: number): Uint8Array {
  const count = channels[0]?.length ?? 0
  const pixels = new Uint8Array(4 * count)
  const isGrey = channels.length === 1
  const span = high - low
  for (let i = 0; i < count; i++) {
    let isThere = true
    for (let channel = 0; channel < 4; channel++) {
      const numbers = channels[isGrey && channel < 3 ? 0 : channel]
      const share = numbers ? (numbers[i]! - low) / span : 1
      if (Number.isNaN(share)) isThere = false
      pixels[4 * i + channel] = Math.round(255 * Math.min(1, Math.max(0, share)))
    }
    if (!isThere) pixels[4 * i + 3] = 0
  }
  return pixels
}
