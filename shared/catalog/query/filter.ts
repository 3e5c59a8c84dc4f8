import { parseKey } from '../../model/keys.ts'
import { argumentCondition } from './argument.ts'
import type {
  Comparison,
  FieldName,
  FieldType,
  Operator,
  Query,
  QueryValue,
  RegexValue,
  Word,
} from './ast.ts'
import { choices, entryStates, fieldTypes } from './ast.ts'
import type { Condition, Filter, Interval, NameColumn, NumberColumn, Sought, SoughtIn } from './condition.ts'
import { badQuery, notOneOf } from './error.ts'
import { nestedName, outputName } from '../leaf-names.ts'
import { regexFinds, regexText, requiredTexts } from './regex.ts'
import { readShape } from './shape.ts'
import { compareTexts, compareVersions, foldFor, isPattern, likePattern, matchesPattern } from './text.ts'
import { readSeconds, readSizeBytes, readTimeSpan } from './units.ts'

/** What compiling asks of the index. */
export interface CompileContext {
  readonly nowSeconds: number
  /** Numbers of the interned texts for which `matches` is true. */
  stringIds(matches: (text: string) => boolean): number[]
  /** Number of an interned text, if some entry has it. */
  stringId(text: string): number | undefined
  /** A `SELECT` of the ids of entries in whose arguments or outputs something is found; words ignore case. */
  textSelection(sought: Sought, place: SoughtIn): Condition
  /** A `SELECT` of the ids of entries that have a tag for which `matches` is true. */
  tagSelection(matches: (tag: string) => boolean): Condition
}

/**
 * Which entries a query means; no word of the user is ever part of SQL itself.
 *
 * @throws AppError BAD_QUERY where a value does not fit its field.
 */
export function compileQuery(query: Query, context: CompileContext): Filter {
  switch (query.kind) {
    case 'all':
      return { kind: 'all' }
    case 'and':
    case 'or':
      return { kind: query.kind, terms: query.terms.map((term) => compileQuery(term, context)) }
    case 'not':
      return { kind: 'not', term: compileQuery(query.term, context) }
    case 'text':
      return freeText({ text: query.text }, context)
    case 'regex':
      return freeText({ regex: query }, context)
    case 'compare':
      return compare(query, context)
  }
}

const none: Filter = { kind: 'none' }

function both(...terms: Filter[]): Filter {
  return { kind: 'and', terms }
}

function anyOf(terms: readonly Filter[]): Filter {
  return { kind: 'or', terms }
}

function not(term: Filter): Filter {
  return { kind: 'not', term }
}

function select(sql: string, parameters: Condition['parameters']): Filter {
  return { kind: 'select', sql, parameters }
}

function compare(comparison: Comparison, context: CompileContext): Filter {
  const { subject, operator, value } = comparison
  if (subject.kind === 'output' && subject.path === '' && operator === ':' && value.kind !== 'range')
    return outputFilter(value, context)
  if (subject.kind !== 'field') {
    const names =
      subject.kind === 'output' ? [outputName(subject.path)] : [subject.name, nestedName(subject.name)]
    const ids = names.map((name) => context.stringId(name)).filter((id) => id !== undefined)
    const { sql, parameters } = argumentCondition(comparison)
    return anyOf(ids.map((nameId) => ({ kind: 'argument', nameId, sql, parameters })))
  }
  const compileField: Record<FieldType, FieldCompiler> = {
    name: nameFilter,
    version: nameFilter,
    key: keyFilter,
    choice: choiceFilter,
    state: stateFilter,
    shape: shapeFilter,
    size: (c, field) => numberFilter(c, 'size', (word) => readSizeBytes(word.text, word.column), field),
    duration: (c, field) =>
      numberFilter(c, 'elapsed', (word) => readSeconds(word.text, word.column, false), field),
    age: ageFilter,
    time: timeFilter,
    text: textFilter,
    arguments: textFilter,
    tag: tagFilter,
  }
  if (value.kind === 'regex' && !regexTypes.has(fieldTypes[subject.name])) {
    throw badQuery(value.column, `'${subject.name}' takes no regular expression; quote it to mean the text`)
  }
  return compileField[fieldTypes[subject.name]](comparison, subject.name, context)
}

