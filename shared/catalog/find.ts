import type { Database } from 'better-sqlite3'
import type { Columns } from './columns.ts'
import type { Condition, Filter, Interval, NameColumn } from './query/condition.ts'

/** Ids of the entries that a filter means, in the order of their keys. */
export function findIds(filter: Filter, columns: Columns, database: Database): Int32Array {
  const { idsByKey } = columns
  if (filter.kind === 'all') return idsByKey
  const mask = new Finder(columns, database).mask(filter)
  const found = new Int32Array(idsByKey.length)
  let length = 0
  for (const id of idsByKey) if (mask[id] === 1) found[length++] = id
  return found.slice(0, length)
}

/** The same by id: 1 for entries that are meant, 0 for others; whatever for ids that no entry has. */
export function findMask(filter: Filter, columns: Columns, database: Database): Uint8Array {
  return new Finder(columns, database).mask(filter)
}

/** By id: 1 for those that are meant, 0 for others; whatever for ids that no entry has. */
type Mask = Uint8Array

class Finder {
  readonly #columns: Columns
  readonly #database: Database

  constructor(columns: Columns, database: Database) {
    this.#columns = columns
    this.#database = database
  }

  /** A new mask at each call, which the caller may change. As deep as the query's tree, which its parser bounds. */
  mask(filter: Filter): Mask {
    switch (filter.kind) {
      case 'all':
        return this.#empty().fill(1)
      case 'none':
        return this.#empty()
      case 'and':
        return this.#joined(filter.terms, (mask, more) => {
          for (let id = 0; id < mask.length; id++) mask[id]! &= more[id]!
        })
      case 'or':
        return this.#joined(filter.terms, (mask, more) => {
          for (let id = 0; id < mask.length; id++) mask[id]! |= more[id]!
        })
      case 'not': {
        const mask = this.mask(filter.term)
        for (let id = 0; id < mask.length; id++) mask[id]! ^= 1
        return mask
      }
      case 'names':
        return this.#named(filter.column, filter.ids)
      case 'numbers':
        return this.#between(this.#columns.numbers(filter.column), filter)
      case 'argument':
        return this.#withArgument(filter)
      case 'states':
        return this.#columns.states().mask(filter.states)
      case 'select':
        return this.#selected(filter.sql, filter.parameters)
    }
  }

  #selected(sql: string, parameters: Condition['parameters']): Mask {
    const name = JSON.stringify([sql, parameters])
    return this.#columns.selections.mask(name, () => this.#ids(sql, parameters))
  }

  #ids(sql: string, parameters: Condition['parameters']): number[] {
    return this.#database
      .prepare<unknown[], number>(sql)
      .pluck()
      .all(...parameters)
  }

  #withArgument({ nameId, sql, parameters }: Extract<Filter, { kind: 'argument' }>): Mask {
    const few = this.#columns.fewValues(nameId)
    const select = 'SELECT entry FROM arguments WHERE name = ?'
    if (!few) return this.#selected(`${select} AND ${sql}`, [nameId, ...parameters])
    const { codes, count, examples, codeOfExample } = few
    const wanted = new Uint8Array(count + 1)
    const found = this.#ids(`${select} AND entry IN (SELECT value FROM json_each(?)) AND ${sql}`, [
      nameId,
      examples,
      ...parameters,
    ])
    for (const entry of found) wanted[codeOfExample.get(entry)!] = 1
    const mask = this.#empty()
    for (let id = 0; id < mask.length; id++) mask[id] = wanted[codes[id]!]!
    return mask
  }

  #empty(): Mask {
    return new Uint8Array(this.#columns.idsEnd)
  }

  #joined(terms: readonly Filter[], join: (mask: Mask, more: Mask) => void): Mask {
    const [first, ...others] = terms
    const mask = first ? this.mask(first) : this.#empty()
    for (const term of others) join(mask, this.mask(term))
    return mask
  }

  #named(column: NameColumn, ids: readonly number[] | undefined): Mask {
    const names = this.#columns.names(column)
    const mask = this.#empty()
    if (ids === undefined) {
      for (let id = 0; id < mask.length; id++) if (names[id] !== 0) mask[id] = 1
      return mask
    }
    const wanted = new Uint8Array(1 + ids.reduce((highest, id) => Math.max(highest, id), 0))
    for (const id of ids) wanted[id] = 1
    for (let id = 0; id < mask.length; id++) {
      const name = names[id]!
      if (name < wanted.length && wanted[name] === 1) mask[id] = 1
    }
    return mask
  }

  #between(numbers: Float64Array, { from, to, withFrom = true, withTo = true }: Interval): Mask {
    const mask = this.#empty()
    for (let id = 0; id < mask.length; id++) {
      const number = numbers[id]!
      // Comparisons with NaN, which stands for none, are false.
      if (withFrom ? number >= from : number > from) if (withTo ? number <= to : number < to) mask[id] = 1
    }
    return mask
  }
}
