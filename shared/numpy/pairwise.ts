/**
 * The sum that numpy's `add.reduce` makes of a contiguous array, bit for bit: halves
 * are added pairwise down to blocks of at most 128, which have eight running sums.
 * Plain addition would differ in the last digits, and altogether where the numbers
 * cancel out. Numbers are fed in as they come; how many there will be is told before.
 */
export class PairwiseSum {
  /** Halves that wait: for their left sum, then for their right one. */
  readonly #waiting: { readonly right: number; left: number | undefined }[] = []
  readonly #block = new Float64Array(blockSize)
  #blockSize = 0
  #filled = 0
  #sum = 0

  constructor(count: number) {
    this.#descend(count)
  }

  /** The sum once all numbers were added; 0 for none. */
  get sum(): number {
    return this.#sum
  }

  add(numbers: Float64Array): void {
    let at = 0
    while (at < numbers.length) {
      if (this.#filled === 0 && numbers.length - at >= this.#blockSize) {
        if (this.#blockSize === 0) return
        const from = at
        at += this.#blockSize
        this.#ascend(blockSum(numbers, from, this.#blockSize))
        continue
      }
      this.#block[this.#filled++] = numbers[at++]!
      if (this.#filled === this.#blockSize) this.#ascend(blockSum(this.#block, 0, this.#filled))
    }
  }

  /** Splits until a block is small enough to be summed. */
  #descend(count: number): void {
    let size = count
    while (size > blockSize) {
      const half = Math.floor(size / 2)
      const left = half - (half % 8)
      this.#waiting.push({ right: size - left, left: undefined })
      size = left
    }
    this.#blockSize = size
    this.#filled = 0
  }

  #ascend(blockTotal: number): void {
    let total = blockTotal
    for (let top = this.#waiting.at(-1); top; top = this.#waiting.at(-1)) {
      if (top.left === undefined) {
        top.left = total
        this.#descend(top.right)
        return
      }
      total += top.left
      this.#waiting.pop()
    }
    this.#sum = total
    this.#blockSize = 0
  }
}

const blockSize = 128

function blockSum(numbers: Float64Array, from: number, size: number): number {
  const end = from + size
  if (size < 8) {
    let sum = 0
    for (let i = from; i < end; i++) sum += numbers[i]!
    return sum
  }
  let [a, b, c, d] = [numbers[from]!, numbers[from + 1]!, numbers[from + 2]!, numbers[from + 3]!]
  let [e, f, g, h] = [numbers[from + 4]!, numbers[from + 5]!, numbers[from + 6]!, numbers[from + 7]!]
  const whole = end - (size % 8)
  for (let i = from + 8; i < whole; i += 8) {
    a += numbers[i]!
    b += numbers[i + 1]!
    c += numbers[i + 2]!
    d += numbers[i + 3]!
    e += numbers[i + 4]!
    f += numbers[i + 5]!
    g += numbers[i + 6]!
    h += numbers[i + 7]!
  }
  let sum = a + b + (c + d) + (e + f + (g + h))
  for (let i = whole; i < end; i++) sum += numbers[i]!
  return sum
}
