import type { Database } from 'better-sqlite3'
import type { KeptColumn } from './kept-columns.ts'
import { unpackWhole } from './packed.ts'

/** More different values than this are not worth a number each. */
const valuesAtMost = 5_000
/** So many rows tell whether there are few different values. */
const rowsProbed = 20_000

/**
 * An argument that has few different values, as numbers: what SQL says of one entry of each value holds for all
 * entries with that value. Filtering and sorting a million rows by `element` or `method` then looks at a handful.
 */
export interface FewValues {
  /** By id: the number of the entry's value; `count` where it has no such argument. */
  readonly codes: Uint32Array
  readonly count: number
  /** One entry of each value, as a JSON array in the order of their numbers. */
  readonly examples: string
  /** The number of an example's value. */
  readonly codeOfExample: ReadonlyMap<number, number>
}

/** `undefined` if the values of the argument are too many. */
export function readFewValues(database: Database, nameId: number, idsEnd: number): FewValues | undefined {
  const rows = 'FROM arguments WHERE name = ?'
  const probe = `SELECT count(DISTINCT value) FROM (SELECT value ${rows} LIMIT ${rowsProbed})`
  if (database.prepare<[number], number>(probe).pluck().get(nameId)! > valuesAtMost) return undefined

  const pluck = (sql: string): unknown[] => database.prepare<[number]>(sql).pluck().all(nameId)
  const values = pluck(`SELECT value ${rows}`)
  const entries = pluck(`SELECT entry ${rows}`) as number[]
  const hasPreviews = pluck(`SELECT 1 ${rows} AND preview IS NOT NULL LIMIT 1`).length > 0
  const previews = hasPreviews ? (pluck(`SELECT preview ${rows}`) as (string | null)[]) : []
  const codes = new Uint32Array(idsEnd).fill(unknownCode)
  const codeOfExample = new Map<number, number>()
  // By preview, then by value: together they tell all that a row says.
  const codesOf = new Map<string | null, Map<unknown, number>>()
  for (let i = 0; i < values.length; i++) {
    const entry = entries[i]!
    const preview = previews[i] ?? null
    let codeOf = codesOf.get(preview)
    if (!codeOf) codesOf.set(preview, (codeOf = new Map()))
    let code = codeOf.get(values[i])
    if (code === undefined) {
      code = codeOfExample.size
      if (code === valuesAtMost) return undefined
      codeOf.set(values[i], code)
      codeOfExample.set(entry, code)
    }
    codes[entry] = code
  }
  const count = codeOfExample.size
  for (let id = 0; id < idsEnd; id++) if (codes[id] === unknownCode) codes[id] = count
  return withExamples(codes, count, [...codeOfExample.keys()])
}

const unknownCode = 0xffff_ffff

function withExamples(codes: Uint32Array, count: number, examples: readonly number[]): FewValues {
  return {
    codes,
    count,
    examples: JSON.stringify(examples),
    codeOfExample: new Map(examples.map((id, code) => [id, code])),
  }
}

interface ValueRow {
  readonly entry: number
  readonly value: unknown
  readonly preview: string | null
}

/**
 * The same from kept codes and the rows of the entries that changed. `undefined` if there are too many values by now, or
 * nobody has one of them any more: then it is to be read anew.
 */
export function currentFewValues(
  database: Database,
  nameId: number,
  kept: KeptColumn,
  idsEnd: number,
): FewValues | undefined {
  const { changed } = kept
  let { count } = kept
  const codes = unpackWhole(kept, idsEnd, count)
  if (!codes) return undefined
  for (const id of changed) if (id < idsEnd) codes[id] = count
  const examples = new Int32Array(count).fill(-1)
  for (let id = idsEnd - 1; id >= 0; id--) if (codes[id]! < count) examples[codes[id]!] = id
  if (examples.includes(-1)) return undefined
  if (changed.length === 0) return withExamples(codes, count, [...examples])

  const rows = database.prepare<[number, string], ValueRow>(
    'SELECT entry, value, preview FROM arguments WHERE name = ? AND entry IN (SELECT value FROM json_each(?))',
  )
  const known = [...examples]
  const codeOf = new Map<string, number>()
  const valueName = ({ value, preview }: ValueRow): string =>
    JSON.stringify([preview, typeof value, String(value)])
  for (const row of rows.iterate(nameId, JSON.stringify(known))) codeOf.set(valueName(row), codes[row.entry]!)
  const changedRows = rows.all(nameId, JSON.stringify(changed))
  for (const row of changedRows) {
    if (codeOf.has(valueName(row))) continue
    codeOf.set(valueName(row), known.length)
    known.push(row.entry)
  }
  if (known.length > valuesAtMost) return undefined
  if (known.length > count) {
    const absent = count
    count = known.length
    for (let id = 0; id < idsEnd; id++) if (codes[id] === absent) codes[id] = count
  }
  for (const row of changedRows) codes[row.entry] = codeOf.get(valueName(row))!
  return withExamples(codes, count, known)
}
