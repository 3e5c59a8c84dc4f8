import type { Row, SortKey } from '../../api/contract.ts'
import { compareBytes } from '../../model/bytes.ts'
import { keyText, showKey } from '../../model/keys.ts'
import type { ArgumentSummary } from '../../model/record.ts'
import type { Comparison, Query, QueryValue, RegexValue, Word } from '../query/ast.ts'
import { readSeconds, readSizeBytes } from '../query/units.ts'
import type { CatalogEntry } from '../writer.ts'

/**
 * The meaning of a filter and a sort, written as plainly as can be over entries in memory: the law that
 * the catalog is tested against. Knows all fields but `run` and versions other than digits and dots.
 */
export function naiveSearch(
  entries: readonly CatalogEntry[],
  query: Query,
  sort: readonly SortKey[],
  nowSeconds: number,
): string[] {
  return entries
    .filter((entry) => matches(entry, query, { nowSeconds, entries }))
    .toSorted((a, b) => {
      for (const { column, descending } of sort) {
        if (column === 'key') {
          const difference = compareBytes(a.key, b.key)
          return descending ? -difference : difference
        }
        const left = sortValue(a, column)
        const right = sortValue(b, column)
        if (left === undefined || right === undefined) {
          if (left !== right) return left === undefined ? 1 : -1
          continue
        }
        const difference = compareValues(left, right, orderOf(column))
        if (difference !== 0) return descending ? -difference : difference
      }
      return compareBytes(a.key, b.key)
    })
    .map(({ key }) => showKey(key))
}

interface World {
  readonly nowSeconds: number
  readonly entries: readonly CatalogEntry[]
}

function matches(entry: CatalogEntry, query: Query, now: World): boolean {
  switch (query.kind) {
    case 'all':
      return true
    case 'and':
      return query.terms.every((term) => matches(entry, term, now))
    case 'or':
      return query.terms.some((term) => matches(entry, term, now))
    case 'not':
      return !matches(entry, query.term, now)
    case 'text':
      return contains(entry, query.text)
    case 'regex':
      return wholeText(entry).some((text) => finds(query, text)) || finds(query, showKey(entry.key))
    case 'compare':
      return compare(entry, query, now)
  }
}

const ascii = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
const isAscii = (text: string): boolean =>
  Array.from(text).every((character) => character.codePointAt(0)! < 128)
const foldLike = (pattern: string, text: string): string =>
  isAscii(pattern) ? ascii(text) : text.toLowerCase()

/** Whether an entry is in a state that `is:` names. */
function isIn(entry: CatalogEntry, state: string, entries: readonly CatalogEntry[]): boolean {
  if (state === 'misplaced') {
    const hash = entry.summary.inside?.recordedHash
    return hash !== undefined && hash !== showKey(entry.key)
  }
  const textOf = ({ summary: { status, kind, inside } }: CatalogEntry) => {
    if (status !== 'ok') return undefined
    if (state.endsWith('duplicate')) return inside?.sameOutput
    return kind === 'call' ? inside?.sameCall : undefined
  }
  const mine = textOf(entry)
  if (!mine || mine.isWhole === state.startsWith('maybe-')) return false
  const runAt = ({ summary }: CatalogEntry): number => summary.runAtSeconds ?? -Infinity
  return entries.some(
    (other) =>
      other !== entry &&
      textOf(other)?.text === mine.text &&
      (runAt(other) > runAt(entry) ||
        (runAt(other) === runAt(entry) && compareBytes(other.key, entry.key) < 0)),
  )
}

/** JavaScript's own engine, for expressions that mean the same in both. */
function finds({ pattern, ignoresCase }: RegexValue, text: string): boolean {
  return new RegExp(pattern, ignoresCase ? 'iu' : 'u').test(text)
}

function textsIn({ summary }: CatalogEntry, place: 'arguments' | 'output'): string[] {
  const { call, outputPreview, inside } = summary
  const texts =
    place === 'output'
      ? [outputPreview, inside?.outputText]
      : [call?.slice(Math.max(0, call.indexOf('('))), inside?.argumentsText]
  return texts.filter((text) => text !== undefined)
}

function wholeText(entry: CatalogEntry): string[] {
  const { call, outputPreview, inside, func, module, user, host, cwd } = entry.summary
  return [
    call,
    outputPreview,
    inside?.argumentsText,
    inside?.outputText,
    func,
    module,
    user,
    host,
    cwd,
  ].filter((text) => text !== undefined)
}

