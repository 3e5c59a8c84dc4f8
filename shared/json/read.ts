import { ProblemError } from '../model/errors.ts'
import type { Problem } from '../model/errors.ts'
import type { ByteSource } from '../model/source.ts'
import type { CutValue, Decoded, DictValue, ListValue, Value } from '../value/value.ts'
import { JsonScanner } from './scanner.ts'

interface JsonLimits {
  /** Bytes of the whole text (`LIMIT_SIZE`): it is read in one piece. */
  readonly textBytes: number
  /** Memory for the tree beside 4 times the text, in bytes (`LIMIT_NODES`). */
  readonly treeBytes: number
  /** Digits of one integer, as CPython since 3.11 (`BAD_JSON`). */
  readonly integerDigits: number
}

const defaultJsonLimits: JsonLimits = Object.freeze({
  textBytes: 2 ** 28,
  treeBytes: 56 * 2 ** 20,
  integerDigits: 4300,
})

export interface JsonOptions {
  /** What differs from `defaultJsonLimits`. */
  readonly limits?: Partial<JsonLimits>
}

/** Bytes that nodes take on V8, with their slots in a container. */
const leafCost = 64
const textCost = 88
const listCost = 112
const dictCost = 160
/** Room that a container's arrays have to spare while it is being filled, given back when it is closed. */
const listRoom = 152
const dictRoom = 304
/** Of each key of an object that has so many that they are indexed. */
const indexedKeys = 16
const indexCost = 48

/**
 * Reads a JSON text as a tree: RFC 8259 and what Python's `json` writes beside it
 * (`NaN`, `Infinity`, `-Infinity`), a byte order mark allowed. Integers are exact;
 * `2.0` is a float and `2` an int. Of a key given twice the last value counts, at
 * the first one's place, as in a Python dict. Never throws for what the bytes are;
 * with a `problem` the tree has what was read and a `cut` where reading stopped.
 * Nesting is not limited: nothing here recurses.
 */
export function readJson(source: ByteSource, options: JsonOptions = {}): Decoded {
  const limits = options.limits ? { ...defaultJsonLimits, ...options.limits } : defaultJsonLimits
  let reader: JsonReader | undefined
  try {
    if (source.byteLength === 0) throw jsonFault('EMPTY', 0, 'There are no bytes to read.')
    if (source.byteLength > limits.textBytes) {
      throw jsonFault('LIMIT_SIZE', 0, `The JSON text has more than ${limits.textBytes} bytes.`)
    }
    reader = new JsonReader(source.read(0, source.byteLength), limits)
    const root = reader.read()
    return { root, format: 'json', source, problem: source.problem, end: source.byteLength }
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    const problem = source.problem ?? error.problem
    const end = error.problem.offset ?? 0
    return { root: reader?.partial(problem), format: reader ? 'json' : 'unknown', source, problem, end }
  }
}

function jsonFault(code: Problem['code'], offset: number, sentence: string): ProblemError {
  return new ProblemError({ code, offset, sentence })
}

interface OpenDict {
  readonly node: Mutable<DictValue>
  /** Place of each key, in case it comes again; only for objects of many keys. */
  places?: Map<string, number>
  /** Place of the key whose value comes next. */
  place: number
}

interface OpenList {
  readonly node: Mutable<ListValue>
  readonly place?: undefined
}

type Open = OpenDict | OpenList
type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }

/** An array or object that has just been opened, or a finished value. */
type Step = 'opened' | 'finished'

class JsonReader {
  readonly #scan: JsonScanner
  readonly #open: Open[] = []
  #root: Value | undefined
  #budget: number

  constructor(bytes: Uint8Array, limits: JsonLimits) {
    this.#scan = new JsonScanner(bytes, limits.integerDigits)
    this.#budget = limits.treeBytes + 4 * bytes.length
  }

  read(): Value {
    const scan = this.#scan
    scan.skipMark()
    let step = this.#value()
    while (this.#open.length > 0) {
      const top = this.#open.at(-1)!
      const isDict = top.node.kind === 'dict'
      if (scan.take(isDict ? 0x7d : 0x5d)) {
        this.#close()
        step = 'finished'
        continue
      }
      if (step === 'finished') scan.expect(0x2c, 'a comma or the end of its container')
      if (top.place !== undefined) this.#key(top)
      step = this.#value()
    }
    scan.expectEnd()
    return this.#root!
  }

  /** What was read up to an error. */
  partial(problem: Problem): Value | undefined {
    const { at } = this.#scan
    const cut: CutValue = { kind: 'cut', start: at, end: at, problem }
    for (const { node } of this.#open) node.end = at
    const top = this.#open.at(-1)?.node
    if (top?.kind === 'dict') {
      if (top.keys.length === top.values.length) top.keys.push(cut)
      top.values.push(cut)
    } else {
      top?.items.push(cut)
    }
    return this.#root
  }

  #key(top: OpenDict): void {
    const scan = this.#scan
    const { node } = top
    scan.skipSpace()
    const start = scan.at
    const value = scan.expectString()
    const known = placeOf(top, value)
    top.place = known ?? node.keys.length
    if (known === undefined) {
      this.#charge(textCost + 2 * value.length + (top.places ? indexCost : 0))
      top.places?.set(value, top.place)
      node.keys.push({ kind: 'str', start, end: scan.at, value })
    }
    scan.expect(0x3a, 'a colon')
  }

  #value(): Step {
    const scan = this.#scan
    scan.skipSpace()
    const start = scan.at
    if (scan.take(0x7b)) {
      this.#charge(dictCost + dictRoom)
      const node: DictValue = { kind: 'dict', start, end: start, keys: [], values: [] }
      this.#put(node)
      this.#open.push({ node, place: 0 })
      return 'opened'
    }
    if (scan.take(0x5b)) {
      this.#charge(listCost + listRoom)
      const node: ListValue = { kind: 'list', start, end: start, items: [] }
      this.#put(node)
      this.#open.push({ node })
      return 'opened'
    }
    this.#charge(leafCost)
    const node = scan.scalar()
    if (node.kind === 'str') this.#charge(textCost - leafCost + 2 * node.value.length)
    this.#put(node)
    return 'finished'
  }

  #put(value: Value): void {
    const top = this.#open.at(-1)
    if (!top) this.#root = value
    else if (top.place !== undefined) top.node.values[top.place] = value
    else top.node.items.push(value)
  }

  #close(): void {
    const { node } = this.#open.pop()!
    node.end = this.#scan.at
    // A copy of an array has no room to spare.
    if (node.kind === 'dict') {
      node.keys = node.keys.slice()
      node.values = node.values.slice()
      this.#budget += dictRoom
    } else {
      node.items = node.items.slice()
      this.#budget += listRoom
    }
  }

  #charge(bytes: number): void {
    this.#budget -= bytes
    if (this.#budget >= 0) return
    const { at } = this.#scan
    throw jsonFault(
      'LIMIT_NODES',
      at,
      'The value needs more memory than its size allows; it is shown up to here.',
    )
  }
}

/** Where an object already has a key. */
function placeOf(top: OpenDict, key: string): number | undefined {
  const { keys } = top.node
  if (top.places) return top.places.get(key)
  if (keys.length >= indexedKeys) {
    top.places = new Map(keys.map((node, place) => [node.kind === 'str' ? node.value : '', place]))
    return top.places.get(key)
  }
  const place = keys.findIndex((node) => node.kind === 'str' && node.value === key)
  return place < 0 ? undefined : place
}
