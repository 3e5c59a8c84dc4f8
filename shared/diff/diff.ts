import { partsOf } from '../lenses/parts.ts'
import type { ObjectParts } from '../lenses/parts.ts'
import type { Column, Table } from '../lenses/table.ts'
import { viewOf } from '../lenses/view-of.ts'
import type { View } from '../lenses/view.ts'
import type { ByteSource } from '../model/source.ts'
import type { NdArray } from '../numpy/ndarray.ts'
import { cellText } from '../render/cell.ts'
import { previewOf } from '../render/preview.ts'
import { pythonLiteral } from '../render/python.ts'
import type { BytesRef, Value } from '../value/value.ts'
import type { ArrayComparison, ElementBudget } from './arrays.ts'
import { compareArrays } from './arrays.ts'
import type { Pair, Sources } from './children.ts'
import { dictPairs, listPairs, objectPairs, setPairs } from './children.ts'
import { columnPreview, columnsOf, compareColumns } from './columns.ts'
import { areClose } from './numbers.ts'
import { atField, atIndex, pathText } from './path.ts'
import type { Place } from './path.ts'
import type { Change, ChangeKind, Diff, DiffOptions, Side, SidePreview, Tolerance } from './types.ts'

/**
 * The differences of two values: of what they mean, not of how they are stored. A set
 * of protocol 2 equals the same set of protocol 5, an array of a joblib stream the same
 * one of numpy's own pickle. nan equals nan and 0.0 equals −0.0. A value that is shared
 * within its side is compared, and reported, where it is met first. Ends for cycles and
 * for values of any depth; what a budget leaves out makes `isComplete` false.
 */
export function diffValues(left: Side, right: Side, options: DiffOptions = {}): Diff {
  const comparison = new Comparison({ left: left.source, right: right.source }, options)
  comparison.run({ left: left.root, right: right.root, place: undefined })
  return comparison.result()
}

const bytesAtATime = 1 << 20
/** Values that are compared by their Python text are no longer than this, or are not wholly compared. */
const literalCharacters = 20_000

class Comparison {
  readonly #sources: Sources
  readonly #tolerance: Tolerance
  readonly #maxChanges: number
  readonly #onChange: DiffOptions['onChange']
  readonly #elements: ElementBudget
  readonly #changes: Change[] = []
  readonly #counts: Record<ChangeKind, number> = { added: 0, removed: 0, changed: 0, type: 0 }
  /** Pairs that were looked at or are being looked at: a cycle is equal if all else is. */
  readonly #met = new Map<Value, Set<Value>>()
  readonly #open: Iterator<Pair>[] = []
  #steps: number
  #isComplete = true

  constructor(sources: Sources, options: DiffOptions) {
    this.#sources = sources
    this.#tolerance = options.tolerance ?? {}
    this.#maxChanges = options.maxChanges ?? 1000
    this.#onChange = options.onChange
    this.#steps = options.maxSteps ?? 5_000_000
    this.#elements = { elements: options.maxElements ?? 2 ** 31 }
  }

  run(pair: Pair): void {
    this.#pair(pair)
    for (let open = this.#open.at(-1); open; open = this.#open.at(-1)) {
      const next = open.next()
      if (next.done) this.#open.pop()
      else if (this.#steps-- > 0) this.#pair(next.value)
      else {
        this.#isComplete = false
        return
      }
    }
  }

  result(): Diff {
    return { changes: this.#changes, counts: this.#counts, isComplete: this.#isComplete }
  }

  #pair({ left, right, place }: Pair): void {
    if (left && right) this.#both(left, right, place)
    else if (left) {
      const preview = this.#preview(left, this.#sources.left)
      this.#change('removed', place, { left: preview }, left)
    } else if (right) {
      const preview = this.#preview(right, this.#sources.right)
      this.#change('added', place, { right: preview }, undefined, right)
    }
  }

  #change(
    kind: ChangeKind,
    place: Place | undefined,
    what: Omit<Change, 'path' | 'kind'>,
    left?: Value,
    right?: Value,
  ): void {
    this.#counts[kind]++
    if (this.#changes.length >= this.#maxChanges) return
    const change = { path: pathText(place), kind, ...what }
    this.#changes.push(change)
    this.#onChange?.(change, left, right)
  }

  #preview(node: Value, source: ByteSource): SidePreview {
    const { type, preview } = previewOf(node, source)
    return { type, preview }
  }