function soughtIn(texts: readonly string[], value: QueryValue): boolean {
  if (value.kind === 'regex') return texts.some((text) => finds(value, text))
  return wordsOf(value).some(({ text: wanted }) =>
    texts.some((text) => foldLike(wanted, text).includes(foldLike(wanted, wanted))),
  )
}

function contains(entry: CatalogEntry, text: string): boolean {
  if ((keyText(entry.key) ?? '').startsWith(text)) return true
  return wholeText(entry).some((part) => foldLike(text, part).includes(foldLike(text, text)))
}

function compare(entry: CatalogEntry, comparison: Comparison, world: World): boolean {
  const { subject, operator, value } = comparison
  const { summary } = entry
  if (subject.kind === 'argument') {
    const { args, inside } = summary
    return [args, inside?.nested ?? []].some((all) => {
      const found = all.find(({ name }) => name === subject.name)
      return found !== undefined && compareArgument(found, operator, value)
    })
  }
  if (subject.kind === 'output' && subject.path === '' && operator === ':' && value.kind !== 'range') {
    if (value.kind === 'word' && !value.quoted && value.text === '*') return summary.outputType !== undefined
    return soughtIn(textsIn(entry, 'output'), value)
  }
  if (subject.kind === 'output') {
    const found = summary.inside?.output.find(({ name }) => name === subject.path)
    return found !== undefined && compareArgument(found, operator, value)
  }
  switch (subject.name) {
    case 'func':
    case 'module':
    case 'user':
    case 'host':
    case 'cwd':
    case 'version':
      return compareText(summary[subject.name], operator, value, subject.name === 'version')
    case 'type':
      return compareText(summary.outputType, operator, value, false)
    case 'dtype':
      return compareText(summary.inside?.dtype, operator, value, false)
    case 'shape':
      return compareShape(summary.inside?.shape, operator, value)
    case 'kind':
      return compareText(summary.kind, operator, value, false)
    case 'status':
      return compareText(summary.status, operator, value, false)
    case 'size':
      return compareNumber(entry.sizeBytes, operator, value, (text) => readSizeBytes(text, 1))
    case 'took':
      return compareNumber(summary.elapsedSeconds, operator, value, (text) => readSeconds(text, 1, false))
    case 'age': {
      const age = summary.runAtSeconds === undefined ? undefined : world.nowSeconds - summary.runAtSeconds
      return compareNumber(age, operator, value, (text) => readSeconds(text, 1, true))
    }
    case 'key':
      if (value.kind === 'regex') return finds(value, showKey(entry.key))
      return wordsOf(value).some((word) => (keyText(entry.key) ?? '').startsWith(word.text))
    case 'args':
      return soughtIn(textsIn(entry, 'arguments'), value) === (operator === ':')
    case 'text':
      if (value.kind === 'regex') return soughtIn(wholeText(entry), value) || finds(value, showKey(entry.key))
      return wordsOf(value).some((word) => contains(entry, word.text)) === (operator === ':')
    case 'is':
      return wordsOf(value).some((word) => isIn(entry, word.text, world.entries)) === (operator !== '!=')
    case 'run':
    case 'tag':
      throw new Error('not known to the naive search')
  }
}

function wordsOf(value: QueryValue): readonly Word[] {
  return value.kind === 'list' ? value.items : value.kind === 'word' ? [value] : []
}

function holds(operator: string, difference: number): boolean {
  if (operator === '>') return difference > 0
  if (operator === '>=') return difference >= 0
  if (operator === '<') return difference < 0
  return difference <= 0
}

function like(word: Word, text: string): boolean {
  const wanted = foldLike(word.text, word.text)
  const given = foldLike(word.text, text)
  if (word.quoted || !wanted.includes('*')) return wanted === given
  const source = wanted
    .split('*')
    .map((part) => part.replace(/[^\w\s]/gu, String.raw`\$&`))
    .join('[^]*')
  return new RegExp(`^${source}$`).test(given)
}

function compareText(
  text: string | undefined,
  operator: string,
  value: QueryValue,
  version: boolean,
): boolean {
  if (text === undefined) return false
  if (value.kind === 'regex') return finds(value, text)
  const order = version ? naiveVersions : codePoints
  if (value.kind === 'range') {
    return (
      (value.from === undefined || order(text, value.from) >= 0) &&
      (value.to === undefined || order(text, value.to) <= 0)
    )
  }
  const words = wordsOf(value)
  if (operator === ':') return words.some((word) => like(word, text))
  if (operator === '=') return words.some((word) => word.text === text)
  if (operator === '!=') return words[0]!.text !== text
  return holds(operator, order(text, words[0]!.text))
}

