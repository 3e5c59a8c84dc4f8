import { bytesText, complexText, decimalText, floatText, strText } from '../value/python-text.ts'
import type { TimeCount } from './datetime.ts'
import { datetime64Text, timedelta64Text } from './datetime.ts'
import type { DType } from './dtype.ts'
import { extendedFloat, halfFloat, shortestExponential } from './floats.ts'

/** One element of an array, decoded. Bytes are views of what was decoded, not copies. */
export type Element =
  | { readonly kind: 'bool'; readonly value: boolean }
  /** `bigint` beyond ±(2^53 − 1), a number within. */
  | { readonly kind: 'int'; readonly value: number | bigint }
  /** Itemsize tells how many digits mean something. */
  | { readonly kind: 'float'; readonly value: number; readonly itemsize: number }
  | { readonly kind: 'complex'; readonly real: number; readonly imaginary: number; readonly itemsize: number }
  | { readonly kind: 'text'; readonly value: string }
  /** Of an S dtype without the trailing zeros (as numpy hands it out), of a V dtype all. */
  | { readonly kind: 'bytes'; readonly value: Uint8Array }
  | ({ readonly kind: 'datetime' } & TimeCount)
  | ({ readonly kind: 'timedelta' } & TimeCount)
  | {
      readonly kind: 'record'
      readonly fields: readonly { readonly name: string; readonly value: Element }[]
    }
  /** A sub-array: `bytes` hold its elements in C order, in the byte order of `base`. */
  | {
      readonly kind: 'array'
      readonly base: DType
      readonly shape: readonly number[]
      readonly bytes: Uint8Array
    }
  /** An object reference inside bytes: the object itself is not there. */
  | { readonly kind: 'pointer' }

const notATime = -(2n ** 63n)

/** Decodes one element of `dtype.itemsize` bytes; the view must hold them. */
export function decodeElement(dtype: DType, view: DataView, offset: number): Element {
  const little = dtype.byteOrder !== '>'
  switch (dtype.kind) {
    case 'b':
      return { kind: 'bool', value: view.getUint8(offset) !== 0 }
    case 'i':
    case 'u':
      return { kind: 'int', value: decodeInteger(dtype, view, offset, little) }
    case 'f':
      return {
        kind: 'float',
        value: decodeFloat(dtype.itemsize, view, offset, little),
        itemsize: dtype.itemsize,
      }
    case 'c': {
      const half = dtype.itemsize / 2
      const real = decodeFloat(half, view, offset, little)
      return {
        kind: 'complex',
        real,
        imaginary: decodeFloat(half, view, offset + half, little),
        itemsize: half,
      }
    }
    case 'U':
      return { kind: 'text', value: decodeText(view, offset, dtype.itemsize, little) }
    case 'S':
      return { kind: 'bytes', value: withoutTrailingZeros(bytesAt(view, offset, dtype.itemsize)) }
    case 'M':
    case 'm': {
      const count = view.getBigInt64(offset, little)
      const unit = dtype.datetime?.unit ?? 'generic'
      const time = { count: count === notATime ? undefined : count, unit, step: dtype.datetime?.step ?? 1 }
      return { kind: dtype.kind === 'M' ? 'datetime' : 'timedelta', ...time }
    }
    case 'O':
      return { kind: 'pointer' }
    default:
      return decodeVoid(dtype, view, offset)
  }
}

function decodeVoid(dtype: DType, view: DataView, offset: number): Element {
  if (dtype.subarray) {
    const { base, shape } = dtype.subarray
    return { kind: 'array', base, shape, bytes: bytesAt(view, offset, dtype.itemsize) }
  }
  if (!dtype.fields) return { kind: 'bytes', value: bytesAt(view, offset, dtype.itemsize) }
  // The nesting of fields is bounded by the dtype's parser.
  const fields = dtype.fields.map((field) => ({
    name: field.name,
    value: decodeElement(field.dtype, view, offset + field.offset),
  }))
  return { kind: 'record', fields }
}

