import { parseKey } from '../../model/keys.ts'
import { argumentCondition } from './argument.ts'
import type { Comparison, FieldName, FieldType, Operator, Query, QueryValue, Word } from './ast.ts'
import { choices, fieldTypes } from './ast.ts'
import type { Condition } from './condition.ts'
import { joinConditions } from './condition.ts'
import { badQuery, quote } from './error.ts'
import { compareTexts, compareVersions, foldFor, isPattern, matchesPattern } from './text.ts'
import { readSeconds, readSizeBytes, readTimeSpan } from './units.ts'

/** What compiling asks of the index. */
export interface CompileContext {
  readonly nowSeconds: number
  /** Numbers of the interned texts for which `matches` is true. */
  stringIds(matches: (text: string) => boolean): number[]
  /** Number of an interned text, if some entry has it. */
  stringId(text: string): number | undefined
  /** The entry's call or output preview contains `text`, ignoring case. */
  textCondition(text: string): Condition
}

/**
 * A filter as SQL with bound parameters; no word of the user is ever part of the SQL itself.
 *
 * @throws AppError BAD_QUERY where a value does not fit its field.
 */
export function compileQuery(query: Query, context: CompileContext): Condition {
  switch (query.kind) {
    case 'all':
      return { sql: '1', parameters: [] }
    case 'and':
    case 'or': {
      const terms = query.terms.map((term) => compileQuery(term, context))
      return joinConditions(query.kind === 'and' ? 'AND' : 'OR', terms)
    }
    case 'not': {
      const { sql, parameters } = compileQuery(query.term, context)
      return { sql: `NOT ${sql}`, parameters }
    }
    case 'text':
      return freeText(query.text, context)
    case 'compare':
      return compare(query, context)
  }
}

const never: Condition = { sql: '0', parameters: [] }

function compare(comparison: Comparison, context: CompileContext): Condition {
  const { subject } = comparison
  if (subject.kind === 'argument') {
    const name = context.stringId(subject.name)
    if (name === undefined) return never
    const { sql, parameters } = argumentCondition(comparison)
    return {
      sql: `id IN (SELECT entry FROM arguments WHERE name = ? AND ${sql})`,
      parameters: [name, ...parameters],
    }
  }
  const compileField: Record<FieldType, FieldCompiler> = {
    name: nameCondition,
    version: nameCondition,
    key: keyCondition,
    choice: choiceCondition,
    size: (c, field) => numberCondition(c, 'size', (word) => readSizeBytes(word.text, word.column), field),
    duration: (c, field) =>
      numberCondition(c, 'elapsed', (word) => readSeconds(word.text, word.column, false), field),
    age: ageCondition,
    time: timeCondition,
    text: textFieldCondition,
  }
  return compileField[fieldTypes[subject.name]](comparison, subject.name, context)
}

type FieldCompiler = (comparison: Comparison, field: FieldName, context: CompileContext) => Condition

function wordsOf(value: QueryValue): readonly Word[] {
  if (value.kind === 'list') return value.items
  return value.kind === 'word' ? [value] : []
}

/** The ends of a range as words, so that messages point at it. */
function endsOf(value: QueryValue & { kind: 'range' }): { from?: Word; to?: Word } {
  const word = (text: string): Word => ({ kind: 'word', text, quoted: false, column: value.column })
  return {
    ...(value.from !== undefined && { from: word(value.from) }),
    ...(value.to !== undefined && { to: word(value.to) }),
  }
}

// ---- names: func, module, user, host, cwd, type, version ------------------------------------------

function nameCondition(comparison: Comparison, field: FieldName, context: CompileContext): Condition {
  const column = field === 'type' ? 'output_type' : field
  const { operator, value } = comparison
  if (value.kind === 'word' && operator === ':' && !value.quoted && value.text === '*') {
    return { sql: `${column} IS NOT NULL`, parameters: [] }
  }
  return oneOf(column, context.stringIds(nameTest(value, operator, field)))
}

function oneOf(column: string, stringIds: readonly number[]): Condition {
  if (stringIds.length === 0) return never
  return {
    sql: `(${column} IS NOT NULL AND ${column} IN (SELECT value FROM json_each(?)))`,
    parameters: [JSON.stringify(stringIds)],
  }
}

