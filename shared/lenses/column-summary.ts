import type { Column, ColumnNumbers, TableCell } from './table.ts'

/** What can be said about a column from the cells that were looked at. */
export interface ColumnSummary {
  readonly rows: number
  /** Cells looked at: all, or runs spread evenly over the column. */
  readonly looked: number
  /** Of those: NaN, NaT, NA, None. */
  readonly missing: number
  /** Of those: stored in a form that is not read here. */
  readonly unread: number
  /** Of numbers and times, over the finite ones. */
  readonly numbers?: NumberSummary
  /** Of everything else, the most frequent first. */
  readonly values?: ValueSummary
}

interface NumberSummary {
  readonly unit: ColumnNumbers['unit']
  readonly infinite: number
  readonly min: number
  readonly max: number
  readonly mean: number
  /** Bins of equal width from min to max; a single full one where these are equal. */
  readonly histogram: readonly number[]
}

interface ValueSummary {
  readonly top: readonly { readonly cell: TableCell; readonly count: number }[]
  readonly distinct: number
  /** There are at least so many: counting stopped there. */
  readonly isDistinctCut: boolean
}

export interface SummaryBudget {
  /** Bytes that may be read of a column of numbers. */
  readonly numberBytes: number
  /** Cells that may be made of any other column. */
  readonly cells: number
  /** The words by which two cells are one value. */
  readonly textOf: (cell: TableCell) => string
}

const bins = 16
const topValues = 4
/** Numbers that are kept for a histogram: 16 MiB. */
const mostNumbers = 1 << 21
/** More different values are not told apart. */
const mostDistinct = 5_000
/** A sample is taken in so many runs. */
const sampleRuns = 64

/** Looks at a column by ranges, at all of it where the budget allows. */
export function summarizeColumn(column: Column, rows: number, budget: SummaryBudget): ColumnSummary {
  if (column.numbers && !column.dtype.startsWith('bool'))
    return numberSummary(column.numbers, rows, budget.numberBytes)
  if (column.codes) return codeSummary(column.codes, rows, budget)
  return cellSummary(column, rows, budget)
}

/** Spans `[from, to)` of `length` rows that hold about `count` of them. */
function spansOf(length: number, count: number): (readonly [number, number])[] {
  if (length <= count) return length === 0 ? [] : [[0, length]]
  const run = Math.max(1, Math.floor(count / sampleRuns))
  const runs = Math.max(1, Math.min(sampleRuns, Math.floor(count / run)))
  return Array.from({ length: runs }, (_, i) => {
    const start = Math.floor(((2 * i + 1) * length) / (2 * runs) - run / 2)
    return [start, start + run] as const
  })
}

interface Costly {
  readonly count: number
  readonly cost: (count: number) => number
}

/** How many numbers the budget allows. */
function affordable(line: Costly, bytes: number): number {
  const perNumber = Math.max(1, line.cost(1) - line.cost(0))
  return Math.max(sampleRuns, Math.min(mostNumbers, Math.floor(bytes / perNumber)))
}

function numberSummary(line: ColumnNumbers, rows: number, bytes: number): ColumnSummary {
  const spans = spansOf(rows, affordable(line, bytes))
  const looked = spans.reduce((sum, [from, to]) => sum + to - from, 0)
  const finite = new Float64Array(looked)
  let count = 0
  let [missing, infinite, min, max, mean] = [0, 0, Infinity, -Infinity, 0]
  for (const [from, to] of spans) {
    for (const number of line.read(from, to)) {
      if (Number.isNaN(number)) missing++
      else if (number - number !== 0) infinite++
      else {
        finite[count++] = number
        mean += (number - mean) / count
        if (number < min) min = number
        if (number > max) max = number
      }
    }
  }
  const told = { rows, looked, missing, unread: 0 }
  if (count === 0) return told
  const histogram = histogramOf(finite.subarray(0, count), min, max)
  return { ...told, numbers: { unit: line.unit, infinite, min, max, mean, histogram } }
}

function histogramOf(numbers: Float64Array, min: number, max: number): number[] {
  if (min === max) return [numbers.length]
  const counts = Array.from<number>({ length: bins }).fill(0)
  // Halves: the span of the largest floats is beyond float64.
  const width = max / 2 - min / 2
  for (const number of numbers) {
    const share = (number / 2 - min / 2) / width
    counts[Math.min(bins - 1, Math.floor(share * bins))]!++
  }
  return counts
}

function codeSummary(
  { line, categories }: NonNullable<Column['codes']>,
  rows: number,
  { numberBytes }: SummaryBudget,
): ColumnSummary {
  const counts = new Float64Array(categories.length)
  let [looked, missing, unread] = [0, 0, 0]
  for (const [from, to] of spansOf(rows, affordable(line, numberBytes))) {
    looked += to - from
    for (const code of line.read(from, to)) {
      if (code < 0) missing++
      else if (code < counts.length) counts[code]!++
      else unread++
    }
  }
  const found = categories
    .map((cell, code) => ({ cell, count: counts[code]! }))
    .filter(({ count }) => count > 0)
  return { rows, looked, missing, unread, values: ranked(found, unread > 0) }
}

function cellSummary(column: Column, rows: number, { cells, textOf }: SummaryBudget): ColumnSummary {
  const found = new Map<string, { cell: TableCell; count: number }>()
  let [looked, missing, unread, isCut] = [0, 0, 0, false]
  for (const [from, to] of spansOf(rows, cells)) {
    looked += to - from
    for (const cell of column.cells(from, to)) {
      if (cell.kind === 'unread') unread++
      else if (isMissing(cell)) missing++
      else {
        const text = textOf(cell)
        const known = found.get(text)
        if (known) known.count++
        else if (found.size < mostDistinct) found.set(text, { cell, count: 1 })
        else isCut = true
      }
    }
  }
  const told = { rows, looked, missing, unread }
  return unread === looked ? told : { ...told, values: ranked([...found.values()], isCut) }
}

function ranked(
  found: readonly { readonly cell: TableCell; readonly count: number }[],
  isCut: boolean,
): ValueSummary {
  const top = found.toSorted((a, b) => b.count - a.count).slice(0, topValues)
  return { top, distinct: found.length, isDistinctCut: isCut }
}

/** As `pandas.isna` has it. */
function isMissing(cell: TableCell): boolean {
  if (cell.kind === 'nan' || cell.kind === 'pandas-constant') return true
  if (cell.kind === 'node')
    return (
      cell.node.kind === 'none' ||
      (cell.node.kind === 'float' && Number.isNaN(cell.node.value)) ||
      (cell.node.kind === 'global' && (cell.node.name === 'NA' || cell.node.name === 'NaT'))
    )
  if (cell.kind !== 'element') return false
  const { element } = cell
  if (element.kind === 'float') return Number.isNaN(element.value)
  if (element.kind === 'complex') return Number.isNaN(element.real) || Number.isNaN(element.imaginary)
  return (element.kind === 'datetime' || element.kind === 'timedelta') && element.count === undefined
}