/** Dimensions that are numbers or stars. */
function compareShape(shape: string | undefined, operator: string, value: QueryValue): boolean {
  if (shape === undefined) return false
  const isLike = wordsOf(value).some(
    ({ text }) => text === '*' || new RegExp(`^${text.replaceAll('*', String.raw`\d+`)}$`).test(shape),
  )
  return isLike === (operator !== '!=')
}

function compareNumber(
  number: number | undefined,
  operator: string,
  value: QueryValue,
  read: (text: string) => number,
): boolean {
  if (number === undefined) return false
  if (value.kind === 'range') {
    return (
      (value.from === undefined || number >= read(value.from)) &&
      (value.to === undefined || number <= read(value.to))
    )
  }
  const wanted = wordsOf(value).map((word) => read(word.text))
  if (operator === ':' || operator === '=') return wanted.includes(number)
  if (operator === '!=') return number !== wanted[0]
  return holds(operator, number - wanted[0]!)
}

function compareArgument(
  { number, text, preview }: ArgumentSummary,
  operator: string,
  value: QueryValue,
): boolean {
  if (value.kind === 'range') {
    return (
      number !== undefined &&
      number >= Number(value.from ?? -Infinity) &&
      number <= Number(value.to ?? Infinity)
    )
  }
  const form = text ?? preview
  if (value.kind === 'regex') return finds(value, form)
  const numeric = (word: Word): boolean =>
    !word.quoted && word.text !== '' && !Number.isNaN(Number(word.text))
  const same = (word: Word): boolean => form === word.text || (numeric(word) && number === Number(word.text))
  const words = wordsOf(value)
  if (operator === ':') return words.some((word) => like(word, form) || same(word))
  if (operator === '=') return words.some(same)
  if (operator === '!=') return !same(words[0]!)
  const [word] = words
  if (numeric(word!)) return number !== undefined && holds(operator, number - Number(word!.text))
  return text !== undefined && holds(operator, codePoints(text, word!.text))
}

function codePoints(a: string, b: string): number {
  const left = Array.from(ascii(a), (character) => character.codePointAt(0)!)
  const right = Array.from(ascii(b), (character) => character.codePointAt(0)!)
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    if (left[i] !== right[i]) return left[i]! - right[i]!
  }
  return left.length - right.length
}

function orderOf(column: string): typeof codePoints {
  if (column === 'version') return naiveVersions
  return column === 'shape' ? (a, b) => byNumbers(a, b, 'x') : codePoints
}

const naiveVersions = (a: string, b: string): number => byNumbers(a, b, '.')

function byNumbers(a: string, b: string, separator: string): number {
  const left = a.split(separator).map(Number)
  const right = b.split(separator).map(Number)
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? -1) - (right[i] ?? -1)
    if (difference !== 0) return difference
  }
  return 0
}

type SortValue = number | string | { readonly rest: string }

function sortValue(entry: CatalogEntry, column: string): SortValue | undefined {
  const { summary } = entry
  if (column.startsWith('arg:')) {
    const argument = [...summary.args, ...(summary.inside?.nested ?? [])].find(
      ({ name }) => name === column.slice(4),
    )
    return argument && (argument.number ?? argument.text ?? { rest: argument.preview })
  }
  if (column.startsWith('out:')) {
    const leaf = summary.inside?.output.find(({ name }) => name === column.slice(4))
    return leaf && (leaf.number ?? leaf.text ?? { rest: leaf.preview })
  }
  if (column === 'sizeBytes') return entry.sizeBytes
  if (column === 'dtype') return summary.inside?.dtype
  if (column === 'shape') return summary.inside?.shape
  if (column === 'kind') return ['call', 'dump', 'foreign'].indexOf(summary.kind)
  if (column === 'status') return ['ok', 'partial', 'damaged'].indexOf(summary.status)
  return summary[column as keyof Row & keyof typeof summary] as number | string | undefined
}

function compareValues(a: SortValue, b: SortValue, compareTexts: typeof codePoints): number {
  const rank = (value: SortValue): number =>
    typeof value === 'number' ? 0 : typeof value === 'string' ? 1 : 2
  if (rank(a) !== rank(b)) return rank(a) - rank(b)
  if (typeof a === 'number' && typeof b === 'number') return a === b ? 0 : a - b
  const text = (value: SortValue): string => (typeof value === 'object' ? value.rest : String(value))
  return compareTexts(text(a), text(b))
}
