import type { Database } from 'better-sqlite3'
import type { ArgumentColumn, StoreSummary } from '../api/contract.ts'
import type { InsideColumn } from '../api/inside.ts'
import { outputColumnName, readStoredName } from './leaf-names.ts'
import type { Subject } from './query/ast.ts'
import { choices } from './query/ast.ts'
import { compareTexts, compareVersions } from './query/text.ts'
import type { Strings } from './strings.ts'

/** What an entry counts for, in numbers of `strings` (0: it has none). */
export interface SumKey {
  readonly func: number
  readonly module: number
  readonly version: number
  readonly user: number
  readonly kind: number
  readonly status: number
}

interface EntrySum {
  readonly key: SumKey
  entries: number
  bytes: number
  seconds: number
}

interface ArgumentSum {
  readonly key: readonly [func: number, module: number, name: number, type: number]
  entries: number
  numbers: number
}

/** Changes of the running sums, gathered during a transaction and written at its end. */
export class SumChanges {
  readonly #entries = new Map<string, EntrySum>()
  /** By function and module, argument name and type. */
  readonly #arguments = new Map<string, Map<number, Map<number, ArgumentSum>>>()

  /** `sign` 1 for an entry that comes, −1 for one that goes. */
  entry(key: SumKey, bytes: number, seconds: number, sign: 1 | -1): void {
    const name = `${key.func} ${key.module} ${key.version} ${key.user} ${key.kind} ${key.status}`
    let sum = this.#entries.get(name)
    if (!sum) this.#entries.set(name, (sum = { key, entries: 0, bytes: 0, seconds: 0 }))
    sum.entries += sign
    sum.bytes += sign * bytes
    sum.seconds += sign * seconds
  }

  argument(key: ArgumentSum['key'], isNumber: boolean, sign: 1 | -1): void {
    const names = getOrAdd(this.#arguments, `${key[0]} ${key[1]}`, () => new Map())
    const types = getOrAdd(names, key[2], () => new Map())
    const sum = getOrAdd(types, key[3], () => ({ key, entries: 0, numbers: 0 }))
    sum.entries += sign
    if (isNumber) sum.numbers += sign
  }

  takeEntries(): EntrySum[] {
    const all = [...this.#entries.values()]
    this.#entries.clear()
    return all
  }

  /** In the order in which the names of a function were met. */
  takeArguments(): ArgumentSum[] {
    const all: ArgumentSum[] = []
    for (const names of this.#arguments.values())
      for (const types of names.values()) all.push(...types.values())
    this.#arguments.clear()
    return all
  }

  clear(): void {
    this.#entries.clear()
    this.#arguments.clear()
  }
}

function getOrAdd<Key, Item>(map: Map<Key, Item>, key: Key, make: () => Item): Item {
  let item = map.get(key)
  if (item === undefined) map.set(key, (item = make()))
  return item
}

/** What filters look for in the rows of `arguments`. */
export type StoredSubject = Exclude<Subject, { kind: 'field' }>

interface NamedColumn extends ReturnType<typeof readStoredName> {
  readonly entries: number
  readonly numbers: number
  readonly types: string[]
}

interface SumRow extends SumKey {
  readonly entries: number
  readonly bytes: number
  readonly seconds: number
}

/** The running sums: written by the catalog's transactions, read as the summary of a store. */
export class Sums {
  readonly #strings: Strings
  readonly #addEntries
  readonly #addArguments
  readonly #selectEntries
  readonly #selectArguments
  readonly #dropEmpty

  constructor(database: Database, strings: Strings) {
    this.#strings = strings
    this.#addEntries = database.prepare(
      `INSERT INTO entry_sums VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
         entries = entries + excluded.entries, bytes = bytes + excluded.bytes, seconds = seconds + excluded.seconds`,
    )
    this.#addArguments = database.prepare(
      `INSERT INTO argument_sums (func, module, name, type, entries, numbers) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET entries = entries + excluded.entries, numbers = numbers + excluded.numbers`,
    )
    this.#selectEntries = database.prepare<[], SumRow>('SELECT * FROM entry_sums')
    this.#selectArguments = database.prepare<
      [number, number],
      { name: number; type: number; entries: number; numbers: number }
    >('SELECT name, type, entries, numbers FROM argument_sums WHERE func = ? AND module = ? ORDER BY id')
    this.#dropEmpty = ['entry_sums', 'argument_sums'].map((table) =>
      database.prepare(`DELETE FROM ${table} WHERE entries = 0`),
    )
  }

  /** Inside a writing transaction. */
  write(changes: SumChanges): void {
    let leaving = false
    for (const { key, entries, bytes, seconds } of changes.takeEntries()) {
      leaving ||= entries < 0
      this.#addEntries.run(
        key.func,
        key.module,
        key.version,
        key.user,
        key.kind,
        key.status,
        entries,
        bytes,
        seconds,
      )
    }
    for (const { key, entries, numbers } of changes.takeArguments()) {
      leaving ||= entries < 0
      this.#addArguments.run(...key, entries, numbers)
    }
    if (leaving) for (const statement of this.#dropEmpty) statement.run()
  }

