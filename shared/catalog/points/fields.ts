import type { PointField, PointFields } from '../../api/points.ts'
import type { Narrowing, SumSource } from '../narrowing.ts'
import { printSubject, quoted } from '../query/print.ts'
import type { StoredSubject, Sums } from '../sums.ts'
import { isWithin, measureOf, storedNames } from './measure.ts'

const functionsListed = 40
const fieldsListed = 200
const entriesSampled = 2_000
/** Rows looked up for all fields together. */
const lookUps = 200_000
/** With fewer different texts an argument makes good colours. */
const colorsAtMost = 8
const entryFields = ['took', 'size', 'run'] as const

/** What of a field the sampled entries have. */
interface Seen {
  readonly field: PointField
  /** By place in the sample; NaN where it is no number. */
  readonly numbers: Float64Array
  readonly isFlag: boolean
}

/** Fields of the entries that a filter finds, with how many have them, and which are worth to be drawn. */
export function pointFieldsOf(narrowing: Narrowing, source: SumSource, sums: Sums): PointFields {
  const functions = functionsOf(narrowing, source)
  const subjects = subjectsOf(functions, sums)
  const sample = sampleOf(
    narrowing.ids,
    Math.min(entriesSampled, Math.ceil(lookUps / Math.max(1, subjects.length))),
    source,
  )
  const scale = narrowing.ids.length / Math.max(1, sample.length)
  const whole = wholeCounts(functions, sums)
  const seen = [
    ...subjects.map((subject) => seenOf(subject, sample, scale, whole, source)),
    ...entryFields.map((field) => seenOfEntry(field, sample, scale, source)),
  ].filter(({ field }) => field.entries > 0 || field.of === 'entry')
  const isExact = sample.length === narrowing.ids.length
  return {
    total: narrowing.ids.length,
    functions: functions.slice(0, functionsListed).map((each) => {
      const clauses = (['func', 'module'] as const).map((name) =>
        each[name] === undefined ? `-${name}:*` : `${name}=${quoted(each[name])}`,
      )
      return Object.assign({ filter: narrowing.and(clauses.join(' ')) }, each)
    }),
    functionCount: functions.length,
    ...(!isExact && whole === undefined && { sampled: sample.length }),
    fields: seen.map(({ field }) => field),
    suggested: suggestedOf(seen, sample.length),
  }
}

type OneFunction = Omit<PointFields['functions'][number], 'filter'>

/** The one with the most entries first. */
function functionsOf({ ids }: Narrowing, { columns, strings }: SumSource): OneFunction[] {
  const [funcs, modules] = [columns.names('func'), columns.names('module')]
  const counts = new Map<number, Map<number, number>>()
  for (const id of ids) {
    let byModule = counts.get(funcs[id]!)
    if (!byModule) counts.set(funcs[id]!, (byModule = new Map()))
    byModule.set(modules[id]!, (byModule.get(modules[id]!) ?? 0) + 1)
  }
  const named = (name: 'func' | 'module', id: number): OneFunction | object =>
    id === 0 ? {} : { [name]: strings.text(id) ?? '' }
  return [...counts]
    .flatMap(([func, byModule]) =>
      [...byModule].map(([module, entries]) =>
        Object.assign({ entries }, named('func', func), named('module', module)),
      ),
    )
    .toSorted((a, b) => b.entries - a.entries)
}

/** Arguments and what is in them, then outputs; each in the order in which it was met. */
function subjectsOf(functions: readonly OneFunction[], sums: Sums): StoredSubject[] {
  const found: StoredSubject[] = []
  for (const { func = '', module = '' } of functions.slice(0, functionsListed)) {
    for (const { subject } of sums.storedColumns(func, module)) found.push(subject)
  }
  const order = (subject: StoredSubject): number => (subject.kind === 'output' ? 1 : 0)
  return [...new Map(found.map((subject) => [printSubject(subject), subject])).values()]
    .toSorted((a, b) => order(a) - order(b))
    .slice(0, fieldsListed)
}

/** Every so many-th entry in the order of keys, which are hashes: as good as drawn by lot. */
function sampleOf(ids: Int32Array, most: number, { columns }: SumSource): Int32Array {
  if (ids.length <= most) return ids
  const isWanted = new Uint8Array(columns.idsEnd)
  for (const id of ids) isWanted[id] = 1
  const inOrder = columns.idsByKey.filter((id) => isWanted[id] === 1)
  return Int32Array.from(
    { length: most },
    (_, i) => inOrder[Math.floor((i * inOrder.length) / most)]!,
  ).toSorted()
}

type Counts = ReadonlyMap<string, { readonly entries: number; readonly numbers: number }>