function nameTest(value: QueryValue, operator: Operator, field: FieldName): (text: string) => boolean {
  const compareNames = field === 'version' ? compareVersions : compareTexts
  if (value.kind === 'range') {
    const { from, to } = value
    return (text) =>
      (from === undefined || compareNames(text, from) >= 0) &&
      (to === undefined || compareNames(text, to) <= 0)
  }
  if (operator === ':' || operator === '=') {
    const tests = wordsOf(value).map((word) =>
      operator === ':' ? likeTest(word) : (text: string) => text === word.text,
    )
    return (text) => tests.some((test) => test(text))
  }
  const { text: wanted } = value as Word
  if (operator === '!=') return (text) => text !== wanted
  return (text) => holds(operator, compareNames(text, wanted))
}

/** What `:` means: equal ignoring case, with `*` for any characters. */
function likeTest(word: Word): (text: string) => boolean {
  const fold = foldFor(word.text)
  const wanted = fold(word.text)
  return isPattern(word) ? (text) => matchesPattern(wanted, fold(text)) : (text) => fold(text) === wanted
}

function holds(operator: '>' | '>=' | '<' | '<=', difference: number): boolean {
  switch (operator) {
    case '>':
      return difference > 0
    case '>=':
      return difference >= 0
    case '<':
      return difference < 0
    case '<=':
      return difference <= 0
  }
}

// ---- kind, status -------------------------------------------------------------------------------

function choiceCondition({ operator, value, column }: Comparison, field: FieldName): Condition {
  if (operator !== ':' && operator !== '=' && operator !== '!=') {
    throw badQuery(column, `'${field}' takes ':', '=' or '!=', not '${operator}'`)
  }
  const known: readonly string[] = field === 'kind' ? choices.kind : choices.status
  const numbers = wordsOf(value).map((word) => {
    const number = known.indexOf(word.text.toLowerCase())
    if (number < 0)
      throw badQuery(word.column, `'${field}' is one of ${known.join(', ')}, not ${quote(word.text)}`)
    return number
  })
  const not = operator === '!=' ? 'NOT ' : ''
  return { sql: `${field} ${not}IN (${numbers.map(() => '?').join(', ')})`, parameters: numbers }
}

// ---- numbers: size, took, age, run --------------------------------------------------------------

function numberCondition(
  { operator, value, column: place }: Comparison,
  column: string,
  read: (word: Word) => number,
  field: FieldName,
): Condition {
  const present = `${column} IS NOT NULL AND`
  if (value.kind === 'range') {
    const { from, to } = endsOf(value)
    return between(column, from && read(from), to && read(to))
  }
  const numbers = wordsOf(value).map(read)
  if (numbers.length === 0) throw badQuery(place, `a value was expected for '${field}'`)
  if (operator === ':' || operator === '=') {
    return { sql: `(${present} ${column} IN (${numbers.map(() => '?').join(', ')}))`, parameters: numbers }
  }
  return { sql: `(${present} ${column} ${operator} ?)`, parameters: numbers }
}

function between(column: string, from: number | undefined, to: number | undefined): Condition {
  const ends: Condition[] = [{ sql: `${column} IS NOT NULL`, parameters: [] }]
  if (from !== undefined) ends.push({ sql: `${column} >= ?`, parameters: [from] })
  if (to !== undefined) ends.push({ sql: `${column} <= ?`, parameters: [to] })
  return joinConditions('AND', ends)
}

const mirrored = { '>': '<', '>=': '<=', '<': '>', '<=': '>=' } as const

function ageCondition(
  { operator, value, column }: Comparison,
  _: FieldName,
  { nowSeconds }: CompileContext,
): Condition {
  const moment = (word: Word): number => nowSeconds - readSeconds(word.text, word.column, true)
  if (value.kind === 'range') {
    const { from, to } = endsOf(value)
    return between('run_at', to && moment(to), from && moment(from))
  }
  if (value.kind === 'list' || operator === ':' || operator === '=' || operator === '!=') {
    throw badQuery(column, "'age' takes > >= < <= or a range, as in age>30d or age:1d..7d")
  }
  return { sql: `(run_at IS NOT NULL AND run_at ${mirrored[operator]} ?)`, parameters: [moment(value)] }
}

