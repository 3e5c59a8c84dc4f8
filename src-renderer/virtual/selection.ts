/**
 * A selection of rows as sorted ranges and an anchor: selecting 800,000 rows
 * costs one range, never a set of ids.
 */
export type RowRange = readonly [from: number, to: number]

export interface Selection {
  /** Half-open, sorted, neither overlapping nor touching. */
  readonly ranges: readonly RowRange[]
  /** Where Shift extends from. */
  readonly anchor: number | undefined
  /** The other end of the last extension, which the next one replaces. */
  readonly lead: number | undefined
}

export const noSelection: Selection = { ranges: [], anchor: undefined, lead: undefined }

export function isSelected(selection: Selection, row: number): boolean {
  let low = 0
  let high = selection.ranges.length
  while (low < high) {
    const middle = (low + high) >> 1
    const range = selection.ranges[middle]!
    if (row < range[0]) high = middle
    else if (row >= range[1]) low = middle + 1
    else return true
  }
  return false
}

export function countSelected(selection: Selection): number {
  let count = 0
  for (const [from, to] of selection.ranges) count += to - from
  return count
}

export function selectOnly(row: number): Selection {
  return { ranges: [[row, row + 1]], anchor: row, lead: row }
}

export function selectAll(rows: number): Selection {
  return rows === 0 ? noSelection : { ranges: [[0, rows]], anchor: 0, lead: rows - 1 }
}

export function toggleRow(selection: Selection, row: number): Selection {
  const change = isSelected(selection, row) ? removeRange : addRange
  return { ranges: change(selection.ranges, [row, row + 1]), anchor: row, lead: row }
}

/** From the anchor to `row`, in place of the extension before; `keep` leaves the other ranges as they are. */
export function extendTo(selection: Selection, row: number, keep = false): Selection {
  const anchor = selection.anchor ?? row
  const extension = span(anchor, row)
  if (!keep) return { ranges: [extension], anchor, lead: row }
  const rest = removeRange(selection.ranges, span(anchor, selection.lead ?? anchor))
  return { ranges: addRange(rest, extension), anchor, lead: row }
}

/** Drops what lies behind the last row, after rows went away. */
export function cutTo(selection: Selection, rows: number): Selection {
  const ranges = removeRange(selection.ranges, [rows, Number.POSITIVE_INFINITY])
  const anchor = selection.anchor !== undefined && selection.anchor < rows ? selection.anchor : undefined
  return {
    ranges,
    anchor,
    lead: anchor === undefined ? undefined : Math.min(selection.lead ?? anchor, rows - 1),
  }
}

function span(a: number, b: number): RowRange {
  return a < b ? [a, b + 1] : [b, a + 1]
}

export function addRange(ranges: readonly RowRange[], added: RowRange): RowRange[] {
  let [from, to] = added
  const before: RowRange[] = []
  const after: RowRange[] = []
  for (const range of ranges) {
    if (range[1] < from) before.push(range)
    else if (range[0] > to) after.push(range)
    else {
      from = Math.min(from, range[0])
      to = Math.max(to, range[1])
    }
  }
  return [...before, [from, to], ...after]
}

export function removeRange(ranges: readonly RowRange[], removed: RowRange): RowRange[] {
  const left: RowRange[] = []
  for (const [from, to] of ranges) {
    if (from < removed[0]) left.push([from, Math.min(to, removed[0])])
    if (to > removed[1]) left.push([Math.max(from, removed[1]), to])
  }
  return left
}
