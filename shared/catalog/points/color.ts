import type { PointsColor } from '../../api/points.ts'
import { withClauses } from '../../api/points.ts'
import { AppError } from '../../model/errors.ts'
import type { StoredArgument } from '../argument-columns.ts'
import { previewOfStored } from '../argument-columns.ts'
import type { Columns } from '../columns.ts'
import type { FewValues } from '../few-values.ts'
import type { SumSource } from '../narrowing.ts'
import type { NameColumn } from '../query/condition.ts'
import type { FieldName } from '../query/ast.ts'
import { choices } from '../query/ast.ts'
import { printSubject, quoted } from '../query/print.ts'
import { parseSubject } from '../query/subject.ts'
import { compareTexts } from '../query/text.ts'
import { isWithin, measureOf, storedNames, type Measure } from './measure.ts'

/** Colours that people tell apart; more values than these are the rest. */
const categoriesShown = 8

/** By what filters call them. */
export const nameColumns: Readonly<Partial<Record<FieldName, NameColumn>>> = {
  func: 'func',
  module: 'module',
  user: 'user',
  host: 'host',
  cwd: 'cwd',
  version: 'version',
  type: 'output_type',
  dtype: 'dtype',
}

export interface Coloring {
  readonly answer: PointsColor
  /** The place of its category, or its number; `null`: it has none. */
  readonly of: (id: number) => number | null
}

/** Texts by which entries are told apart. */
interface Labels {
  readonly field: string
  /** A small number by which entries with the same text are the same: a million of texts would take long. */
  readonly codeOf: (id: number) => number
  /** `undefined`: such an entry has none. */
  readonly textOf: (code: number) => string | undefined
  readonly equals: (text: string) => string
  readonly present: string
  readonly absent: string
}

/** What is drawn: the filter that finds it, and which clauses can be put behind that and still be read. */
export interface Drawn {
  readonly filter: string
  readonly canAdd: (clause: string) => boolean
}

/**
 * What colours entries have, of which `ids` are drawn.
 *
 * @throws AppError USAGE for what is no field, or has no values to tell apart.
 */
export function coloringOf(text: string, ids: Int32Array, drawn: Drawn, source: SumSource): Coloring {
  const subject = parseSubject(text)
  const field = printSubject(subject)
  const named = (labels: Labels): Coloring => byLabel(labels, countLabels(labels, ids), drawn)
  if (subject.kind === 'field') {
    switch (subject.name) {
      case 'took':
      case 'size':
      case 'run':
        return byNumber(measureOf(text, source), ids, drawn)
      case 'kind':
      case 'status':
        return named(choiceLabels(subject.name, source.columns))
      default: {
        const column = nameColumns[subject.name]
        if (column === undefined) throw noColors(field)
        return named(nameLabels(field, column, source))
      }
    }
  }
  const nameIds = storedNames(subject, source.strings)
  const few = nameIds.map((nameId) => source.columns.fewValues(nameId))
  const measure = measureOf(text, source)
  const numbers = countWhere(ids, (id) => isWithin(measure.numbers[id]!, measure.limits))
  if (!few.every((each) => each !== undefined))
    return 2 * numbers > ids.length
      ? byNumber(measure, ids, drawn)
      : { answer: { kind: 'many', field }, of: () => null }
  const labels = argumentLabels(field, nameIds, few, source)
  const counted = countLabels(labels, ids)
  return counted.byLabel.size > categoriesShown && 2 * numbers > ids.length
    ? byNumber(measure, ids, drawn)
    : byLabel(labels, counted, drawn, numberOf)
}

export function noColors(field: string): AppError {
  return new AppError(
    'USAGE',
    `'${field}' tells no colours; take an argument, a scalar in the output, a name such as func, user or version, took, size or run.`,
  )
}

function countWhere(ids: Int32Array, holds: (id: number) => boolean): number {
  let count = 0
  for (const id of ids) if (holds(id)) count++
  return count
}

function byNumber(measure: Measure, ids: Int32Array, { filter }: Drawn): Coloring {
  const { numbers, limits, field, unit } = measure
  const of = (id: number): number | null => (isWithin(numbers[id]!, limits) ? numbers[id]! : null)
  let [least, greatest, entries] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0]
  for (const id of ids) {
    const number = of(id)
    if (number === null) {
      entries++
      continue
    }
    if (number < least) least = number
    if (number > greatest) greatest = number
  }
  if (least > greatest) [least, greatest] = [0, 0]
  const without = { entries, filter: withClauses(filter, `-${measure.clause(limits)}`) }
  return { answer: { kind: 'number', field, unit, least, greatest, without }, of }
}

interface Counted {
  /** Entries by code. */
  readonly byCode: ReadonlyMap<number, number>
  readonly byLabel: ReadonlyMap<string, number>
  readonly without: number
}