/** The running sums, where the filter finds functions whole. */
function wholeCounts(functions: readonly OneFunction[], sums: Sums): Counts | undefined {
  if (functions.length > functionsListed) return undefined
  const known = new Map(
    sums.summary().functions.map(({ func, module, entries }) => [`${func} ${module}`, entries]),
  )
  const isWhole = functions.every(
    ({ func, module, entries }) => func !== undefined && known.get(`${func} ${module ?? ''}`) === entries,
  )
  if (!isWhole) return undefined
  const counts = new Map<string, { entries: number; numbers: number }>()
  const add = (name: string, entries: number, numbers: number): void => {
    const before = counts.get(name) ?? { entries: 0, numbers: 0 }
    counts.set(name, { entries: before.entries + entries, numbers: before.numbers + numbers })
  }
  for (const { func = '', module = '' } of functions)
    for (const { subject, entries, numbers } of sums.storedColumns(func, module))
      add(printSubject(subject), entries, numbers)
  return counts
}

function seenOf(
  subject: StoredSubject,
  sample: Int32Array,
  scale: number,
  whole: Counts | undefined,
  { database, strings }: SumSource,
): Seen {
  const select = database
    .prepare<[number, string], [entry: number, value: unknown, preview: string | null]>(
      'SELECT entry, value, preview FROM arguments WHERE name = ? AND entry IN (SELECT value FROM json_each(?))',
    )
    .raw()
  const placeOf = new Map(Array.from(sample, (id, place) => [id, place]))
  const wanted = JSON.stringify([...sample])
  const numbers = new Float64Array(sample.length).fill(Number.NaN)
  const different = new Set<unknown>()
  const found = new Set<number>()
  let isFlag = true
  for (const nameId of storedNames(subject, strings)) {
    for (const [entry, value, preview] of select.iterate(nameId, wanted)) {
      if (found.has(entry)) continue
      found.add(entry)
      different.add(value ?? preview)
      if (typeof value === 'number' && Number.isFinite(value)) numbers[placeOf.get(entry)!] = value
      if (preview !== 'True' && preview !== 'False') isFlag = false
    }
  }
  const field = printSubject(subject)
  const counted = whole?.get(field) ?? {
    entries: Math.round(found.size * scale),
    numbers: Math.round(countOf(numbers) * scale),
  }
  return {
    field: {
      field,
      of: subject.kind,
      unit: 'number',
      ...counted,
      different: different.size,
    },
    numbers,
    isFlag,
  }
}

function seenOfEntry(
  name: (typeof entryFields)[number],
  sample: Int32Array,
  scale: number,
  source: SumSource,
): Seen {
  const { field, unit, numbers: all, limits } = measureOf(name, source)
  const numbers = Float64Array.from(sample, (id) => (isWithin(all[id]!, limits) ? all[id]! : Number.NaN))
  const entries = Math.round(countOf(numbers) * scale)
  return {
    field: { field, of: 'entry', unit, entries, numbers: entries, different: new Set(numbers).size },
    numbers,
    isFlag: false,
  }
}

function countOf(numbers: Float64Array): number {
  let count = 0
  for (const number of numbers) if (!Number.isNaN(number)) count++
  return count
}

/**
 * The argument that varies most against the first output that varies where it does; colours by the first argument of
 * few different texts.
 */
function suggestedOf(seen: readonly Seen[], sampled: number): PointFields['suggested'] {
  const isVarying = ({ numbers, isFlag }: Seen): boolean =>
    !isFlag && new Set(numbers).size > (countOf(numbers) < numbers.length ? 2 : 1)
  // Of several functions' arguments the one that more entries have.
  const weight = ({ numbers }: Seen): number =>
    (new Set(numbers).size * countOf(numbers)) / Math.max(1, sampled)
  const of = (kind: PointField['of']): readonly Seen[] => seen.filter(({ field }) => field.of === kind)
  const x = of('argument')
    .filter(isVarying)
    .reduce<Seen | undefined>((best, each) => (best && weight(best) >= weight(each) ? best : each), undefined)
  const both = (each: Pick<Seen, 'numbers'>): number =>
    x
      ? each.numbers.reduce((count, number, i) => count + Number(!Number.isNaN(number + x.numbers[i]!)), 0)
      : countOf(each.numbers)
  const outputs = of('output').filter((each) => isVarying(each) && both(each) > 1)
  const most = Math.max(0, ...outputs.map(both))
  // Dumps took no time; everything has a size.
  const y =
    outputs.find((each) => 2 * both(each) >= most) ??
    of('entry').find(({ field, numbers }) => field.field === 'took' && both({ numbers }) > 0)
  const color = of('argument').find(
    ({ field }) =>
      field.numbers === 0 &&
      field.different > 1 &&
      field.different <= colorsAtMost &&
      2 * field.entries >= (x?.field.entries ?? 0),
  )
  return {
    ...(x && { x: x.field.field }),
    y: y?.field.field ?? 'size',
    ...(color && { color: color.field.field }),
  }
}
