import type { Database } from 'better-sqlite3'

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
  const previews = readPreviews(database, nameId)
  const codes = new Uint32Array(idsEnd).fill(unknownCode)
  const codeOfExample = new Map<number, number>()
  const codeOf = new Map<unknown, number>()
  for (let i = 0; i < values.length; i++) {
    const entry = entries[i]!
    const key = previews.get(entry) ?? values[i]
    let code = codeOf.get(key)
    if (code === undefined) {
      code = codeOf.size
      if (code === valuesAtMost) return undefined
      codeOf.set(key, code)
      codeOfExample.set(entry, code)
    }
    codes[entry] = code
  }
  const count = codeOf.size
  for (let id = 0; id < idsEnd; id++) if (codes[id] === unknownCode) codes[id] = count
  return { codes, count, examples: JSON.stringify([...codeOfExample.keys()]), codeOfExample }
}

const unknownCode = 0xffff_ffff

/** Of values whose preview does not follow from them: both, as a text that no value is. */
function readPreviews(database: Database, nameId: number): Map<number, string> {
  const rows = database
    .prepare<[number], [number, string]>(
      `SELECT entry, char(0) || typeof(value) || ' ' || ifnull(value, '') || char(0) || preview
         FROM arguments WHERE name = ? AND preview IS NOT NULL`,
    )
    .raw()
    .all(nameId)
  return new Map(rows)
}
