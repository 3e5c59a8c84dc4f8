import { viewOf } from '../lenses/view-of.ts'
import type { View } from '../lenses/view.ts'
import { AppError } from '../model/errors.ts'
import type { ByteSource } from '../model/source.ts'
import { canonicalBytes } from '../numpy/canonical.ts'
import { orderedChunks } from '../numpy/chunks.ts'
import { dtypeText } from '../numpy/dtype.ts'
import type { NdArray } from '../numpy/ndarray.ts'
import type { BytesRef, Value } from '../value/value.ts'
import { tuple, Tuple } from './from-js.ts'
import { NDArray, type NumericArray } from './ndarray.ts'

/** Levels of nesting that are converted: enough for data, far from the end of the stack. */
const maxLevels = 1000

/**
 * A stored Python value as JavaScript has it: the inverse of `fromJs`, and for what other
 * programs stored the nearest thing there is. Dicts whose keys are all texts become objects without
 * a prototype-borne trap, other mappings a Map; ints beyond 2^53 a bigint; arrays of numbers a typed array or,
 * with more dimensions, an `NDArray`; NaN, infinities and -0 are themselves.
 *
 * @throws AppError `USAGE` for values that JavaScript has nothing for (instances of classes,
 * arrays of objects), naming the type: look at them with `hashcache show`.
 */
export function toJs(root: Value, source: ByteSource): unknown {
  return new Converter(source).convert(root, 0)
}

class Converter {
  readonly #source: ByteSource
  readonly #known = new Map<Value, unknown>()

  constructor(source: ByteSource) {
    this.#source = source
  }

  convert(node: Value, level: number): unknown {
    const known = this.#known.get(node)
    if (known !== undefined) return known
    if (level > maxLevels)
      throw new AppError('USAGE', `The value is nested more than ${maxLevels} levels deep`)
    const view = viewOf(node, this.#source)
    const container = this.#container(view, node, level)
    if (container !== undefined) return container
    const leaf = this.#leaf(view)
    if (typeof leaf === 'object' && leaf !== null) this.#known.set(node, leaf)
    return leaf
  }

  /** Containers are known before their items are converted, so that a cycle finds them. */
  #container(view: View, node: Value, level: number): unknown {
    switch (view.kind) {
      case 'list':
      case 'tuple': {
        const items: unknown[] | Tuple = view.kind === 'tuple' ? tuple() : []
        this.#known.set(node, items)
        for (const item of view.items) items.push(this.convert(item, level + 1))
        return items
      }
      case 'set':
      case 'frozenset': {
        const items = new Set<unknown>()
        this.#known.set(node, items)
        for (const item of view.items) items.add(this.convert(item, level + 1))
        return items
      }
      case 'dict':
      case 'ordereddict':
      case 'counter':
      case 'defaultdict':
        return view.kind === 'dict' && view.keys.every((key) => key.kind === 'str')
          ? this.#object(view.keys, view.values, node, level)
          : this.#map(view.keys, view.values, node, level)
      default:
        return undefined
    }
  }

  #object(keys: readonly Value[], values: readonly Value[], node: Value, level: number): object {
    const object: Record<string, unknown> = {}
    this.#known.set(node, object)
    for (const [index, key] of keys.entries()) {
      // An assignment to `__proto__` would set the prototype; a definition makes a plain property.
      Object.defineProperty(object, (key as Value & { kind: 'str' }).value, {
        value: this.convert(values[index]!, level + 1),
        writable: true,
        enumerable: true,
        configurable: true,
      })
    }
    return object
  }

  #map(keys: readonly Value[], values: readonly Value[], node: Value, level: number): Map<unknown, unknown> {
    const map = new Map<unknown, unknown>()
    this.#known.set(node, map)
    for (const [index, key] of keys.entries()) {
      map.set(this.convert(key, level + 1), this.convert(values[index]!, level + 1))
    }
    return map
  }

  #bytes(ref: BytesRef): Uint8Array {
    return Uint8Array.from(ref.inline ?? this.#source.read(ref.at, ref.length))
  }

  #leaf(view: View): unknown {
    switch (view.kind) {
      case 'none':
        return null
      case 'bool':
      case 'int':
      case 'float':
      case 'text':
        return view.value
      case 'bytes':
      case 'bytearray':
        return this.#bytes(view.bytes)
      case 'datetime':
      case 'timestamp': {
        const date = new Date(view.iso)
        if (!Number.isNaN(date.getTime())) return date
        throw nothingFor(view.kind)
      }
      case 'npscalar':
        if (view.element.kind === 'bool' || view.element.kind === 'int' || view.element.kind === 'float') {
          return view.element.value
        }
        throw nothingFor('numpy scalar')
      case 'ndarray':
        return typedArray(view.array)
      default:
        throw nothingFor(view.kind)
    }
  }
}

function nothingFor(what: string): AppError {
  return new AppError(
    'USAGE',
    `The stored value has a ${what}, which JavaScript has no value for: look at it with \`hashcache show\``,
  )
}

const makers: Readonly<Record<string, (buffer: ArrayBuffer) => NumericArray>> = {
  '|i1': (buffer) => new Int8Array(buffer),
  '|u1': (buffer) => new Uint8Array(buffer),
  '|b1': (buffer) => new Uint8Array(buffer),
  '<i2': (buffer) => new Int16Array(buffer),
  '<u2': (buffer) => new Uint16Array(buffer),
  '<i4': (buffer) => new Int32Array(buffer),
  '<u4': (buffer) => new Uint32Array(buffer),
  '<i8': (buffer) => new BigInt64Array(buffer),
  '<u8': (buffer) => new BigUint64Array(buffer),
  '<f4': (buffer) => new Float32Array(buffer),
  '<f8': (buffer) => new Float64Array(buffer),
}

function typedArray(array: NdArray): NDArray | NumericArray {
  const name = dtypeText(array.dtype).replace('>', '<')
  const make = makers[name]
  if (!make || !array.data) throw nothingFor(`numpy array of ${dtypeText(array.dtype)}`)
  const bytes = new Uint8Array(array.size * array.dtype.itemsize)
  let filled = 0
  for (const chunk of orderedChunks(array)) {
    const little = canonicalBytes(array.dtype, chunk)
    bytes.set(little, filled)
    filled += little.length
  }
  const elements = make(bytes.buffer)
  return array.shape.length === 1 ? elements : new NDArray(elements, array.shape)
}
