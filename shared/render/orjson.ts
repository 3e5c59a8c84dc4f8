import type { Table, TableCell } from '../lenses/table.ts'
import { viewOf } from '../lenses/view-of.ts'
import type { View } from '../lenses/view.ts'
import type { ByteSource } from '../model/source.ts'
import type { Element } from '../numpy/element.ts'
import { elementText, sizedFloatText } from '../numpy/element.ts'
import { cellsOf, type NdArray } from '../numpy/ndarray.ts'
import { floatText } from '../value/python-text.ts'
import type { BytesRef, Value } from '../value/value.ts'
import { cellText } from './cell.ts'
import { pythonLiteral } from './python.ts'
import { typeName } from './type-name.ts'

/**
 * Something that JSON does not keep. `changed`: a reader of the JSON gets another type with the
 * same content (a tuple becomes a list, an array nested lists). `lost`: it gets a description only.
 */
export interface JsonLoss {
  /** Where it stands, as Python would reach it: `output['forces'][0]`. */
  readonly path: string
  /** Type of the value: `tuple`, `ndarray`, `labs.shapes.Job`. */
  readonly type: string
  readonly becomes: string
  readonly kept: 'changed' | 'lost'
}

export interface OrjsonForm {
  /** Compact JSON in UTF-8, as `orjson.dumps` writes it. */
  readonly text: string
  /** The first `maxLosses` of them, in the order of the value. */
  readonly losses: readonly JsonLoss[]
  /** How many of each type, all counted: `tuple → list`. */
  readonly lossCounts: ReadonlyMap<string, number>
}

/** orjson refuses what is nested deeper. */
const maxLevels = 254
/** Elements of an array that are written at a time. */
const arrayBatch = 4096
const literalCharacters = 10_000

/**
 * A value as pycse's JSON caches store it: `orjson.dumps(value, default=…, option=OPT_SERIALIZE_NUMPY)`.
 * JSON cannot hold all values; what is not kept is listed, so that it can be shown before anything is written.
 * Numbers outside of 64 bits, keys that are no texts, and instances of unknown classes become Python texts.
 */
export function orjsonForm(
  root: Value,
  source: ByteSource,
  options: { maxLosses?: number; rootName?: string } = {},
): OrjsonForm {
  const writer = new OrjsonWriter(source, options.maxLosses ?? 1000)
  writer.node(root, options.rootName ?? 'value', 0)
  return { text: writer.pieces.join(''), losses: writer.losses, lossCounts: writer.lossCounts }
}

class OrjsonWriter {
  readonly pieces: string[] = []
  readonly losses: JsonLoss[] = []
  readonly lossCounts = new Map<string, number>()
  readonly #source: ByteSource
  readonly #maxLosses: number
  readonly #ancestors = new Set<Value>()

  constructor(source: ByteSource, maxLosses: number) {
    this.#source = source
    this.#maxLosses = maxLosses
  }

  node(node: Value, path: string, level: number): void {
    const view = viewOf(node, this.#source)
    if (this.#ancestors.has(node) || level > maxLevels) {
      this.#lose(path, typeName(view), 'null', 'lost')
      this.pieces.push('null')
      return
    }
    this.#ancestors.add(node)
    this.#view(view, node, path, level)
    this.#ancestors.delete(node)
  }

  #lose(path: string, type: string, becomes: string, kept: JsonLoss['kept']): void {
    const kind = `${type} → ${becomes}`
    this.lossCounts.set(kind, (this.lossCounts.get(kind) ?? 0) + 1)
    if (this.losses.length < this.#maxLosses) this.losses.push({ path, type, becomes, kept })
  }

  #view(view: View, node: Value, path: string, level: number): void {
    switch (view.kind) {
      case 'none':
        this.pieces.push('null')
        return
      case 'bool':
        this.pieces.push(String(view.value))
        return
      case 'int':
        this.#integer(view.value, path)
        return
      case 'float':
        this.#float(view.value, path)
        return
      case 'text':
        this.#text(view.value, path)
        return
      case 'list':
        this.#items(view.items, path, level)
        return
      case 'tuple':
      case 'set':
      case 'frozenset':
      case 'deque':
        this.#lose(path, typeName(view), 'list', 'changed')
        this.#items(view.items, path, level)
        return
      case 'dict':
        this.#pairs(view.keys, view.values, path, level)
        return
      case 'ordereddict':
      case 'counter':
      case 'defaultdict':
        this.#lose(path, typeName(view), 'dict', 'changed')
        this.#pairs(view.keys, view.values, path, level)
        return
      case 'ndarray':
        this.#array(view.array, typeName(view), path, level)
        return
      case 'npscalar':
        this.#lose(path, typeName(view), 'number', 'changed')
        this.#element(view.element, path)
        return
      case 'dataframe':
        this.#lose(path, 'DataFrame', 'dict of lists', 'changed')
        this.#table(view.table, path)
        return
      case 'object':
        this.#instance(view, node, path, level)
        return
      default:
        this.#leaf(view, node, path)
    }
  }

