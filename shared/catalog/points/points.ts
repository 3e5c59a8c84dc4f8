import { showKey } from '../../model/keys.ts'
import type { Points, PointsRequest } from '../../api/points.ts'
import { withClauses } from '../../api/points.ts'
import type { SumSource } from '../narrowing.ts'
import { Narrowing } from '../narrowing.ts'
import { quoted } from '../query/print.ts'
import { Cells } from './cells.ts'
import type { Coloring } from './color.ts'
import { coloringOf } from './color.ts'
import { linesOf } from './lines.ts'
import type { Axis, Drawing } from './drawing.ts'
import { axisOf, extentOf } from './drawing.ts'
import type { Span } from './measure.ts'
import { isWithin } from './measure.ts'

/** More are counted in cells. */
const pointsAtMost = 20_000
/** Characters of two numbers in a filter, with what compares. */
const roomForNumbers = 60
const xCells = 120
const yCells = 72

/**
 * Entries of a filter by two numbers of each: passes over columns in memory.
 *
 * @throws AppError BAD_QUERY, USAGE for what is no field.
 */
export function pointsOf(request: PointsRequest, source: SumSource): Points {
  const narrowing = new Narrowing(request.q, source)
  const x = axisOf(request.x, request.xlog, { from: request.xfrom, to: request.xto }, source)
  const y = axisOf(request.y, request.ylog, { from: request.yfrom, to: request.yto }, source)
  const drawable = placed(narrowing.ids, { x, y }, { x: x.whole, y: y.whole })
  const ids = isWindow(x) || isWindow(y) ? placed(drawable, { x, y }, { x: x.frame, y: y.frame }) : drawable
  const filterOf = (xSpan: Span, ySpan: Span): string =>
    withClauses(narrowing.and(''), x.measure.clause(xSpan), y.measure.clause(ySpan))
  const shown = { entries: ids.length, filter: filterOf(x.frame, y.frame) }
  // Clauses of colours stand behind those of cells and places too, which are longer than those of a whole axis.
  const room = [x, y].map(({ measure }) => quoted('x'.repeat(2 * measure.field.length + roomForNumbers)))
  const canAdd = (clause: string): boolean =>
    narrowing.canAdd(withClauses(x.measure.clause(x.frame), y.measure.clause(y.frame), ...room, clause))
  const coloring =
    request.color === undefined
      ? undefined
      : coloringOf(request.color, ids, { filter: shown.filter, canAdd }, source)
  const drawing = { x, y, ids, coloring, source }
  return {
    base: narrowing.and(''),
    total: narrowing.ids.length,
    x: axisAnswer(x, drawable),
    y: axisAnswer(y, drawable),
    drawable: { entries: drawable.length, filter: filterOf(x.whole, y.whole) },
    shown,
    without: [...withoutOf('x', x, narrowing), ...withoutOf('y', y, narrowing)],
    ...(coloring && { color: coloring.answer }),
    ...(request.as === 'line'
      ? { line: linesOf(drawing) }
      : ids.length <= pointsAtMost
        ? { points: eachOf(drawing) }
        : { bins: binsOf(drawing) }),
  }
}

function isWindow({ window }: Axis): boolean {
  return window.from !== undefined || window.to !== undefined
}

/** Those whose numbers are within two spans. */
function placed(ids: Int32Array, of: Record<'x' | 'y', Axis>, within: Record<'x' | 'y', Span>): Int32Array {
  const [xs, ys] = [of.x.measure.numbers, of.y.measure.numbers]
  const found = new Int32Array(ids.length)
  let length = 0
  for (const id of ids) if (isWithin(xs[id]!, within.x) && isWithin(ys[id]!, within.y)) found[length++] = id
  return found.slice(0, length)
}

function axisAnswer({ measure, isLog, frame }: Axis, drawable: Int32Array): Points['x'] {
  return {
    field: measure.field,
    column: measure.column,
    unit: measure.unit,
    isLog,
    clause: measure.clause(frame),
    ...(drawable.length > 0 && extentOf(measure, drawable)),
  }
}

