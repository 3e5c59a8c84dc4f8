/** How many of the edges, which ascend, are not above the number; −1 for NaN. */
export function placeAmong(edges: Float64Array, number: number): number {
  if (Number.isNaN(number)) return -1
  let [from, to] = [0, edges.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if (edges[middle]! <= number) from = middle + 1
    else to = middle
  }
  return from
}
