import { ProblemError } from '../model/errors.ts'
import type { Value } from '../value/value.ts'

/** Levels of nesting that a header may have; dtypes of real files have a few. */
const maxDepth = 32

/**
 * Reads a Python literal of the kinds that `.npy` headers hold: dict, list, tuple,
 * text, whole number, True, False, None. It is a parser, nothing is evaluated.
 * Offsets of the nodes are those of the characters, plus `base`.
 *
 * @throws ProblemError `BAD_ARRAY`
 */
export function parseLiteral(text: string, base: number): Value {
  const parser = new LiteralParser(text, base)
  const value = parser.value(0)
  parser.expectEnd()
  return value
}

const integer = /-?\d+/y
const word = /True|False|None/y
const space = /[ \t\r\n\f]*/y
const quote = /[bBuU]?(?=['"])/y

const escapes: Readonly<Partial<Record<string, string>>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  "'": "'",
  '"': '"',
}
const hexEscapes: Readonly<Partial<Record<string, number>>> = { x: 2, u: 4, U: 8 }

class LiteralParser {
  readonly #text: string
  readonly #base: number
  #at = 0

  constructor(text: string, base: number) {
    this.#text = text
    this.#base = base
  }

  value(depth: number): Value {
    if (depth > maxDepth) throw this.#fault('is nested too deeply')
    this.#match(space)
    const start = this.#base + this.#at
    const value = this.#bare(start, depth)
    value.end = this.#base + this.#at
    return value
  }

  expectEnd(): void {
    this.#match(space)
    if (this.#at < this.#text.length) throw this.#fault('goes on behind its dict')
  }

  #bare(start: number, depth: number): Value {
    const end = start
    const character = this.#text[this.#at]
    if (character === '{') return this.#dict(start, depth)
    if (character === '[') return { kind: 'list', start, end, items: this.#items(']', depth).items }
    if (character === '(') return this.#tuple(start, depth)
    const constant = this.#match(word)
    if (constant === 'None') return { kind: 'none', start, end }
    if (constant !== undefined) return { kind: 'bool', start, end, value: constant === 'True' }
    const digits = this.#match(integer)
    if (digits !== undefined) {
      // Python 2 wrote long integers with an L.
      if (this.#text[this.#at] === 'L') this.#at++
      const value = Number(digits)
      return { kind: 'int', start, end, value: Number.isSafeInteger(value) ? value : BigInt(digits) }
    }
    if (this.#match(quote) !== undefined) return { kind: 'str', start, end, value: this.#string() }
    throw this.#fault('holds something other than a literal')
  }

  #tuple(start: number, depth: number): Value {
    const { items, hasComma } = this.#items(')', depth)
    // Parentheses around one value without a comma are no tuple.
    if (items.length === 1 && !hasComma) return items[0]!
    return { kind: 'tuple', start, end: start, items }
  }

  #items(close: string, depth: number): { items: Value[]; hasComma: boolean } {
    const items: Value[] = []
    let hasComma = false
    this.#at++
    while (!this.#isNext(close)) {
      if (items.length > 0 && !hasComma) throw this.#fault('lacks a comma')
      items.push(this.value(depth + 1))
      hasComma = this.#isNext(',')
    }
    return { items, hasComma }
  }

  #dict(start: number, depth: number): Value {
    const keys: Value[] = []
    const values: Value[] = []
    let hasComma = true
    this.#at++
    while (!this.#isNext('}')) {
      if (!hasComma) throw this.#fault('lacks a comma')
      keys.push(this.value(depth + 1))
      if (!this.#isNext(':')) throw this.#fault('lacks a colon')
      values.push(this.value(depth + 1))
      hasComma = this.#isNext(',')
    }
    return { kind: 'dict', start, end: start, keys, values }
  }

  #string(): string {
    const close = this.#text[this.#at++]!
    let value = ''
    for (;;) {
      const character = this.#text[this.#at++]
      if (character === undefined || character === '\n') throw this.#fault('has a text without an end')
      if (character === close) return value
      value += character === '\\' ? this.#escape() : character
    }
  }

  #escape(): string {
    const letter = this.#text[this.#at++] ?? ''
    const plain = Object.hasOwn(escapes, letter) ? escapes[letter] : undefined
    if (plain !== undefined) return plain
    const length = Object.hasOwn(hexEscapes, letter) ? hexEscapes[letter]! : 0
    const hex = this.#text.slice(this.#at, this.#at + length)
    const codePoint =
      /^[0-9a-fA-F]+$/.test(hex) && hex.length === length ? Number.parseInt(hex, 16) : Infinity
    if (codePoint > 0x10ffff) throw this.#fault('has a broken escape')
    this.#at += length
    return String.fromCodePoint(codePoint)
  }

  #isNext(character: string): boolean {
    this.#match(space)
    if (this.#text[this.#at] !== character) return false
    this.#at++
    return true
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0]
    if (found !== undefined) this.#at += found.length
    return found
  }

  #fault(what: string): ProblemError {
    return new ProblemError({
      code: 'BAD_ARRAY',
      offset: this.#base + this.#at,
      sentence: `The header of the .npy data ${what}.`,
    })
  }
}
