import type { Database } from 'better-sqlite3'
import type { EntrySummary } from '../model/record.ts'
import { storeArgument } from './argument-columns.ts'
import { choices } from './query/ast.ts'
import type { Strings } from './strings.ts'
import type { SumKey, Sums } from './sums.ts'
import { SumChanges } from './sums.ts'
import type { TextIndex } from './text-index.ts'

/** An entry as the indexer hands it over. */
export interface CatalogEntry {
  readonly key: Uint8Array
  /** The part of the store it is in, for stores that have parts. */
  readonly part?: string
  readonly sizeBytes?: number
  readonly modifiedMs?: number
  readonly stamp?: string
  readonly summary: EntrySummary
}

/** One transaction's worth of changes. */
export interface CatalogBatch {
  readonly put?: readonly CatalogEntry[]
  readonly remove?: readonly Uint8Array[]
  /** New tokens of parts that are now wholly in the catalog; `undefined`: the part is gone. */
  readonly parts?: ReadonlyMap<string, string | undefined>
  /** New token of the store, which is now wholly in the catalog; `undefined` forgets it. */
  readonly token?: { readonly whole: string | undefined }
}

const columns = [
  'part',
  'size',
  'modified',
  'stamp',
  'kind',
  'status',
  'func',
  'module',
  'user',
  'host',
  'cwd',
  'version',
  'output_type',
  'argument_names',
  'run_at',
  'elapsed',
] as const
type ColumnValues = readonly (number | string | null)[]

/** Rows of `arguments` in one statement: half the time of one each. */
const argumentsAtOnce = 25

type ArgumentRow = [
  name: number,
  entry: number,
  type: number,
  value: number | string | null,
  preview: string | null,
]

interface OldEntry {
  readonly id: number
  readonly size: number | null
  readonly elapsed: number | null
  readonly kind: number
  readonly status: number
  readonly func: number | null
  readonly module: number | null
  readonly user: number | null
  readonly version: number | null
  readonly argument_names: number | null
  readonly call: string | null
  readonly output: string | null
}

/** Puts and removes entries with all that hangs on them: texts, arguments, sums. */
export class Writer {
  readonly #database: Database
  readonly #strings: Strings
  readonly #sums: Sums
  readonly #textIndex: TextIndex
  readonly #changes = new SumChanges()
  readonly #partIds = new Map<string, number>()
  readonly #arguments = new Map<number, ArgumentRow[]>()
  readonly #statements

  constructor(database: Database, strings: Strings, sums: Sums, textIndex: TextIndex) {
    this.#database = database
    this.#strings = strings
    this.#sums = sums
    this.#textIndex = textIndex
    this.#statements = prepareStatements(database)
  }

  /** Writes a batch in one transaction: all of it or, if it throws, nothing. How many were removed. */
  write(batch: CatalogBatch): number {
    try {
      return this.#database.transaction(() => this.#write(batch)).immediate()
    } catch (thrown) {
      this.#strings.clear()
      this.#changes.clear()
      this.#arguments.clear()
      this.#partIds.clear()
      throw thrown
    }
  }

  #write({ put = [], remove = [], parts, token }: CatalogBatch): number {
    for (const entry of put) this.#put(entry)
    this.#writeArguments()
    let removed = 0
    for (const key of remove) if (this.#remove(key)) removed++
    for (const [name, partToken] of parts ?? [])
      this.#statements.setPartToken.run(partToken ?? null, this.#part(name))
    if (token?.whole === undefined) {
      if (token) this.#statements.forgetToken.run()
    } else {
      this.#statements.setToken.run(token.whole)
    }
    this.#sums.write(this.#changes)
    if (put.length + removed > 0) this.#statements.bumpRevision.run()
    return removed
  }

