import type { Database } from 'better-sqlite3'
import { SqliteError } from 'better-sqlite3'
import type { ArgumentSummary, EntrySummary } from '../model/record.ts'
import { storeArgument } from './argument-columns.ts'
import type { InsideValues } from './inside-values.ts'
import { insideValues } from './inside-values.ts'
import type { StoredLeaf } from './leaf-paths.ts'
import type { KeptColumns } from './kept-columns.ts'
import { LeafPaths } from './leaf-paths.ts'
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
  /** Nothing is written if there is an entry already. */
  readonly onlyIfEmpty?: boolean
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
  'shape',
  'dtype',
  'run_at',
  'elapsed',
] as const
type ColumnValues = (number | string | null)[]

/** New entries and their texts in one statement: some two thirds of the time of one each. */
const entriesAtOnce = 10

/** Rows of `arguments` in one statement: half the time of one each. */
const argumentsAtOnce = 25

/** Name, entry, type, value, preview. */
const argumentValues = 5
type ArgumentValue = number | string | null

/** An entry with all that is written of it. */
interface ReadyEntry {
  readonly entry: CatalogEntry
  readonly args: EntrySummary['args']
  readonly sumKey: SumKey
  readonly values: ColumnValues
  readonly leaves: readonly StoredLeaf[]
  readonly inside: InsideValues
  readonly texts: TextValues
}

type TextValues = [
  call: string | null,
  output: string | null,
  problem: string | null,
  argsText: string | null,
  outputText: string | null,
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
  readonly leaves: string | null
  readonly call: string | null
  readonly output: string | null
  readonly args_text: string | null
  readonly output_text: string | null
}

/** Puts and removes entries with all that hangs on them: texts, arguments, sums. */
export class Writer {
  readonly #database: Database
  readonly #strings: Strings
  readonly #sums: Sums
  readonly #textIndex: TextIndex
  readonly #changes = new SumChanges()
  readonly #leafPaths: LeafPaths
  readonly #kept: KeptColumns
  readonly #partIds = new Map<string, number>()
  /** Values of rows of `arguments` to be written, one row after the other, by name. */
  readonly #arguments = new Map<number, ArgumentValue[]>()
  readonly #statements

  /** Told the ids of entries that are known already, before they change or go. */
  #note: (id: number) => void = () => undefined

