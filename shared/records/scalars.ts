import { scalarOf } from '../lenses/arrays.ts'
import type { ByteSource } from '../model/source.ts'
import type { Value } from '../value/value.ts'

/** Names are kept to this length in the index: a hostile one must not fill it. */
const nameCharacters = 1000

/** A text fit for a list: control characters (and NUL, which SQL would end at) made harmless, bounded. */
export function nameText(value: Value | undefined): string | undefined {
  return value?.kind === 'str' ? cleanText(value.value, nameCharacters) : undefined
}

export function cleanText(text: string, characters: number): string {
  const bounded = text.length > characters ? text.slice(0, characters - 1) + '…' : text
  if (isShortAscii(bounded)) return bounded
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return /[\u0000-\u001f\u007f-\u009f\ud800-\udfff]/.test(bounded) ? withoutControls(bounded) : bounded
}

/** Most names are; calling a regular expression costs more than looking at them. */
function isShortAscii(text: string): boolean {
  if (text.length > 100) return false
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x20 || unit > 0x7e) return false
  }
  return true
}

function withoutControls(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '\ufffd').toWellFormed()
}

/**
 * The number that a value is for sorting and comparing: ints (big ones nearly), floats but NaN, booleans
 * as 0 and 1, numpy scalars of these kinds. Others, and whole numbers beyond all floats, have none.
 */
export function numberOf(value: Value | undefined, source: ByteSource): number | undefined {
  switch (value?.kind) {
    case 'bool':
      return value.value ? 1 : 0
    case 'int':
      return finiteInteger(value.value)
    case 'float':
      return Number.isNaN(value.value) ? undefined : value.value
    case 'object':
      return numpyNumber(value, source)
    default:
      return undefined
  }
}

function finiteInteger(value: number | bigint): number | undefined {
  const number = Number(value)
  return Number.isFinite(number) ? number : undefined
}

function numpyNumber(node: Value, source: ByteSource): number | undefined {
  const element = scalarOf(node, source)?.element
  switch (element?.kind) {
    case 'bool':
      return element.value ? 1 : 0
    case 'int':
      return finiteInteger(element.value)
    case 'float':
      return Number.isNaN(element.value) ? undefined : element.value
    default:
      return undefined
  }
}

const firstSecond = Date.parse('0001-01-01T00:00:00Z') / 1000
const lastSecond = Date.parse('9999-12-31T23:59:59Z') / 1000 + 1

/** A moment in Unix seconds; `undefined` if it is no number or lies outside the years 1 to 9999. */
export function momentOf(value: Value | undefined, source: ByteSource): number | undefined {
  return value?.kind === 'bool' ? undefined : momentIn(numberOf(value, source))
}

export function momentIn(seconds: number | undefined): number | undefined {
  return seconds !== undefined && seconds >= firstSecond && seconds < lastSecond ? seconds : undefined
}

/** A duration in seconds, from 0 to ten thousand years; `undefined` for anything else. */
export function durationOf(value: Value | undefined, source: ByteSource): number | undefined {
  return value?.kind === 'bool' ? undefined : durationIn(numberOf(value, source))
}

export function durationIn(seconds: number | undefined): number | undefined {
  return seconds !== undefined && seconds >= 0 && seconds < lastSecond ? seconds : undefined
}
