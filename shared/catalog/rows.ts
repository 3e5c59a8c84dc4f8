import type { Database } from 'better-sqlite3'
import type { Row } from '../api/contract.ts'
import type { Problem } from '../model/errors.ts'
import { showKey } from '../model/keys.ts'
import type { StoredArgument } from './argument-columns.ts'
import { previewOfStored } from './argument-columns.ts'
import { choices } from './query/ast.ts'
import { storedNameIds } from './leaf-names.ts'
import type { Strings } from './strings.ts'

interface StoredRow {
  readonly id: number
  readonly key: Uint8Array
  readonly size: number | null
  readonly kind: number
  readonly status: number
  readonly func: number | null
  readonly module: number | null
  readonly user: number | null
  readonly host: number | null
  readonly cwd: number | null
  readonly version: number | null
  readonly output_type: number | null
  readonly shape: number | null
  readonly dtype: number | null
  readonly run_at: number | null
  readonly elapsed: number | null
  readonly call: string | null
  readonly output: string | null
  readonly problem: string | null
}

/** What stands in a page for an entry that left the catalog after the search. */
const goneRow: Row = {
  key: '',
  kind: 'foreign',
  status: 'damaged',
  problem: { code: 'UNREADABLE', sentence: 'This entry is gone; search again.' },
}

/** Reads entries as rows of the API. */
export class RowReader {
  readonly #strings: Strings
  readonly #select
  readonly #selectByKey
  readonly #selectKeys
  readonly #selectArgument

  constructor(database: Database, strings: Strings) {
    this.#strings = strings
    const fields = 'entries.*, texts.call, texts.output, texts.problem'
    this.#select = database.prepare<[string], StoredRow>(
      `SELECT ${fields} FROM json_each(?) AS wanted JOIN entries ON entries.id = wanted.value LEFT JOIN texts ON texts.id = entries.id`,
    )
    this.#selectByKey = database.prepare<[Uint8Array], StoredRow>(
      `SELECT ${fields} FROM entries LEFT JOIN texts ON texts.id = entries.id WHERE key = ?`,
    )
    this.#selectKeys = database
      .prepare<[string], Uint8Array>(
        'SELECT entries.key FROM json_each(?) AS wanted JOIN entries ON entries.id = wanted.value ORDER BY wanted.key',
      )
      .pluck()
    this.#selectArgument = database.prepare<[number, string], StoredArgument & { entry: number }>(
      'SELECT entry, value, preview FROM arguments WHERE name = ? AND entry IN (SELECT value FROM json_each(?))',
    )
  }

  /** One row for each id, in order; for an entry that is gone a row that says so. */
  read(ids: Int32Array, argumentNames: readonly string[]): Row[] {
    const wanted = JSON.stringify([...ids])
    const rows = new Map<number, Row>()
    for (const stored of this.#select.iterate(wanted)) rows.set(stored.id, this.#row(stored))
    if (argumentNames.length > 0) this.#addArguments(rows, argumentNames, wanted)
    return Array.from(ids, (id) => rows.get(id) ?? goneRow)
  }

  readKey(key: Uint8Array): Row | undefined {
    const stored = this.#selectByKey.get(key)
    return stored && this.#row(stored)
  }

  /** Keys in the order of the ids, without those that are gone. */
  keys(ids: Int32Array): Uint8Array[] {
    return this.#selectKeys.all(JSON.stringify([...ids]))
  }

  #addArguments(rows: ReadonlyMap<number, Row>, names: readonly string[], wanted: string): void {
    for (const row of rows.values()) row.args = Object.create(null) as Record<string, string>
    for (const name of names) {
      for (const nameId of storedNameIds(name, this.#strings).toReversed()) {
        for (const stored of this.#selectArgument.iterate(nameId, wanted)) {
          const row = rows.get(stored.entry)
          if (row?.args) row.args[name] = previewOfStored(stored)
        }
      }
    }
  }

  #row(stored: StoredRow): Row {
    const text = (id: number | null): string | undefined => this.#strings.text(id)
    const row: Row = {
      key: showKey(stored.key),
      kind: choices.kind[stored.kind]!,
      status: choices.status[stored.status]!,
    }
    const optional: Partial<Row> = {
      func: text(stored.func),
      module: text(stored.module),
      call: stored.call ?? undefined,
      outputType: text(stored.output_type),
      shape: text(stored.shape),
      dtype: text(stored.dtype),
      outputPreview: stored.output ?? undefined,
      elapsedSeconds: stored.elapsed ?? undefined,
      sizeBytes: stored.size ?? undefined,
      runAtSeconds: stored.run_at ?? undefined,
      user: text(stored.user),
      host: text(stored.host),
      cwd: text(stored.cwd),
      version: text(stored.version),
      problem: stored.problem === null ? undefined : (JSON.parse(stored.problem) as Problem),
    }
    for (const [name, value] of Object.entries(optional))
      if (value !== undefined) Object.assign(row, { [name]: value })
    return row
  }
}
