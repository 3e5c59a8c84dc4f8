import type { Database } from 'better-sqlite3'
import type { NearCall, Why } from '../api/why.ts'
import { AppError } from '../model/errors.ts'
import type { ShownKey } from '../model/keys.ts'
import { parseKey } from '../model/keys.ts'
import type { StoredArgument } from './argument-columns.ts'
import { previewOfStored } from './argument-columns.ts'
import type { Columns } from './columns.ts'
import type { RowReader } from './rows.ts'
import type { Strings } from './strings.ts'
import { reasonsOf } from './why-reasons.ts'

interface Parts {
  readonly database: Database
  readonly strings: Strings
  readonly columns: Columns
  readonly rows: RowReader
}

/** Of more calls that are equally near, only the newest are looked at closely. */
const lookedAt = 2_000
const nearestAtMost = 10
const sameAtMost = 20
/** Arguments that take part in finding the nearest calls; the rest is compared of those. */
const matchedArguments = 24

interface Argument extends StoredArgument {
  readonly name: string
  readonly type: number
}

interface Me {
  readonly id: number
  readonly func: number | null
  readonly module: number | null
  readonly kind: number
  readonly run_at: number | null
  readonly argument_names: number | null
}

/**
 * What is near to an entry: the calls of its function, by how many arguments differ, by how much, then the newest first.
 * One pass over columns in memory, one range of the arguments' table for each argument of many values: bounded for a
 * million entries, and no value of the store is read.
 *
 * @throws AppError NOT_FOUND
 */
export function whyOf(key: ShownKey, parts: Parts): Why {
  const { database, rows } = parts
  const me = database
    .prepare<[Uint8Array], Me>(
      'SELECT id, func, module, kind, run_at, argument_names FROM entries WHERE key = ?',
    )
    .get(parseKey(key))
  const row = me && rows.readKey(parseKey(key))
  if (!me || !row) {
    throw new AppError(
      'NOT_FOUND',
      `There is no entry ${key} in this cache; only of existing ones can be told why.`,
      {
        data: { key },
      },
    )
  }
  const search = new NearSearch(me, parts)
  const found =
    row.kind === 'call' && me.func !== null ? search.find() : { callsOfFunction: 0, same: [], near: [] }
  const sameRows = rows.read(Int32Array.from(found.same.slice(0, sameAtMost)), [])
  const newest = sameRows[0]
  const isNewer = newest?.runAtSeconds !== undefined && newest.runAtSeconds > (row.runAtSeconds ?? -Infinity)
  const own = search.argumentsHere
  const facts = {
    row,
    arguments: own,
    callsOfFunction: found.callsOfFunction,
    sameCall: {
      total: found.same.length,
      rows: sameRows,
      isCertain: own.every(({ isShortened }) => !isShortened),
    },
    ...(isNewer && { newerKey: newest.key }),
    nearest: found.near,
  }
  return { ...facts, reasons: reasonsOf(facts) }
}

class NearSearch {
  readonly #me: Me
  readonly #parts: Parts
  readonly #names: readonly string[]
  readonly #mine: ReadonlyMap<string, Argument>

  constructor(me: Me, parts: Parts) {
    this.#me = me
    this.#parts = parts
    this.#names = this.#namesOf(me.argument_names)
    this.#mine = this.#argumentsOf(me.id, this.#names)
  }

  get argumentsHere(): Why['arguments'] {
    return this.#names.flatMap((name) => {
      const argument = this.#mine.get(name)
      return argument ? [{ name, ...this.#shown(argument), isShortened: !isWhole(argument) }] : []
    })
  }