  #differ(
    kind: 'changed' | 'type',
    left: Value,
    right: Value,
    place: Place | undefined,
    more: Partial<Change> = {},
  ): void {
    const sides = {
      left: this.#preview(left, this.#sources.left),
      right: this.#preview(right, this.#sources.right),
    }
    this.#change(kind, place, { ...sides, ...more }, left, right)
  }

  #both(left: Value, right: Value, place: Place | undefined): void {
    if (left === right && this.#sources.left === this.#sources.right) return
    if (this.#wasMet(left, right)) return
    const a = viewOf(left, this.#sources.left)
    const b = viewOf(right, this.#sources.right)
    if (a.kind !== b.kind || classOf(a, left) !== classOf(b, right)) {
      this.#differ('type', left, right, place)
      if (familyOf(a) === undefined || familyOf(a) !== familyOf(b)) return
    }
    const children = this.#children(a, b, left, right, place)
    if (children) this.#open.push(children)
    else if (a.kind === b.kind && !this.#isSame(a, b, left, right, place)) {
      this.#differ('changed', left, right, place)
    }
  }

  #wasMet(left: Value, right: Value): boolean {
    switch (left.kind) {
      case 'none':
      case 'bool':
      case 'int':
      case 'float':
      case 'str':
        return false
      default:
    }
    const partners = this.#met.get(left)
    if (partners?.has(right)) return true
    if (partners) partners.add(right)
    else this.#met.set(left, new Set([right]))
    return false
  }

  /** What two values of the same kind hold; `undefined` if they are compared as a whole. */
  #children(
    a: View,
    b: View,
    left: Value,
    right: Value,
    place: Place | undefined,
  ): Iterator<Pair> | undefined {
    const sources = this.#sources
    if ('items' in a && 'items' in b) {
      return familyOf(a) === 'set' ? setPairs(a.items, b.items, sources, place) : this.#listPairs(a, b, place)
    }
    if ('keys' in a && 'keys' in b) return this.#dictPairs(a, b, place)
    if (a.kind === 'lambda') return this.#objects(left, right, place)
    if ('parts' in a && 'parts' in b) return objectPairs(a.parts, b.parts, sources, place)
    if (a.kind === 'persistent' && b.kind === 'persistent') {
      return [{ left: a.id, right: b.id, place: atField(place, 'id') }].values()
    }
    if (a.kind === 'slice' && b.kind === 'slice') return slicePairs(a, b, place)
    if (a.kind === 'ndarray' && b.kind === 'ndarray') return this.#arrayItems(a.array, b.array, place)
    return undefined
  }

  *#listPairs(
    a: Extract<View, { items: readonly Value[] }>,
    b: Extract<View, { items: readonly Value[] }>,
    place: Place | undefined,
  ): Generator<Pair> {
    if (a.kind === 'deque' && b.kind === 'deque' && a.maxLength !== b.maxLength) {
      const preview = (length: number | undefined): SidePreview =>
        length === undefined
          ? { type: 'NoneType', preview: 'None' }
          : { type: 'int', preview: String(length) }
      const sides = { left: preview(a.maxLength), right: preview(b.maxLength) }
      this.#change('changed', atField(place, 'maxlen'), sides)
    }
    yield* listPairs(a.items, b.items, this.#sources, place)
  }

  *#dictPairs(
    a: Extract<View, { keys: readonly Value[] }>,
    b: Extract<View, { keys: readonly Value[] }>,
    place: Place | undefined,
  ): Generator<Pair> {
    if (a.kind === b.kind && (a.factory ?? b.factory)) {
      yield { left: a.factory, right: b.factory, place: atField(place, 'default_factory') }
    }
    yield* dictPairs(a, b, this.#sources, place)
  }

  #objects(left: Value, right: Value, place: Place | undefined): Iterator<Pair> | undefined {
    if (left.kind !== 'object' || right.kind !== 'object') return undefined
    return objectPairs(partsOf(left), partsOf(right), this.#sources, place)
  }

  /** Of arrays of objects of one shape the items; other arrays are compared as a whole. */
  #arrayItems(a: NdArray, b: NdArray, place: Place | undefined): Iterator<Pair> | undefined {
    const isSameShape = a.shape.join() === b.shape.join()
    return a.items && b.items && isSameShape ? itemPairs(a.shape, a.items, b.items, place) : undefined
  }

  /** Whether two values of the same kind are equal; array-like ones are reported here, with how they differ. */
  #isSame(a: View, b: View, left: Value, right: Value, place: Place | undefined): boolean {
    if (a.kind === 'text' && b.kind === 'text') return a.value === b.value
    if (a.kind === 'float' && b.kind === 'float') return areClose(a.value, b.value, this.#tolerance)
    if ((a.kind === 'int' && b.kind === 'int') || (a.kind === 'bool' && b.kind === 'bool'))
      return a.value === b.value
    if (a.kind === 'complex' && b.kind === 'complex') {
      return areClose(a.real, b.real, this.#tolerance) && areClose(a.imaginary, b.imaginary, this.#tolerance)
    }
    if ('bytes' in a && 'bytes' in b) return this.#sameBytes(a.bytes, b.bytes)
    if (a.kind === 'npscalar' && b.kind === 'npscalar') {
      const [x, y] = [a.element, b.element]
      if (x.kind === 'float' && y.kind === 'float') {
        return areClose(x.value, y.value, this.#tolerance, Math.min(x.itemsize, y.itemsize))
      }
    }
    const isReported = this.#compareWhole(a, b, left, right, place)
    return isReported || this.#sameLiteral(left, right)
  }

  /** Reports the differences of two arrays, tables or indexes; false if they are none of these. */
  #compareWhole(a: View, b: View, left: Value, right: Value, place: Place | undefined): boolean {
    const report = ({ difference, isComplete }: ArrayComparison, at: Place | undefined): void => {
      if (!isComplete) this.#isComplete = false
      if (difference) this.#differ('changed', left, right, at, { array: difference })
    }
    const arrays = (x: NdArray, y: NdArray, at: Place | undefined): void =>
      report(compareArrays(x, y, this.#tolerance, this.#elements), at)
    const columns = (x: Column, y: Column, at: Place | undefined): void =>
      report(this.#compareColumns(x, y), at)
    if (a.kind === 'ndarray' && b.kind === 'ndarray') arrays(a.array, b.array, place)
    else if (a.kind === 'masked' && b.kind === 'masked') {
      arrays(a.data, b.data, atField(place, 'data'))
      if (a.mask && b.mask) arrays(a.mask, b.mask, atField(place, 'mask'))
      else if (a.mask ?? b.mask) this.#differ('changed', left, right, atField(place, 'mask'))
    } else if ('table' in a && 'table' in b) this.#tables(a.table, b.table, place, columns, left, right)
    else if (a.kind === 'index' && b.kind === 'index') columns(a.index, b.index, place)
    else if (a.kind === 'categorical' && b.kind === 'categorical') {
      arrays(a.codes, b.codes, atField(place, 'codes'))
      const texts = [a, b].map(({ categories, ordered }, side) =>
        JSON.stringify([ordered, categories.map((cell) => cellText(cell, this.#sourceOf(side)))]),
      )
      if (texts[0] !== texts[1]) this.#differ('changed', left, right, atField(place, 'categories'))
    } else return false
    return true
  }

  #sourceOf(side: number): ByteSource {
    return side === 0 ? this.#sources.left : this.#sources.right
  }

  #compareColumns(a: Column, b: Column): ArrayComparison {
    return compareColumns(a, this.#sources.left, b, this.#sources.right, this.#tolerance, this.#elements)
  }

  /** Columns by label; those of one table only are added or removed. */
  #tables(
    a: Table,
    b: Table,
    place: Place | undefined,
    compare: (x: Column, y: Column, at: Place | undefined) => void,
    left: Value,
    right: Value,
  ): void {
    if (a.index && b.index) compare(a.index, b.index, atField(place, 'index'))
    const others = columnsOf(b, this.#sources.right)
    const columns = columnsOf(a, this.#sources.left)
    for (const [label, column] of columns) {
      const other = others.get(label)
      const at = { before: place, step: `[${label}]` }
      if (other) compare(column, other, at)
      else this.#change('removed', at, { left: columnPreview(column) })
    }
    for (const [label, column] of others) {
      if (!columns.has(label))
        this.#change('added', { before: place, step: `[${label}]` }, { right: columnPreview(column) })
    }
    const labels = [...columns.keys()].filter((label) => others.has(label))
    const otherLabels = [...others.keys()].filter((label) => columns.has(label))
    if (labels.some((label, i) => label !== otherLabels[i])) {
      this.#differ('changed', left, right, atField(place, 'columns'))
    }
  }

  #sameBytes(left: BytesRef, right: BytesRef): boolean {
    if (left.length !== right.length) return false
    for (let at = 0; at < left.length; at += bytesAtATime) {
      const length = Math.min(bytesAtATime, left.length - at)
      const a = readBytes(left, at, length, this.#sources.left)
      const b = readBytes(right, at, length, this.#sources.right)
      if (a.some((byte, i) => byte !== b[i])) return false
    }
    return true
  }

  #sameLiteral(left: Value, right: Value): boolean {
    const text = (node: Value, source: ByteSource): string =>
      pythonLiteral(node, { source, maxCharacters: literalCharacters })
    const a = text(left, this.#sources.left)
    if (left.kind === 'cut' || a.endsWith('…')) this.#isComplete = false
    return a === text(right, this.#sources.right)
  }
}

type Family = 'sequence' | 'set' | 'mapping'

/** Kinds whose contents can be compared though they are not the same kind. */
function familyOf(view: View): Family | undefined {
  switch (view.kind) {
    case 'list':
    case 'tuple':
    case 'deque':
      return 'sequence'
    case 'set':
    case 'frozenset':
      return 'set'
    case 'dict':
    case 'ordereddict':
    case 'counter':
    case 'defaultdict':
      return 'mapping'
    default:
      return undefined
  }
}

/** The class of a value where its kind does not tell it. */
function classOf(view: View, node: Value): string {
  if (view.kind === 'npscalar') return `${view.dtype.kind}${view.dtype.itemsize}`
  if (view.kind === 'index') return view.index.className
  if ('parts' in view) return partsName(view.parts)
  if ('className' in view) return view.className ?? ''
  return view.kind === 'lambda' && node.kind === 'object' ? view.library : ''
}

function partsName({ name, how }: ObjectParts): string {
  return `${how} ${name ? `${name.module}.${name.name}` : ''}`
}

function* slicePairs(
  a: Extract<View, { kind: 'slice' }>,
  b: Extract<View, { kind: 'slice' }>,
  place: Place | undefined,
): Generator<Pair> {
  for (const name of ['start', 'stop', 'step'] as const) {
    yield { left: a[name], right: b[name], place: atField(place, name) }
  }
}

function* itemPairs(
  shape: readonly number[],
  left: readonly Value[],
  right: readonly Value[],
  place: Place | undefined,
): Generator<Pair> {
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    let rest = i
    const index = shape.toReversed().map((length) => {
      const at = rest % length
      rest = Math.floor(rest / length)
      return at
    })
    yield { left: left[i], right: right[i], place: atIndex(place, ...index.toReversed()) }
  }
}

function readBytes(ref: BytesRef, at: number, length: number, source: ByteSource): Uint8Array {
  return ref.inline ? ref.inline.subarray(at, at + length) : source.read(ref.at + at, length)
}
