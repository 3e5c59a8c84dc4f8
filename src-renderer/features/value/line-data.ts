import type { Frame, LineHeader } from '../../../shared/api/pictures.ts'
import { bucketEdge } from '../../../shared/numpy/buckets.ts'

type LineFrame = Frame<LineHeader>
type Column = (number | null)[]

/** Columns for a plot: `x`, and of each line its mean and, where buckets hold several elements, least and greatest. */
export function plotColumns(frames: readonly LineFrame[], isLog: boolean): Column[] {
  const [first] = frames
  if (!first) return [[]]
  const x = Array.from({ length: first.header.buckets }, (_, i) => xOf(first, i))
  const columns: Column[] = [x]
  for (const { arrays } of frames) {
    const mean = column(arrays['mean'], isLog)
    columns.push(mean)
    if (hasBands(frames)) {
      columns.push(arrays['min'] ? column(arrays['min'], isLog) : mean)
      columns.push(arrays['max'] ? column(arrays['max'], isLog) : mean)
    }
  }
  return columns
}

export function hasBands(frames: readonly LineFrame[]): boolean {
  return frames.some(({ header }) => !header.isExact)
}

/** Gaps where there is no finite number, or none that a logarithm has. */
function column(numbers: ArrayLike<number> | undefined, isLog: boolean): Column {
  return Array.from(numbers ?? [], (number) =>
    Number.isFinite(number) && (!isLog || number > 0) ? number : null,
  )
}

/** Position of the middle of a bucket, or the index's number or time there. */
function xOf({ header, arrays }: LineFrame, bucket: number): number {
  const x = arrays['x']
  if (x) return x[bucket]!
  const [from, to] = bucketSpan(header, bucket)
  return (from + to - 1) / 2
}

/** The elements `[from, to)` of a bucket. */
export function bucketSpan({ from, to, buckets }: LineHeader, bucket: number): readonly [number, number] {
  return [bucketEdge(from, to, buckets, bucket), bucketEdge(from, to, buckets, bucket + 1)]
}

/** Least and greatest of all that was looked at, as far as it is finite. */
export function rangeOf(
  frames: readonly LineFrame[],
): readonly [least: number, greatest: number] | undefined {
  let least = Infinity
  let greatest = -Infinity
  for (const { arrays } of frames) {
    for (const number of arrays['min'] ?? arrays['mean'] ?? []) {
      if (Number.isFinite(number) && number < least) least = number
    }
    for (const number of arrays['max'] ?? arrays['mean'] ?? []) {
      if (Number.isFinite(number) && number > greatest) greatest = number
    }
  }
  return greatest >= least ? [least, greatest] : undefined
}
