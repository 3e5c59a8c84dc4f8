import type { Database } from 'better-sqlite3'

import { AppError } from '../../model/errors.ts'
import type { DatabaseInfo } from '../contract.ts'
import { sampleValues } from './sample.ts'
import { quote } from './sql.ts'

/** A table that is read as a cache: which columns, and how its rows are found. */
export interface CacheTable {
  readonly name: string
  readonly keyColumn: string
  readonly valueColumn: string
  /** An unshadowed name of the row id; `undefined`: WITHOUT ROWID, its key column being the primary key. */
  readonly rowid: string | undefined
  /** An index leads with the key column. */
  readonly isIndexed: boolean
  /** No two rows have equal keys of one type. */
  readonly isUnique: boolean
  readonly encoding: 'utf8' | 'utf16le' | 'utf16be'
  readonly values: 'pickle' | 'json' | 'any'
  /** How keys and values that are there are typed: new ones are written alike. */
  readonly keysAreBlobs: boolean
  readonly valuesAreText: boolean
}

export interface TableChoice {
  readonly table?: string
  readonly key?: string
  readonly value?: string
}

export interface Column {
  readonly name: string
  readonly type: string
  readonly pk: number
  /** 0: ordinary and stored. */
  readonly hidden: number
}

interface ListedTable {
  readonly name: string
  readonly type: string
  readonly wr: number
}

/** Names that key and value columns go by, the usual first. */
const keyNames = ['hash', 'key', 'k', 'cache_key', 'id', 'digest', 'sha1', 'md5', 'fingerprint', 'name']
const valueNames = ['value', 'v', 'val', 'data', 'blob', 'output', 'result', 'pickle', 'content', 'payload']
const maxTables = 1_000
const usualName = 'cache'

/**
 * The cache table: the one asked for, else `cache(hash, value)`, else the likeliest by its columns and rows.
 *
 * @throws AppError `NOT_FOUND` (no such table or column), `NOT_A_STORE` (a view, a generated column, nothing alike)
 */
export function findTable(database: Database, path: string, choice: TableChoice): CacheTable {
  const tables = listTables(database)
  if (choice.table !== undefined) return chosenTable(database, path, tables, choice.table, choice)
  const usual = tables.find(({ name }) => name.toLowerCase() === usualName)
  if (usual && columnsOf(database, usual.name, choice))
    return chosenTable(database, path, tables, usual.name, choice)
  const likely = tables
    .filter(({ type }) => type === 'table')
    .map((table) => ({ table, score: likeliness(database, table.name, choice) }))
    .filter(({ score }) => score >= enough)
    .toSorted((a, b) => b.score - a.score)[0]
  if (likely) return chosenTable(database, path, tables, likely.table.name, choice)
  if (usual) return chosenTable(database, path, tables, usual.name, choice)
  const seen =
    tables.length === 0
      ? 'it has no tables'
      : `it has ${tables
          .map(({ name }) => quote(name))
          .slice(0, 5)
          .join(', ')}`
  throw new AppError(
    'NOT_A_STORE',
    `${path} has no table that looks like a cache: ${seen}; name one with ?table=…&key=…&value=….`,
    { data: { path } },
  )
}

/** True if there is no table at all: a new cache can be made in it. */
export function isWithoutTables(database: Database): boolean {
  return listTables(database).length === 0
}

/** The tables of the file; what cannot be a cache with the reason. */
export function describeTables(database: Database): DatabaseInfo[] {
  return listTables(database).map((table) => {
    const problem =
      problemOf(table) ??
      (columnsOf(database, table.name, {}) ? undefined : 'it has no key and value columns')
    return { name: table.name, flags: table.wr === 1 ? ['WITHOUT ROWID'] : [], problem }
  })
}

const enough = 50

/** Names of both columns weigh 50, types alone 30, and rows that look like records 25 more. */
function likeliness(database: Database, table: string, choice: TableChoice): number {
  const columns = columnsOf(database, table, choice)
  if (!columns) return 0
  const sample = sampleValues(database, table, columns.key.name, columns.value.name)
  return (columns.areNamed ? 50 : 30) + (sample.looksLikeRecords ? 25 : 0)
}

function chosenTable(
  database: Database,
  path: string,
  tables: readonly ListedTable[],
  name: string,
  choice: TableChoice,
): CacheTable {
  const table = tables.find((candidate) => candidate.name === name)
  const refuse = (code: 'NOT_FOUND' | 'NOT_A_STORE', what: string): AppError =>
    new AppError(code, `${path}: ${what}; name another with ?table=…&key=…&value=….`, {
      data: { path, table: name },
    })
  if (!table) throw refuse('NOT_FOUND', `there is no table ${quote(name)}`)
  const problem = problemOf(table)
  if (problem !== undefined) throw refuse('NOT_A_STORE', `${quote(name)} is not read: ${problem}`)
  for (const wanted of [choice.key, choice.value]) {
    if (wanted !== undefined && !listColumns(database, name).some((column) => column.name === wanted)) {
      throw refuse('NOT_FOUND', `the table ${quote(name)} has no column ${quote(wanted)}`)
    }
  }
  const columns = columnsOf(database, name, choice)
  if (!columns)
    throw refuse(
      'NOT_A_STORE',
      `the table ${quote(name)} has no key and value columns that are stored as they are`,
    )
  return shapeOf(database, table, columns, refuse)
}

