import { fault } from './faults.ts'
import type { Limits } from './limits.ts'
import { decodeLatin1 } from './decode-text.ts'

/** Python's `int(text, 0)`: prefixes, underscores between digits, no leading zeros. */
const pythonInteger =
  /^[ \t-\r]*([+-]?)(0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|0(?:_?0)*|[1-9](?:_?[0-9])*)[ \t-\r]*$/
/** C's `strtol(text, &end, 0)` that took the whole line. */
const cInteger = /^[ \t-\r]*([+-]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)$/
const decimalInteger = /^[ \t-\r]*([+-]?)([0-9](?:_?[0-9])*)[ \t-\r]*$/
const float = /^[+-]?(?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)$/
const namedFloat = /^([+-]?)(?:(inf(?:inity)?)|nan)$/i

/** A line's text up to a NUL, where C's parsers of numbers stop. */
function numberText(line: Uint8Array): string {
  const nul = line.indexOf(0)
  return decodeLatin1(nul < 0 ? line : line.subarray(0, nul))
}

function narrowed(value: bigint): number | bigint {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

function signed(sign: string | undefined, digits: string): number | bigint {
  const plain = digits.replaceAll('_', '')
  if (plain.length <= 15) {
    const value = Number(plain)
    return sign === '-' && value !== 0 ? -value : value
  }
  const value = BigInt(plain)
  return narrowed(sign === '-' ? -value : value)
}

function badInteger(): Error {
  return fault('BAD_ARGUMENT', 'An integer is not written as one.')
}

function checkDigits(digits: string, limits: Limits): void {
  if (digits.length > limits.integerDigits && /^[0-9_]+$/.test(digits)) {
    throw fault('BAD_ARGUMENT', `An integer has more than ${limits.integerDigits} digits.`)
  }
}

/** Argument of LONG: as `PyLong_FromString(line, NULL, 0)`, an `L` at the end allowed. */
export function parseLong(line: Uint8Array, limits: Limits): number | bigint {
  const whole = line.at(-1) === 0x4c ? line.subarray(0, -1) : line
  return pythonText(numberText(whole), limits)
}

function pythonText(text: string, limits: Limits): number | bigint {
  const match = pythonInteger.exec(text)
  if (!match) throw badInteger()
  checkDigits(match[2]!, limits)
  return signed(match[1], match[2]!)
}

/** Argument of INT: `00` and `01` are booleans; numbers first as C reads them, then as Python does. */
export function parseInt0(line: Uint8Array, limits: Limits): number | bigint | boolean {
  // strtol finds no number before a NUL and answers 0, which C takes for one.
  const text = line[0] === 0 ? '0' : numberText(line)
  const match = text.length <= 24 ? cInteger.exec(text) : null
  if (!match) return pythonText(text, limits)
  const digits = match[2]!
  const isOctal = digits.length > 1 && digits.startsWith('0') && !/^0[xX]/.test(digits)
  const value = signed(match[1], isOctal ? `0o${digits.slice(1)}` : digits)
  if (BigInt.asIntN(64, BigInt(value)) !== BigInt(value)) return pythonText(text, limits)
  if (line.length === 2 && (value === 0 || value === 1)) return value === 1
  return value
}

/** Argument of GET and PUT. */
export function parseIndex(line: Uint8Array): number {
  const match = decimalInteger.exec(numberText(line))
  const index = match ? Number(match[2]!.replaceAll('_', '')) : Number.NaN
  if (!Number.isSafeInteger(index))
    throw fault('BAD_ARGUMENT', 'A memo index is not a number that can be one.')
  return match![1] === '-' && index !== 0 ? -index : index
}

/** Argument of FLOAT: as `PyOS_string_to_double`, which refuses what overflows. */
export function parseFloatLine(line: Uint8Array): number {
  const text = numberText(line)
  const named = namedFloat.exec(text)
  if (named) return named[2] === undefined ? Number.NaN : named[1] === '-' ? -Infinity : Infinity
  const value = float.test(text) ? Number(text) : Number.NaN
  if (!Number.isFinite(value)) throw fault('BAD_ARGUMENT', 'A float is not written as one.')
  return value
}

const hexPairs: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, '0'),
)

/** A two's complement integer, little-endian, of any length. */
export function decodeInteger(bytes: Uint8Array): number | bigint {
  const { length } = bytes
  if (length <= 6) {
    let value = 0
    for (let i = length - 1; i >= 0; i--) value = value * 256 + bytes[i]!
    return length > 0 && bytes[length - 1]! > 127 ? value - 256 ** length : value
  }
  const digits: string[] = []
  for (let i = length - 1; i >= 0; i--) digits.push(hexPairs[bytes[i]!]!)
  return narrowed(BigInt.asIntN(8 * length, BigInt(`0x${digits.join('')}`)))
}
