import { viewOf } from '../lenses/view-of.ts'
import type { View } from '../lenses/view.ts'
import type { ByteSource } from '../model/source.ts'
import { dtypeText, shapeText } from '../numpy/dtype.ts'
import { pythonLiteral } from '../render/python.ts'
import type { Value } from '../value/value.ts'

/** A text that equal values share, whatever they are stored as. */
export interface Digest {
  readonly text: string
  /** False if not all of the value went into it: then equal digests do not mean equal values. */
  readonly isWhole: boolean
}

interface Bounds {
  readonly depth: number
  readonly nodes: number
  readonly characters: number
}

const aligning: Bounds = { depth: 3, nodes: 100, characters: 200 }
const keying: Bounds = { depth: 12, nodes: 1000, characters: Infinity }

/** For finding out which items of two lists are likely the same. */
export function alignmentDigest(node: Value, source: ByteSource): string {
  return new Digester(source, aligning).digest(node).text
}

/** For keys of dicts and items of sets: as in Python, `1`, `1.0` and `True` are one key. */
export function keyDigest(node: Value, source: ByteSource): Digest {
  return new Digester(source, keying).digest(node)
}

class Digester {
  readonly #source: ByteSource
  readonly #bounds: Bounds
  #nodes = 0
  #isWhole = true

  constructor(source: ByteSource, bounds: Bounds) {
    this.#source = source
    this.#bounds = bounds
  }

  digest(node: Value): Digest {
    const text = this.#node(node, 0)
    return { text, isWhole: this.#isWhole }
  }

  #node(node: Value, depth: number): string {
    if (depth > this.#bounds.depth || this.#nodes++ >= this.#bounds.nodes) return this.#cut()
    const view = viewOf(node, this.#source)
    switch (view.kind) {
      case 'bool':
      case 'int':
      case 'float':
        return numberText(view.value)
      case 'text':
        return `s${JSON.stringify(this.#clipped(view.value))}`
      case 'list':
      case 'tuple':
      case 'deque':
        return this.#items(view.kind, view.items, depth)
      case 'set':
      case 'frozenset':
        return this.#set(view.items, depth)
      case 'dict':
      case 'ordereddict':
      case 'counter':
      case 'defaultdict':
        return this.#pairs(view.keys, view.values, depth)
      case 'object':
        return this.#object(view, depth)
      case 'ndarray':
        this.#isWhole = false
        return `a${dtypeText(view.array.dtype)}${shapeText(view.array.shape)}`
      default:
        return this.#other(node, view)
    }
  }

  #cut(): string {
    this.#isWhole = false
    return '…'
  }

  #clipped(text: string): string {
    const { characters } = this.#bounds
    if (text.length <= characters) return text
    this.#isWhole = false
    return `${text.length}:${text.slice(0, characters)}${text.slice(-characters)}`
  }

  #items(name: string, items: readonly Value[], depth: number): string {
    return `${name}${items.length}[${this.#some(items, depth).join(',')}]`
  }

  #some(items: readonly Value[], depth: number): string[] {
    const texts: string[] = []
    for (const item of items) {
      texts.push(this.#node(item, depth + 1))
      if (!this.#isWhole && texts.length >= this.#bounds.nodes) break
    }
    return texts
  }

  /** Items of a set that is cut depend on its order; only their number is told then. */
  #set(items: readonly Value[], depth: number): string {
    const texts = this.#some(items, depth)
    return this.#isWhole ? `set${items.length}{${texts.toSorted().join(',')}}` : `set${items.length}`
  }

  #pairs(keys: readonly Value[], values: readonly Value[], depth: number): string {
    const names = this.#some(keys, depth)
    if (!this.#isWhole) return `dict${keys.length}`
    const pairs = names.map((name, i) => `${name}:${this.#node(values[i]!, depth + 1)}`)
    return `dict${keys.length}{${this.#isWhole ? pairs.toSorted().join(',') : names.toSorted().join(',')}}`
  }

  #object({ parts }: Extract<View, { kind: 'object' }>, depth: number): string {
    const name = parts.name ? `${parts.name.module}.${parts.name.name}` : '?'
    const state = parts.state ? this.#node(parts.state, depth + 1) : ''
    const items = parts.listItems ? this.#items('', parts.listItems, depth) : ''
    const pairs = parts.dictKeys ? this.#pairs(parts.dictKeys, parts.dictValues ?? [], depth) : ''
    return `o${name}${this.#items('', parts.args, depth)}${state}${items}${pairs}`
  }

  #other(node: Value, view: View): string {
    const characters = Math.min(this.#bounds.characters, 2000)
    const text = pythonLiteral(node, { source: this.#source, maxCharacters: characters })
    if (text.includes('…')) this.#isWhole = false
    return `${view.kind}:${text}`
  }
}

function numberText(value: number | bigint | boolean): string {
  const number = typeof value === 'boolean' ? Number(value) : value
  return Object.is(number, -0)
    ? 'n0'
    : `n${typeof number === 'number' && Number.isInteger(number) ? BigInt(number) : number}`
}