  #put(entry: CatalogEntry): void {
    const { summary } = entry
    const values = this.#columnValues(entry)
    const inserted = this.#statements.insertEntry.run(entry.key, ...values)
    let id = Number(inserted.lastInsertRowid)
    const text = { call: summary.call ?? null, output: summary.outputPreview ?? null }
    const problem = summary.problem === undefined ? null : JSON.stringify(summary.problem)
    if (inserted.changes === 0) {
      const old = this.#statements.selectOld.get(entry.key)!
      id = old.id
      this.#leave(old)
      this.#statements.updateEntry.run(...values, id)
      this.#statements.updateTexts.run(text.call, text.output, problem, id)
      this.#textIndex.renew({ id, ...text })
    } else {
      this.#statements.insertTexts.run(id, text.call, text.output, problem)
    }
    const sumKey = this.#sumKey(summary)
    this.#changes.entry(sumKey, entry.sizeBytes ?? 0, summary.elapsedSeconds ?? 0, 1)
    this.#putArguments(id, summary, sumKey)
  }

  #columnValues({ part, sizeBytes, modifiedMs, stamp, summary }: CatalogEntry): ColumnValues {
    const names = uniqueArguments(summary).map(({ name }) => name)
    return [
      part === undefined ? null : this.#part(part),
      sizeBytes ?? null,
      modifiedMs ?? null,
      stamp ?? null,
      choices.kind.indexOf(summary.kind),
      choices.status.indexOf(summary.status),
      this.#intern(summary.func),
      this.#intern(summary.module),
      this.#intern(summary.user),
      this.#intern(summary.host),
      this.#intern(summary.cwd),
      this.#intern(summary.version),
      this.#intern(summary.outputType),
      names.length === 0 ? null : this.#strings.intern(JSON.stringify(names)),
      summary.runAtSeconds ?? null,
      summary.elapsedSeconds ?? null,
    ]
  }

  #putArguments(id: number, summary: EntrySummary, { func, module }: SumKey): void {
    for (const argument of uniqueArguments(summary)) {
      const name = this.#strings.intern(argument.name)
      const type = this.#strings.intern(argument.type)
      const { value, preview } = storeArgument(argument)
      const rows = this.#arguments.get(name)
      if (rows) rows.push([name, id, type, value, preview])
      else this.#arguments.set(name, [[name, id, type, value, preview]])
      this.#changes.argument([func, module, name, type], argument.number !== undefined, 1)
    }
  }

  /** By name, as the table is: rows of one name then go to one place of it, many in one statement. */
  #writeArguments(): void {
    const { insertArgument, insertArguments } = this.#statements
    for (const rows of this.#arguments.values()) {
      let done = 0
      for (; done + argumentsAtOnce <= rows.length; done += argumentsAtOnce) {
        insertArguments.run(rows.slice(done, done + argumentsAtOnce).flat())
      }
      for (; done < rows.length; done++) insertArgument.run(...rows[done]!)
    }
    this.#arguments.clear()
  }

  #remove(key: Uint8Array): boolean {
    const old = this.#statements.selectOld.get(key)
    if (!old) return false
    this.#leave(old)
    this.#statements.deleteEntry.run(old.id)
    this.#statements.deleteTexts.run(old.id)
    return true
  }

  /** Takes away all that an entry added elsewhere: its sums, arguments and indexed text. */
  #leave(old: OldEntry): void {
    this.#writeArguments()
    const { func, module, version, user, kind, status } = old
    const key = { func: func ?? 0, module: module ?? 0, version: version ?? 0, user: user ?? 0, kind, status }
    this.#changes.entry(key, old.size ?? 0, old.elapsed ?? 0, -1)
    const names = this.#strings.text(old.argument_names)
    for (const name of names === undefined ? [] : (JSON.parse(names) as string[])) {
      const nameId = this.#strings.intern(name)
      const argument = this.#statements.selectArgument.get(nameId, old.id)
      if (argument)
        this.#changes.argument([key.func, key.module, nameId, argument.type], argument.isNumber === 1, -1)
      this.#statements.deleteArgument.run(nameId, old.id)
    }
    this.#textIndex.forget(old)
  }

  #sumKey(summary: EntrySummary): SumKey {
    return {
      func: this.#intern(summary.func) ?? 0,
      module: this.#intern(summary.module) ?? 0,
      version: this.#intern(summary.version) ?? 0,
      user: this.#intern(summary.user) ?? 0,
      kind: choices.kind.indexOf(summary.kind),
      status: choices.status.indexOf(summary.status),
    }
  }

  #intern(text: string | undefined): number | null {
    return text === undefined ? null : this.#strings.intern(text)
  }

  #part(name: string): number {
    let id = this.#partIds.get(name)
    if (id === undefined) {
      id =
        this.#statements.selectPart.get(name) ?? Number(this.#statements.insertPart.run(name).lastInsertRowid)
      this.#partIds.set(name, id)
    }
    return id
  }
}

