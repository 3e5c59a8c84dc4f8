import type { Completion, Suggestion } from '../../api/complete.ts'
import { choices, entryStates, fieldTypes, type FieldName, type FieldType, type Subject } from './ast.ts'
import { caretPlace, type CaretPlace } from './caret.ts'
import { fieldWords, operatorWords, stateWords } from './field-words.ts'
import { quoted } from './print.ts'
import { isNumber } from './units.ts'

/** The name of an argument, or the path of a scalar. */
export interface KnownName {
  /** As filters call it: `cutoff`, `params.mixing`, `output.energy`. */
  readonly field: string
  readonly of: 'argument' | 'nested' | 'output'
  readonly entries: number
}

/** A value that entries have. `isText`: digits in it are no number. */
export interface KnownValue {
  readonly text: string
  readonly isText: boolean
  readonly entries: number
}

/** What completing asks of the index. `rest`: the filter without the term at the caret. */
export interface CompletionSource {
  names(rest: string): readonly KnownName[]
  functions(rest: string): readonly KnownValue[]
  /** The likeliest first; none where a subject's values cannot be listed. */
  values(subject: Subject, rest: string): readonly KnownValue[]
  /** Years of the first and of the last run. */
  years(): readonly [first: number, last: number] | undefined
}

const valueCharactersAtMost = 80

/**
 * What could stand at the caret of a filter text, half written as it may be.
 *
 * @param at UTF-16 units before the caret; beyond the text is its end
 * @param limit how many suggestions are given at most
 */
export function complete(text: string, at: number, source: CompletionSource, limit: number): Completion {
  const caret = Math.min(at, text.length)
  const place = caretPlace(text, caret)
  if (place.kind === 'none') return { from: caret, to: caret, items: [], more: 0 }
  const rest = `${text.slice(0, place.term[0])} ${text.slice(place.term[1])}`.trim()
  const all = place.kind === 'term' ? termItems(place.typed, source, rest) : valueItems(place, source, rest)
  // What is there already is no suggestion.
  const items = all.filter((item) => item.text !== text.slice(place.from, place.to))
  return {
    from: place.from,
    to: place.to,
    items: items.slice(0, limit),
    more: Math.max(0, items.length - limit),
  }
}

// ---- where a term begins ------------------------------------------------------------------------

const fieldNames = [...(Object.keys(fieldTypes) as FieldName[]), 'output'] as const

function termItems(typed: string, source: CompletionSource, rest: string): Suggestion[] {
  const names = source.names(rest)
  const isName =
    (fieldNames as readonly string[]).includes(typed) || names.some((each) => nameText(each) === typed)
  const items: Ranked[] = [
    ...fieldNames.map((name) => ({
      rank: rankOf(name, typed),
      item: { text: name + usualOperator(name), kind: 'field', detail: fieldWords[name] } as const,
    })),
    ...names.map((name) => ({ rank: rankOf(name.field, typed), item: nameItem(name) })),
    ...source.functions(rest).map(({ text, entries }) => ({
      // An empty word means every name, and functions have a list of their own.
      rank: typed === '' ? undefined : rankOf(text, typed),
      item: { text: `func:${wordOf(text, false)}`, kind: 'function', entries } as const,
    })),
  ]
  const operators = isName ? operatorItems(typed) : []
  const isOperator = new Set(operators.map(({ text }) => text))
  return [...operators, ...inOrder(items).filter(({ text }) => !isOperator.has(text))]
}

interface Ranked {
  readonly rank: number | undefined
  readonly item: Suggestion
}

/** The lower the better; those of a rank stay as they came. */
function inOrder(items: readonly Ranked[]): Suggestion[] {
  return items
    .filter((each): each is Ranked & { rank: number } => each.rank !== undefined)
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ item }) => item)
}

/** 0: it begins so; 1: a part of it does; 2: it is somewhere in it. */
function rankOf(text: string, typed: string): number | undefined {
  if (typed === '') return 0
  const at = text.toLowerCase().indexOf(typed.toLowerCase())
  if (at < 0) return undefined
  return at === 0 ? 0 : /[._\s]/.test(text[at - 1]!) ? 1 : 2
}

function nameText({ field, of }: KnownName): string {
  if (of === 'output') {
    const path = field.slice('output.'.length)
    return field === 'output' || isPlainName(path) ? field : `output.${quoted(path)}`
  }
  return isPlainName(field) &&
    !(fieldNames as readonly string[]).includes(field) &&
    !field.startsWith('output.')
    ? field
    : quoted(field)
}

function isPlainName(name: string): boolean {
  return /^[\p{L}_][\p{L}\p{N}_./-]*$/u.test(name) && !/^(?:and|or|not)$/i.test(name)
}

