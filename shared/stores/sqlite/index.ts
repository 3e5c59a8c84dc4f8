import { existsSync, realpathSync, statSync } from 'node:fs'
import { resolve } from 'node:path'

import { AppError } from '../../model/errors.ts'
import type { DatabaseInfo, Detection, Store, StoreLocation, StoreType } from '../contract.ts'
import { isUnmade, noSuchPath } from '../paths.ts'
import { makeTables } from '../sqlite-file/make-tables.ts'
import { sqliteForm } from './form.ts'
import { SqliteReader } from '../sqlite-file/reader.ts'
import { describeTables, findTable, isWithoutTables } from './schema.ts'
import type { CacheTable, TableChoice } from './schema.ts'
import { quote } from './sql.ts'
import { SqliteStore } from './store.ts'

/**
 * One table of an SQLite database. Options: `table`, `key`, `value` (names of the table and of its columns); `form`
 * (`pickle` or `json`) says what a table that is made will hold, as pycse's users and its `SqlCache` make them.
 */
export const sqliteStoreType: StoreType = {
  kind: 'sqlite',
  title: 'SQLite',
  scheme: 'sqlite',
  form: sqliteForm,
  detect,
  open,
  databases,
}

/** A larger database in WAL mode is not copied only to see what it is. */
const cheapCopyBytes = 16 * 1024 * 1024
const optionNames = ['table', 'key', 'value'] as const

async function detect(path: string): Promise<Detection | undefined> {
  let reader: SqliteReader
  try {
    if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return undefined
    reader = new SqliteReader(path)
  } catch {
    return undefined
  }
  try {
    const { isWalMode, hasWalData, sizeBytes } = reader.state()
    if ((isWalMode || hasWalData) && sizeBytes > cheapCopyBytes) {
      return {
        kind: 'sqlite',
        path,
        certainty: 0.6,
        reason: 'SQLite in WAL mode; its tables are read when it is opened',
      }
    }
    const { table, certainty } = await reader.read((database) => {
      const found = findTable(database, path, {})
      return {
        table: found,
        certainty: certaintyOf(found, database.pragma('table_list') as { name: string }[]),
      }
    })
    const reason = `SQLite with the table ${quote(table.name)}: key ${quote(table.keyColumn)}, value ${quote(table.valueColumn)}`
    return { kind: 'sqlite', path, certainty, reason }
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown)
    return { kind: 'sqlite', path, certainty: 0.2, reason: `an SQLite database, but: ${reason}` }
  } finally {
    await reader.close()
  }
}

/** Other programs keep key and value columns too: those of diskcache and of Python's `dbm.sqlite3` are theirs first. */
function certaintyOf(table: CacheTable, tables: readonly { name: string }[]): number {
  if (table.name === 'Cache' && tables.some(({ name }) => name === 'Settings')) return 0.3
  if (table.name === 'Dict') return 0.5
  return table.values === 'any' ? 0.7 : 0.95
}

async function open(location: StoreLocation, options: { write?: boolean } = {}): Promise<Store> {
  const choice = choiceOf(location.options)
  const write = options.write ?? false
  if (!existsSync(location.path) && !write) throw noSuchPath(location.path)
  if (write && isUnmade(location.path)) create(location.path, choice, location.options['form'])
  const path = realpathSync(resolve(location.path))
  const reader = new SqliteReader(path)
  try {
    if (write && (await reader.read(isWithoutTables))) create(path, choice, location.options['form'])
    const table = await reader.read((database) => findTable(database, path, choice))
    return new SqliteStore(reader, table, locationOf(path, choice), write)
  } catch (thrown) {
    await reader.close()
    throw thrown
  }
}

async function databases(path: string): Promise<DatabaseInfo[]> {
  if (!existsSync(path)) throw noSuchPath(path)
  const reader = new SqliteReader(realpathSync(path))
  try {
    return await reader.read(describeTables)
  } finally {
    await reader.close()
  }
}

function choiceOf(options: Readonly<Record<string, string>>): TableChoice {
  for (const name of Object.keys(options)) {
    if (name === 'form' || (optionNames as readonly string[]).includes(name)) continue
    throw new AppError(
      'USAGE',
      `sqlite: does not know the option "${name}"; it takes ${optionNames.join(', ')} and form.`,
    )
  }
  const { form, ...choice } = options
  if (form !== undefined && form !== 'pickle' && form !== 'json')
    throw new AppError('USAGE', `sqlite: form=${form} is neither pickle nor json.`)
  return choice
}

function locationOf(path: string, choice: TableChoice): string {
  const query = optionNames
    .flatMap((name) => (choice[name] === undefined ? [] : [`${name}=${encodeURIComponent(choice[name])}`]))
    .join('&')
  return `sqlite:${path}${query === '' ? '' : `?${query}`}`
}

/** The table that pycse's users make; for JSON the one of its `SqlCache`, which puts the bytes of orjson there. */
function create(path: string, choice: TableChoice, form: string | undefined): void {
  const { table = 'cache', key = 'hash', value = 'value' } = choice
  const type = form === 'json' ? 'TEXT' : 'BLOB'
  makeTables(path, `CREATE TABLE ${quote(table)} (${quote(key)} TEXT unique, ${quote(value)} ${type})`)
}
