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
  return dtype === 'bool' ? 1 : undefined
}

const longestCell = 10
const decimalNumber = /^-?\d+(?:\.\d*)?(?:e[+-]?\d+)?$/

/** A number that fits a cell with its size intact: `7.4567e-17`, never `7.4567317…`. Other texts stay. */
export function shortCell(text: string): string {
  if (text.length <= longestCell || !decimalNumber.test(text)) return text
  const number = Number(text)
  const [mantissa = '', exponent] = text.split('e')
  if (exponent === undefined && Math.abs(number) < 1e9 && Math.abs(number) >= 1e-4) {
    return mantissa.includes('.') ? mantissa.slice(0, longestCell).replace(/\.$/, '') : text
  }
  if (exponent === undefined && !mantissa.includes('.')) return text
  return number.toExponential(3)
}

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