  constructor(database: Database, strings: Strings, sums: Sums, textIndex: TextIndex, kept: KeptColumns) {
    this.#database = database
    this.#strings = strings
    this.#sums = sums
    this.#textIndex = textIndex
    this.#leafPaths = new LeafPaths(database, strings)
    this.#kept = kept
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
      this.#leafPaths.clear()
      throw thrown
    }
  }

  #write({ put = [], remove = [], parts, token, onlyIfEmpty = false }: CatalogBatch): number {
    if (onlyIfEmpty && this.#statements.anyEntry.get() !== undefined) return 0
    this.#note = this.#kept.noting()
    this.#putAll(put)
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

  #putAll(put: readonly CatalogEntry[]): void {
    let areNew = true
    for (let from = 0; from < put.length; from += entriesAtOnce) {
      const ready = put.slice(from, from + entriesAtOnce).map((entry) => this.#ready(entry))
      // Where one entry is known already, others of the batch mostly are too.
      areNew &&= ready.length === entriesAtOnce && this.#insertTogether(ready)
      if (!areNew) for (const each of ready) this.#put(each)
    }
  }

  #ready(entry: CatalogEntry): ReadyEntry {
    const { summary } = entry
    const args = uniqueArguments(summary)
    const sumKey = this.#sumKey(summary)
    const problem = summary.problem === undefined ? null : JSON.stringify(summary.problem)
    const leaves = this.#leafPaths.store(summary.inside)
    return {
      entry,
      args,
      sumKey,
      values: this.#columnValues(entry, args, sumKey),
      leaves,
      inside: insideValues(entry, leaves),
      texts: [
        summary.call ?? null,
        summary.outputPreview ?? null,
        problem,
        summary.inside?.argumentsText ?? null,
        summary.inside?.outputText ?? null,
      ],
    }
  }

  /** False, and nothing is done, if one of them is in the catalog already. */
  #insertTogether(ready: readonly ReadyEntry[]): boolean {
    const { insertEntries, insertManyTexts, insertManyInsides } = this.#statements
    const rows: (Uint8Array | ColumnValues[number])[] = []
    for (const { entry, values } of ready) rows.push(entry.key, ...values)
    let lastId
    try {
      lastId = Number(insertEntries.run(rows).lastInsertRowid)
    } catch (thrown) {
      // A statement that fails undoes itself only, not the transaction.
      if (thrown instanceof SqliteError && thrown.code === 'SQLITE_CONSTRAINT_UNIQUE') return false
      throw thrown
    }
    const texts: (number | string | null)[] = []
    const insides: (number | string | null)[] = []
    for (const [i, each] of ready.entries()) {
      // Rows of one statement are numbered without a gap.
      const id = lastId - ready.length + 1 + i
      texts.push(id, ...each.texts)
      insides.push(id, ...each.inside)
      this.#count(id, each)
    }
    insertManyTexts.run(texts)
    insertManyInsides.run(insides)
    return true
  }

  #put(ready: ReadyEntry): void {
    const { entry, values, texts, inside } = ready
    const inserted = this.#statements.insertEntry.run(entry.key, ...values)
    let id = Number(inserted.lastInsertRowid)
    if (inserted.changes === 0) {
      const old = this.#statements.selectOld.get(entry.key)!
      id = old.id
      this.#leave(old)
      this.#statements.updateEntry.run(...values, id)
      this.#statements.updateTexts.run(...texts, id)
      const [call, output, , args_text, output_text] = texts
      this.#textIndex.renew({ id, call, output, args_text, output_text })
    } else {
      this.#statements.insertTexts.run(id, ...texts)
    }
    this.#statements.putInside.run(id, ...inside)
    this.#count(id, ready)
  }

  /** Adds the sums of an entry, and its arguments to those to be written. */
  #count(id: number, { entry, args, leaves, sumKey }: ReadyEntry): void {
    this.#changes.entry(sumKey, entry.sizeBytes ?? 0, entry.summary.elapsedSeconds ?? 0, 1)
    for (const argument of args) this.#putArgument(id, this.#strings.intern(argument.name), argument, sumKey)
    for (const { nameId, leaf } of leaves) this.#putArgument(id, nameId, leaf, sumKey)
  }

  #columnValues(
    { part, sizeBytes, modifiedMs, stamp, summary }: CatalogEntry,
    args: EntrySummary['args'],
    { func, module, version, user, kind, status }: SumKey,
  ): ColumnValues {
    return [
      part === undefined ? null : this.#part(part),
      sizeBytes ?? null,
      modifiedMs ?? null,
      stamp ?? null,
      kind,
      status,
      func || null,
      module || null,
      user || null,
      this.#intern(summary.host),
      this.#intern(summary.cwd),
      version || null,
      this.#intern(summary.outputType),
      args.length === 0 ? null : this.#strings.intern(JSON.stringify(args.map(({ name }) => name))),
      this.#intern(summary.inside?.shape),
      this.#intern(summary.inside?.dtype),
      summary.runAtSeconds ?? null,
      summary.elapsedSeconds ?? null,
    ]
  }

  #putArgument(id: number, name: number, argument: ArgumentSummary, { func, module }: SumKey): void {
    const type = this.#strings.intern(argument.type)
    const { value, preview } = storeArgument(argument)
    const rows = this.#arguments.get(name)
    if (rows) rows.push(name, id, type, value, preview)
    else this.#arguments.set(name, [name, id, type, value, preview])
    this.#changes.argument([func, module, name, type], argument.number !== undefined, 1)
  }

  /** By name, as the table is: rows of one name then go to one place of it, many in one statement. */
  #writeArguments(): void {
    const { insertArgument, insertArguments } = this.#statements
    const valuesAtOnce = argumentsAtOnce * argumentValues
    for (const values of this.#arguments.values()) {
      let done = 0
      for (; done + valuesAtOnce <= values.length; done += valuesAtOnce)
        insertArguments.run(values.slice(done, done + valuesAtOnce))
      for (; done < values.length; done += argumentValues)
        insertArgument.run(values.slice(done, done + argumentValues))
    }
    this.#arguments.clear()
  }

  #remove(key: Uint8Array): boolean {
    const old = this.#statements.selectOld.get(key)
    if (!old) return false
    this.#leave(old)
    this.#statements.deleteEntry.run(old.id)
    this.#statements.deleteTexts.run(old.id)
    this.#statements.deleteInside.run(old.id)
    return true
  }

  /** Takes away all that an entry added elsewhere: its sums, arguments and indexed text; it is to change or go. */
  #leave(old: OldEntry): void {
    this.#note(old.id)
    this.#writeArguments()
    const { func, module, version, user, kind, status } = old
    const key = { func: func ?? 0, module: module ?? 0, version: version ?? 0, user: user ?? 0, kind, status }
    this.#changes.entry(key, old.size ?? 0, old.elapsed ?? 0, -1)
    const names = this.#strings.text(old.argument_names)
    const nameIds = [
      ...(names === undefined ? [] : (JSON.parse(names) as string[])).map((name) =>
        this.#strings.intern(name),
      ),
      ...(old.leaves === null ? [] : (JSON.parse(old.leaves) as number[])),
    ]
    for (const nameId of nameIds) {
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
  if (args.length < 2) return args
  const names = new Set(args.map(({ name }) => name))
  return names.size === args.length ? args : args.filter(({ name }) => names.delete(name))
}

