import type { Overview, OverviewLook, OverviewMark } from '../api/overview.ts'
import { showKey } from '../model/keys.ts'
import { calendarBars } from './calendar.ts'
import { placeAmong } from './edges.ts'
import type { SumSource } from './narrowing.ts'
import { Narrowing } from './narrowing.ts'
import type { NameColumn } from './query/condition.ts'
import { quoted } from './query/print.ts'

const functionsShown = 40
const versionsShown = 12
const usersShown = 10
/** Dots of the picture of calls. */
const callsSampled = 2_000
const firstYear = 1970
const largeCheap = { bytes: 1_000_000, seconds: 1 }

const ageEdges = [
  ['1d', 1],
  ['1w', 7],
  ['1mo', 30],
  ['3mo', 90],
  ['6mo', 180],
  ['1y', 365],
  ['2y', 730],
  ['5y', 1825],
] as const
const sizeEdges = [
  ['100B', 1e2],
  ['1kB', 1e3],
  ['10kB', 1e4],
  ['100kB', 1e5],
  ['1MB', 1e6],
  ['10MB', 1e7],
  ['100MB', 1e8],
  ['1GB', 1e9],
  ['10GB', 1e10],
] as const

const lookClauses: readonly (readonly [OverviewLook['id'], string])[] = [
  ['superseded', 'is:superseded'],
  ['maybe-superseded', 'is:maybe-superseded'],
  ['duplicate', 'is:duplicate'],
  ['maybe-duplicate', 'is:maybe-duplicate'],
  ['misplaced', 'is:misplaced'],
  ['old', 'age>1y'],
  ['largeCheap', 'size>=1MB took<1s'],
  ['damaged', 'status:damaged'],
  ['partial', 'status:partial'],
  ['noRecord', 'kind:foreign -status:damaged'],
]

/** Passes over columns in memory: some tenths of a second for a million entries. */
export function overviewOf(query: string, source: SumSource): Overview {
  return new Overviewer(query, source).read()
}

class Overviewer {
  readonly #source: SumSource
  readonly #narrowing: Narrowing
  readonly #ids: Int32Array
  readonly #sizes: Float64Array
  readonly #seconds: Float64Array
  readonly #runs: Float64Array

  constructor(query: string, source: SumSource) {
    this.#source = source
    this.#narrowing = new Narrowing(query, source)
    this.#ids = this.#narrowing.ids
    const { columns } = source
    this.#sizes = columns.numbers('size')
    this.#seconds = columns.numbers('elapsed')
    this.#runs = columns.numbers('run_at')
  }

  read(): Overview {
    const { shown: functions, rest: otherFunctions, placeOf, count } = this.#functions()
    const { shown: users, rest: otherUsers } = this.#users()
    return {
      filter: this.#narrowing.filter,
      nowSeconds: this.#source.nowSeconds,
      total: this.#sumOf(''),
      couldGo: this.#sumOf('(is:superseded or status:damaged)'),
      looks: lookClauses.map(([id, clause]) => Object.assign({ id }, this.#sumOf(clause))),
      time: this.#time(),
      ages: this.#ages(),
      sizes: this.#sizeRanges(),
      functions,
      functionCount: count,
      ...(otherFunctions && { otherFunctions }),
      users,
      ...(otherUsers && { otherUsers }),
      calls: this.#calls(placeOf),
      largeCheap,
    }
  }

  #and(clause: string): string {
    return this.#narrowing.and(clause)
  }

  #sumOf(clause: string): OverviewMark {
    const mask = clause === '' ? undefined : this.#narrowing.mask(clause)
    const [ids, sizes, seconds] = [this.#ids, this.#sizes, this.#seconds]
    const sums = { entries: 0, bytes: 0, computeSeconds: 0 }
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i]!
      if (mask !== undefined && mask[id] === 0) continue
      sums.entries++
      sums.bytes += sizes[id] || 0
      sums.computeSeconds += seconds[id] || 0
    }
    return { ...sums, filter: this.#and(clause) }
  }

