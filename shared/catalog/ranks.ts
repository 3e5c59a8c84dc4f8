/**
 * A column as ranks: `ranks[id]` is the place of the entry's value among the column's different values,
 * `count` for entries without one.
 */
export interface RankColumn {
  readonly ranks: Uint32Array
  readonly count: number
}

/** Ranks of numbers by id; NaN stands for none. */
export function rankNumbers(numbers: Float64Array): RankColumn {
  return rankSmall(numbers) ?? rankAny(numbers)
}

const smallNumbers = 256

/** Of small whole numbers only, as kinds are: which of them there are tells their ranks. */
function rankSmall(numbers: Float64Array): RankColumn | undefined {
  const isThere = new Uint8Array(smallNumbers)
  for (const number of numbers) {
    if (number !== number) continue
    if (!(number >= 0 && number < smallNumbers && Number.isInteger(number))) return undefined
    isThere[number] = 1
  }
  const rankOf = new Uint32Array(smallNumbers)
  let count = 0
  for (let number = 0; number < smallNumbers; number++) if (isThere[number] === 1) rankOf[number] = count++
  const ranks = new Uint32Array(numbers.length)
  for (let id = 0; id < ranks.length; id++) {
    const number = numbers[id]!
    ranks[id] = number === number ? rankOf[number]! : count
  }
  return { ranks, count }
}

function rankAny(numbers: Float64Array): RankColumn {
  const ids = presentIds(numbers)
  const values = new Float64Array(ids.length)
  for (let i = 0; i < ids.length; i++) values[i] = numbers[ids[i]!]!
  const ranks = new Uint32Array(numbers.length)
  let count = 0
  let last = Number.NaN
  for (const place of orderOf(values)) {
    const value = values[place]!
    if (value !== last) {
      last = value
      count++
    }
    ranks[ids[place]!] = count
  }
  // Ranks from 1 on so far: those still 0 have no number.
  for (let id = 0; id < ranks.length; id++) ranks[id] = ranks[id] === 0 ? count : ranks[id]! - 1
  return { ranks, count }
}

function presentIds(numbers: Float64Array): Uint32Array {
  const ids = new Uint32Array(numbers.length)
  let length = 0
  for (let id = 0; id < numbers.length; id++) if (numbers[id] === numbers[id]) ids[length++] = id
  return ids.subarray(0, length)
}

/** Fewer values than this are sorted by comparing: the tables of a radix sort are not worth it. */
const fewValues = 10_000

/** Places of the values, none of them NaN, in ascending order. */
function orderOf(values: Float64Array): Uint32Array {
  const places = new Uint32Array(values.length)
  for (let place = 0; place < places.length; place++) places[place] = place
  return values.length < fewValues
    ? places.toSorted((a, b) => values[a]! - values[b]!)
    : radixOrder(values, places)
}

const digitBits = 16
const digits = 1 << digitBits
const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

/** What a radix sort moves: the places and, beside them, the halves of the values' bits. */
type Moved = [places: Uint32Array, high: Uint32Array, low: Uint32Array]

/**
 * Orders by the bits of the values, digit by digit from the lowest on: half of the time that the engine takes for
 * sorting a million numbers, which would not even tell where each came from.
 */
function radixOrder(values: Float64Array, places: Uint32Array): Uint32Array {
  const [high, low] = sortableBits(values)
  let moved: Moved = [places, high, low]
  let spare: Moved = [places.slice(), places.slice(), places.slice()]
  for (const half of [2, 1]) {
    for (const shift of [0, digitBits]) {
      const bits = moved[half]!
      const starts = new Uint32Array(digits)
      for (let i = 0; i < bits.length; i++) starts[(bits[i]! >>> shift) & (digits - 1)]!++
      if (starts.includes(bits.length)) continue
      sumBefore(starts)
      move(moved, spare, bits, shift, starts)
      ;[moved, spare] = [spare, moved]
    }
  }
  return moved[0]
}

function move(
  [places, high, low]: Moved,
  to: Moved,
  bits: Uint32Array,
  shift: number,
  starts: Uint32Array,
): void {
  const [toPlaces, toHigh, toLow] = to
  for (let i = 0; i < bits.length; i++) {
    const at = starts[(bits[i]! >>> shift) & (digits - 1)]!++
    toPlaces[at] = places[i]!
    toHigh[at] = high[i]!
    toLow[at] = low[i]!
  }
}

/** High and low halves that order as the numbers do: negative ones turned round, and below the others. */
function sortableBits(values: Float64Array): [high: Uint32Array, low: Uint32Array] {
  const words = new Uint32Array(values.slice().buffer)
  const high = new Uint32Array(values.length)
  const low = new Uint32Array(values.length)
  const highFirst = isLittleEndian ? 0 : 1
  for (let i = 0; i < values.length; i++) {
    const lowWord = words[2 * i + highFirst]!
    const highWord = words[2 * i + 1 - highFirst]!
    const isNegative = highWord >>> 31 === 1
    high[i] = isNegative ? ~highWord : highWord | 0x8000_0000
    low[i] = isNegative ? ~lowWord : lowWord
  }
  return [high, low]
}

/** Each number replaced by the sum of those before it. */
function sumBefore(counts: Uint32Array): void {
  let sum = 0
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i]!
    counts[i] = sum
    sum += count
  }
}

/**
 * Sorts ids stably by a rank column, absent ones last in both directions, by counting how many have each rank.
 */
export function sortByRank(ids: Int32Array, column: RankColumn, descending: boolean): Int32Array {
  const { ranks, count } = column
  // Of few ids with many ranks between them.
  if (count > 8 * ids.length) return sortFew(ids, column, descending)
  const placeOf = (id: number): number => {
    const rank = ranks[id]!
    return descending && rank < count ? count - 1 - rank : rank
  }
  const starts = new Uint32Array(count + 1)
  for (const id of ids) starts[placeOf(id)]!++
  sumBefore(starts)
  const sorted = new Int32Array(ids.length)
  for (const id of ids) sorted[starts[placeOf(id)]!++] = id
  return sorted
}

/** Rank and place are packed into one number, which the engine's own sort of numbers orders. */
function sortFew(ids: Int32Array, { ranks, count }: RankColumn, descending: boolean): Int32Array {
  const length = ids.length
  const packed = new Float64Array(length)
  for (let place = 0; place < length; place++) {
    const rank = ranks[ids[place]!]!
    packed[place] = (descending && rank < count ? count - 1 - rank : rank) * length + place
  }
  packed.sort()
  const sorted = new Int32Array(length)
  for (let place = 0; place < length; place++) sorted[place] = ids[packed[place]! % length]!
  return sorted
}
