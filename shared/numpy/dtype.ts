import type { ByteSource } from '../model/source.ts'
import type { Value } from '../value/value.ts'
import { integerOf, integersOf, itemsOf, textOf } from './nodes.ts'

/** Letters of `numpy.dtype.kind`. */
type DTypeKind = 'b' | 'i' | 'u' | 'f' | 'c' | 'U' | 'S' | 'V' | 'M' | 'm' | 'O'

/** What one element of an array is. */
export interface DType {
  readonly kind: DTypeKind
  /** Bytes of one element, padding and all items of a sub-array included. At most 2^31 − 1. */
  readonly itemsize: number
  /** `|` where order means nothing: bool, bytes, void, objects, one-byte numbers. */
  readonly byteOrder: '<' | '>' | '|'
  /** Of a structured dtype, in its own order; offsets may overlap but lie within `itemsize`. */
  readonly fields?: readonly DTypeField[]
  /** Each element is itself an array of this shape, in C order. */
  readonly subarray?: { readonly base: DType; readonly shape: readonly number[] }
  /** Unit of a datetime64 or timedelta64: `step` units make one count. Unit `generic` has none. */
  readonly datetime?: { readonly unit: string; readonly step: number }
  /** True if an element holds Python objects, so that its bytes are pointers. */
  readonly hasObject: boolean
}

export interface DTypeField {
  readonly name: string
  readonly dtype: DType
  readonly offset: number
}

/** dtype as the JSON rendering has it (`docs/rendering.md`). */
export type DTypeJson =
  | string
  | readonly [DTypeJson, readonly number[]]
  | {
      readonly fields: readonly {
        readonly name: string
        readonly dtype: DTypeJson
        readonly offset: number
      }[]
      readonly itemsize: number
    }

const maxItemsize = 2 ** 31 - 1
const maxDepth = 32
const maxParts = 10_000
const maxDimensions = 64

/** Bytes an element of each number kind may have. */
const numberSizes: Readonly<Partial<Record<DTypeKind, readonly number[]>>> = {
  b: [1],
  i: [1, 2, 4, 8],
  u: [1, 2, 4, 8],
  f: [2, 4, 8, 12, 16],
  c: [8, 16, 24, 32],
  M: [8],
  m: [8],
  O: [4, 8],
}

const datetimeUnits = new Set([
  'Y',
  'M',
  'W',
  'D',
  'h',
  'm',
  's',
  'ms',
  'us',
  'ns',
  'ps',
  'fs',
  'as',
  'generic',
])

/** How many dtypes may still be made: a bomb of nested shared dtypes runs out of it. */
interface Budget {
  parts: number
}

/**
 * The dtype that a node says, `undefined` if it is none or an impossible one.
 * Understood are `numpy.dtype(text, align, copy)` with the state that numpy's
 * `dtype.__reduce__` gives (versions 1 to 4), and, as in `.npy` headers, texts
 * and lists of `(name, descr[, shape])`.
 */
export function parseDType(node: Value, source: ByteSource): DType | undefined {
  return parseNode(node, source, 0, { parts: maxParts })
}

function parseNode(
  node: Value | undefined,
  source: ByteSource,
  depth: number,
  budget: Budget,
): DType | undefined {
  if (!node || depth > maxDepth || --budget.parts < 0) return undefined
  const text = textOf(node, source)
  if (text !== undefined) return parseDTypeText(text)
  if (node.kind === 'list') return parseDescription(node.items, source, depth, budget)
  if (node.kind === 'global') return scalarType(node.module, node.name)
  if (node.kind !== 'object' || node.callee.kind !== 'global') return undefined
  if (node.callee.module !== 'numpy' || node.callee.name !== 'dtype') return undefined
  const base = parseNode(node.args[0], source, depth + 1, budget)
  return base && withState(base, node.state, source, depth, budget)
}

/** Applies `dtype.__setstate__` (numpy/core/src/multiarray/descriptor.c, arraydescr_setstate). */
function withState(
  base: DType,
  state: Value | undefined,
  source: ByteSource,
  depth: number,
  budget: Budget,
): DType | undefined {
  const parts = itemsOf(state)
  if (!parts || parts.length < 2) return base
  // Version 0 had no version number: its first item is the byte order.
  const shift = integerOf(parts[0]) === undefined ? 0 : 1
  const order = textOf(parts[shift], source)
  const [subarray, names, fields, itemsizeNode] = parts.slice(shift + 1)
  const claimed = integerOf(itemsizeNode)
  const itemsize = claimed !== undefined && claimed >= 0 && isFlexible(base.kind) ? claimed : base.itemsize
  if (itemsize > maxItemsize) return undefined

  if (subarray && subarray.kind !== 'none') {
    const [element, shape] = itemsOf(subarray) ?? []
    const dtype = parseNode(element, source, depth + 1, budget)
    const lengths = integersOf(shape, maxDimensions)
    return dtype && lengths && subarrayOf(dtype, lengths)
  }
  if (names && fields?.kind === 'dict') {
    const list = parseFields(names, fields, itemsize, source, depth, budget)
    return list && structOf(list, itemsize)
  }
  const plain: DType = { ...base, itemsize, byteOrder: orderOf(base.kind, itemsize, order) }
  if (base.kind !== 'M' && base.kind !== 'm') return plain
  return withUnit(plain, parts[shift + 7], source)
}

