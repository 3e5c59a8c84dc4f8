import type { BucketValues } from './buckets.ts'
import { bucketEdge, BucketSums, emptyBuckets } from './buckets.ts'
import type { NumberLine } from './sections.ts'

export interface LineRequest {
  /** The window `[from, to)` of the line; cut to it. */
  readonly from: number
  readonly to: number
  /** Most buckets; a window of no more elements has each in its own bucket. */
  readonly buckets: number
  /** Only buckets `[part[0], part[1])` of them. */
  readonly part?: readonly [number, number]
}

/** What may be read for one answer. */
export interface ReadBudget {
  /** All elements are looked at if that costs no more bytes. */
  readonly exactBytes: number
  /** Else so many bytes of them, spread evenly. */
  readonly sampleBytes: number
}

export interface LineSummary extends BucketValues {
  readonly from: number
  readonly to: number
  /** Buckets that `[from, to)` is cut into, see `bucketEdge`; the arrays have those of `part`. */
  readonly buckets: number
  readonly part: readonly [number, number]
  /** Each bucket is one element: the arrays have it as it is, also where it is not finite. */
  readonly isExact: boolean
  readonly looked: number
  readonly elements: number
  readonly nan: number
  readonly infinite: number
}

/** Elements read at once. */
const chunkElements = 1 << 17
/** Of a bucket that is sampled: so many runs of so many bytes. */
const runsPerBucket = 4
const runBytes = 4096

/** A window of a line in at most so many buckets, read by ranges. */
export function downsampleLine(line: NumberLine, request: LineRequest, budget: ReadBudget): LineSummary {
  const from = Math.min(Math.max(0, request.from), line.count)
  const to = Math.min(Math.max(from, request.to), line.count)
  const buckets = Math.min(request.buckets, to - from)
  const first = Math.min(request.part?.[0] ?? 0, buckets)
  const last = Math.min(Math.max(first, request.part?.[1] ?? buckets), buckets)
  const edge = (b: number): number => bucketEdge(from, to, buckets, b)
  const elements = edge(last) - edge(first)
  const isExact = buckets === to - from
  const values = emptyBuckets(last - first)
  const sums = new BucketSums(1)
  const isWhole = line.cost(elements) <= budget.exactBytes
  let looked = 0
  if (isExact && isWhole) {
    looked = elements
    exactValues(values, line.read(edge(first), edge(last)), sums)
  } else {
    const shares = isWhole ? undefined : budget.sampleBytes / Math.max(1, last - first)
    for (let b = first; b < last; b++) {
      for (const [start, end] of shares === undefined
        ? [[edge(b), edge(b + 1)] as const]
        : runsOf(line, edge(b), edge(b + 1), shares)) {
        looked += end - start
        for (let at = start; at < end; at += chunkElements) {
          const numbers = line.read(at, Math.min(end, at + chunkElements))
          sums.add(0, numbers, 0, numbers.length)
        }
      }
      sums.flush(values, b - first, 1)
    }
  }
  const { nan, infinite } = sums
  return { ...values, from, to, buckets, part: [first, last], isExact, looked, elements, nan, infinite }
}

function exactValues(
  { min, max, mean, counts }: BucketValues,
  numbers: Float64Array,
  sums: BucketSums,
): void {
  for (const target of [min, max, mean]) target.set(numbers)
  sums.add(0, numbers, 0, numbers.length)
  for (const [i, number] of numbers.entries()) counts[i] = Number.isFinite(number) ? 1 : 0
}

/** Runs of elements spread evenly over `[from, to)` that cost about so many bytes to read. */
function runsOf(
  line: NumberLine,
  from: number,
  to: number,
  costBytes: number,
): (readonly [number, number])[] {
  const count = to - from
  const perElement = line.cost(1) - line.cost(0)
  const run = Math.max(1, Math.floor(Math.min(runBytes, costBytes / runsPerBucket) / perElement))
  const runs = Math.max(1, Math.min(runsPerBucket, Math.floor(costBytes / (run * perElement))))
  if (count <= run * runs) return [[from, to]]
  return Array.from({ length: runs }, (_, i) => {
    const start = from + Math.floor(((2 * i + 1) * count) / (2 * runs) - run / 2)
    return [start, start + run] as const
  })
}
