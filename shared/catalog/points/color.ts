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
  /** `undefined`: the entry has none. */
  readonly of: (id: number) => string | undefined
  readonly equals: (text: string) => string
  readonly present: string
  readonly absent: string
}

/**
 * What colours entries have, of which `ids` are drawn and found by `filter`.
 *
 * @throws AppError USAGE for what is no field, or has no values to tell apart.
 */
export function coloringOf(text: string, ids: Int32Array, filter: string, source: SumSource): Coloring {
  const subject = parseSubject(text)
  const field = printSubject(subject)
  if (subject.kind === 'field') {
    switch (subject.name) {
      case 'took':
      case 'size':
      case 'run':
        return byNumber(measureOf(text, source), ids, filter)
      case 'kind':
      case 'status':
        return byLabel(choiceLabels(subject.name, source.columns), ids, filter)
      default: {
        const column = nameColumns[subject.name]
        if (column === undefined) throw noColors(field)
        return byLabel(nameLabels(field, column, source), ids, filter)
      }
    }
  }
  const nameIds = storedNames(subject, source.strings)
  const few = nameIds.map((nameId) => source.columns.fewValues(nameId))
  const measure = measureOf(text, source)
  const numbers = countWhere(ids, (id) => isWithin(measure.numbers[id]!, measure.limits))
  if (!few.every((each) => each !== undefined))
    return 2 * numbers > ids.length
      ? byNumber(measure, ids, filter)
      : { answer: { kind: 'many', field }, of: () => null }
  const labels = argumentLabels(field, nameIds, few, source)
  const different = new Set(Array.from(ids, (id) => labels.of(id)))
  return different.size > categoriesShown + 1 && 2 * numbers > ids.length
    ? byNumber(measure, ids, filter)
    : byLabel(labels, ids, filter, (label) => numberOf(label))
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

function byNumber(measure: Measure, ids: Int32Array, filter: string): Coloring {
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

/** `numberOf`: labels that all are numbers go by them. */
function byLabel(
  { field, of, equals, present, absent }: Labels,
  ids: Int32Array,
  filter: string,
  numberOfLabel: (label: string) => number | undefined = () => undefined,
): Coloring {
  const counts = new Map<string, number>()
  let without = 0
  for (const id of ids) {
    const label = of(id)
    if (label === undefined) without++
    else counts.set(label, (counts.get(label) ?? 0) + 1)
  }
  const frequent = [...counts]
    .toSorted((a, b) => b[1] - a[1] || compareTexts(a[0], b[0]))
    .map(([label]) => label)
  const named = frequent.slice(0, categoriesShown)
  if (named.every((label) => numberOfLabel(label) !== undefined))
    named.sort((a, b) => numberOfLabel(a)! - numberOfLabel(b)!)
  const rest = frequent.slice(categoriesShown).reduce((sum, label) => sum + counts.get(label)!, 0)
  const category = (entries: number, clause: string, more: { name?: string; isRest?: boolean }) => ({
    ...more,
    entries,
    clause,
    filter: withClauses(filter, clause),
  })
  const categories = named.map((name) => category(counts.get(name)!, equals(name), { name }))
  const places = new Map(named.map((name, place) => [name, place]))
  const restPlace =
    rest === 0
      ? -1
      : categories.push(category(rest, `-(${named.map(equals).join(' or ')}) ${present}`, { isRest: true })) -
        1
  const withoutPlace = without === 0 ? -1 : categories.push(category(without, absent, {})) - 1
  return {
    answer: { kind: 'categories', field, categories },
    of: (id) => {
      const label = of(id)
      return label === undefined ? withoutPlace : (places.get(label) ?? restPlace)
    },
  }
}

function nameLabels(field: string, column: NameColumn, { columns, strings }: SumSource): Labels {
  const names = columns.names(column)
  return {
    field,
    of: (id) => (names[id] === 0 ? undefined : strings.text(names[id]!)),
    equals: (text) => `${field}=${quoted(text)}`,
    present: `${field}:*`,
    absent: `-${field}:*`,
  }
}

function choiceLabels(field: 'kind' | 'status', columns: Columns): Labels {
  const numbers = columns.numbers(field)
  return {
    field,
    of: (id) => choices[field][numbers[id]!],
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
  const labelsOf = few.map(({ codeOfExample }, i) => {
    const labels: string[] = []
    for (const [entry, code] of codeOfExample) labels[code] = labelOf(select.get(nameIds[i]!, entry)!)
    return labels
  })
  return {
    field,
    of: (id) => {
      for (const [i, { codes, count }] of few.entries())
        if (codes[id]! < count) return labelsOf[i]![codes[id]!]
      return undefined
    },
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