/** The first of each name: one entry has one value for it. */
function uniqueArguments({ args }: EntrySummary): EntrySummary['args'] {
  const names = new Set(args.map(({ name }) => name))
  return names.size === args.length ? args : args.filter(({ name }) => names.delete(name))
}

function prepareStatements(database: Database) {
  return {
    insertEntry: database.prepare<[Uint8Array, ...ColumnValues]>(
      `INSERT INTO entries (key, ${columns.join(', ')}) VALUES (?, ${columns.map(() => '?').join(', ')})
         ON CONFLICT DO NOTHING`,
    ),
    updateEntry: database.prepare<[...ColumnValues, number]>(
      `UPDATE entries SET ${columns.map((column) => `${column} = ?`).join(', ')} WHERE id = ?`,
    ),
    selectOld: database.prepare<[Uint8Array], OldEntry>(
      `SELECT entries.*, call, output FROM entries LEFT JOIN texts USING (id) WHERE key = ?`,
    ),
    deleteEntry: database.prepare<[number]>('DELETE FROM entries WHERE id = ?'),
    insertTexts: database.prepare<[number, string | null, string | null, string | null]>(
      'INSERT INTO texts VALUES (?, ?, ?, ?)',
    ),
    updateTexts: database.prepare<[string | null, string | null, string | null, number]>(
      'UPDATE texts SET call = ?, output = ?, problem = ? WHERE id = ?',
    ),
    deleteTexts: database.prepare<[number]>('DELETE FROM texts WHERE id = ?'),
    insertArgument: database.prepare<ArgumentRow>('INSERT INTO arguments VALUES (?, ?, ?, ?, ?)'),
    insertArguments: database.prepare<[ArgumentRow[number][]]>(
      `INSERT INTO arguments VALUES ${Array.from({ length: argumentsAtOnce }, () => '(?, ?, ?, ?, ?)').join(', ')}`,
    ),
    selectArgument: database.prepare<[number, number], { type: number; isNumber: number }>(
      `SELECT type, typeof(value) IN ('integer', 'real') AS isNumber FROM arguments WHERE name = ? AND entry = ?`,
    ),
    deleteArgument: database.prepare<[number, number]>('DELETE FROM arguments WHERE name = ? AND entry = ?'),
    selectPart: database.prepare<[string], number>('SELECT id FROM parts WHERE name = ?').pluck(),
    insertPart: database.prepare<[string]>('INSERT INTO parts (name) VALUES (?)'),
    setPartToken: database.prepare<[string | null, number]>('UPDATE parts SET token = ? WHERE id = ?'),
    setToken: database.prepare<[string]>(
      `INSERT INTO meta VALUES ('token', ?) ON CONFLICT DO UPDATE SET value = excluded.value`,
    ),
    forgetToken: database.prepare<[]>(`DELETE FROM meta WHERE name = 'token'`),
    bumpRevision: database.prepare<[]>(`UPDATE meta SET value = value + 1 WHERE name = 'revision'`),
  }
}
