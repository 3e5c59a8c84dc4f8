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

/** Numbers that can be drawn as a line or a heat map. */
export function isDrawable(dtype: string): boolean {
  return /^[<>=|]?(?:float\d+|u?int\d+|bool|[fiub]\d)$/.test(dtype)
}

/** A cell's Python text as a number; NaN for what is none. */
export function cellNumber(cell: string): number {
  if (cell === 'True') return 1
  if (cell === 'False') return 0
  if (cell === 'inf') return Number.POSITIVE_INFINITY
  if (cell === '-inf') return Number.NEGATIVE_INFINITY
  return cell === '' ? Number.NaN : Number(cell)
}
