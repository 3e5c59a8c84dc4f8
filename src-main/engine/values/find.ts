import type { FindHit, FindPage } from '../../../shared/api/find.ts'
import { mostHits } from '../../../shared/api/find.ts'
import type { Document } from '../../../shared/catalog/documents.ts'
import { asArray } from '../../../shared/lenses/arrays.ts'
import type { ByteSource } from '../../../shared/model/source.ts'
import { elementText } from '../../../shared/numpy/element.ts'
import type { NdArray } from '../../../shared/numpy/ndarray.ts'
import { storedChunks } from '../../../shared/numpy/chunks.ts'
import { isNumeric, numbersOf } from '../../../shared/numpy/statistics.ts'
import { cellsOf } from '../../../shared/numpy/ndarray.ts'
import { pythonLiteral } from '../../../shared/render/python.ts'
import { floatText, integerText } from '../../../shared/value/python-text.ts'
import type { Value } from '../../../shared/value/value.ts'
import { childAt, childCount } from '../../../shared/value/walk.ts'
import { needleOf } from './find-needle.ts'
import type { Needle } from './find-needle.ts'
import { formatPath } from './tree.ts'

/** A request looks for so long; the next one goes on where it stopped. */
const findMs = 200
const hitsPerPage = 1_000
/** Elements of an array, and characters of a long text, between two looks at the clock. */
const elementsAtOnce = 4_096
const charactersAtOnce = 1 << 20
/** Pieces of long texts overlap by so much, so that what stands across their edge is found. */
const overlap = 4_096
const keyCharacters = 200

/** Searches that a document has at once: it may have several viewers, each of whom looks for something else. */
const searchesAtMost = 4

/** A search of a document that goes on with every request. */
interface Search {
  readonly steps: Iterator<FindHit | undefined>
  readonly hits: FindHit[]
  looked: number
  isComplete: boolean
}

/** By text, the one that was asked for last at the end. */
const searches = new WeakMap<Document, Map<string, Search>>()

/** Goes on looking for a while. Hits are in the order of the tree. Throws `BAD_QUERY` and `USAGE`. */
export function findPage(document: Document, text: string, from: number): FindPage {
  const open = searches.get(document) ?? new Map<string, Search>()
  searches.set(document, open)
  const search = open.get(text) ?? begin(document, text)
  open.delete(text)
  open.set(text, search)
  const [longestUnused = text] = open.keys()
  if (open.size > searchesAtMost) open.delete(longestUnused)
  try {
    goOn(search)
  } catch (thrown) {
    // Bytes that have to be fetched first: it is asked again when they are here, and begins again.
    open.delete(text)
    throw thrown
  }
  const { hits, looked, isComplete } = search
  return {
    from,
    hits: hits.slice(from, from + hitsPerPage),
    found: hits.length,
    looked,
    isComplete,
    isFull: hits.length >= mostHits,
  }
}

function begin(document: Document, text: string): Search {
  const { root, source } = document.decoded
  const needle = needleOf(text)
  const steps = root ? findIn(root, source, needle) : [][Symbol.iterator]()
  return { steps, hits: [], looked: 0, isComplete: false }
}

function goOn(search: Search): void {
  const until = performance.now() + findMs
  while (!search.isComplete) {
    if (performance.now() >= until) return
    const step = search.steps.next()
    search.isComplete = step.done === true
    search.looked++
    if (!step.done && step.value) search.hits.push(step.value)
    if (search.hits.length >= mostHits) search.isComplete = true
  }
}

interface Open {
  readonly value: Value
  next: number
}

/** Hits of a value, and `undefined` for every piece of work without one. A value that occurs often is gone into once. */
export function* findIn(root: Value, source: ByteSource, needle: Needle): Generator<FindHit | undefined> {
  const finder = new Finder(source, needle)
  const open: Open[] = []
  const seen = new Set<Value>()
  const enter = (value: Value): void => {
    if (childCount(value) === 0 || seen.has(value) || finder.isLeaf(value)) return
    seen.add(value)
    open.push({ value, next: 0 })
  }
  const path = (): string => formatPath(open.map(({ next }) => next - 1))
  const own = yield* finder.inNode(root)
  if (own !== undefined) yield { path: '', where: 'value', text: own }
  enter(root)
  for (let top = open.at(-1); top; top = open.at(-1)) {
    const child = childAt(top.value, top.next++)
    if (!child) {
      open.pop()
      continue
    }
    const key = child.label.kind === 'key' ? finder.inKey(child.label.key) : undefined
    if (key !== undefined) yield { path: path(), where: 'key', text: key }
    const text = yield* finder.inNode(child.value)
    yield text === undefined ? undefined : { path: path(), where: 'value', text }
    enter(child.value)
  }
}

/** Looks into single nodes. What takes long is remembered, since a value may be referred to any number of times. */
class Finder {
  readonly #source: ByteSource
  readonly #needle: Needle
  readonly #known = new Map<Value, string | undefined>()

  constructor(source: ByteSource, needle: Needle) {
    this.#source = source
    this.#needle = needle
  }

  /** Elements of such an array are no nodes. */
  isLeaf(value: Value): boolean {
    const array = this.#arrayOf(value)
    return array !== undefined && array.items === undefined
  }