  count(): { entries: number; bytes: number; computeSeconds: number } {
    const total = { entries: 0, bytes: 0, computeSeconds: 0 }
    for (const row of this.#selectEntries.iterate()) add(total, row)
    return total
  }

  /** Functions by number of entries, users too; all but the strays, which only the store knows. */
  summary(): Omit<StoreSummary, 'strays'> {
    const total = { entries: 0, bytes: 0, computeSeconds: 0, damaged: 0, partial: 0, dumps: 0, foreign: 0 }
    const functions = new Map<string, StoreSummary['functions'][number]>()
    const users = new Map<number, number>()
    for (const row of this.#selectEntries.iterate()) {
      add(total, row)
      if (choices.status[row.status] === 'damaged') total.damaged += row.entries
      if (choices.status[row.status] === 'partial') total.partial += row.entries
      if (choices.kind[row.kind] === 'dump') total.dumps += row.entries
      if (choices.kind[row.kind] === 'foreign' && choices.status[row.status] !== 'damaged')
        total.foreign += row.entries
      if (row.user !== 0) users.set(row.user, (users.get(row.user) ?? 0) + row.entries)
      if (row.func !== 0) this.#addFunction(functions, row)
    }
    for (const { versions } of functions.values()) versions.sort(compareVersions)
    return {
      ...total,
      functions: [...functions.values()].toSorted(
        (a, b) => b.entries - a.entries || compareTexts(a.func, b.func) || compareTexts(a.module, b.module),
      ),
      users: [...users]
        .map(([user, entries]) => ({ name: this.#strings.text(user) ?? '', entries }))
        .toSorted((a, b) => b.entries - a.entries || compareTexts(a.name, b.name)),
    }
  }

  #addFunction(functions: Map<string, StoreSummary['functions'][number]>, row: SumRow): void {
    const name = `${row.func} ${row.module}`
    let sum = functions.get(name)
    if (!sum) {
      const text = (id: number): string => (id === 0 ? '' : (this.#strings.text(id) ?? ''))
      sum = {
        func: text(row.func),
        module: text(row.module),
        entries: 0,
        bytes: 0,
        computeSeconds: 0,
        versions: [],
      }
      functions.set(name, sum)
    }
    add(sum, row)
    const version = row.version === 0 ? undefined : this.#strings.text(row.version)
    if (version !== undefined && !sum.versions.includes(version)) sum.versions.push(version)
  }

  /** The arguments of a function in the order in which they were first met: that of the signature. */
  argumentColumns(func: string, module: string): ArgumentColumn[] {
    return this.#namedColumns(func, module).flatMap(({ of, name, entries, numbers, types }) =>
      of === 'argument' ? [{ name, entries, numeric: numbers === entries, types }] : [],
    )
  }

  /** What there is inside arguments and outputs of a function, in the order in which it was first met. */
  insideColumns(func: string, module: string): InsideColumn[] {
    return this.#namedColumns(func, module).flatMap(
      ({ of, name, entries, numbers, types }): InsideColumn[] => {
        const counts = { entries, numbers, types }
        if (of === 'nested') return [{ of: 'arguments', field: name, column: `arg:${name}`, ...counts }]
        if (of === 'argument') return []
        const field = name === '' ? 'output' : `output.${name}`
        return [{ of: 'output', field, column: outputColumnName(name), ...counts }]
      },
    )
  }

  /** Both, with what filters call them. */
  storedColumns(
    func: string,
    module: string,
  ): { subject: StoredSubject; entries: number; numbers: number }[] {
    return this.#namedColumns(func, module).map(({ of, name, entries, numbers }) => ({
      subject: of === 'output' ? { kind: 'output', path: name } : { kind: 'argument', name },
      entries,
      numbers,
    }))
  }

  #namedColumns(func: string, module: string): NamedColumn[] {
    const ids = [func, module].map((text) => (text === '' ? 0 : this.#strings.find(text)))
    const [funcId, moduleId] = ids
    if (funcId === undefined || moduleId === undefined) return []
    const columns = new Map<number, { entries: number; numbers: number; types: string[] }>()
    for (const { name, type, entries, numbers } of this.#selectArguments.iterate(funcId, moduleId)) {
      let column = columns.get(name)
      if (!column) columns.set(name, (column = { entries: 0, numbers: 0, types: [] }))
      column.entries += entries
      column.numbers += numbers
      column.types.push(this.#strings.text(type) ?? '')
    }
    return [...columns].map(([nameId, counts]) =>
      Object.assign(readStoredName(this.#strings.text(nameId) ?? ''), counts),
    )
  }
}

function add(total: { entries: number; bytes: number; computeSeconds: number }, row: SumRow): void {
  total.entries += row.entries
  total.bytes += row.bytes
  total.computeSeconds += row.seconds
}
