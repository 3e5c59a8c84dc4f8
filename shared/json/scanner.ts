import { ProblemError } from '../model/errors.ts'
import type { Value } from '../value/value.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const number = /^(-?(?:0|[1-9][0-9]*))((?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)$/
const escapes: Readonly<Partial<Record<string, string>>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}
const words = new Map<number, readonly [string, (start: number, end: number) => Value]>([
  [0x6e, ['null', (start, end) => ({ kind: 'none', start, end })]],
  [0x74, ['true', (start, end) => ({ kind: 'bool', start, end, value: true })]],
  [0x66, ['false', (start, end) => ({ kind: 'bool', start, end, value: false })]],
  [0x4e, ['NaN', (start, end) => ({ kind: 'float', start, end, value: Number.NaN })]],
  [0x49, ['Infinity', (start, end) => ({ kind: 'float', start, end, value: Infinity })]],
])

/** Tokens of a JSON text; `at` is the offset of the next byte. Throws `ProblemError` with the offset. */
export class JsonScanner {
  readonly #bytes: Uint8Array
  readonly #integerDigits: number
  at = 0

  constructor(bytes: Uint8Array, integerDigits: number) {
    this.#bytes = bytes
    this.#integerDigits = integerDigits
  }

  /** Steps over a byte order mark. */
  skipMark(): void {
    if (this.#bytes[0] === 0xef && this.#bytes[1] === 0xbb && this.#bytes[2] === 0xbf) this.at = 3
  }

  skipSpace(): void {
    for (;;) {
      const byte = this.#bytes[this.at]
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return
      this.at++
    }
  }

  /** Steps over `byte` if it comes next, white space aside. */
  take(byte: number): boolean {
    this.skipSpace()
    if (this.#bytes[this.at] !== byte) return false
    this.at++
    return true
  }

  expect(byte: number, name: string): void {
    if (!this.take(byte)) throw this.#unexpected(name)
  }

  expectEnd(): void {
    this.skipSpace()
    if (this.at < this.#bytes.length) throw this.#fault('The JSON text goes on behind its value.')
  }

  expectString(): string {
    if (this.#bytes[this.at] !== 0x22) throw this.#unexpected('a key in quotes')
    return this.#string()
  }

  /** A text, number or word. */
  scalar(): Value {
    const start = this.at
    const byte = this.#bytes[start]
    if (byte === 0x22) {
      const value = this.#string()
      return { kind: 'str', start, end: this.at, value }
    }
    if (byte === 0x2d && this.#bytes[start + 1] === 0x49) {
      this.at++
      this.#word('Infinity')
      return { kind: 'float', start, end: this.at, value: -Infinity }
    }
    if (byte === 0x2d || (byte !== undefined && byte >= 0x30 && byte <= 0x39)) return this.#number()
    const word = byte === undefined ? undefined : words.get(byte)
    if (!word) throw this.#unexpected('a value')
    this.#word(word[0])
    return word[1](start, this.at)
  }

  #word(word: string): void {
    for (let i = 0; i < word.length; i++) {
      const byte = this.#bytes[this.at + i]
      if (byte === undefined) throw this.#truncated(this.at)
      if (byte !== word.charCodeAt(i)) throw this.#unexpected(`the word ${word}`)
    }
    this.at += word.length
  }

  #number(): Value {
    const start = this.at
    let end = start
    while (isNumberByte(this.#bytes[end])) end++
    const match = end - start <= 2 ** 16 ? number.exec(ascii(this.#bytes, start, end)) : null
    if (!match) throw this.#fault('A number is not written as JSON writes one.')
    this.at = end
    const [text, digits, rest] = match
    if (rest !== '') return { kind: 'float', start, end, value: Number(text) }
    if (digits!.length > this.#integerDigits) {
      this.at = start
      throw this.#fault(`An integer has more than ${this.#integerDigits} digits.`)
    }
    // `-0` is the integer 0 to Python.
    const value = Number(text) || 0
    return { kind: 'int', start, end, value: Number.isSafeInteger(value) ? value : BigInt(text) }
  }

  /** From the opening quote to behind the closing one. */
  #string(): string {
    const bytes = this.#bytes
    const start = this.at + 1
    let end = start
    let hasEscape = false
    for (;;) {
      const byte = bytes[end]
      if (byte === 0x22) break
      if (byte === undefined) throw this.#truncated(bytes.length)
      if (byte < 0x20) throw this.#faultAt(end, 'A text has a control character that is not escaped.')
      if (byte === 0x5c) {
        hasEscape = true
        end++
      }
      end++
    }
    const raw = this.#decode(start, end)
    const text = hasEscape ? this.#unescape(raw) : raw
    this.at = end + 1
    return text
  }

  #decode(start: number, end: number): string {
    try {
      return utf8.decode(this.#bytes.subarray(start, end))
    } catch {
      throw this.#fault('A text is not valid UTF-8.')
    }
  }

  #unescape(raw: string): string {
    return raw.replaceAll(/\\(?:u([0-9a-fA-F]{4})|(.))/gsu, (_, hex?: string, letter?: string) => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16))
      const plain = Object.hasOwn(escapes, letter!) ? escapes[letter!] : undefined
      if (plain === undefined) throw this.#fault('A text has a broken escape.')
      return plain
    })
  }

  #unexpected(wanted: string): ProblemError {
    if (this.at >= this.#bytes.length) return this.#truncated(this.at)
    return this.#fault(`The JSON text needs ${wanted} here.`)
  }

  #truncated(at: number): ProblemError {
    return new ProblemError({
      code: 'TRUNCATED',
      offset: at,
      sentence: 'The JSON text ends before its value does.',
    })
  }

  #fault(sentence: string): ProblemError {
    return this.#faultAt(this.at, sentence)
  }

  #faultAt(offset: number, sentence: string): ProblemError {
    return new ProblemError({ code: 'BAD_JSON', offset, sentence })
  }
}

function isNumberByte(byte: number | undefined): boolean {
  if (byte === undefined) return false
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    byte === 0x2e ||
    byte === 0x2d ||
    byte === 0x2b ||
    (byte | 0x20) === 0x65
  )
}

function ascii(bytes: Uint8Array, start: number, end: number): string {
  let text = ''
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i]!)
  return text
}
