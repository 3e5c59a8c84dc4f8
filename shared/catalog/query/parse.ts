import type { Comparison, Operator, Query, QueryValue, RegexValue, Subject, Word } from './ast.ts'
import { fieldTypes, isFieldName } from './ast.ts'
import { badQuery, quote, type Fix } from './error.ts'
import { checkRegex } from './regex.ts'
import { otherReading, regexAt, withEscapedSpaces } from './regex-literal.ts'
import { isNumber } from './units.ts'

/** Beyond these a filter is refused: they keep every later step (SQL's expression depth too) small. */
export const queryLimits = Object.freeze({ characters: 10_000, depth: 50, words: 300 })

/**
 * Reads a filter text (`docs/query.md`). An empty text is `{ kind: 'all' }`.
 *
 * @throws AppError BAD_QUERY with `data.column`, for texts beyond `queryLimits` too.
 */
export function parseQuery(text: string): Query {
  return parserOf(text).parse()
}

/** A term at the top of a filter, with its minus: UTF-16 units `[from, to)` of the text. */
export interface Term {
  readonly query: Query
  readonly from: number
  readonly to: number
}

/**
 * The terms that must all hold, in the order in which they stand; with an `or` at its top the filter is one term.
 *
 * @throws AppError as `parseQuery`
 */
export function parseTerms(text: string): readonly Term[] {
  return parserOf(text).terms()
}

function parserOf(text: string): Parser {
  if (text.length > queryLimits.characters) {
    throw badQuery(
      queryLimits.characters + 1,
      `a filter has at most ${queryLimits.characters} characters, this one has ${text.length}`,
    )
  }
  return new Parser(text)
}

