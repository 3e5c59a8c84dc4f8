/**
 * Python's own texts of scalars (`repr`), from JavaScript values.
 */

/** `repr` of a float: `2.0`, `1e-06`, `-0.0`, `nan`, `inf`. Digits are the fewest that read back the same. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (value === Infinity) return 'inf'
  if (value === -Infinity) return '-inf'
  if (Object.is(value, -0)) return '-0.0'
  // Where neither language writes an exponent both write the same digits, but for Python's `.0`.
  const size = Math.abs(value)
  if (size >= 1e-4 && size < 1e16) return Number.isInteger(value) ? `${value}.0` : String(value)
  return decimalText(value.toExponential())
}

/** Writes `d.ddde±x` as Python's `repr` does: with an exponent below 1e-4 and from 1e16 on. */
export function decimalText(exponential: string): string {
  const [mantissa = '0', exponentText = '0'] = exponential.split('e')
  const sign = mantissa.startsWith('-') ? '-' : ''
  const digits = mantissa.replace('-', '').replace('.', '')
  const exponent = Number(exponentText)
  if (exponent < -4 || exponent >= 16) {
    const fraction = digits.length > 1 ? '.' + digits.slice(1) : ''
    const power = String(Math.abs(exponent)).padStart(2, '0')
    return `${sign}${digits[0]}${fraction}e${exponent < 0 ? '-' : '+'}${power}`
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0')
  return `${sign}${whole}.${digits.slice(exponent + 1) || '0'}`
}

/** `repr` of a complex number: `(1+2j)`, `-0j`, `2j`. */
export function complexText(
  real: number,
  imaginary: number,
  float: (part: number) => string = floatText,
): string {
  const imaginaryText = float(imaginary).replace(/\.0$/, '')
  if (Object.is(real, 0)) return imaginaryText + 'j'
  const sign = imaginaryText.startsWith('-') ? '' : '+'
  return `(${float(real).replace(/\.0$/, '')}${sign}${imaginaryText}j)`
}

/** `repr` of a whole number. Beyond some 3,000 digits hexadecimal, which any Python reads without a limit. */
export function integerText(value: number | bigint): string {
  if (typeof value === 'number') return String(value)
  return isLong(value) ? hexText(value) : String(value)
}

const longest = 1n << 10_000n

/** True above 10,000 bits, where decimal digits are slow to make and nobody reads them. */
export function isLong(value: bigint): boolean {
  return value >= longest || value <= -longest
}

export function hexText(value: bigint): string {
  return value < 0n ? '-0x' + (-value).toString(16) : '0x' + value.toString(16)
}

// Characters that `str.isprintable` refuses: controls, format marks, separators other than
// the space, surrogates, private use and unassigned code points.
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu

const shortEscapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** Beyond this many characters a regular expression is faster than a loop. */
const loopCharacters = 100

/** Only printable ASCII, and no quote or backslash: what `repr` puts in quotes as it is. */
function isPlain(text: string): boolean {
  if (text.length > loopCharacters) return false
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x20 || unit > 0x7e || unit === 0x27 || unit === 0x5c) return false
  }
  return true
}

/** `repr` of a str: single quotes unless only single ones occur inside; what cannot be printed as escapes. */
export function strText(value: string): string {
  if (isPlain(value)) return `'${value}'`
  const quote = value.includes("'") && !value.includes('"') ? '"' : "'"
  const body = value
    .replaceAll('\\', '\\\\')
    .replaceAll(quote, '\\' + quote)
    .replace(unprintable, escapeCharacter)
  return quote + body + quote
}

/** A name or a sentence with what cannot be seen, or turns the direction of the text, as escapes; no quotes. */
export function visibleText(text: string): string {
  if (isPlain(text)) return text
  return text.replace(unprintable, escapeCharacter)
}

function escapeCharacter(character: string): string {
  const short = shortEscapes[character]
  if (short) return short
  const code = character.codePointAt(0)!
  if (code < 0x100) return '\\x' + code.toString(16).padStart(2, '0')
  if (code < 0x10000) return '\\u' + code.toString(16).padStart(4, '0')
  return '\\U' + code.toString(16).padStart(8, '0')
}

/** `repr` of bytes: `b'abc\x00'`. */
export function bytesText(bytes: Uint8Array): string {
  const quote = bytes.includes(0x27) && !bytes.includes(0x22) ? '"' : "'"
  let text = 'b' + quote
  for (const byte of bytes) {
    const character = String.fromCharCode(byte)
    if (character === '\\' || character === quote) text += '\\' + character
    else if (byte >= 0x20 && byte < 0x7f) text += character
    else text += shortEscapes[character] ?? '\\x' + byte.toString(16).padStart(2, '0')
  }
  return text + quote
}
