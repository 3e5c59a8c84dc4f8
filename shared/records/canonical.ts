import { arrayView } from '../lenses/arrays.ts'
import { partsOf } from '../lenses/parts.ts'
import type { ByteSource } from '../model/source.ts'
import { dtypeText } from '../numpy/dtype.ts'
import type { NdArray } from '../numpy/ndarray.ts'
import type { BytesRef, ObjectValue, Value } from '../value/value.ts'

/** A text of a value: of two that are whole and equal, the values are equal, type by type. */
export interface Canonical {
  readonly text: string
  /** False if not all of the value went into it: then equal texts say only that the values may be equal. */
  readonly isWhole: boolean
}

const nodesAtMost = 10_000
const charactersAtMost = 200_000
const depthAtMost = 100
/** Of each array and each piece of bytes so much is read: what is longer is stepped over. */
const bytesAtMost = 4096

/**
 * The canonical text of parts of a record. Dicts and sets do not depend on their order, 0.0 is −0.0, nan is nan, as
 * when values are compared; 1, 1.0 and True are different. Equal values that Python stored in different ways (arrays
 * in Fortran order, an object by another `__reduce__`) may have different texts.
 */
export function canonicalText(parts: readonly Value[], source: ByteSource): Canonical {
  const writer = new CanonicalWriter(source)
  const text = parts.map((part) => writer.text(part)).join('|')
  return { text, isWhole: writer.isWhole }
}

class CanonicalWriter {
  readonly #source: ByteSource
  readonly #ancestors: Value[] = []
  #nodes = 0
  #characters = 0
  isWhole = true

  constructor(source: ByteSource) {
    this.#source = source
  }

  /** As deep as `depthAtMost`. */
  text(node: Value): string {
    if (++this.#nodes > nodesAtMost || this.#characters > charactersAtMost) return this.#cut()
    switch (node.kind) {
      case 'none':
        return 'N'
      case 'bool':
        return node.value ? 'T' : 'F'
      case 'int':
        return `i${node.value}`
      case 'float':
        return `f${Object.is(node.value, -0) ? 0 : node.value}`
      case 'str':
        return this.#counted(`s${node.value.length}:${node.value}`)
      case 'bytes':
      case 'bytearray':
        return this.#counted(`${node.kind}${node.bytes.length}:${this.#bytes(node.bytes)}`)
      case 'global':
        return this.#counted(`g${JSON.stringify([node.module, node.name])}`)
      case 'extension':
        return `e${node.code}`
      case 'cut':
      case 'buffer':
        return this.#cut()
      default:
        return this.#nested(node)
    }
  }

  #nested(node: Value): string {
    const depth = this.#ancestors.length
    if (depth >= depthAtMost) return this.#cut()
    // Within itself: so many levels up.
    const above = this.#ancestors.lastIndexOf(node)
    if (above >= 0) return `^${depth - above}`
    this.#ancestors.push(node)
    const text = this.#container(node)
    this.#ancestors.pop()
    return text
  }

  #container(node: Value): string {
    switch (node.kind) {
      case 'list':
      case 'tuple':
        return `${node.kind}${this.#items(node.items)}`
      case 'set':
      case 'frozenset':
        return `${node.kind}{${this.#each(node.items).toSorted().join(',')}}`
      case 'dict':
        return this.#pairs(node.keys, node.values)
      case 'persistent':
        return `p(${this.text(node.id)})`
      case 'ndarray':
      case 'object': {
        const view = arrayView(node, this.#source)
        if (view?.kind === 'ndarray') return this.#array(view.array, view.className)
        return node.kind === 'object' ? this.#object(node) : this.#cut()
      }
      default:
        return this.#cut()
    }
  }

  #array(array: NdArray, className = ''): string {
    const { dtype, shape, order } = array
    const head = this.#counted(`a${JSON.stringify([className, dtypeText(dtype), shape.join('x'), order])}`)
    if (array.items) return `${head}${this.#items(array.items)}`
    const { data } = array
    const length = array.size * array.dtype.itemsize
    if (!data) return length === 0 ? head : head + this.#cut()
    const read = Math.min(length, bytesAtMost)
    if (read < length) this.isWhole = false
    return this.#counted(`${head}:${latin1(data.source.read(data.at, read))}`)
  }

  #object(node: ObjectValue): string {
    const { name, callee, args, kwargs, state, listItems, dictKeys, dictValues, how, called } = partsOf(node)
    const parts = [
      `${how}${called}`,
      name ? this.#counted(JSON.stringify([name.module, name.name])) : this.text(callee),
      this.#items(args),
      kwargs ? this.text(kwargs) : '',
      state ? this.text(state) : '',
      listItems ? this.#items(listItems) : '',
      // Not sorted: an OrderedDict is stored so.
      dictKeys ? this.#items([...dictKeys, ...(dictValues ?? [])]) : '',
    ]
    return `o(${parts.join(';')})`
  }

  #items(items: readonly Value[]): string {
    return `${items.length}[${this.#each(items).join(',')}]`
  }

  #pairs(keys: readonly Value[], values: readonly Value[]): string {
    const pairs: string[] = []
    for (const [i, key] of keys.entries()) {
      pairs.push(`${this.text(key)}=${this.text(values[i]!)}`)
      if (this.#isOver) break
    }
    return `dict${keys.length}{${pairs.toSorted().join(',')}}`
  }

  #each(items: readonly Value[]): string[] {
    const texts: string[] = []
    for (const item of items) {
      texts.push(this.text(item))
      if (this.#isOver) break
    }
    return texts
  }

  get #isOver(): boolean {
    const isOver = this.#nodes > nodesAtMost || this.#characters > charactersAtMost
    if (isOver) this.isWhole = false
    return isOver
  }

  #counted(text: string): string {
    const room = Math.max(0, charactersAtMost - this.#characters)
    this.#characters += text.length
    if (text.length <= room) return text
    this.isWhole = false
    return text.slice(0, room)
  }

  #bytes(ref: BytesRef): string {
    const length = Math.min(ref.length, bytesAtMost)
    if (length < ref.length) this.isWhole = false
    return latin1(ref.inline?.subarray(0, length) ?? this.#source.read(ref.at ?? 0, length))
  }

  #cut(): string {
    this.isWhole = false
    return '…'
  }
}

/** At most `bytesAtMost`, which is no more than a call may have arguments. */
function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes)
}