function parseFields(
  names: Value,
  fields: Extract<Value, { kind: 'dict' }>,
  itemsize: number,
  source: ByteSource,
  depth: number,
  budget: Budget,
): DTypeField[] | undefined {
  const byName = new Map<string, Value>()
  for (const [i, key] of fields.keys.entries()) {
    const name = textOf(key, source)
    if (name !== undefined) byName.set(name, fields.values[i]!)
  }
  const list: DTypeField[] = []
  for (const nameNode of itemsOf(names) ?? []) {
    const name = textOf(nameNode, source)
    if (name === undefined) return undefined
    const [element, offsetNode] = itemsOf(byName.get(name)) ?? []
    const dtype = parseNode(element, source, depth + 1, budget)
    const offset = integerOf(offsetNode)
    if (!dtype || offset === undefined || offset < 0 || offset + dtype.itemsize > itemsize) return undefined
    list.push({ name, dtype, offset })
  }
  return list
}

/** `({…}, (unit, step, denominator, event))`, the last item of a version 4 state. */
function withUnit(dtype: DType, metadata: Value | undefined, source: ByteSource): DType | undefined {
  const [unitNode, stepNode] = itemsOf(itemsOf(metadata)?.[1]) ?? []
  if (!unitNode) return dtype
  const unit = textOf(unitNode, source)
  const step = integerOf(stepNode) ?? 1
  if (unit === undefined || !datetimeUnits.has(unit) || step < 1 || step > maxItemsize) return undefined
  return { ...dtype, datetime: { unit, step } }
}

/** `[(name, descr), ((title, name), descr, shape)…]`: fields follow one another without padding. */
function parseDescription(
  items: readonly Value[],
  source: ByteSource,
  depth: number,
  budget: Budget,
): DType | undefined {
  const fields: DTypeField[] = []
  let offset = 0
  for (const item of items) {
    const [nameNode, element, shape] = itemsOf(item) ?? []
    const name = textOf(itemsOf(nameNode)?.[1] ?? nameNode, source)
    let dtype = parseNode(element, source, depth + 1, budget)
    if (dtype && shape) {
      const lengths = integersOf(shape, maxDimensions)
      dtype = lengths && subarrayOf(dtype, lengths)
    }
    if (name === undefined || !dtype) return undefined
    // An unnamed void is the padding that `.npy` headers spell out.
    if (name !== '' || dtype.kind !== 'V') fields.push({ name, dtype, offset })
    offset += dtype.itemsize
    if (offset > maxItemsize) return undefined
  }
  return structOf(fields, offset)
}

/**
 * The dtype of a text such as `f8`, `<f8`, `|b1`, `<M8[25s]`, `<U7`, `|O`;
 * `undefined` for anything else. Without an order mark numbers are little-endian.
 */
export function parseDTypeText(text: string): DType | undefined {
  let dtype = known.get(text)
  if (dtype) return dtype
  dtype = parsePlainText(text)
  if (dtype && known.size < knownAtMost) known.set(text, dtype)
  return dtype
}

/** Caches hold arrays of a few dtypes by the million. */
const known = new Map<string, DType>()
const knownAtMost = 500

function parsePlainText(text: string): DType | undefined {
  const match = /^([<>|=]?)([biufcUSaVMmO?])(\d{0,10})(?:\[(\d{0,9})(\w+)\])?$/.exec(text)
  if (!match) return undefined
  const [, order = '', letter = '', digits = '', step = '', unit] = match
  const kind = (letter === 'a' ? 'S' : letter === '?' ? 'b' : letter) as DTypeKind
  const itemsize = itemsizeOf(kind, digits)
  if (itemsize === undefined) return undefined
  const dtype: DType = {
    kind,
    itemsize,
    byteOrder: orderOf(kind, itemsize, order),
    hasObject: kind === 'O',
  }
  if (kind !== 'M' && kind !== 'm') return unit === undefined ? dtype : undefined
  if (unit === undefined) return { ...dtype, datetime: { unit: 'generic', step: 1 } }
  const count = step === '' ? 1 : Number(step)
  return datetimeUnits.has(unit) && count > 0 ? { ...dtype, datetime: { unit, step: count } } : undefined
}

/** The dtype of a scalar type's name: `numpy.record` (what a recarray has), `numpy.float64`, `numpy.str_`. */
function scalarType(module: string, name: string): DType | undefined {
  if (module !== 'numpy' && !module.startsWith('numpy.')) return undefined
  const plain = scalarTypes[name]
  if (plain) return parseDTypeText(plain)
  const match = /^(u?int|float|complex)(\d{1,3})$/.exec(name)
  if (!match) return undefined
  const letter = match[1] === 'uint' ? 'u' : match[1]!.charAt(0)
  return parseDTypeText(letter + Number(match[2]) / 8)
}