function timeCondition(
  { operator, value }: Comparison,
  _: FieldName,
  { nowSeconds }: CompileContext,
): Condition {
  const span = (word: Word): readonly [number, number] => readTimeSpan(word.text, word.column, nowSeconds)
  const from = (seconds: number): Condition => ({ sql: 'run_at >= ?', parameters: [seconds] })
  const before = (seconds: number): Condition => ({ sql: 'run_at < ?', parameters: [seconds] })
  const present: Condition = { sql: 'run_at IS NOT NULL', parameters: [] }
  if (value.kind === 'range') {
    const ends = endsOf(value)
    const conditions = [present]
    if (ends.from) conditions.push(from(span(ends.from)[0]))
    if (ends.to) conditions.push(before(span(ends.to)[1]))
    return joinConditions('AND', conditions)
  }
  const spans = wordsOf(value).map(span)
  const [start, end] = spans[0]!
  switch (operator) {
    case ':':
    case '=': {
      const inside = spans.map(([first, last]) => joinConditions('AND', [from(first), before(last)]))
      return joinConditions('AND', [present, joinConditions('OR', inside)])
    }
    case '!=':
      return joinConditions('AND', [present, joinConditions('OR', [before(start), from(end)])])
    case '>':
      return joinConditions('AND', [present, from(end)])
    case '>=':
      return joinConditions('AND', [present, from(start)])
    case '<':
      return joinConditions('AND', [present, before(start)])
    case '<=':
      return joinConditions('AND', [present, before(end)])
  }
}

// ---- keys ---------------------------------------------------------------------------------------

function keyCondition({ operator, value }: Comparison): Condition {
  const words = wordsOf(value)
  switch (operator) {
    case ':':
      return joinConditions('OR', words.map(keyLike))
    case '=':
      return {
        sql: `key IN (${words.map(() => '?').join(', ')})`,
        parameters: words.map((word) => parseKey(word.text)),
      }
    default:
      return { sql: `key ${operator} ?`, parameters: words.map((word) => parseKey(word.text)) }
  }
}

function keyLike(word: Word): Condition {
  if (!isPattern(word)) return keyPrefix(parseKey(word.text))
  const pattern: Condition = { sql: 'key_matches(key, ?)', parameters: [word.text] }
  const beginning = word.text.slice(0, word.text.indexOf('*'))
  // Of a key shown as hex the beginning of the text is not that of the bytes.
  if ('hex:'.startsWith(beginning.slice(0, 4))) return pattern
  return joinConditions('AND', [keyPrefix(parseKey(beginning)), pattern])
}

function keyPrefix(prefix: Uint8Array): Condition {
  const start: Condition = { sql: 'key >= ?', parameters: [prefix] }
  const last = prefix.findLastIndex((byte) => byte < 255)
  if (last < 0) return start
  const after = prefix.slice(0, last + 1)
  after[last]!++
  return joinConditions('AND', [start, { sql: 'key < ?', parameters: [after] }])
}

// ---- free text ----------------------------------------------------------------------------------

function freeText(text: string, context: CompileContext): Condition {
  const fold = foldFor(text)
  const wanted = fold(text)
  const names = context.stringIds((name) => fold(name).includes(wanted))
  const inNames =
    names.length === 0 ? [] : ['func', 'module', 'user', 'host', 'cwd'].map((column) => oneOf(column, names))
  return joinConditions('OR', [context.textCondition(text), ...inNames, keyPrefix(parseKey(text))])
}

function textFieldCondition(
  { operator, value, column }: Comparison,
  _: FieldName,
  context: CompileContext,
): Condition {
  const words = wordsOf(value)
  const empty = words.find((word) => word.text === '')
  if (empty) throw badQuery(empty.column, 'a text was expected between the quotes')
  if (operator !== ':' && operator !== '!=')
    throw badQuery(column, "'text' takes ':' or '!=', and a word or a list")
  const condition = joinConditions(
    'OR',
    words.map((word) => freeText(word.text, context)),
  )
  return operator === ':' ? condition : { sql: `NOT ${condition.sql}`, parameters: condition.parameters }
}