function withoutOf(
  name: 'x' | 'y',
  { measure, isLog, whole }: Axis,
  narrowing: Narrowing,
): Points['without'] {
  const { numbers, limits, field, clause } = measure
  const { ids } = narrowing
  const absent = ids.reduce((count, id) => count + Number(!isWithin(numbers[id]!, limits)), 0)
  const low = isLog
    ? ids.reduce(
        (count, id) => count + Number(isWithin(numbers[id]!, limits) && !isWithin(numbers[id]!, whole)),
        0,
      )
    : 0
  return [
    ...(absent > 0
      ? [
          {
            axis: name,
            field,
            reason: 'absent' as const,
            entries: absent,
            filter: narrowing.and(`-${clause(limits)}`),
          },
        ]
      : []),
    ...(low > 0
      ? [
          {
            axis: name,
            field,
            reason: 'notPositive' as const,
            entries: low,
            filter: narrowing.and(clause({ from: limits.from, to: 0, withTo: true })),
          },
        ]
      : []),
  ]
}

function eachOf({ x, y, ids, coloring, source }: Drawing): Points['points'] {
  const keyOf = source.database.prepare<[number], Buffer>('SELECT key FROM entries WHERE id = ?').pluck()
  const isDrawn = new Uint8Array(source.columns.idsEnd)
  for (const id of ids) isDrawn[id] = 1
  const inOrder = Array.from(source.columns.idsByKey.filter((id) => isDrawn[id] === 1))
  return {
    keys: inOrder.map((id) => showKey(keyOf.get(id)!)),
    x: inOrder.map((id) => x.measure.numbers[id]!),
    y: inOrder.map((id) => y.measure.numbers[id]!),
    ...(coloring && { colors: inOrder.map(coloring.of) }),
  }
}

function binsOf({ x, y, ids, coloring }: Drawing): Points['bins'] {
  const xs = new Cells(x, ids, xCells)
  const ys = new Cells(y, ids, yCells)
  const counts = new Uint32Array(xs.count * ys.count)
  const cellOf = (id: number): number =>
    ys.placeOf(y.measure.numbers[id]!) * xs.count + xs.placeOf(x.measure.numbers[id]!)
  for (const id of ids) counts[cellOf(id)]!++
  const filled = Array.from(counts.keys()).filter((cell) => counts[cell]! > 0)
  const colors = coloring && colorOfCells(coloring, ids, { cells: xs.count * ys.count, cellOf })
  return {
    xCells: xs.toAnswer(),
    yCells: ys.toAnswer(),
    x: filled.map((cell) => cell % xs.count),
    y: filled.map((cell) => Math.floor(cell / xs.count)),
    entries: filled.map((cell) => counts[cell]!),
    ...(colors && { colors: filled.map(colors) }),
  }
}

/** The most frequent category of each cell, or its mean. */
function colorOfCells(
  { answer, of }: Coloring,
  ids: Int32Array,
  { cells, cellOf }: { readonly cells: number; readonly cellOf: (id: number) => number },
): (cell: number) => number | null {
  if (answer.kind === 'many') return () => null
  if (answer.kind === 'number') {
    const [counts, means] = [new Uint32Array(cells), new Float64Array(cells)]
    for (const id of ids) {
      const number = of(id)
      if (number === null) continue
      const cell = cellOf(id)
      means[cell]! += (number - means[cell]!) / ++counts[cell]!
    }
    return (cell) => (counts[cell] === 0 ? null : means[cell]!)
  }
  const count = answer.categories.length
  const counts = new Uint32Array(cells * count)
  for (const id of ids) counts[cellOf(id) * count + of(id)!]!++
  return (cell) => {
    const own = counts.subarray(cell * count, (cell + 1) * count)
    return own.indexOf(own.reduce((most, each) => Math.max(most, each), 0))
  }
}