  #count(tally: Tally, place: number, id: number): void {
    tally.entries[place]!++
    tally.bytes[place]! += this.#sizes[id] || 0
    tally.seconds[place]! += this.#seconds[id] || 0
  }

  #mark(tally: Tally, place: number, clause: string): OverviewMark {
    return {
      entries: tally.entries[place]!,
      bytes: tally.bytes[place]!,
      computeSeconds: tally.seconds[place]!,
      filter: this.#and(clause),
    }
  }

  #time(): Overview['time'] {
    const lastYear = new Date(this.#source.nowSeconds * 1_000).getFullYear() + 1
    const sane = `run:${firstYear}..${lastYear}`
    const mask = this.#narrowing.mask(sane)
    let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    for (const id of this.#ids) {
      if (mask[id] === 0) continue
      first = Math.min(first, this.#runs[id]!)
      last = Math.max(last, this.#runs[id]!)
    }
    const without = this.#sumOf(`-${sane}`)
    if (first > last) return { unit: 'month', bars: [], without }
    const { unit, bars, edges } = calendarBars(first, last)
    const tally = new Tally(bars.length)
    for (const id of this.#ids) {
      if (mask[id] === 1) this.#count(tally, placeAmong(edges, this.#runs[id]!) - 1, id)
    }
    return {
      unit,
      without,
      bars: bars.map(({ start, words }, i) => Object.assign({ start }, this.#mark(tally, i, `run:${words}`))),
    }
  }

  #ages(): Overview['ages'] {
    const { nowSeconds } = this.#source
    // Upside down, because the older ran earlier.
    const edges = Float64Array.from(ageEdges, ([, days]) => -(nowSeconds - days * 86_400))
    return this.#ranges(
      'age',
      ageEdges.map(([words, days]) => [words, days * 86_400]),
      (id) => placeAmong(edges, -this.#runs[id]!),
    )
  }

  #sizeRanges(): Overview['sizes'] {
    const edges = Float64Array.from(sizeEdges, ([, bytes]) => bytes)
    return this.#ranges('size', sizeEdges, (id) => placeAmong(edges, this.#sizes[id]!))
  }

  /** Ranges between edges and beyond them; `placeOf` is negative for an entry that has no such number. */
  #ranges(
    field: string,
    edges: readonly (readonly [words: string, number: number])[],
    placeOf: (id: number) => number,
  ): Overview['sizes'] {
    const tally = new Tally(edges.length + 1)
    for (const id of this.#ids) {
      const place = placeOf(id)
      if (place >= 0) this.#count(tally, place, id)
    }
    return Array.from({ length: edges.length + 1 }, (_, i) => {
      const [from, to] = [edges[i - 1], edges[i]]
      const clauses = [from && `${field}>=${from[0]}`, to && `${field}<${to[0]}`]
      return {
        ...(from && { from: from[1] }),
        ...(to && { to: to[1] }),
        ...this.#mark(tally, i, clauses.filter((clause) => clause !== undefined).join(' ')),
      }
    })
  }

  #functions() {
    const { columns } = this.#source
    const [funcs, modules, versions] = [
      columns.names('func'),
      columns.names('module'),
      columns.names('version'),
    ]
    const functionOf = new Combined(funcs, modules)
    const groups = new Groups((id) => functionOf.of(id), functionOf.end)
    const versionOf = new Combined(versions)
    const parts = new Groups(
      (id) => functionOf.of(id) * versionOf.end + versionOf.of(id),
      functionOf.end * versionOf.end,
    )
    for (const id of this.#ids) {
      this.#count(groups.tally, groups.take(id), id)
      this.#count(parts.tally, parts.take(id), id)
    }
    const clauseOf = (id: number): string =>
      [this.#equals('func', funcs[id]!), this.#equals('module', modules[id]!)].join(' ')
    const order = groups.largestFirst()
    const othersThan = (places: readonly number[]): string =>
      `-(${places.map((place) => `(${clauseOf(groups.exampleOf(place))})`).join(' or ')})`
    // A filter has an end: where names are very long, or the filter is, fewer stand for themselves.
    let shownPlaces = order.slice(0, functionsShown)
    while (shownPlaces.length > 1 && !this.#narrowing.canAdd(othersThan(shownPlaces)))
      shownPlaces = shownPlaces.slice(0, -1)
    const partsOf = Map.groupBy(parts.largestFirst(), (part) => groups.placeOf(parts.exampleOf(part)))
    const shown = shownPlaces.map((place): Overview['functions'][number] => {
      const id = groups.exampleOf(place)
      const clause = clauseOf(id)
      const own = partsOf.get(place) ?? []
      const isVersionShown = own.slice(0, versionsShown)
      const left = own.slice(versionsShown)
      const shownIds = isVersionShown.map((part) => versions[parts.exampleOf(part)]!)
      return {
        ...this.#named('func', funcs[id]!),
        ...this.#named('module', modules[id]!),
        ...this.#mark(groups.tally, place, clause),
        versions: isVersionShown.map((part, i) =>
          Object.assign(
            this.#named('version', shownIds[i]!),
            this.#mark(parts.tally, part, `${clause} ${this.#equals('version', shownIds[i]!)}`),
          ),
        ),
        ...(left.length > 0 && {
          otherVersions: this.#rest(parts.tally, left, `${clause} ${this.#noneOf('version', shownIds)}`),
        }),
      }
    })
    const left = order.slice(shownPlaces.length)
    const rankOf = new Map(shownPlaces.map((place, rank) => [place, rank]))
    return {
      shown,
      count: order.filter((place) => funcs[groups.exampleOf(place)] !== 0).length,
      rest: left.length === 0 ? undefined : this.#rest(groups.tally, left, othersThan(shownPlaces)),
      placeOf: (id: number): number => rankOf.get(groups.placeOf(id)) ?? -1,
    }
  }

  #users() {
    const names = this.#source.columns.names('user')
    const userOf = new Combined(names)
    const groups = new Groups((id) => userOf.of(id), userOf.end)
    for (const id of this.#ids) this.#count(groups.tally, groups.take(id), id)
    const order = groups.largestFirst()
    const shownIds = order.slice(0, usersShown).map((place) => names[groups.exampleOf(place)]!)
    const left = order.slice(usersShown)
    return {
      shown: shownIds.map((name, i) => ({
        ...this.#named('user', name),
        ...this.#mark(groups.tally, order[i]!, this.#equals('user', name)),
      })),
      rest: left.length === 0 ? undefined : this.#rest(groups.tally, left, this.#noneOf('user', shownIds)),
    }
  }

  #rest(tally: Tally, places: readonly number[], clause: string): OverviewMark {
    const sum = new Tally(1)
    for (const place of places) {
      sum.entries[0]! += tally.entries[place]!
      sum.bytes[0]! += tally.bytes[place]!
      sum.seconds[0]! += tally.seconds[place]!
    }
    return this.#mark(sum, 0, clause)
  }

  #named<Field extends NameColumn>(field: Field, id: number): Partial<Record<Field, string>> {
    return id === 0
      ? {}
      : ({ [field]: this.#source.strings.text(id) ?? '' } as Partial<Record<Field, string>>)
  }

  #equals(field: NameColumn, id: number): string {
    return id === 0 ? `-${field}:*` : `${field}=${this.#quoted(id)}`
  }

  #noneOf(field: NameColumn, ids: readonly number[]): string {
    const named = ids.filter((id) => id !== 0).map((id) => this.#quoted(id))
    const present = ids.includes(0) ? ` ${field}:*` : ''
    return `-${field}=(${named.join(',')})${present}`
  }

  #quoted(id: number): string {
    return quoted(this.#source.strings.text(id) ?? '')
  }

  /** Every so many-th call in the order of keys, which are hashes: as good as drawn by lot, and the same each time. */
  #calls(placeOf: (id: number) => number): Overview['calls'] {
    const isUsable = new Uint8Array(this.#source.columns.idsEnd)
    for (const id of this.#ids) if (this.#sizes[id]! > 0 && this.#seconds[id]! > 0) isUsable[id] = 1
    const usable = this.#source.columns.idsByKey.filter((id) => isUsable[id] === 1)
    const step = Math.max(1, usable.length / callsSampled)
    const sampled = Array.from(
      { length: Math.min(usable.length, callsSampled) },
      (_, i) => usable[Math.floor(i * step)]!,
    )
    const key = this.#source.database
      .prepare<[number], Buffer>('SELECT key FROM entries WHERE id = ?')
      .pluck()
    return {
      total: usable.length,
      keys: sampled.map((id) => showKey(key.get(id)!)),
      bytes: sampled.map((id) => this.#sizes[id]!),
      seconds: sampled.map((id) => this.#seconds[id]!),
      functions: sampled.map(placeOf),
    }
  }
}

/** Sums of several groups, by their places. */
class Tally {
  readonly entries: number[]
  readonly bytes: number[]
  readonly seconds: number[]

  constructor(places: number) {
    this.entries = Array.from({ length: places }, () => 0)
    this.bytes = [...this.entries]
    this.seconds = [...this.entries]
  }

  grow(): void {
    this.entries.push(0)
    this.bytes.push(0)
    this.seconds.push(0)
  }
}

/** Numbers of texts, of which there are few, as small numbers: those of two columns fit in one. */
class Combined {
  readonly end: number
  readonly #first: Uint32Array
  readonly #second: Uint32Array | undefined
  readonly #firstCodes: Uint32Array
  readonly #secondCodes: Uint32Array
  readonly #secondEnd: number

  constructor(first: Uint32Array, second?: Uint32Array) {
    this.#first = first
    this.#second = second
    const firstCodes = codesOf(first)
    const secondCodes = second ? codesOf(second) : { codes: new Uint32Array(1), end: 1 }
    this.#firstCodes = firstCodes.codes
    this.#secondCodes = secondCodes.codes
    this.#secondEnd = secondCodes.end
    this.end = firstCodes.end * secondCodes.end
  }

  /** Of an entry; below `end`. */
  of(id: number): number {
    const second = this.#second === undefined ? 0 : this.#secondCodes[this.#second[id]!]!
    return this.#firstCodes[this.#first[id]!]! * this.#secondEnd + second
  }
}

/** Small numbers by the numbers of texts. */
function codesOf(names: Uint32Array): { codes: Uint32Array; end: number } {
  let last = 0
  for (const name of names) if (name > last) last = name
  const codes = new Uint32Array(last + 1)
  let end = 0
  for (const name of names) if (codes[name] === 0) codes[name] = ++end
  return { codes, end: end + 1 }
}

/** With fewer numbers than this a table of them is faster than a map. */
const numbersInTable = 2 ** 22

/** Groups of entries that have the same number, in places in the order in which they were met. */
class Groups {
  readonly tally = new Tally(0)
  readonly #keyOf: (id: number) => number
  /** Places by number, one more than they are. */
  readonly #table: Uint32Array | undefined
  readonly #map = new Map<number, number>()
  readonly #examples: number[] = []

  /** `end`: above all numbers. */
  constructor(keyOf: (id: number) => number, end: number) {
    this.#keyOf = keyOf
    this.#table = end < numbersInTable ? new Uint32Array(end) : undefined
  }

  /** The place of an entry, made now if need be. */
  take(id: number): number {
    const known = this.placeOf(id)
    if (known >= 0) return known
    const place = this.#examples.push(id) - 1
    const key = this.#keyOf(id)
    if (this.#table) this.#table[key] = place + 1
    else this.#map.set(key, place)
    this.tally.grow()
    return place
  }

  placeOf(id: number): number {
    const key = this.#keyOf(id)
    return this.#table ? this.#table[key]! - 1 : (this.#map.get(key) ?? -1)
  }

  exampleOf(place: number): number {
    return this.#examples[place]!
  }

  /** Places by bytes, then entries, then the order in which they were met. */
  largestFirst(): number[] {
    const { bytes, entries } = this.tally
    return [...this.#examples.keys()].toSorted((a, b) => bytes[b]! - bytes[a]! || entries[b]! - entries[a]!)
  }
}