function decodeInteger(dtype: DType, view: DataView, offset: number, little: boolean): number | bigint {
  const signed = dtype.kind === 'i'
  if (dtype.itemsize === 1) return signed ? view.getInt8(offset) : view.getUint8(offset)
  if (dtype.itemsize === 2) return signed ? view.getInt16(offset, little) : view.getUint16(offset, little)
  if (dtype.itemsize === 4) return signed ? view.getInt32(offset, little) : view.getUint32(offset, little)
  return safeInteger(signed ? view.getBigInt64(offset, little) : view.getBigUint64(offset, little))
}

/** A number where it is exact, else the bigint itself. */
export function safeInteger(value: bigint): number | bigint {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

function decodeFloat(itemsize: number, view: DataView, offset: number, little: boolean): number {
  if (itemsize === 8) return view.getFloat64(offset, little)
  if (itemsize === 4) return view.getFloat32(offset, little)
  if (itemsize === 2) return halfFloat(view.getUint16(offset, little))
  return extendedFloat(view, offset, itemsize, little)
}

/** UTF-32 without its trailing zeros; a code point that is none becomes U+FFFD. */
function decodeText(view: DataView, offset: number, itemsize: number, little: boolean): string {
  let end = offset + itemsize
  while (end > offset && view.getUint32(end - 4, little) === 0) end -= 4
  let text = ''
  for (let at = offset; at < end; at += 4) {
    const point = view.getUint32(at, little)
    text += point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd'
  }
  return text
}

function bytesAt(view: DataView, offset: number, length: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + offset, length)
}

function withoutTrailingZeros(bytes: Uint8Array): Uint8Array {
  let length = bytes.length
  while (length > 0 && bytes[length - 1] === 0) length--
  return bytes.subarray(0, length)
}

/** The view that `decodeElement` wants. */
export function viewOfBytes(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Sub-arrays and texts longer than this are shortened in `elementText`. */
const shownItems = 8
const shownCharacters = 200

/**
 * An element as Python shows it: `1`, `0.1` (float32 in its own digits), `(1+2j)`,
 * `'Cu'`, `b'ab'`, `2026-01-01T00:00`, `90 seconds`, `('Cu', 1, [0.0, 1.0])`.
 */
export function elementText(element: Element): string {
  switch (element.kind) {
    case 'bool':
      return element.value ? 'True' : 'False'
    case 'int':
      return String(element.value)
    case 'float':
      return sizedFloatText(element.value, element.itemsize)
    case 'complex':
      return complexText(element.real, element.imaginary, (part) => sizedFloatText(part, element.itemsize))
    case 'text':
      return shortened(strText(element.value))
    case 'bytes':
      return shortened(
        bytesText(element.value.subarray(0, shownCharacters)),
        element.value.length > shownCharacters,
      )
    case 'datetime':
      return datetime64Text(element)
    case 'timedelta':
      return timedelta64Text(element)
    case 'record':
      return recordText(element.fields)
    case 'array':
      return subarrayText(element.base, element.bytes)
    default:
      return '<object>'
  }
}

function recordText(fields: readonly { readonly value: Element }[]): string {
  const shown = fields.slice(0, shownItems).map((field) => elementText(field.value))
  if (fields.length > shownItems) shown.push('…')
  return shown.length === 1 ? `(${shown[0]},)` : `(${shown.join(', ')})`
}

function subarrayText(base: DType, bytes: Uint8Array): string {
  const count = base.itemsize === 0 ? 0 : bytes.length / base.itemsize
  const view = viewOfBytes(bytes)
  const shown: string[] = []
  for (let i = 0; i < Math.min(count, shownItems); i++) {
    shown.push(elementText(decodeElement(base, view, i * base.itemsize)))
  }
  if (count > shownItems) shown.push('…')
  return `[${shown.join(', ')}]`
}

function shortened(text: string, cut = false): string {
  return cut || text.length > shownCharacters ? text.slice(0, shownCharacters) + '…' : text
}

/** `repr` of a float of its own size: a float32 of 0.1 is `0.1`. */
export function sizedFloatText(value: number, itemsize: number): string {
  if (!Number.isFinite(value) || value === 0 || itemsize >= 8) return floatText(value)
  return decimalText(shortestExponential(value, itemsize))
}