  find(): { callsOfFunction: number; same: number[]; near: NearCall[] } {
    const { columns } = this.#parts
    const matched = this.#countMatches(columns.idsEnd)
    const names = Math.min(this.#mine.size, matchedArguments)
    const [funcs, modules] = [columns.names('func'), columns.names('module')]
    const [kinds, runs] = [columns.numbers('kind'), columns.numbers('run_at')]
    const pool = new Pool(lookedAt)
    const same: number[] = []
    let callsOfFunction = 0
    for (const id of columns.idsByKey) {
      if (
        funcs[id] !== this.#me.func ||
        modules[id] !== (this.#me.module ?? 0) ||
        kinds[id] !== this.#me.kind
      )
        continue
      callsOfFunction++
      if (id === this.#me.id) continue
      const newest = Number.isNaN(runs[id]!) ? -Infinity : runs[id]!
      if (matched[id] === names) same.push(id)
      pool.offer(id, matched[id]!, newest)
    }
    const near: Ranked[] = []
    const others = new Set<number>()
    for (const { id, newest } of pool.best()) {
      const differing = this.#differing(id)
      if (differing.length === 0) continue
      others.add(id)
      near.push({ id, newest, differing, distance: distanceOf(differing) })
    }
    near.sort(
      (a, b) => a.differing.length - b.differing.length || a.distance - b.distance || b.newest - a.newest,
    )
    const nearest = near.slice(0, nearestAtMost)
    const rows = this.#parts.rows.read(
      Int32Array.from(nearest, ({ id }) => id),
      [],
    )
    const byNewest = (a: number, b: number): number =>
      (runs[b] || -Infinity) - (runs[a] || -Infinity) || b - a
    return {
      callsOfFunction,
      same: same.filter((id) => !others.has(id)).toSorted(byNewest),
      near: nearest.map(({ differing }, i) => ({ row: rows[i]!, differing })),
    }
  }

  /** By id: how many of the arguments are as they are here. */
  #countMatches(idsEnd: number): Uint8Array {
    const matched = new Uint8Array(idsEnd)
    const { columns, strings, database } = this.#parts
    const equal = database
      .prepare<[number, StoredArgument['value'], string | null, number], number>(
        'SELECT entry FROM arguments WHERE name = ? AND value IS ? AND preview IS ? AND type = ?',
      )
      .pluck()
    for (const { name, value, preview, type } of [...this.#mine.values()].slice(0, matchedArguments)) {
      const nameId = strings.find(name)
      if (nameId === undefined) continue
      const few = columns.fewValues(nameId)
      // A type of another kind (1, True) with the same value is told when the nearest are looked at.
      if (few) {
        const mine = few.codes[this.#me.id]
        for (let id = 0; id < idsEnd; id++) if (few.codes[id] === mine) matched[id]!++
      } else for (const id of equal.iterate(nameId, value, preview, type)) matched[id]!++
    }
    return matched
  }

  #differing(id: number): NearCall['differing'] {
    const { database } = this.#parts
    const namesId = database
      .prepare<[number], number | null>('SELECT argument_names FROM entries WHERE id = ?')
      .pluck()
      .get(id)
    const names = this.#namesOf(namesId ?? null)
    const theirs = this.#argumentsOf(id, names)
    return [...new Set([...this.#names, ...names])].flatMap((name) => {
      const [here, there] = [this.#mine.get(name), theirs.get(name)]
      const isSame =
        here &&
        there &&
        here.type === there.type &&
        here.value === there.value &&
        here.preview === there.preview
      if (isSame || (!here && !there)) return []
      return [{ name, ...(here && { here: this.#shown(here) }), ...(there && { there: this.#shown(there) }) }]
    })
  }

  #shown(argument: Argument): { type: string; preview: string } {
    return { type: this.#parts.strings.text(argument.type) ?? '', preview: previewOfStored(argument) }
  }

  #namesOf(id: number | null): string[] {
    const text = this.#parts.strings.text(id)
    return text === undefined ? [] : (JSON.parse(text) as string[])
  }

  #argumentsOf(id: number, names: readonly string[]): Map<string, Argument> {
    const { database, strings } = this.#parts
    const select = database.prepare<[number, number], Omit<Argument, 'name'>>(
      'SELECT type, value, preview FROM arguments WHERE name = ? AND entry = ?',
    )
    const found = new Map<string, Argument>()
    for (const name of names) {
      const nameId = strings.find(name)
      const argument = nameId === undefined ? undefined : select.get(nameId, id)
      if (argument) found.set(name, { name, ...argument })
    }
    return found
  }
}

interface Ranked {
  readonly id: number
  readonly newest: number
  readonly differing: NearCall['differing']
  readonly distance: number
}

/** Keeps the entries with the most matches, of equal ones the newest. */
class Pool {
  readonly #limit: number
  readonly #levels = new Map<number, { id: number; newest: number }[]>()

  constructor(limit: number) {
    this.#limit = limit
  }

  offer(id: number, matches: number, newest: number): void {
    const level = this.#levels.get(matches)
    if (!level) this.#levels.set(matches, [{ id, newest }])
    else {
      level.push({ id, newest })
      if (level.length >= 4 * this.#limit) this.#cut(level)
    }
  }

  best(): { id: number; newest: number }[] {
    const best: { id: number; newest: number }[] = []
    for (const matches of [...this.#levels.keys()].toSorted((a, b) => b - a)) {
      const level = this.#levels.get(matches)!
      this.#cut(level)
      best.push(...level)
      if (best.length >= this.#limit) break
    }
    return best.slice(0, this.#limit)
  }

  #cut(level: { id: number; newest: number }[]): void {
    level.sort((a, b) => b.newest - a.newest || b.id - a.id)
    level.splice(this.#limit)
  }
}

/** How far numbers are apart, as parts of the larger one; other values are as far as can be. */
function distanceOf(differing: NearCall['differing']): number {
  return differing.reduce((sum, { here, there }) => {
    const [a, b] = [Number(here?.preview ?? Number.NaN), Number(there?.preview ?? Number.NaN)]
    const size = Math.max(Math.abs(a), Math.abs(b))
    if (!Number.isFinite(size)) return sum + 1
    return sum + (size === 0 ? 0 : Math.min(1, Math.abs(a - b) / size))
  }, 0)
}

const textCharacters = 200
const literal = /^(?:[-+\d.,:\s()[\]{}j]|True|False|None|nan|inf|e[-+]?\d|'[^'…]*')*$/

/** Whether the index has all of an argument: of arrays and long texts it has a part. */
function isWhole({ value, preview }: StoredArgument): boolean {
  if (typeof value === 'string') return value.length < textCharacters
  return typeof value === 'number' || (preview !== null && literal.test(preview))
}
