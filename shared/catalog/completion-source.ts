import type { Database } from 'better-sqlite3'
import { AppError } from '../model/errors.ts'
import type { Columns } from './columns.ts'
import { findMask } from './find.ts'
import { nestedName, outputName, readStoredName } from './leaf-names.ts'
import type { Query, Subject } from './query/ast.ts'
import type { CompletionSource, KnownName, KnownValue } from './query/complete.ts'
import type { Filter, NameColumn } from './query/condition.ts'
import { parseQuery } from './query/parse.ts'
import { compareTexts } from './query/text.ts'
import type { Strings } from './strings.ts'
import type { TagCount } from './tags.ts'

/** Of an argument with many different values, so many rows are looked at. */
const rowsSampled = 20_000
/** Of a field with more different values (shapes, folders), those of the most entries are looked at. */
const valuesAtMost = 5_000

interface CatalogParts {
  readonly database: Database
  readonly strings: Strings
  readonly columns: Columns
  readonly compile: (query: Query) => Filter
  readonly tags: () => readonly TagCount[]
}

/**
 * What the index knows that could stand in a filter. Counts are of the entries that the rest of the filter finds;
 * of all where the rest cannot be read, or where looking for a regular expression would take its time.
 */
export class CatalogCompletions implements CompletionSource {
  readonly #parts: CatalogParts
  #context: { rest: string; mask: Uint8Array | undefined } | undefined

  constructor(parts: CatalogParts) {
    this.#parts = parts
  }

  names(rest: string): KnownName[] {
    const { database, strings, columns } = this.#parts
    const mask = this.#mask(rest)
    const rows = database
      .prepare<[], [func: number, name: number, entries: number]>(
        'SELECT func, name, sum(entries) FROM argument_sums GROUP BY func, name ORDER BY min(id)',
      )
      .raw()
      .all()
    const functions = mask && new Set(countIds(columns.names('func'), mask).keys())
    const entries = new Map<number, number>()
    for (const [func, name, count] of rows)
      if (!functions || functions.has(func)) entries.set(name, (entries.get(name) ?? 0) + count)
    return [...entries]
      .map(([nameId, count]): KnownName => {
        const { of, name } = readStoredName(strings.text(nameId) ?? '')
        const field = of !== 'output' ? name : name === '' ? 'output' : `output.${name}`
        return { field, of, entries: count }
      })
      .filter(({ field }) => field !== '' && field !== 'output')
      .toSorted((a, b) => b.entries - a.entries)
  }

  functions(rest: string): KnownValue[] {
    return this.#ofColumn('func', rest)
  }

  values(subject: Subject, rest: string): KnownValue[] {
    if (subject.kind === 'field' && subject.name === 'tag')
      return byCount(this.#parts.tags().map(({ tag, entries }) => ({ text: tag, isText: true, entries })))
    if (subject.kind === 'field')
      return this.#ofColumn(subject.name === 'type' ? 'output_type' : (subject.name as NameColumn), rest)
    const names =
      subject.kind === 'output' ? [outputName(subject.path)] : [subject.name, nestedName(subject.name)]
    const ids = names.map((name) => this.#parts.strings.find(name)).filter((id) => id !== undefined)
    return byCount(ids.flatMap((id) => this.#ofArgument(id, rest)))
  }

  years(): readonly [first: number, last: number] | undefined {
    const times = this.#parts.columns.numbers('run_at')
    let [first, last] = [Infinity, -Infinity]
    for (const time of times) {
      if (time < first) first = time
      if (time > last) last = time
    }
    const years = [first, last].map((seconds) => new Date(seconds * 1000).getFullYear())
    return years.some((year) => Number.isNaN(year)) ? undefined : [years[0]!, years[1]!]
  }

  #ofColumn(column: NameColumn, rest: string): KnownValue[] {
    const { columns, strings } = this.#parts
    const counts = countIds(columns.names(column), this.#mask(rest))
    counts.delete(0)
    const most = [...counts].toSorted((a, b) => b[1] - a[1]).slice(0, valuesAtMost)
    return byCount(most.map(([id, entries]) => ({ text: strings.text(id) ?? '', isText: true, entries })))
  }

  #ofArgument(nameId: number, rest: string): KnownValue[] {
    const { database, columns } = this.#parts
    const few = columns.fewValues(nameId)
    if (!few) {
      return database
        .prepare<[number], StoredRow>(
          `SELECT value, preview, count(*) AS entries FROM
             (SELECT value, preview FROM arguments WHERE name = ? LIMIT ${rowsSampled})
           GROUP BY value, preview ORDER BY entries DESC LIMIT 200`,
        )
        .all(nameId)
        .map(knownValue)
    }
    const counts = countIds(few.codes, this.#mask(rest))
    return database
      .prepare<[number, string], StoredRow & { entry: number }>(
        `SELECT entry, value, preview, 0 AS entries FROM arguments
           WHERE name = ? AND entry IN (SELECT value FROM json_each(?))`,
      )
      .all(nameId, few.examples)
      .map((row) => knownValue({ ...row, entries: counts.get(few.codeOfExample.get(row.entry)!) ?? 0 }))
      .filter(({ entries }) => entries > 0)
  }

  /** By id: 1 for what the rest of the filter finds; `undefined`: all. */
  #mask(rest: string): Uint8Array | undefined {
    if (this.#context?.rest !== rest) this.#context = { rest, mask: this.#find(rest) }
    return this.#context.mask
  }

  #find(rest: string): Uint8Array | undefined {
    const { columns, database, compile } = this.#parts
    try {
      const query = parseQuery(rest)
      if (query.kind === 'all' || hasRegex(query)) return undefined
      return findMask(compile(query), columns, database)
    } catch (thrown) {
      if (thrown instanceof AppError && thrown.code === 'BAD_QUERY') return undefined
      throw thrown
    }
  }
}

function hasRegex(query: Query): boolean {
  switch (query.kind) {
    case 'and':
    case 'or':
      return query.terms.some(hasRegex)
    case 'not':
      return hasRegex(query.term)
    case 'compare':
      return query.value.kind === 'regex'
    default:
      return query.kind === 'regex'
  }
}

/** How many of the entries that are meant have each number. Ids that no entry has count as 0 of a name. */
function countIds(numbers: Uint32Array, mask: Uint8Array | undefined): Map<number, number> {
  let highest = 0
  for (const number of numbers) if (number > highest) highest = number
  // A million steps in a map take a tenth of a second, in an array a few milliseconds.
  const counts = new Uint32Array(highest + 1)
  for (let id = 0; id < numbers.length; id++) if (!mask || mask[id] === 1) counts[numbers[id]!]!++
  const found = new Map<number, number>()
  for (let number = 0; number <= highest; number++)
    if (counts[number]! > 0) found.set(number, counts[number]!)
  return found
}

function byCount(values: readonly KnownValue[]): KnownValue[] {
  return values.toSorted(
    (a, b) =>
      b.entries - a.entries ||
      (a.isText || b.isText ? compareTexts(a.text, b.text) : Number(a.text) - Number(b.text) || 0),
  )
}

interface StoredRow {
  readonly value: number | string | null
  readonly preview: string | null
  readonly entries: number
}

/** As comparing sees it (`query/argument.ts`): a text is itself, the rest its literal. */
function knownValue({ value, preview, entries }: StoredRow): KnownValue {
  if (typeof value === 'string') return { text: value, isText: true, entries }
  return { text: preview ?? String(value), isText: false, entries }
}