const outputPrefix = 'output.'
const operatorPattern = /(?:!=|>=|<=|[:=<>])/y
const spacePattern = /\s*/y
/** A word at the place of a term ends where an operator could begin. */
const termPattern = /(?:[^\s()":=<>!]|!(?!=))+/y
const valuePattern = /[^\s()"]+/y
const itemPattern = /[^\s()",]+/y
const keywordPattern = /(and|or|not)(?=[\s()"]|$)/iy

class Parser {
  readonly #text: string
  #at = 0
  #depth = 0
  #words = 0
  /** Of the level of the text that is in no parentheses. */
  readonly #terms: Term[] = []
  #isChoice = false

  constructor(text: string) {
    this.#text = text
  }

  parse(): Query {
    this.#skipSpace()
    if (this.#atEnd()) return { kind: 'all' }
    const query = this.#or()
    if (!this.#atEnd()) {
      const fix = { column: this.#column(), old: ')', text: '' }
      throw badQuery(this.#column(), 'this parenthesis closes nothing; remove it or open one', fix)
    }
    return query
  }

  terms(): readonly Term[] {
    const query = this.parse()
    const [first] = this.#terms
    const last = this.#terms.at(-1)
    return this.#isChoice && first && last ? [{ query, from: first.from, to: last.to }] : this.#terms
  }

  #or(): Query {
    const terms = [this.#and()]
    while (this.#takeKeyword('or')) {
      this.#isChoice ||= this.#depth === 0
      terms.push(this.#and())
    }
    return join('or', terms)
  }

  #and(): Query {
    const terms = [this.#andTerm()]
    for (;;) {
      if (this.#takeKeyword('and')) terms.push(this.#andTerm())
      else if (this.#atEnd() || this.#peek() === ')' || this.#peekKeyword() === 'or') break
      else terms.push(this.#andTerm())
    }
    return join('and', terms)
  }

  #andTerm(): Query {
    const from = this.#at
    const query = this.#unary()
    if (this.#depth === 0)
      this.#terms.push({ query, from, to: this.#text.slice(0, this.#at).trimEnd().length })
    return query
  }

  #unary(): Query {
    let negated = false
    while (this.#takeKeyword('not') || this.#takeMinus()) negated = !negated
    const term = this.#peek() === '(' ? this.#group() : this.#term()
    return negated ? negate(term) : term
  }

  #group(): Query {
    const column = this.#column()
    if (++this.#depth > queryLimits.depth) {
      throw badQuery(column, `parentheses are nested more than ${queryLimits.depth} deep`)
    }
    this.#at++
    this.#skipSpace()
    const query = this.#or()
    if (this.#peek() !== ')') {
      throw badQuery(column, "this parenthesis is never closed; add ')'", this.#atTheEnd(')'))
    }
    this.#at++
    this.#skipSpace()
    this.#depth--
    return query
  }

  #term(): Query {
    const column = this.#column()
    if (this.#atEnd()) throw badQuery(column, 'the filter ends where a word or a field was expected')
    const keyword = this.#peekKeyword()
    if (keyword !== undefined) {
      throw badQuery(
        column,
        `a word or a field was expected before ${quote(keyword)}; quote it to search for the word`,
        { column, old: this.#text.slice(this.#at, this.#at + keyword.length), text: `"${keyword}"` },
      )
    }
    const regex = this.#regex()
    if (regex) {
      this.#countWord(column)
      this.#skipSpace()
      return regex
    }
    const quoted = this.#peek() === '"'
    const text = quoted ? this.#quoted() : this.#match(termPattern)
    if (text === outputPrefix && this.#peek() === '"') return this.#outputPath(column)
    if (text === undefined) {
      const found = this.#peek() ?? ''
      throw badQuery(column, `a word or a field was expected, not ${quote(found)}; quote it to search for it`)
    }
    this.#skipSpace()
    const operator = this.#match(operatorPattern) as Operator | undefined
    if (operator !== undefined) return this.#comparison(column, text, quoted, operator)
    this.#countWord(column)
    if (text === '') throw badQuery(column, 'a text was expected between the quotes')
    return { kind: 'text', text, column }
  }

  /** `output."free energy"`: a path that is no word. */
  #outputPath(column: number): Query {
    const path = this.#quoted()
    if (path === '')
      throw badQuery(this.#column() - 1, 'a path in the output was expected between the quotes')
    this.#skipSpace()
    const operator = this.#match(operatorPattern) as Operator | undefined
    if (operator === undefined)
      throw badQuery(this.#column(), `an operator was expected after the path, as in '>'`)
    return this.#compared(column, { kind: 'output', path }, operator, 'output')
  }

  #comparison(column: number, name: string, quoted: boolean, operator: Operator): Comparison {
    if (name === '') throw badQuery(column, 'the name of an argument was expected between the quotes')
    return this.#compared(column, subjectOf(name, quoted), operator, name)
  }

  #compared(column: number, subject: Subject, operator: Operator, name: string): Comparison {
    this.#skipSpace()
    const value = this.#value(subject, operator, name)
    this.#skipSpace()
    return { kind: 'compare', subject, operator, value, column }
  }

  #value(subject: Subject, operator: Operator, name: string): QueryValue {
    const column = this.#column()
    const next = this.#peek()
    if (next === '(') return this.#list(operator)
    this.#countWord(column)
    if (next === '"') return { kind: 'word', text: this.#quoted(), quoted: true, column }
    const regex = operator === ':' ? this.#regex(subject) : undefined
    if (regex) return regex
    const text = this.#match(valuePattern)
    if (text === undefined) throw badQuery(column, `a value was expected after ${quote(name + operator)}`)
    const range = operator === ':' || operator === '=' ? readRange(subject, text, column) : undefined
    return range ?? { kind: 'word', text, quoted: false, column }
  }

  #list(operator: Operator): QueryValue {
    const column = this.#column()
    if (operator !== ':' && operator !== '=') {
      throw badQuery(column, `a list goes with ':' or '=', not with '${operator}'`)
    }
    const items: Word[] = []
    do {
      this.#at++
      this.#skipSpace()
      const itemColumn = this.#column()
      this.#countWord(itemColumn)
      const quoted = this.#peek() === '"'
      const text = quoted ? this.#quoted() : this.#match(itemPattern)
      if (text === undefined) throw badQuery(itemColumn, 'a value was expected in the list')
      items.push({ kind: 'word', text, quoted, column: itemColumn })
      this.#skipSpace()
    } while (this.#peek() === ',')
    if (this.#peek() !== ')') throw badQuery(this.#column(), "',' or ')' was expected in the list")
    this.#at++
    return { kind: 'list', items, column }
  }

  /** @throws AppError BAD_QUERY where it could be meant as something else. */
  #regex(subject?: Subject): RegexValue | undefined {
    const column = this.#column()
    const literal = regexAt(this.#text, this.#at, this.#depth > 0)
    if (!literal) return undefined
    const doubt = otherReading(literal, subject)
    if (doubt !== undefined) {
      const old = this.#text.slice(this.#at, this.#at + literal.length)
      throw badQuery(column, doubt, { column, old, text: withEscapedSpaces(old) })
    }
    this.#at += literal.length
    const { pattern, ignoresCase } = literal
    const regex: RegexValue = { kind: 'regex', pattern, ignoresCase, column }
    checkRegex(regex)
    return regex
  }

  /** Text between quotes; `\"` and `\\` stand for the second character, other backslashes for themselves. */
  #quoted(): string {
    const column = this.#column()
    let text = ''
    for (let at = this.#at + 1; at < this.#text.length; at++) {
      let character = this.#text[at]!
      if (character === '"') {
        this.#at = at + 1
        return text
      }
      const next = this.#text[at + 1]
      if (character === '\\' && (next === '"' || next === '\\')) {
        character = next
        at++
      }
      text += character
    }
    throw badQuery(column, 'this quote is never closed; add a quote', this.#atTheEnd('"'))
  }

  #atTheEnd(text: string): Fix {
    return { column: this.#text.length + 1, old: '', text }
  }

  #takeMinus(): boolean {
    if (this.#peek() !== '-' || !/[^\s)]/.test(this.#text[this.#at + 1] ?? ' ')) return false
    this.#at++
    return true
  }

  #peekKeyword(): string | undefined {
    keywordPattern.lastIndex = this.#at
    return keywordPattern.exec(this.#text)?.[1]?.toLowerCase()
  }

  #takeKeyword(keyword: string): boolean {
    if (this.#peekKeyword() !== keyword) return false
    this.#at += keyword.length
    this.#skipSpace()
    return true
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const text = pattern.exec(this.#text)?.[0]
    if (text !== undefined) this.#at += text.length
    return text
  }

  #countWord(column: number): void {
    if (++this.#words > queryLimits.words) {
      throw badQuery(column, `a filter has at most ${queryLimits.words} words and values`)
    }
  }

  #skipSpace(): void {
    this.#match(spacePattern)
  }

  #peek(): string | undefined {
    return this.#text[this.#at]
  }

  #atEnd(): boolean {
    return this.#at >= this.#text.length
  }

  #column(): number {
    return this.#at + 1
  }
}

/** What a name in front of an operator names; `quoted`: it stood in quotes. */
export function subjectOf(name: string, quoted: boolean): Subject {
  if (quoted) return { kind: 'argument', name }
  if (name === 'output') return { kind: 'output', path: '' }
  if (name.startsWith(outputPrefix) && name !== outputPrefix)
    return { kind: 'output', path: name.slice(outputPrefix.length) }
  return isFieldName(name) ? { kind: 'field', name } : { kind: 'argument', name }
}

/**
 * `from..to` where a range makes sense: for ordered fields always, for an argument if both ends are
 * numbers (so that `path:../data` stays a path).
 */
function readRange(subject: Subject, text: string, column: number): QueryValue | undefined {
  const dots = text.indexOf('..')
  if (dots < 0) return undefined
  const from = text.slice(0, dots)
  const to = text.slice(dots + 2)
  if (subject.kind !== 'field') {
    const numbers = (from === '' || isNumber(from)) && (to === '' || isNumber(to))
    if (!numbers || text === '..') return undefined
  } else {
    const type = fieldTypes[subject.name]
    if (type === 'name' || type === 'key' || type === 'choice' || type === 'text') return undefined
    if (type === 'state' || type === 'shape' || type === 'arguments' || type === 'tag') return undefined
  }
  if (from === '' && to === '')
    throw badQuery(column, "a range has at least one end, as in '400..' or '..500'")
  return {
    kind: 'range',
    ...(from !== '' && { from }),
    ...(to !== '' && { to }),
    column,
  }
}

function negate(term: Query): Query {
  return term.kind === 'not' ? term.term : { kind: 'not', term }
}

/** Joins terms and flattens those of the same kind, so that equal filters have equal trees. */
function join(kind: 'and' | 'or', terms: readonly Query[]): Query {
  const flat = terms.flatMap((term) => (term.kind === kind ? term.terms : [term]))
  return flat.length === 1 ? flat[0]! : { kind, terms: flat }
}
