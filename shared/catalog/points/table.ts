import { showKey } from '../../model/keys.ts'
import type { StoredArgument } from '../argument-columns.ts'
import type { SumSource } from '../narrowing.ts'
import { choices } from '../query/ast.ts'
import { parseSubject } from '../query/subject.ts'
import type { StoredSubject } from '../sums.ts'
import { labelOf, nameColumns, noColors } from './color.ts'
import { storedNames } from './measure.ts'

/**
 * Cells of entries: the key, then of each field a number with all of its figures, a text as it is, a time as ISO 8601
 * in UTC, anything else as its literal, nothing where there is none. An entry that is gone has nothing at all.
 *
 * @throws AppError USAGE for what is no field.
 */
export function cellsOf(ids: Int32Array, fields: readonly string[], source: SumSource): string[][] {
  const columns = fields.map((field) => columnOf(field, ids, source))
  const keyOf = source.database.prepare<[number], Buffer>('SELECT key FROM entries WHERE id = ?').pluck()
  return Array.from(ids, (id) => {
    const key = keyOf.get(id)
    return [key ? showKey(key) : '', ...columns.map((of) => of(id))]
  })
}

function columnOf(text: string, ids: Int32Array, source: SumSource): (id: number) => string {
  const { columns, strings } = source
  const subject = parseSubject(text)
  if (subject.kind !== 'field') return storedColumn(subject, ids, source)
  const plain = (numbers: Float64Array) => (id: number) => {
    const number = numbers[id]
    return number === undefined || Number.isNaN(number) ? '' : String(number)
  }
  switch (subject.name) {
    case 'took':
      return plain(columns.numbers('elapsed'))
    case 'size':
      return plain(columns.numbers('size'))
    case 'run': {
      const moments = columns.numbers('run_at')
      return (id) => momentOf(moments[id])
    }
    case 'kind':
    case 'status': {
      const { name } = subject
      const numbers = columns.numbers(name)
      return (id) => choices[name][numbers[id] ?? -1] ?? ''
    }
    default: {
      const column = nameColumns[subject.name]
      if (column === undefined) throw noColors(text)
      const names = columns.names(column)
      return (id) => strings.text(names[id] || null) ?? ''
    }
  }
}

function momentOf(seconds: number | undefined): string {
  if (seconds === undefined || Number.isNaN(seconds)) return ''
  const moment = new Date(seconds * 1_000)
  return Number.isNaN(moment.getTime()) ? String(seconds) : moment.toISOString()
}

function storedColumn(
  subject: StoredSubject,
  ids: Int32Array,
  { database, strings }: SumSource,
): (id: number) => string {
  const select = database.prepare<[number, string], StoredArgument & { entry: number }>(
    'SELECT entry, value, preview FROM arguments WHERE name = ? AND entry IN (SELECT value FROM json_each(?))',
  )
  const wanted = JSON.stringify([...ids])
  const cells = new Map<number, string>()
  for (const nameId of storedNames(subject, strings).toReversed())
    for (const stored of select.iterate(nameId, wanted)) cells.set(stored.entry, cellOf(stored))
  return (id) => cells.get(id) ?? ''
}

function cellOf(stored: StoredArgument): string {
  const isFlag = stored.preview === 'True' || stored.preview === 'False'
  return typeof stored.value === 'number' && Number.isFinite(stored.value) && !isFlag
    ? String(stored.value)
    : labelOf(stored)
}