  inKey(key: Value): string | undefined {
    const scalar = scalarHit(key, this.#needle)
    if (scalar !== undefined || key.kind !== 'tuple') return scalar
    return this.#needle.inText(pythonLiteral(key, { source: this.#source, maxCharacters: keyCharacters }))
  }

  *inNode(value: Value): Generator<undefined, string | undefined> {
    const search = this.#longSearch(value)
    if (!search) return scalarHit(value, this.#needle)
    if (this.#known.has(value)) return this.#known.get(value)
    const text = yield* search
    this.#known.set(value, text)
    return text
  }

  #longSearch(value: Value): Generator<undefined, string | undefined> | undefined {
    switch (value.kind) {
      case 'ndarray':
      case 'object': {
        const array = this.#arrayOf(value)
        return array && !array.items ? arrayHit(array, this.#needle) : undefined
      }
      case 'bytes':
      case 'bytearray': {
        const { inline, at = 0, length } = value.bytes
        return piecesHit(length, this.#needle, (from, count) =>
          latin1(inline ? inline.subarray(from, from + count) : this.#source.read(at + from, count)),
        )
      }
      case 'str': {
        const text = value.value
        if (text.length <= charactersAtOnce) return undefined
        return piecesHit(text.length, this.#needle, (from, count) => text.slice(from, from + count))
      }
      default:
        return undefined
    }
  }

  #arrayOf(value: Value): NdArray | undefined {
    return value.kind === 'ndarray' || value.kind === 'object' ? asArray(value, this.#source) : undefined
  }
}

function scalarHit(value: Value, needle: Needle): string | undefined {
  const literal = literalOf(value)
  switch (value.kind) {
    case 'str':
      return needle.inText(value.value)
    case 'int':
    case 'float':
      return (needle.number === undefined ? needle.inScalar(literal) : Number(value.value) === needle.number)
        ? literal
        : undefined
    case 'none':
    case 'bool':
      return needle.inScalar(literal) ? literal : undefined
    case 'global':
      return needle.inText(literal)
    case 'object':
      return value.callee.kind === 'global' ? needle.inText(literalOf(value.callee)) : undefined
    default:
      return undefined
  }
}

function literalOf(value: Value): string {
  switch (value.kind) {
    case 'int':
      return integerText(value.value)
    case 'float':
      return floatText(value.value)
    case 'bool':
      return value.value ? 'True' : 'False'
    case 'none':
      return 'None'
    case 'global':
      return `${value.module}.${value.name}`
    default:
      return ''
  }
}

/** Looks through something long piece by piece; `read` gives so many characters from one on. */
function* piecesHit(
  length: number,
  needle: Needle,
  read: (from: number, count: number) => string,
): Generator<undefined, string | undefined> {
  for (let from = 0; from < length; from += charactersAtOnce) {
    const hit = needle.inText(read(from, Math.min(length - from, charactersAtOnce + overlap)))
    if (hit !== undefined) return hit
    yield undefined
  }
  return undefined
}

/** Bytes are looked at as if they were Latin-1. */
function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
}

/** The first element that is it: numbers in arrays of numbers, texts in arrays of texts. */
function arrayHit(array: NdArray, needle: Needle): Generator<undefined, string | undefined> | undefined {
  if (!array.data) return undefined
  if (array.dtype.kind === 'U' || array.dtype.kind === 'S') return textsHit(array, needle)
  return needle.number !== undefined && isNumeric(array.dtype) ? numbersHit(array, needle.number) : undefined
}

function* numbersHit(array: NdArray, wanted: number): Generator<undefined, string | undefined> {
  const { kind, itemsize } = array.dtype
  // In an array of float32 0.1 is the one that is nearest to it.
  const number = kind === 'f' && itemsize === 4 ? Math.fround(wanted) : wanted
  let before = 0
  for (const chunk of storedChunks(array)) {
    const numbers = numbersOf(array.dtype, chunk)
    const at = numbers.indexOf(number)
    if (at >= 0) return elementHit(array, indexOf(array, before + at, array.order))
    before += numbers.length
    yield undefined
  }
  return undefined
}

function* textsHit(array: NdArray, needle: Needle): Generator<undefined, string | undefined> {
  for (let from = 0; from < array.size; from += elementsAtOnce) {
    const cells = cellsOf(array, from, from + elementsAtOnce)
    const at = cells.findIndex(
      (cell) =>
        (cell?.kind === 'text' && needle.inText(cell.value) !== undefined) ||
        (cell?.kind === 'bytes' && needle.inText(latin1(cell.value)) !== undefined),
    )
    if (at >= 0) return elementHit(array, indexOf(array, from + at, 'C'))
    yield undefined
  }
  return undefined
}

/** `[12, 3] = 4.0`. */
function elementHit(array: NdArray, index: readonly number[]): string {
  const flat = index.reduce((sum, at, axis) => sum * array.shape[axis]! + at, 0)
  const [cell] = cellsOf(array, flat, flat + 1)
  return `[${index.join(', ')}] = ${cell && cell.kind !== 'node' ? elementText(cell) : ''}`
}

/** The index of an element by its number in C or Fortran order. */
function indexOf({ shape }: NdArray, flat: number, order: 'C' | 'F'): number[] {
  const index: number[] = []
  let rest = flat
  for (const length of order === 'C' ? shape.toReversed() : shape) {
    index.push(rest % length)
    rest = Math.floor(rest / length)
  }
  return order === 'C' ? index.toReversed() : index
}