function nameItem(name: KnownName): Suggestion {
  const details = { argument: 'argument', nested: 'inside an argument', output: 'in the output' }
  return {
    text: `${nameText(name)}:`,
    kind: name.of === 'argument' ? 'argument' : 'path',
    detail: details[name.of],
    entries: name.entries,
  }
}

const measures: ReadonlySet<FieldType | undefined> = new Set(['size', 'duration', 'age'])

function typeOf(name: string): FieldType | undefined {
  return Object.hasOwn(fieldTypes, name) ? fieldTypes[name as FieldName] : undefined
}

function usualOperator(name: string): string {
  return measures.has(typeOf(name)) ? '>' : ':'
}

function operatorItems(name: string): Suggestion[] {
  const type = typeOf(name)
  const all = [':', '=', '!=', '>', '>=', '<', '<='] as const
  const few: Partial<Record<FieldType, readonly (typeof all)[number][]>> = {
    choice: [':', '!='],
    state: [':', '!='],
    shape: [':', '!='],
    text: [':', '!='],
    arguments: [':', '!='],
    tag: [':', '!='],
    age: ['>', '>=', '<', '<='],
  }
  return ((type && few[type]) ?? all).map((operator) => ({
    text: name + operator,
    kind: 'operator',
    detail: operatorWords[operator],
  }))
}

// ---- behind an operator -------------------------------------------------------------------------

function valueItems(
  place: CaretPlace & { kind: 'value' },
  source: CompletionSource,
  rest: string,
): Suggestion[] {
  const { subject, typed, isQuoted } = place
  if (subject.kind === 'field') {
    const fixed = fixedValues(subject.name, typed, source)
    if (fixed) return fixed.filter(({ text }) => text.toLowerCase().startsWith(typed.toLowerCase()))
  }
  const known = source.values(subject, rest).filter(({ text }) => text.length <= valueCharactersAtMost)
  return inOrder(
    known.map(({ text, isText, entries }) => ({
      rank: rankOf(text, typed),
      item: {
        text: isQuoted ? quoted(text) : wordOf(text, isText && subject.kind !== 'field'),
        kind: 'value',
        entries,
      },
    })),
  )
}

/** A value as it is written; `isText`: digits must not become a number. */
function wordOf(text: string, isText: boolean): string {
  const isPlain = /^[\p{L}\p{N}_.+@%#-][\p{L}\p{N}_.+@%#:/-]*$/u.test(text) && !/\.\.|\/$/.test(text)
  return isPlain && !(isText && isNumber(text)) ? text : quoted(text)
}

const sizeUnits = ['kB', 'MB', 'GB', 'TB', 'KiB', 'MiB', 'GiB', 'B']
const timeUnits = ['s', 'min', 'h', 'd', 'w', 'mo', 'y', 'ms']
const timeExamples = ['1d', '1w', '1mo', '3mo', '6mo', '1y']

/** Of fields whose values are the same in every cache. */
function fixedValues(name: FieldName, typed: string, source: CompletionSource): Suggestion[] | undefined {
  const of = (texts: readonly string[], kind: Suggestion['kind'] = 'value'): Suggestion[] =>
    texts.map((text) => ({ text, kind }))
  const number = /^(\d+\.?\d*)\p{L}*$/u.exec(typed)?.[1]
  const measured = (units: readonly string[], examples: readonly string[]): Suggestion[] =>
    number === undefined
      ? of(examples)
      : of(
          units.map((unit) => number + unit),
          'unit',
        )
  switch (fieldTypes[name]) {
    case 'choice':
      return of(name === 'kind' ? choices.kind : choices.status)
    case 'state':
      return entryStates.map((state) => ({ text: state, kind: 'value', detail: stateWords[state] }))
    case 'size':
      return measured(sizeUnits, ['1kB', '1MB', '10MB', '100MB', '1GB'])
    case 'duration':
      return measured(timeUnits, ['1s', '1min', '10min', '1h', '1d'])
    case 'age':
      return measured(timeUnits.slice(0, -1), timeExamples)
    case 'time':
      return of(dates(typed, source.years()))
    case 'key':
    case 'text':
    case 'arguments':
      return []
    case 'name':
    case 'version':
    case 'shape':
    case 'tag':
      return undefined
  }
}

/** Years, the latest first; behind a year its months. */
function dates(typed: string, years: readonly [first: number, last: number] | undefined): string[] {
  const year = /^(\d{4})-?\d?\d?$/.exec(typed)?.[1]
  if (year !== undefined)
    return Array.from({ length: 12 }, (_, i) => `${year}-${String(i + 1).padStart(2, '0')}`)
  if (!years) return ['today', 'yesterday']
  const [first, last] = years
  const listed = Array.from({ length: Math.min(50, last - first + 1) }, (_, i) => String(last - i))
  return ['today', 'yesterday', ...listed]
}
