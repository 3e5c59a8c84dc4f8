import { isComplex, isDrawable } from './array-looks.ts'

/** How an array of any number of dimensions stands in a table. */
export interface TableShape {
  readonly rows: number
  readonly columns: number
  /** Lengths of the leading dimensions, which are fixed by picking an index of each. */
  readonly leading: readonly number[]
}

/** The last two dimensions are the table; a list of numbers is one column, a single one a cell. */
export function tableShape(shape: readonly number[]): TableShape {
  if (shape.length === 0) return { rows: 1, columns: 1, leading: [] }
  if (shape.length === 1) return { rows: shape[0]!, columns: 1, leading: [] }
  return { rows: shape.at(-2)!, columns: shape.at(-1)!, leading: shape.slice(0, -2) }
}

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1)
}

/** `(240, 96)`, with Python's comma for one dimension. */
export function shapeText(shape: readonly number[]): string {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`
}

/** Bytes of one element, read off a dtype's name; `undefined` where the name does not say. */
export function itemBytes(dtype: string): number | undefined {
  const bits = /^[<>=|]?(?:float|u?int|complex)(\d+)$/.exec(dtype)?.[1]
  if (bits !== undefined) return Number(bits) / 8
  const bytes = /^[<>=|]?[fiucb](\d+)$/.exec(dtype)?.[1]
  if (bytes !== undefined) return Number(bytes)
  if (/^[<>=|]?(?:(?:datetime|timedelta)64|[Mm]8)/.test(dtype)) return 8
  const [, kind, length] = /^[<>=|]?([USV])(\d+)$/.exec(dtype) ?? []
  if (kind !== undefined) return Number(length) * (kind === 'U' ? 4 : 1)
  return dtype === 'bool' ? 1 : undefined
}

const longestCell = 10
const decimalNumber = /^-?\d+(?:\.\d*)?(?:e[+-]?\d+)?$/

const complexNumber = /^\((?<real>.+[\dnf])(?<imaginary>[+-].+)j\)$/

/** A number that fits a cell with its size intact: `7.4567e-17`, never `7.4567317…`. Other texts stay. */
export function shortCell(text: string): string {
  const { real, imaginary } = complexNumber.exec(text)?.groups ?? {}
  if (real !== undefined && imaginary !== undefined && text.length > 2 * longestCell) {
    const sign = imaginary.startsWith('-') ? '' : '+'
    return `(${fourFigures(real)}${sign}${fourFigures(imaginary)}j)`
  }
  if (text.length <= longestCell || !decimalNumber.test(text)) return text
  const number = Number(text)
  const [mantissa = '', exponent] = text.split('e')
  if (exponent === undefined && Math.abs(number) < 1e9 && Math.abs(number) >= 1e-4) {
    return mantissa.includes('.') ? mantissa.slice(0, longestCell).replace(/\.$/, '') : text
  }
  if (exponent === undefined && !mantissa.includes('.')) return text
  return number.toExponential(3)
}

function fourFigures(text: string): string {
  if (!decimalNumber.test(text.replace('+', ''))) return text
  const number = Number(text)
  const size = Math.abs(number)
  return size >= 1e6 || (size > 0 && size < 1e-4)
    ? number.toExponential(3).replace('e+', 'e')
    : String(Number(number.toPrecision(4)))
}

/** Pixels of a column of the table: numbers in nine figures, the rest as wide as its elements may be. */
export function cellWidth(dtype: string): number {
  if (isComplex(dtype)) return 168
  const length = /^[<>=|]?[USV](\d+)$/.exec(dtype)?.[1]
  if (length !== undefined) return Math.min(260, Math.max(64, Number(length) * 7 + 32))
  if (/^(?:datetime|timedelta)64/.test(dtype))
    return timeWidths[/\[\d*(\w+)\]$/.exec(dtype)?.[1] ?? ''] ?? 160
  return isDrawable(dtype) ? 92 : 150
}

const timeWidths: Readonly<Record<string, number>> = { Y: 92, M: 92, W: 92, D: 92, us: 206, ns: 226 }

/** Bins of equal width joined to at most as many as `count` elements fill sensibly. */
export function fewerBins(bins: readonly number[], count: number): number[] {
  const wanted = Math.max(4, Math.min(32, 2 * Math.ceil(Math.sqrt(count))))
  const size = Math.ceil(bins.length / wanted)
  const joined: number[] = []
  for (const [i, bin] of bins.entries()) {
    const at = Math.floor(i / size)
    joined[at] = (joined[at] ?? 0) + bin
  }
  return joined
}
