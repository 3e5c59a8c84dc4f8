import type { Points } from '../../shared/api/points.ts'
import { pointsRequest, withClauses } from '../../shared/api/points.ts'
import type { Catalog } from '../../shared/catalog/catalog.ts'
import { AppError } from '../../shared/model/errors.ts'
import { visibleText } from '../../shared/value/python-text.ts'
import { csvLine } from '../engine/csv-line.ts'
import { openCatalog } from './opened-catalog.ts'
import { standardOutput, tableLines } from './output.ts'
import type { Output } from './output.ts'
import type { ExitCode } from './program.ts'

export interface PointsOptions {
  readonly query?: string
  /** Fields as filters write them; without them what varies most. */
  readonly x?: string
  readonly y?: string
  readonly color?: string
  /** Mean, least and greatest at each x. */
  readonly line?: boolean
  readonly json?: boolean
  readonly csv?: boolean
}

const pageRows = 5_000

/**
 * Prints x and y of each entry that has both, by x. `--json`: the answer of the API, which is one of cells where points
 * are many. Exit code 1: no entry has both.
 */
export async function runPoints(target: string, options: PointsOptions): Promise<ExitCode> {
  await using opened = await openCatalog(target)
  const { catalog, store } = opened
  const { x, y, color } = { ...fieldsOf(catalog, options), ...options }
  const points = catalog.points(
    pointsRequest.parse({ q: options.query, x, y, color, as: options.line ? 'line' : 'points' }),
  )
  const output = standardOutput()
  if (options.json) await output.write(JSON.stringify({ store: store.location, ...points }) + '\n')
  else {
    const [head, rows] = options.line
      ? lineTable(points)
      : pointTable(catalog, points, [x, y, ...(color === undefined ? [] : [color])])
    if (options.csv) {
      await output.write(csvLine(head))
      for (const row of rows) await output.write(csvLine(row))
    } else await writeTable(output, points, head, [...rows])
  }
  if (points.drawable.entries > 0) return 0
  process.stderr.write(
    `hashcache: none of ${points.total} entries has both ${x} and ${y}; ${choiceOf(catalog, options.query)}\n`,
  )
  return 1
}

/** Where x or y is not said. @throws AppError USAGE if nothing varies. */
function fieldsOf(catalog: Catalog, { x, y, query = '' }: PointsOptions): { x: string; y: string } {
  if (x !== undefined && y !== undefined) return { x, y }
  const { suggested } = catalog.pointFields(query)
  const chosen = x ?? suggested.x
  if (chosen === undefined)
    throw new AppError('USAGE', `No argument is a number that varies; say --x: ${choiceOf(catalog, query)}`)
  return { x: chosen, y: y ?? suggested.y }
}

function choiceOf(catalog: Catalog, query = ''): string {
  const present = catalog
    .pointFields(query)
    .fields.filter(({ numbers }) => numbers > 0)
    .slice(0, 20)
    .map(({ field, numbers }) => `${visibleText(field)} (${numbers})`)
  return present.length === 0 ? 'no entry has a number.' : `numbers are in ${present.join(', ')}.`
}

function pointTable(
  catalog: Catalog,
  { shown, x }: Points,
  fields: readonly string[],
): [string[], Iterable<string[]>] {
  const { id, entries } = catalog.search(shown.filter, [{ column: x.column, descending: false }])
  function* rows(): Generator<string[]> {
    for (let from = 0; from < entries; from += pageRows)
      yield* catalog.cells(id, fields, from, from + pageRows)
  }
  return [['key', ...fields], rows()]
}

function lineTable({ x, y, line, color, base }: Points): [string[], Iterable<string[]>] {
  const categories = color?.kind === 'categories' ? color.categories : undefined
  const head = [
    x.field,
    ...(categories ? [color!.field] : []),
    `mean ${y.field}`,
    'least',
    'greatest',
    'entries',
    'filter',
  ]
  const rows = (line?.series ?? []).flatMap(({ category, at, mean, least, greatest, entries }) =>
    at.map((place, i) => {
      const own = categories?.[category]
      return [
        String(line!.x[place]),
        ...(own ? [own.name ?? (own.isRest ? '(others)' : '(none)')] : []),
        String(mean[i]),
        String(least[i]),
        String(greatest[i]),
        String(entries[i]),
        withClauses(base, line!.clauses[place]!, y.clause, own?.clause ?? ''),
      ]
    }),
  )
  return [head, rows]
}

async function writeTable(
  output: Output,
  { total, drawable, without }: Points,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): Promise<void> {
  const columns = head.map((title, i) => ({
    title: visibleText(title),
    align:
      i > 0 && rows.length > 0 && rows.every((row) => row[i] === '' || !Number.isNaN(Number(row[i])))
        ? ('right' as const)
        : ('left' as const),
  }))
  for (const line of tableLines(
    output,
    columns,
    rows.map((row) => row.map(visibleText)),
  ))
    await output.write(line)
  const missing = without.map(({ entries, field }) => `${entries} of ${total} have no ${visibleText(field)}`)
  const notes = [`${drawable.entries} of ${total} entries have both`, ...missing].join('; ')
  process.stderr.write(`${notes}\n`)
}
