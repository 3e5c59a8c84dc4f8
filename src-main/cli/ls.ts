import type { Row, SortKey } from '../../shared/api/contract.ts'
import { AppError } from '../../shared/model/errors.ts'
import { jsonKey, parseKey } from '../../shared/model/keys.ts'
import { visibleText } from '../../shared/value/python-text.ts'
import type { Store } from '../../shared/stores/contract.ts'
import { formatBytes, formatDuration } from '../../shared/model/amounts.ts'
import { openCatalog, searchRows } from './opened-catalog.ts'
import { optional, paint, standardOutput, tableLines, timeText } from './output.ts'
import type { Output } from './output.ts'
import type { ExitCode } from './program.ts'
import { readStored } from './stored.ts'
import { sha256Of } from '../../shared/catalog/documents.ts'

export interface LsOptions {
  readonly query?: string
  /** `FIELD`, `FIELD:desc`, `arg:NAME:desc`, `output.PATH`; by key if there is none. */
  readonly sort: readonly string[]
  /** Arguments and scalars in the output, with commas between: `cutoff,params.mixing,output.energy`. */
  readonly columns?: string
  readonly limit?: number
  readonly digest?: boolean
  readonly json?: boolean
}

export async function runLs(target: string, options: LsOptions): Promise<ExitCode> {
  const sort = parseSorts(options.sort)
  await using opened = await openCatalog(target)
  const { store, catalog } = opened
  const output = standardOutput()
  const columns = parseColumns(options.columns)
  const rows = searchRows(catalog, {
    query: options.query,
    ...(sort.length > 0 && { sort }),
    limit: options.limit,
    args: columns.map(outputColumn),
  })
  if (options.json) {
    for (const row of rows)
      await output.write(JSON.stringify(await lineOf(store, row, columns, options.digest === true)) + '\n')
  } else {
    await writeTable(output, store, [...rows], columns, options.digest === true)
  }
  return 0
}

/** Throws `USAGE` for more fields than the list of the program sorts by, and for an empty one. */
function parseSorts(texts: readonly string[]): SortKey[] {
  if (texts.length > 4)
    throw new AppError(
      'USAGE',
      `--sort takes up to four fields, not ${texts.length}; leave the last ones out.`,
    )
  return texts.map(parseSort)
}

/** Throws `USAGE` for an empty field. */
function parseSort(text: string): SortKey {
  const [, column, direction] = /^(.*?)(?::(asc|desc))?$/s.exec(text) ?? []
  if (!column)
    throw new AppError('USAGE', 'The field to sort by is empty; give one such as --sort sizeBytes:desc.')
  return { column: outputColumn(column), descending: direction === 'desc' }
}

/** Throws `USAGE` for an empty name. */
function parseColumns(text: string | undefined): string[] {
  if (text === undefined) return []
  const names = text.split(',').map((name) => name.trim())
  if (names.includes(''))
    throw new AppError(
      'USAGE',
      'A name in --columns is empty; give some such as --columns cutoff,output.energy.',
    )
  return names
}

/** `output.energy`, as filters call it, is `out:energy` in the catalog. */
function outputColumn(name: string): string {
  if (name === 'output') return 'out:'
  return name.startsWith('output.') ? `out:${name.slice('output.'.length)}` : name
}

/** What an entry has in a column. */
function cellOf(row: Row, column: string): string | undefined {
  return row.args?.[outputColumn(column)]
}

/** What the row says, in the order of the line. */
const lineFields = [
  'sizeBytes',
  'kind',
  'func',
  'module',
  'user',
  'host',
  'cwd',
  'version',
  'runAtSeconds',
  'elapsedSeconds',
  'status',
  'problem',
  'tags',
] as const

/** The JSON form of an entry; fields that are not known are left out. */
async function lineOf(
  store: Store,
  row: Row,
  columns: readonly string[],
  withDigest: boolean,
): Promise<Record<string, unknown>> {
  return {
    key: jsonKey(parseKey(row.key)),
    ...Object.fromEntries(lineFields.map((name) => [name, row[name]])),
    columns:
      columns.length === 0 ? undefined : Object.fromEntries(columns.map((name) => [name, cellOf(row, name)])),
    sha256: withDigest ? await digestOf(store, row.key) : undefined,
  }
}

/** `undefined` where the bytes cannot be had. */
async function digestOf(store: Store, key: string): Promise<string | undefined> {
  try {
    using stored = await readStored(store, key)
    return sha256Of(stored)
  } catch (thrown) {
    if (thrown instanceof AppError && (thrown.code === 'NOT_FOUND' || thrown.code === 'REFUSED'))
      return undefined
    throw thrown
  }
}

async function writeTable(
  output: Output,
  store: Store,
  rows: readonly Row[],
  names: readonly string[],
  withDigest: boolean,
): Promise<void> {
  const columns = [
    { title: 'key' },
    { title: 'run at (UTC)' },
    { title: 'took', align: 'right' as const },
    { title: 'size', align: 'right' as const },
    { title: 'user' },
    ...names.map((name) => ({ title: visibleText(name) })),
    ...(withDigest ? [{ title: 'sha256' }] : []),
    { title: 'call' },
  ]
  const cells: string[][] = []
  for (const row of rows) {
    cells.push([
      row.key,
      timeText(row.runAtSeconds),
      optional(row.elapsedSeconds, formatDuration),
      optional(row.sizeBytes, formatBytes),
      row.user ?? '',
      ...names.map((name) => cellOf(row, name) ?? ''),
      ...(withDigest ? [(await digestOf(store, row.key)) ?? ''] : []),
      row.problem ? `${row.status}: ${row.problem.sentence}` : (row.call ?? row.outputPreview ?? ''),
    ])
  }
  for (const line of tableLines(output, columns, cells)) await output.write(line)
  if (output.isTerminal) await output.write(paint(output, 'dim', `${rows.length} entries`) + '\n')
}