const regexTypes: ReadonlySet<FieldType> = new Set(['name', 'version', 'key', 'text', 'arguments', 'tag'])

type FieldCompiler = (comparison: Comparison, field: FieldName, context: CompileContext) => Filter

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

function nameFilter(comparison: Comparison, field: FieldName, context: CompileContext): Filter {
  const column = (field === 'type' ? 'output_type' : field) as NameColumn
  const { operator, value } = comparison
  if (value.kind === 'word' && operator === ':' && !value.quoted && value.text === '*') {
    return { kind: 'names', column, ids: undefined }
  }
  return oneOf(column, context.stringIds(nameTest(value, operator, field)))
}

function oneOf(column: NameColumn, ids: readonly number[]): Filter {
  return ids.length === 0 ? none : { kind: 'names', column, ids }
}

function nameTest(value: QueryValue, operator: Operator, field: FieldName): (text: string) => boolean {
  const compareNames = field === 'version' ? compareVersions : compareTexts
  if (value.kind === 'range') {
    const { from, to } = value
    return (text) =>
      (from === undefined || compareNames(text, from) >= 0) &&
      (to === undefined || compareNames(text, to) <= 0)
  }
  if (value.kind === 'regex') {
    const regex = regexText(value)
    return (text) => regexFinds(text, regex)
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

function choiceFilter({ operator, value, column }: Comparison, field: FieldName): Filter {
  if (operator !== ':' && operator !== '=' && operator !== '!=') {
    throw badQuery(column, `'${field}' takes ':', '=' or '!=', not '${operator}'`)
  }
  const known: readonly string[] = field === 'kind' ? choices.kind : choices.status
  const numbers = wordsOf(value).map((word) => {
    const number = known.indexOf(word.text.toLowerCase())
    if (number < 0) throw notOneOf(field, known, word)
    return number
  })
  const found = equals(field === 'kind' ? 'kind' : 'status', numbers)
  return operator === '!=' ? not(found) : found
}

function stateFilter({ operator, value, column }: Comparison): Filter {
  if (operator !== ':' && operator !== '=' && operator !== '!=') {
    throw badQuery(column, `'is' takes ':', '=' or '!=', not '${operator}'`)
  }
  const states = wordsOf(value).map((word) => {
    const state = entryStates.find((each) => each === word.text.toLowerCase())
    if (!state) throw notOneOf('is', entryStates, word)
    return state
  })
  return operator === '!=' ? not({ kind: 'states', states }) : { kind: 'states', states }
}

// ---- tag ----------------------------------------------------------------------------------------

/** A tag that was put on the entry here, or the one that diskcache keeps with it, which counts as an argument. */
function tagFilter(comparison: Comparison, field: FieldName, context: CompileContext): Filter {
  const { operator, value, column } = comparison
  if (operator !== ':' && operator !== '=' && operator !== '!=')
    throw badQuery(column, `'tag' takes ':', '=' or '!=', not '${operator}'; quote it to mean an argument`)
  const isAny = value.kind === 'word' && operator === ':' && !value.quoted && value.text === '*'
  const positive = operator === '!=' ? '=' : operator
  const { sql, parameters } = context.tagSelection(isAny ? () => true : nameTest(value, positive, field))
  const theirs = compare(
    { ...comparison, operator: positive, subject: { kind: 'argument', name: 'tag' } },
    context,
  )
  const found = anyOf([select(sql, parameters), theirs])
  return operator === '!=' ? not(found) : found
}

// ---- shape --------------------------------------------------------------------------------------

function shapeFilter({ operator, value, column }: Comparison, _: FieldName, context: CompileContext): Filter {
  if (operator !== ':' && operator !== '=' && operator !== '!=') {
    throw badQuery(column, `'shape' takes ':', '=' or '!=', as in shape:3x*, not '${operator}'`)
  }
  const tests = wordsOf(value).map(readShape)
  const isLike = (shape: string): boolean => tests.some((test) => test(shape))
  // Shapes are numbers and crosses: no other text is read as one by chance.
  const ids = context.stringIds((text) => isShape(text) && isLike(text) === (operator !== '!='))
  return oneOf('shape', ids)
}

function isShape(text: string): boolean {
  return text === '' || /^\d[\dx]*$/.test(text)
}

// ---- numbers: size, took, age, run --------------------------------------------------------------

function within(column: NumberColumn, interval: Partial<Interval>): Filter {
  return { kind: 'numbers', column, from: -Infinity, to: Infinity, ...interval }
}

function equals(column: NumberColumn, numbers: readonly number[]): Filter {
  return anyOf(numbers.map((number) => within(column, { from: number, to: number })))
}

function ordered(column: NumberColumn, operator: '>' | '>=' | '<' | '<=', number: number): Filter {
  switch (operator) {
    case '>':
      return within(column, { from: number, withFrom: false })
    case '>=':
      return within(column, { from: number })
    case '<':
      return within(column, { to: number, withTo: false })
    case '<=':
      return within(column, { to: number })
  }
}

function numberFilter(
  { operator, value, column: place }: Comparison,
  column: NumberColumn,
  read: (word: Word) => number,
  field: FieldName,
): Filter {
  if (value.kind === 'range') {
    const { from, to } = endsOf(value)
    return within(column, { ...(from && { from: read(from) }), ...(to && { to: read(to) }) })
  }
  const numbers = wordsOf(value).map(read)
  const [number] = numbers
  if (number === undefined) throw badQuery(place, `a value was expected for '${field}'`)
  if (operator === ':' || operator === '=') return equals(column, numbers)
  if (operator === '!=') return both(within(column, {}), not(equals(column, numbers)))
  return ordered(column, operator, number)
}

const mirrored = { '>': '<', '>=': '<=', '<': '>', '<=': '>=' } as const

function ageFilter(
  { operator, value, column }: Comparison,
  _: FieldName,
  { nowSeconds }: CompileContext,
): Filter {
  const moment = (word: Word): number => nowSeconds - readSeconds(word.text, word.column, true)
  if (value.kind === 'range') {
    const { from, to } = endsOf(value)
    return within('run_at', { ...(to && { from: moment(to) }), ...(from && { to: moment(from) }) })
  }
  if (value.kind !== 'word' || operator === ':' || operator === '=' || operator === '!=') {
    const fix = { column, old: `age${operator}`, text: 'age>' }
    throw badQuery(column, "'age' takes > >= < <= or a range, as in age>30d or age:1d..7d", fix)
  }
  return ordered('run_at', mirrored[operator], moment(value))
}

function timeFilter({ operator, value }: Comparison, _: FieldName, { nowSeconds }: CompileContext): Filter {
  const span = (word: Word): readonly [number, number] => readTimeSpan(word.text, word.column, nowSeconds)
  if (value.kind === 'range') {
    const { from, to } = endsOf(value)
    return within('run_at', {
      ...(from && { from: span(from)[0] }),
      ...(to && { to: span(to)[1], withTo: false }),
    })
  }
  const spans = wordsOf(value).map(span)
  const [start, end] = spans[0]!
  switch (operator) {
    case ':':
    case '=':
      return anyOf(spans.map(([from, to]) => within('run_at', { from, to, withTo: false })))
    case '!=':
      return anyOf([ordered('run_at', '<', start), ordered('run_at', '>=', end)])
    case '>':
      return ordered('run_at', '>=', end)
    case '>=':
      return ordered('run_at', '>=', start)
    case '<':
      return ordered('run_at', '<', start)
    case '<=':
      return ordered('run_at', '<', end)
  }
}

// ---- keys ---------------------------------------------------------------------------------------

function keyFilter({ operator, value }: Comparison): Filter {
  if (value.kind === 'regex') return keyFinds(value)
  const words = wordsOf(value)
  switch (operator) {
    case ':':
      return anyOf(words.map(keyLike))
    case '=':
      return select(
        `SELECT id FROM entries WHERE key IN (${words.map(() => '?').join(', ')})`,
        words.map((word) => parseKey(word.text)),
      )
    default:
      return select(
        `SELECT id FROM entries WHERE key ${operator} ?`,
        words.map((word) => parseKey(word.text)),
      )
  }
}

function keyFinds(regex: RegexValue): Filter {
  const required = requiredTexts(regex)
  const finds = 'key_finds(key, ?)'
  // Of a key that is shown as hex the bytes say nothing about its text.
  if (!required?.every((text) => /[^\da-fhx:]/i.test(text)))
    return select(`SELECT id FROM entries WHERE ${finds}`, [regexText(regex)])
  const has = required.map(() => String.raw`CAST(key AS TEXT) LIKE ? ESCAPE '\'`).join(' OR ')
  return select(`SELECT id FROM entries WHERE CASE WHEN ${has} THEN ${finds} END`, [
    ...required.map((text) => `%${likePattern(text, false)}%`),
    regexText(regex),
  ])
}

function keyLike(word: Word): Filter {
  if (!isPattern(word)) return keyPrefix(parseKey(word.text))
  const beginning = word.text.slice(0, word.text.indexOf('*'))
  // Of a key shown as hex the beginning of the text is not that of the bytes.
  const prefix = 'hex:'.startsWith(beginning.slice(0, 4)) ? new Uint8Array(0) : parseKey(beginning)
  return keyPrefix(prefix, { sql: ' AND key_matches(key, ?)', parameters: [word.text] })
}

function keyPrefix(prefix: Uint8Array, more: Condition = { sql: '', parameters: [] }): Filter {
  const last = prefix.findLastIndex((byte) => byte < 255)
  const sql = `SELECT id FROM entries WHERE key >= ?`
  if (last < 0) return select(sql + more.sql, [prefix, ...more.parameters])
  const after = prefix.slice(0, last + 1)
  after[last]!++
  return select(`${sql} AND key < ?${more.sql}`, [prefix, after, ...more.parameters])
}

// ---- free text ----------------------------------------------------------------------------------

function freeText(sought: Sought, context: CompileContext): Filter {
  const isIn = 'text' in sought ? containing(sought.text) : finding(sought.regex)
  const names = context.stringIds(isIn)
  const inNames = (['func', 'module', 'user', 'host', 'cwd'] as const).map((column) => oneOf(column, names))
  const inKey = 'text' in sought ? keyPrefix(parseKey(sought.text)) : keyFinds(sought.regex)
  return anyOf([inTexts(sought, 'anywhere', context), ...inNames, inKey])
}

function containing(text: string): (name: string) => boolean {
  const fold = foldFor(text)
  const wanted = fold(text)
  return (name) => fold(name).includes(wanted)
}

function finding(value: RegexValue): (name: string) => boolean {
  const regex = regexText(value)
  return (name) => regexFinds(name, regex)
}

function inTexts(sought: Sought, place: SoughtIn, context: CompileContext): Filter {
  const { sql, parameters } = context.textSelection(sought, place)
  return select(sql, parameters)
}

/** `text` and `args`. */
function textFilter(
  { operator, value, column }: Comparison,
  field: FieldName,
  context: CompileContext,
): Filter {
  if (operator !== ':' && operator !== '!=')
    throw badQuery(column, `'${field}' takes ':' or '!=', and a word or a list`)
  const found = soughtIn(value).map((sought) =>
    field === 'args' ? inTexts(sought, 'arguments', context) : freeText(sought, context),
  )
  return operator === ':' ? anyOf(found) : not(anyOf(found))
}

/** `output:…`; `output:*` is whatever has one. */
function outputFilter(value: QueryValue, context: CompileContext): Filter {
  if (value.kind === 'word' && !value.quoted && value.text === '*')
    return { kind: 'names', column: 'output_type', ids: undefined }
  return anyOf(soughtIn(value).map((sought) => inTexts(sought, 'output', context)))
}

function soughtIn(value: QueryValue): Sought[] {
  if (value.kind === 'regex') return [{ regex: value }]
  const words = wordsOf(value)
  const empty = words.find((word) => word.text === '')
  if (empty) throw badQuery(empty.column, 'a text was expected between the quotes')
  return words.map(({ text }) => ({ text }))
}