const scalarTypes: Readonly<Record<string, string>> = {
  __proto__: null as never,
  record: 'V0',
  void: 'V0',
  bool: 'b1',
  bool_: 'b1',
  object_: 'O',
  str_: 'U0',
  unicode_: 'U0',
  bytes_: 'S0',
  string_: 'S0',
  datetime64: 'M8',
  timedelta64: 'm8',
  longdouble: 'f16',
  clongdouble: 'c32',
}

function itemsizeOf(kind: DTypeKind, digits: string): number | undefined {
  const sizes = numberSizes[kind]
  if (sizes) {
    if (digits === '') return kind === 'b' ? 1 : kind === 'O' || kind === 'M' || kind === 'm' ? 8 : undefined
    return sizes.includes(Number(digits)) ? Number(digits) : undefined
  }
  const itemsize = Number(digits) * (kind === 'U' ? 4 : 1)
  return itemsize <= maxItemsize ? itemsize : undefined
}

function isFlexible(kind: DTypeKind): boolean {
  return kind === 'U' || kind === 'S' || kind === 'V'
}

function orderOf(kind: DTypeKind, itemsize: number, mark: string | undefined): DType['byteOrder'] {
  if (kind === 'b' || kind === 'S' || kind === 'V' || kind === 'O' || itemsize === 1) return '|'
  return mark === '>' ? '>' : '<'
}

/** A dtype whose elements are arrays; `undefined` if a length is negative or the whole too large. */
function subarrayOf(base: DType, shape: readonly number[]): DType | undefined {
  if (shape.length === 0) return base
  let itemsize = base.itemsize
  for (const length of shape) {
    if (length < 0) return undefined
    itemsize *= length
    if (itemsize > maxItemsize) return undefined
  }
  return { kind: 'V', itemsize, byteOrder: '|', subarray: { base, shape }, hasObject: base.hasObject }
}

function structOf(fields: readonly DTypeField[], itemsize: number): DType {
  return {
    kind: 'V',
    itemsize,
    byteOrder: '|',
    fields,
    hasObject: fields.some((field) => field.dtype.hasObject),
  }
}

/** dtype as the JSON rendering has it: numpy's text, or the fields, or `[base, shape]`. */
export function dtypeJson(dtype: DType): DTypeJson {
  if (dtype.subarray) return [dtypeJson(dtype.subarray.base), dtype.subarray.shape]
  if (!dtype.fields) return plainText(dtype)
  const fields = dtype.fields.map((field) => ({
    name: field.name,
    dtype: dtypeJson(field.dtype),
    offset: field.offset,
  }))
  return { fields, itemsize: dtype.itemsize }
}

/** `numpy.dtype.str` of a plain dtype. */
function plainText(dtype: DType): string {
  const size = dtype.kind === 'O' ? '' : String(dtype.kind === 'U' ? dtype.itemsize / 4 : dtype.itemsize)
  return dtype.byteOrder + dtype.kind + size + unitText(dtype)
}

function unitText(dtype: DType): string {
  if (!dtype.datetime || dtype.datetime.unit === 'generic') return ''
  const { unit, step } = dtype.datetime
  return `[${step === 1 ? '' : step}${unit}]`
}

/** One line: `<f8`, `<M8[ns]`; structured: `[('a', '<i4'), ('b', '<f8', (2,))]`. */
export function dtypeText(dtype: DType): string {
  if (dtype.subarray) return `(${plainOrQuoted(dtype.subarray.base)}, ${shapeText(dtype.subarray.shape)})`
  if (!dtype.fields) return plainText(dtype)
  const fields = dtype.fields.map((field) => {
    const { subarray } = field.dtype
    const shape = subarray ? `, ${shapeText(subarray.shape)}` : ''
    return `('${field.name}', ${plainOrQuoted(subarray?.base ?? field.dtype)}${shape})`
  })
  return `[${fields.join(', ')}]`
}

function plainOrQuoted(dtype: DType): string {
  return dtype.fields || dtype.subarray ? dtypeText(dtype) : `'${plainText(dtype)}'`
}

/** A shape as Python writes it: `()`, `(3,)`, `(240, 96)`. */
export function shapeText(shape: readonly number[]): string {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`
}

const kindNames: Readonly<Partial<Record<DTypeKind, string>>> = {
  i: 'int',
  u: 'uint',
  f: 'float',
  c: 'complex',
}

/** As Python prints it: `float64`, `bool`, `datetime64[ns]`, `object`; else as `dtypeText`. */
export function dtypeName(dtype: DType): string {
  if (dtype.byteOrder === '>' || dtype.fields || dtype.subarray) return dtypeText(dtype)
  const number = kindNames[dtype.kind]
  if (number) return number + dtype.itemsize * 8
  if (dtype.kind === 'b') return 'bool'
  if (dtype.kind === 'O') return 'object'
  if (dtype.kind === 'M') return 'datetime64' + unitText(dtype)
  if (dtype.kind === 'm') return 'timedelta64' + unitText(dtype)
  return plainText(dtype)
}
