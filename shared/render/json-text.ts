import type { DType } from '../numpy/dtype.ts'
import { dtypeJson } from '../numpy/dtype.ts'
import { encodeSurrogatePass } from '../pickle/surrogates.ts'
import { floatText, hexText, isLong } from '../value/python-text.ts'

/** Pieces of the rendering that need no tree: numbers, strings, dtypes. ASCII throughout. */

/** A JSON string in ASCII; lone surrogates stay, as `\udXXX`. */
export function jsonString(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\uffff]/g, escapeUnit)
}

function escapeUnit(unit: string): string {
  return '\\u' + unit.charCodeAt(0).toString(16).padStart(4, '0')
}

/** A number in Python's shortest form (`2.0`, `1e-06`), or `{"$float": …}` for what JSON has no number for. */
export function jsonFloat(value: number): string {
  return Number.isFinite(value) ? floatText(value) : `{"$float":"${floatText(value)}"}`
}

export function jsonInt(value: number | bigint): string {
  if (typeof value === 'number') return String(value)
  return `{"$int":"${isLong(value) ? hexText(value) : value}"}`
}

export function jsonComplex(real: number, imaginary: number): string {
  return `{"$complex":[${jsonFloat(real)},${jsonFloat(imaginary)}]}`
}

export function jsonDType(dtype: DType): string {
  return JSON.stringify(dtypeJson(dtype)).replace(/[\u007f-\uffff]/g, escapeUnit)
}

/** Texts of more code points than this are told by length and hash. */
const wholeCodePoints = 2000
const headCodePoints = 80

/** A str: whole up to 2,000 code points. `hash` is given the UTF-8 bytes. */
export function jsonStr(text: string, hash: (bytes: Uint8Array) => string): string {
  // Code points are never more than UTF-16 units.
  if (text.length <= wholeCodePoints) return jsonString(text)
  const length = codePointsOf(text)
  if (length <= wholeCodePoints) return jsonString(text)
  const bytes = encodeSurrogatePass(text)
  const head = Array.from(text.slice(0, 2 * headCodePoints))
    .slice(0, headCodePoints)
    .join('')
  return `{"$str":{"length":${length},"utf8_length":${bytes.length},"sha256":"${hash(bytes)}","head":${jsonString(head)}}}`
}

function codePointsOf(text: string): number {
  let count = text.length
  for (let i = 0; i + 1 < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0xd800 || unit > 0xdbff) continue
    const next = text.charCodeAt(i + 1)
    if (next >= 0xdc00 && next <= 0xdfff) count--
  }
  return count
}