function shapeOf(
  database: Database,
  table: ListedTable,
  { key, value, all }: TableColumns,
  refuse: (code: 'NOT_A_STORE', what: string) => AppError,
): CacheTable {
  const isWithoutRowid = table.wr === 1
  const rowid = ['rowid', '_rowid_', 'oid'].find((alias) =>
    all.every(({ name }) => name.toLowerCase() !== alias),
  )
  if (isWithoutRowid && all.some(({ name, pk }) => pk > 0 && name !== key.name)) {
    throw refuse(
      'NOT_A_STORE',
      `the table ${quote(table.name)} is WITHOUT ROWID and its primary key is not ${quote(key.name)}`,
    )
  }
  if (!isWithoutRowid && rowid === undefined) {
    throw refuse('NOT_A_STORE', `the table ${quote(table.name)} hides its row id behind columns of that name`)
  }
  const isRowid =
    key.pk > 0 && key.type.toUpperCase() === 'INTEGER' && all.filter(({ pk }) => pk > 0).length === 1
  const index = indexOn(database, table.name, key.name)
  const sample = sampleValues(database, table.name, key.name, value.name)
  return {
    name: table.name,
    keyColumn: key.name,
    valueColumn: value.name,
    rowid: isWithoutRowid ? undefined : rowid,
    isIndexed: isRowid || isWithoutRowid || index !== undefined,
    isUnique: isRowid || isWithoutRowid || index === 'unique',
    encoding: encodingOf(database),
    values: sample.values,
    keysAreBlobs: sample.keysAreBlobs ?? /BLOB/i.test(key.type),
    valuesAreText: sample.valuesAreText,
  }
}

function problemOf(table: ListedTable): string | undefined {
  if (table.type === 'view') return 'it is a view, which is a program'
  if (table.type === 'virtual') return 'it is a virtual table'
  return table.type === 'table' ? undefined : `it is a ${table.type} table`
}

interface TableColumns {
  readonly key: Column
  readonly value: Column
  /** Both go by a usual name, or were asked for. */
  readonly areNamed: boolean
  readonly all: readonly Column[]
}

function columnsOf(database: Database, table: string, choice: TableChoice): TableColumns | undefined {
  const all = listColumns(database, table)
  const stored = all.filter(({ hidden }) => hidden === 0)
  const named = (wanted: string | undefined, names: readonly string[]): Column | undefined =>
    wanted === undefined
      ? names.map((name) => stored.find((column) => column.name.toLowerCase() === name)).find(Boolean)
      : stored.find((column) => column.name === wanted)
  const value = named(choice.value, valueNames)
  const key = named(
    choice.key,
    keyNames.filter((name) => name !== value?.name.toLowerCase()),
  )
  if (key && value && key !== value) return { key, value, areNamed: true, all }
  if (stored.length !== 2 || choice.key !== undefined || choice.value !== undefined) return undefined
  const blob = stored.find(({ type }) => /BLOB/i.test(type))
  const other = stored.find((column) => column !== blob)
  return blob && other ? { key: other, value: blob, areNamed: false, all } : undefined
}

function listTables(database: Database): ListedTable[] {
  const rows = database
    .prepare(`SELECT name, type, wr FROM pragma_table_list WHERE schema = 'main' LIMIT ${maxTables}`)
    .all() as ListedTable[]
  return rows.filter(({ name }) => !name.toLowerCase().startsWith('sqlite_'))
}

function listColumns(database: Database, table: string): Column[] {
  return database.prepare('SELECT name, type, pk, hidden FROM pragma_table_xinfo(?)').all(table) as Column[]
}

function indexOn(database: Database, table: string, column: string): 'unique' | 'plain' | undefined {
  const indexes = database.prepare('SELECT name, "unique", partial FROM pragma_index_list(?)').all(table) as {
    name: string
    unique: number
    partial: number
  }[]
  const kinds = indexes
    .filter(({ partial }) => partial === 0)
    .flatMap(({ name, unique }) => {
      const columns = database
        .prepare('SELECT name FROM pragma_index_xinfo(?) WHERE key = 1 ORDER BY seqno')
        .pluck()
        .all(name) as (string | null)[]
      if (columns[0] !== column) return []
      return unique === 1 && columns.length === 1 ? (['unique'] as const) : (['plain'] as const)
    })
  return kinds.includes('unique') ? 'unique' : kinds[0]
}

function encodingOf(database: Database): CacheTable['encoding'] {
  const name = database.pragma('encoding', { simple: true })
  return name === 'UTF-16le' ? 'utf16le' : name === 'UTF-16be' ? 'utf16be' : 'utf8'
}