function countLabels({ codeOf, textOf }: Labels, ids: Int32Array): Counted {
  const byCode = new Map<number, number>()
  for (const id of ids) {
    const code = codeOf(id)
    byCode.set(code, (byCode.get(code) ?? 0) + 1)
  }
  const byText = new Map<string, number>()
  let without = 0
  for (const [code, entries] of byCode) {
    const label = textOf(code)
    if (label === undefined) without += entries
    else byText.set(label, (byText.get(label) ?? 0) + entries)
  }
  return { byCode, byLabel: byText, without }
}

/** `numberOfLabel`: labels that all are numbers go by them. */
function byLabel(
  { field, codeOf, textOf, equals, present, absent }: Labels,
  { byCode, byLabel: counts, without }: Counted,
  { filter, canAdd }: Drawn,
  numberOfLabel: (label: string) => number | undefined = () => undefined,
): Coloring {
  const frequent = [...counts]
    .toSorted((a, b) => b[1] - a[1] || compareTexts(a[0], b[0]))
    .map(([label]) => label)
  // A filter has an end: texts that are too long for one are of the rest, and fewer are named where the rest's is.
  const named: string[] = []
  for (const label of frequent) {
    if (named.length === categoriesShown) break
    if (canAdd(equals(label))) named.push(label)
  }
  const restClause = (): string =>
    [named.length > 0 ? `-(${named.map(equals).join(' or ')})` : '', present].join(' ').trim()
  while (named.length > 0 && named.length < frequent.length && !canAdd(restClause())) named.pop()
  if (named.every((label) => numberOfLabel(label) !== undefined))
    named.sort((a, b) => numberOfLabel(a)! - numberOfLabel(b)!)
  const places = new Map(named.map((name, place) => [name, place]))
  const rest = frequent.reduce((sum, label) => sum + (places.has(label) ? 0 : counts.get(label)!), 0)
  const category = (entries: number, clause: string, more: { name?: string; isRest?: boolean }) => ({
    ...more,
    entries,
    clause,
    filter: withClauses(filter, clause),
  })
  const categories = named.map((name) => category(counts.get(name)!, equals(name), { name }))
  const restPlace = rest === 0 ? -1 : categories.push(category(rest, restClause(), { isRest: true })) - 1
  const withoutPlace = without === 0 ? -1 : categories.push(category(without, absent, {})) - 1
  const placeOfCode = new Map(
    [...byCode.keys()].map((code) => {
      const label = textOf(code)
      return [code, label === undefined ? withoutPlace : (places.get(label) ?? restPlace)]
    }),
  )
  return {
    answer: { kind: 'categories', field, categories },
    of: (id) => placeOfCode.get(codeOf(id)) ?? null,
  }
}

function nameLabels(field: string, column: NameColumn, { columns, strings }: SumSource): Labels {
  const names = columns.names(column)
  return {
    field,
    codeOf: (id) => names[id]!,
    textOf: (code) => (code === 0 ? undefined : strings.text(code)),
    equals: (text) => `${field}=${quoted(text)}`,
    present: `${field}:*`,
    absent: `-${field}:*`,
  }
}

function choiceLabels(field: 'kind' | 'status', columns: Columns): Labels {
  const numbers = columns.numbers(field)
  return {
    field,
    codeOf: (id) => numbers[id]!,
    textOf: (code) => choices[field][code],
    equals: (text) => `${field}=${text}`,
    present: '',
    absent: `-${field}=(${choices[field].join(',')})`,
  }
}

/** Texts as they are, anything else by its literal: what `=` of filters compares. */
function argumentLabels(
  field: string,
  nameIds: readonly number[],
  few: readonly FewValues[],
  { database }: SumSource,
): Labels {
  const select = database.prepare<[number, number], StoredArgument>(
    'SELECT value, preview FROM arguments WHERE name = ? AND entry = ?',
  )
  const labels: string[] = []
  // The codes of a name stand behind those of the names before it.
  const starts = few.map(({ codeOfExample }, i) => {
    const start = labels.length
    for (const [entry, code] of codeOfExample) labels[start + code] = labelOf(select.get(nameIds[i]!, entry)!)
    return start
  })
  return {
    field,
    codeOf: (id) => {
      for (let i = 0; i < few.length; i++) {
        const code = few[i]!.codes[id]!
        if (code < few[i]!.count) return starts[i]! + code
      }
      return -1
    },
    textOf: (code) => labels[code],
    equals: (text) => `${field}=${quoted(text)}`,
    // `output:*` would mean any output.
    present: field === 'output' ? `(output="" or output!="")` : `${field}:*`,
    absent: field === 'output' ? `-output="" -output!=""` : `-${field}:*`,
  }
}

/** Texts as they are, anything else as its literal. */
export function labelOf(stored: StoredArgument): string {
  return typeof stored.value === 'string' ? stored.value : previewOfStored(stored)
}

function numberOf(label: string): number | undefined {
  return label.trim() !== '' && Number.isFinite(Number(label)) ? Number(label) : undefined
}