/** `(?, ?), (?, ?)`: so many rows of so many values. */
function placeholders(rows: number, values: number): string {
  const row = `(${Array.from({ length: values }, () => '?').join(', ')})`
  return Array.from({ length: rows }, () => row).join(', ')
}

function prepareStatements(database: Database) {
  return {
    anyEntry: database.prepare<[], number>('SELECT id FROM entries LIMIT 1').pluck(),
    insertEntries: database.prepare<[(Uint8Array | ColumnValues[number])[]]>(
      `INSERT INTO entries (key, ${columns.join(', ')}) VALUES ${placeholders(entriesAtOnce, 1 + columns.length)}`,
    ),
    insertManyTexts: database.prepare<[ColumnValues]>(
      `INSERT INTO texts VALUES ${placeholders(entriesAtOnce, 6)}`,
    ),
    insertEntry: database.prepare<[Uint8Array, ...ColumnValues]>(
      `INSERT INTO entries (key, ${columns.join(', ')}) VALUES ${placeholders(1, 1 + columns.length)}
         ON CONFLICT DO NOTHING`,
    ),
    updateEntry: database.prepare<[...ColumnValues, number]>(
      `UPDATE entries SET ${columns.map((column) => `${column} = ?`).join(', ')} WHERE id = ?`,
    ),
    selectOld: database.prepare<[Uint8Array], OldEntry>(
      `SELECT entries.*, call, output, args_text, output_text, leaves
         FROM entries LEFT JOIN texts USING (id) LEFT JOIN insides USING (id) WHERE key = ?`,
    ),
    deleteEntry: database.prepare<[number]>('DELETE FROM entries WHERE id = ?'),
    insertTexts: database.prepare<[number, ...TextValues]>('INSERT INTO texts VALUES (?, ?, ?, ?, ?, ?)'),
    updateTexts: database.prepare<[...TextValues, number]>(
      'UPDATE texts SET call = ?, output = ?, problem = ?, args_text = ?, output_text = ? WHERE id = ?',
    ),
    insertManyInsides: database.prepare<[(number | string | null)[]]>(
      `INSERT INTO insides VALUES ${placeholders(entriesAtOnce, 7)}`,
    ),
    putInside: database.prepare<[number, ...InsideValues]>(
      `INSERT OR REPLACE INTO insides VALUES ${placeholders(1, 7)}`,
    ),
    deleteInside: database.prepare<[number]>('DELETE FROM insides WHERE id = ?'),
    deleteTexts: database.prepare<[number]>('DELETE FROM texts WHERE id = ?'),
    insertArgument: database.prepare<[ArgumentValue[]]>('INSERT INTO arguments VALUES (?, ?, ?, ?, ?)'),
    insertArguments: database.prepare<[ArgumentValue[]]>(
      `INSERT INTO arguments VALUES ${placeholders(argumentsAtOnce, argumentValues)}`,
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