  #integer(value: number | bigint, path: string): void {
    if (typeof value === 'number' || (value >= -(2n ** 63n) && value < 2n ** 64n))
      this.pieces.push(String(value))
    else {
      this.#lose(path, 'int beyond 64 bits', 'text', 'changed')
      this.pieces.push(`"${value}"`)
    }
  }

  #float(value: number, path: string): void {
    if (Number.isFinite(value)) {
      this.pieces.push(orjsonFloat(value))
      return
    }
    this.#lose(path, floatText(value), 'null', 'lost')
    this.pieces.push('null')
  }

  #text(value: string, path: string): void {
    if (!value.isWellFormed()) this.#lose(path, 'str with lone surrogates', 'str without', 'changed')
    this.pieces.push(JSON.stringify(value.toWellFormed()))
  }

  #items(items: readonly Value[], path: string, level: number): void {
    this.pieces.push('[')
    for (const [index, item] of items.entries()) {
      if (index > 0) this.pieces.push(',')
      this.node(item, `${path}[${index}]`, level + 1)
    }
    this.pieces.push(']')
  }

  #pairs(keys: readonly Value[], values: readonly Value[], path: string, level: number): void {
    this.pieces.push('{')
    for (const [index, key] of keys.entries()) {
      if (index > 0) this.pieces.push(',')
      const literal = pythonLiteral(key, { source: this.#source, maxCharacters: literalCharacters })
      const inner = `${path}[${literal}]`
      if (key.kind === 'str') this.#text(key.value, inner)
      else {
        this.#lose(inner, `${typeName(viewOf(key, this.#source))} as key`, 'str', 'changed')
        this.pieces.push(JSON.stringify(literal.toWellFormed()))
      }
      this.pieces.push(':')
      this.node(values[index]!, inner, level + 1)
    }
    this.pieces.push('}')
  }

  /** A dict in all but its class (`OptimizeResult`) is written as one; other instances only as a text. */
  #instance(view: View & { kind: 'object' }, node: Value, path: string, level: number): void {
    const { args, state, listItems, dictKeys, dictValues } = view.parts
    if (dictKeys && dictValues && args.length === 0 && !state && !listItems?.length) {
      this.#lose(path, typeName(view), 'dict', 'changed')
      this.#pairs(dictKeys, dictValues, path, level)
    } else this.#describe(view, node, path)
  }

  #leaf(view: View, node: Value, path: string): void {
    const text = leafText(view, this.#source)
    if (text === undefined) {
      this.#describe(view, node, path)
      return
    }
    this.#lose(path, typeName(view), 'str', 'changed')
    this.pieces.push(JSON.stringify(text.toWellFormed()))
  }

  #describe(view: View, node: Value, path: string): void {
    this.#lose(path, typeName(view), 'description', 'lost')
    const text = pythonLiteral(node, { source: this.#source, maxCharacters: literalCharacters })
    this.pieces.push(JSON.stringify(text.toWellFormed()))
  }

  #array(array: NdArray, type: string, path: string, level: number): void {
    this.#lose(path, type, 'list', 'changed')
    const [outer = 0, ...inner] = array.shape
    if (array.shape.length === 0) this.#cells(array, 0, 1, path, level)
    else this.#axis(array, outer, inner, 0, path, level)
  }

  /** One dimension of an array; `first` is the flat index of its first element. */
  #axis(
    array: NdArray,
    length: number,
    inner: readonly number[],
    first: number,
    path: string,
    level: number,
  ): void {
    this.pieces.push('[')
    if (inner.length === 0) this.#cells(array, first, first + length, path, level)
    else {
      const step = inner.reduce((product, size) => product * size, 1)
      const [next = 0, ...rest] = inner
      for (let i = 0; i < length; i++) {
        if (i > 0) this.pieces.push(',')
        this.#axis(array, next, rest, first + i * step, path, level)
      }
    }
    this.pieces.push(']')
  }

  #cells(array: NdArray, from: number, to: number, path: string, level: number): void {
    for (let start = from; start < to; start += arrayBatch) {
      const cells = cellsOf(array, start, Math.min(start + arrayBatch, to))
      for (const [index, cell] of cells.entries()) {
        if (start + index > from) this.pieces.push(',')
        if (!cell) this.pieces.push('null')
        else if (cell.kind === 'node') this.node(cell.node, `${path}[…]`, level + 1)
        else this.#element(cell, path)
      }
    }
  }

  #element(element: Element, path: string): void {
    if (element.kind === 'bool') this.pieces.push(String(element.value))
    else if (element.kind === 'int') this.#integer(element.value, path)
    else if (element.kind === 'float') this.#float(shortest(element), path)
    else if (element.kind === 'text') this.#text(element.value, path)
    else this.pieces.push(JSON.stringify(elementText(element)))
  }

  /** As `DataFrame.to_dict('list')`: a list for each column. The index is not kept. */
  #table(table: Table, path: string): void {
    this.pieces.push('{')
    const labels = table.labels.cells(0, table.columns.length)
    for (const [index, column] of table.columns.entries()) {
      if (index > 0) this.pieces.push(',')
      const label = labels[index]
      this.pieces.push(JSON.stringify(label ? labelText(label, this.#source) : String(index)), ':[')
      for (let row = 0; row < column.length; row += arrayBatch) {
        for (const [offset, cell] of column.cells(row, Math.min(row + arrayBatch, column.length)).entries()) {
          if (row + offset > 0) this.pieces.push(',')
          this.#tableCell(cell, path)
        }
      }
      this.pieces.push(']')
    }
    this.pieces.push('}')
  }

  #tableCell(cell: TableCell, path: string): void {
    if (cell.kind === 'element') this.#element(cell.element, path)
    else if (cell.kind === 'node') this.node(cell.node, path, 1)
    else if (cell.kind === 'timestamp') this.pieces.push(JSON.stringify(cell.iso.replace('T', ' ')))
    else if (cell.kind === 'nan' || cell.kind === 'pandas-constant') this.pieces.push('null')
    else this.pieces.push(JSON.stringify(cellText(cell, this.#source)))
  }
}

/** The shortest digits that give the number back, as orjson lays them out: `2.0`, `0.00001`, `4.6e-6`, `1e16`. */
function orjsonFloat(value: number): string {
  const [mantissa = '', power = '0'] = value.toExponential().split('e')
  const exponent = Number(power)
  if (value !== 0 && (exponent < -5 || exponent > 15)) return `${mantissa}e${exponent}`
  if (value === 0) return floatText(value)
  const sign = value < 0 ? '-' : ''
  const digits = mantissa.replace(/[-.]/g, '')
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0')
  return `${sign}${whole}.${digits.slice(exponent + 1) || '0'}`
}

/** A float32 has fewer digits than the double it is read as. */
function shortest({ value, itemsize }: Element & { kind: 'float' }): number {
  return itemsize < 8 && Number.isFinite(value) ? Number(sizedFloatText(value, itemsize)) : value
}

function labelText(cell: TableCell, source: ByteSource): string {
  if (cell.kind === 'node' && cell.node.kind === 'str') return cell.node.value
  if (cell.kind === 'element' && cell.element.kind === 'text') return cell.element.value
  return cellText(cell, source)
}

/** Standard values that pycse's JSON caches write as texts. */
function leafText(view: View, source: ByteSource): string | undefined {
  switch (view.kind) {
    case 'datetime':
    case 'date':
    case 'time':
    case 'pandas-timedelta':
      return view.iso
    case 'timestamp':
      return view.iso.replace('T', ' ')
    case 'decimal':
    case 'fraction':
    case 'uuid':
      return view.text
    case 'path':
      return view.path
    case 'bytes':
    case 'bytearray':
      return latin1(view.bytes, source)
    default:
      return undefined
  }
}

function latin1(ref: BytesRef, source: ByteSource): string {
  const bytes = ref.inline ?? source.read(ref.at, ref.length)
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
}
