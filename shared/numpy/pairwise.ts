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

  add(numbers: ArrayLike<number | bigint>): void {
    for (let i = 0; i < numbers.length; i++) {
      this.#block[this.#filled++] = Number(numbers[i])
      if (this.#filled === this.#blockSize) this.#ascend(blockSum(this.#block, this.#filled))
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

function blockSum(block: Float64Array, size: number): number {
  if (size < 8) {
    let sum = 0
    for (let i = 0; i < size; i++) sum += block[i]!
    return sum
  }
  const sums = block.slice(0, 8)
  const whole = size - (size % 8)
  for (let i = 8; i < whole; i += 8) for (let j = 0; j < 8; j++) sums[j]! += block[i + j]!
  const [a, b, c, d, e, f, g, h] = sums as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  let sum = a + b + (c + d) + (e + f + (g + h))
  for (let i = whole; i < size; i++) sum += block[i]!
  return sum
}
