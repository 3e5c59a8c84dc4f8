import { AppError } from '../model/errors.ts'
import {
  makeBool,
  makeBytes,
  makeCall,
  makeDict,
  makeFloat,
  makeGlobal,
  makeInt,
  makeList,
  makeNone,
  makeSet,
  makeStr,
  makeTuple,
} from '../value/make.ts'
import type { Value } from '../value/value.ts'
import { dtypeOfTypedArray, NDArray, type NumericArray } from './ndarray.ts'

/** A JavaScript array that Python is to see as a tuple: `tuple(8, 8, 8)`. */
export class Tuple extends Array<unknown> {}

export function tuple(...items: unknown[]): Tuple {
  const made = new Tuple()
  made.push(...items)
  return made
}

/** A number that Python is to see as a float although it is whole. */
export class Float {
  readonly value: number

  constructor(value: number) {
    this.value = value
  }
}

/**
 * The Python value that stands for a JavaScript value:
 *
 * | JavaScript | Python |
 * | --- | --- |
 * | null, undefined | None |
 * | boolean, string | bool, str |
 * | whole number, bigint | int (`new Float(2)` for 2.0; -0 is a float) |
 * | other number | float |
 * | array, `Tuple`, Set | list, tuple, set |
 * | plain object | dict with str keys, in order |
 * | Map | collections.OrderedDict |
 * | Uint8Array, ArrayBuffer | bytes |
 * | Date | datetime.datetime in UTC |
 * | other typed arrays, `NDArray` | numpy.ndarray |
 *
 * Sharing and cycles are kept.
 * @throws AppError `USAGE` for anything else (functions, symbols, class instances), naming its path.
 */
export function fromJs(value: unknown): Value {
  return new Converter().convert(value, 'value')
}

class Converter {
  readonly #known = new Map<object, Value>()

  convert(value: unknown, path: string): Value {
    switch (typeof value) {
      case 'undefined':
        return makeNone()
      case 'boolean':
        return makeBool(value)
      case 'string':
        return makeStr(value)
      case 'bigint':
        return makeInt(value)
      case 'number':
        return Number.isSafeInteger(value) && !Object.is(value, -0) ? makeInt(value) : makeFloat(value)
      case 'object':
        return value === null ? makeNone() : this.#object(value, path)
      default:
        throw refused(`a ${typeof value}`, path)
    }
  }

  #object(value: object, path: string): Value {
    const known = this.#known.get(value)
    if (known) return known
    const made = this.#container(value, path) ?? this.#leaf(value, path)
    this.#known.set(value, made)
    return made
  }

  /** Containers are known before their items are converted, so that a cycle finds them. */
  #container(value: object, path: string): Value | undefined {
    if (Array.isArray(value) || value instanceof Set) {
      const made = value instanceof Set ? makeSet([]) : value instanceof Tuple ? makeTuple([]) : makeList([])
      this.#known.set(value, made)
      if ('items' in made) {
        let index = 0
        for (const item of value) made.items!.push(this.convert(item, `${path}[${index++}]`))
      }
      return made
    }
    if (value instanceof Map) {
      const made = makeCall(makeGlobal('collections', 'OrderedDict'), [])
      this.#known.set(value, made)
      made.dictKeys = []
      made.dictValues = []
      for (const [key, item] of value) {
        made.dictKeys.push(this.convert(key, `${path} key`))
        made.dictValues.push(this.convert(item, `${path}.get(${String(key)})`))
      }
      return made
    }
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype !== null && prototype !== Object.prototype) return undefined
    const made = makeDict([])
    this.#known.set(value, made)
    for (const [name, item] of Object.entries(value)) {
      made.keys.push(makeStr(name))
      made.values.push(this.convert(item, `${path}.${name}`))
    }
    return made
  }

  #leaf(value: object, path: string): Value {
    if (value instanceof Float) return makeFloat(value.value)
    if (value instanceof Date) return datetime(value, path)
    if (value instanceof NDArray) return ndarray(value.data, value.shape)
    if (value instanceof ArrayBuffer) return makeBytes(new Uint8Array(value))
    if (value instanceof Uint8Array) return makeBytes(Uint8Array.from(value))
    if (ArrayBuffer.isView(value) && dtypeOfTypedArray.has(value.constructor)) {
      const elements = value as NumericArray
      return ndarray(elements, [elements.length])
    }
    throw refused(`an instance of ${value.constructor?.name ?? 'a class'}`, path)
  }
}

function refused(what: string, path: string): AppError {
  return new AppError(
    'USAGE',
    `${path} is ${what}, which no Python value stands for: convert it to plain objects, arrays, texts or numbers first`,
  )
}

/** As `datetime.__reduce__` packs it: year in two bytes, then month to microseconds (CPython Lib/_pydatetime.py, `_getstate`). */
function datetime(date: Date, path: string): Value {
  const year = date.getUTCFullYear()
  if (Number.isNaN(date.getTime()) || year < 1 || year > 9999)
    throw refused('a date outside of the years 1 to 9999', path)
  const microseconds = date.getUTCMilliseconds() * 1000
  const packed = Uint8Array.of(
    year >> 8,
    year & 0xff,
    date.getUTCMonth() + 1,
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
    microseconds >> 16,
    (microseconds >> 8) & 0xff,
    microseconds & 0xff,
  )
  const zero = makeCall(makeGlobal('datetime', 'timedelta'), [makeInt(0), makeInt(0), makeInt(0)])
  const utc = makeCall(makeGlobal('datetime', 'timezone'), [zero])
  return makeCall(makeGlobal('datetime', 'datetime'), [makeBytes(packed), utc])
}

function ndarray(data: NumericArray, shape: readonly number[]): Value {
  const name = dtypeOfTypedArray.get(data.constructor)!
  const order = name.endsWith('1') ? '|' : '<'
  const dtype = makeCall(
    makeGlobal('numpy', 'dtype'),
    [makeStr(name), makeBool(false), makeBool(true)],
    makeTuple([
      makeInt(3),
      makeStr(order),
      makeNone(),
      makeNone(),
      makeNone(),
      makeInt(-1),
      makeInt(-1),
      makeInt(0),
    ]),
  )
  const inline = new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice()
  return {
    kind: 'ndarray',
    dtype,
    shape,
    order: 'C',
    data: { inline, length: inline.length },
    start: 0,
    end: 0,
  }
}
