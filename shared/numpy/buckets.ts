/** Least, greatest and mean of the finite numbers that fell into each bucket; NaN where there was none. */
export interface BucketValues {
  readonly min: Float64Array
  readonly max: Float64Array
  readonly mean: Float64Array
  /** Finite numbers in each bucket. */
  readonly counts: Float64Array
}

/** First number of bucket `b` when `[from, to)` is cut into so many: all are equally long up to one. */
export function bucketEdge(from: number, to: number, buckets: number, b: number): number {
  return from + Math.floor((b * (to - from)) / buckets)
}

/** Keeps sums finite that would leave the range of float64: they are taken of numbers made so much smaller, too. */
const shrink = 2 ** -64

/** Adds numbers up by buckets. */
export class BucketSums {
  readonly #sum: Float64Array
  readonly #smallSum: Float64Array
  readonly #counts: Float64Array
  readonly #min: Float64Array
  readonly #max: Float64Array
  nan = 0
  infinite = 0
  /** Over all that was added; ±Infinity if nothing finite was. */
  least = Infinity
  greatest = -Infinity

  constructor(buckets: number) {
    this.#sum = new Float64Array(buckets)
    this.#smallSum = new Float64Array(buckets)
    this.#counts = new Float64Array(buckets)
    this.#min = new Float64Array(buckets).fill(Infinity)
    this.#max = new Float64Array(buckets).fill(-Infinity)
  }

  /** Adds `numbers[from], numbers[from + step]…`, `count` of them, to one bucket. */
  add(bucket: number, numbers: Float64Array, from: number, count: number, step = 1): void {
    let sum = 0
    let smallSum = 0
    let min = Infinity
    let max = -Infinity
    let finite = 0
    const end = from + count * step
    for (let i = from; i < end; i += step) {
      const number = numbers[i]!
      if (number - number !== 0) {
        if (number !== number) this.nan++
        else this.infinite++
        continue
      }
      finite++
      sum += number
      smallSum += number * shrink
      if (number < min) min = number
      if (number > max) max = number
    }
    if (finite === 0) return
    this.#sum[bucket]! += sum
    this.#smallSum[bucket]! += smallSum
    this.#counts[bucket]! += finite
    if (min < this.#min[bucket]!) this.#min[bucket] = min
    if (max > this.#max[bucket]!) this.#max[bucket] = max
    if (min < this.least) this.least = min
    if (max > this.greatest) this.greatest = max
  }

  /** Writes bucket `b` to `target[at + b * step]` for all `b`, and begins anew. */
  flush(target: BucketValues, at: number, step: number): void {
    for (let b = 0; b < this.#counts.length; b++) {
      const count = this.#counts[b]!
      const to = at + b * step
      target.counts[to] = count
      target.min[to] = count === 0 ? Number.NaN : this.#min[b]!
      target.max[to] = count === 0 ? Number.NaN : this.#max[b]!
      target.mean[to] = this.#mean(b, count)
    }
    this.#sum.fill(0)
    this.#smallSum.fill(0)
    this.#counts.fill(0)
    this.#min.fill(Infinity)
    this.#max.fill(-Infinity)
  }

  /** Rounding must not carry a mean beyond what it is the mean of. */
  #mean(b: number, count: number): number {
    if (count === 0) return Number.NaN
    const sum = this.#sum[b]!
    const mean = Number.isFinite(sum) ? sum / count : this.#smallSum[b]! / count / shrink
    return Math.min(this.#max[b]!, Math.max(this.#min[b]!, mean))
  }
}

export function emptyBuckets(count: number): BucketValues {
  const numbers = (): Float64Array => new Float64Array(count).fill(Number.NaN)
  return { min: numbers(), max: numbers(), mean: numbers(), counts: new Float64Array(count) }
}
