/** A run of items on the left, `[leftFrom, leftTo)`, that stands against a run on the right. */
export interface Run {
  readonly leftFrom: number
  readonly leftTo: number
  readonly rightFrom: number
  readonly rightTo: number
  /** The items are the same, one by one. */
  readonly isSame: boolean
}

/** Beyond this many insertions and deletions the middle of the lists is one run that differs. */
const maxEdits = 1000

/**
 * Aligns two lists by their longest common subsequence (Myers, "An O(ND) difference
 * algorithm", 1986). The runs follow each other and cover both lists. Swapped lists
 * give swapped runs.
 */
export function align(left: readonly string[], right: readonly string[]): Run[] {
  // Which of several longest subsequences is found depends on the order of the lists.
  if (comesAfter(left, right)) return alignOrdered(right, left).map(swapped)
  return alignOrdered(left, right)
}

function swapped({ leftFrom, leftTo, rightFrom, rightTo, isSame }: Run): Run {
  return { leftFrom: rightFrom, leftTo: rightTo, rightFrom: leftFrom, rightTo: leftTo, isSame }
}

function comesAfter(left: readonly string[], right: readonly string[]): boolean {
  if (left.length !== right.length) return left.length > right.length
  const at = left.findIndex((item, i) => item !== right[i])
  return at >= 0 && left[at]! > right[at]!
}

function alignOrdered(left: readonly string[], right: readonly string[]): Run[] {
  let start = 0
  while (start < left.length && start < right.length && left[start] === right[start]) start++
  let leftEnd = left.length
  let rightEnd = right.length
  while (leftEnd > start && rightEnd > start && left[leftEnd - 1] === right[rightEnd - 1]) {
    leftEnd--
    rightEnd--
  }
  const runs: Run[] = []
  const add = (leftTo: number, rightTo: number, isSame: boolean): void => {
    const { leftTo: leftFrom, rightTo: rightFrom } = runs.at(-1) ?? { leftTo: 0, rightTo: 0 }
    if (leftTo > leftFrom || rightTo > rightFrom) runs.push({ leftFrom, leftTo, rightFrom, rightTo, isSame })
  }
  add(start, start, true)
  for (const [x, y, length] of snakes(left.slice(start, leftEnd), right.slice(start, rightEnd))) {
    add(start + x, start + y, false)
    add(start + x + length, start + y + length, true)
  }
  add(leftEnd, rightEnd, false)
  add(left.length, right.length, true)
  return runs
}

type Snake = readonly [x: number, y: number, length: number]

/** The stretches of a longest common subsequence, in order; none where the lists are too different. */
function snakes(left: readonly string[], right: readonly string[]): Snake[] {
  if (left.length === 0 || right.length === 0) return []
  const limit = Math.min(left.length + right.length, maxEdits)
  const middle = limit + 1
  const furthest = new Int32Array(2 * limit + 3)
  const history: Int32Array[] = []
  for (let edits = 0; edits <= limit; edits++) {
    history.push(furthest.slice(middle - edits - 1, middle + edits + 2))
    for (let k = -edits; k <= edits; k += 2) {
      const isDown = k === -edits || (k !== edits && furthest[middle + k - 1]! < furthest[middle + k + 1]!)
      let x = isDown ? furthest[middle + k + 1]! : furthest[middle + k - 1]! + 1
      while (x < left.length && x - k < right.length && left[x] === right[x - k]) x++
      furthest[middle + k] = x
      if (x >= left.length && x - k >= right.length) return traceBack(history, left.length, right.length)
    }
  }
  return []
}

/** `history[d]` holds the furthest x of diagonals −d − 1 to d + 1 before step d. */
function traceBack(history: readonly Int32Array[], leftLength: number, rightLength: number): Snake[] {
  const found: Snake[] = []
  let x = leftLength
  let y = rightLength
  for (let edits = history.length - 1; edits >= 0; edits--) {
    const before = history[edits]!
    const at = (k: number): number => before[k + edits + 1]!
    const k = x - y
    const isDown = k === -edits || (k !== edits && at(k - 1) < at(k + 1))
    const previousX = edits === 0 ? 0 : isDown ? at(k + 1) : at(k - 1)
    const previousY = edits === 0 ? 0 : previousX - (isDown ? k + 1 : k - 1)
    const snakeX = edits === 0 ? 0 : isDown ? previousX : previousX + 1
    if (x > snakeX) found.push([snakeX, snakeX - k, x - snakeX])
    x = previousX
    y = previousY
  }
  return found.toReversed()
}
