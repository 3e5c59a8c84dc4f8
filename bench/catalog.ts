import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Catalog } from '../shared/catalog/catalog.ts'
import { sortColumns } from '../shared/catalog/columns.ts'
import { indexTexts, keepColumns } from '../shared/catalog/indexer.ts'
import { schemaVersion } from '../shared/catalog/migrations.ts'
import { generatedEntry, generatedVersion } from './generated-entries.ts'
import { median, percentile, perSecond } from './figures.ts'
import type { BenchContext } from './run.ts'

const batchRows = 1000
const queryRounds = 3
const slowestShown = 8

/**
 * Searching and sorting an index of a million calls of eight functions. *Cold*: asked of an index that was opened just
 * now, of which only the unfiltered list was shown, in the order of the questions below. *Warm*: all of them were asked
 * before, so what the memory does not hold at one time is cold again.
 */
export async function benchCatalog(context: BenchContext): Promise<void> {
  const rows = context.full ? 3_000_000 : 1_000_000
  const file = await makeCatalog(context, rows)
  context.print(`an index of ${rows.toLocaleString('en')} rows`)
  let catalog = openCatalog(context, file)
  benchQueries(context, catalog)
  catalog.close()
  catalog = openCatalog(context, file)
  benchSorting(context, catalog)
  catalog.close()
}

function openCatalog(context: BenchContext, file: string): Catalog {
  const before = process.memoryUsage.rss()
  const catalog = Catalog.open(file)
  const { clockMs } = timed(() => catalog.search(''))
  context.print(
    `  opened, all listed   ${clockMs.toFixed(0)} ms, ${megabytes(process.memoryUsage.rss() - before)} more memory`,
  )
  return catalog
}

/** Made once for each version of what is generated, and kept in the folder for temporary files. */
async function makeCatalog(context: BenchContext, rows: number): Promise<string> {
  const folder = path.join(tmpdir(), 'hashcache-bench-catalogs')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = path.join(folder, `catalog-${rows}-v${generatedVersion}.${schemaVersion}.sqlite`)
  if (existsSync(file)) return file
  const unfinished = `${file}.unfinished`
  rmSync(unfinished, { force: true })
  const catalog = Catalog.open(unfinished)
  const started = performance.now()
  for (let from = 0; from < rows; from += batchRows) {
    const put = Array.from({ length: Math.min(batchRows, rows - from) }, (_, i) => generatedEntry(from + i))
    catalog.write({ put })
  }
  const written = performance.now()
  await indexTexts(catalog)
  const indexed = performance.now()
  await keepColumns(catalog)
  const kept = performance.now()
  catalog.close()
  renameSync(unfinished, file)
  context.print(`an index of ${rows.toLocaleString('en')} generated rows`)
  context.print(`  rows written         ${perSecond(rows, (written - started) / 1000)}`)
  context.print(`  texts indexed        ${perSecond(rows, (indexed - written) / 1000)}`)
  context.print(`  columns kept         ${perSecond(rows, (kept - indexed) / 1000)}`)
  context.print(`  bytes a row          ${(statSync(file).size / rows).toFixed(0)}`)
  return file
}

function benchQueries(context: BenchContext, catalog: Catalog): void {
  const ask = (query: string): Timed =>
    timed(() => {
      const { id } = catalog.search(query)
      catalog.rows(id, 0, 100)
    })
  const cold = queries.map((query) => ({ query, ...ask(query) }))
  const rounds = Array.from({ length: queryRounds }, () => queries.map(ask))
  const warm = queries.map((query, i) => ({
    query,
    clockMs: median(rounds.map((round) => round[i]!.clockMs)),
    processorMs: median(rounds.map((round) => round[i]!.processorMs)),
  }))
  context.print(`  ${queries.length} mixed queries with their first 100 rows; by the clock (processor time)`)
  for (const [name, took] of Object.entries({ cold, warm })) {
    const figures = [0.5, 0.95, 1].map((share) => {
      const [clock, processor] = (['clockMs', 'processorMs'] as const).map((kind) =>
        percentile(
          took.map((each) => each[kind]),
          share,
        ).toFixed(0),
      )
      return `${share === 1 ? 'max' : `p${100 * share}`} ${clock} (${processor}) ms`
    })
    context.print(`    ${name}  ${figures.join(', ')}`)
    for (const { query, clockMs } of took.toSorted((a, b) => b.clockMs - a.clockMs).slice(0, slowestShown))
      context.print(`      ${clockMs.toFixed(0).padStart(5)} ms  ${query}`)
  }
  context.print(`    ${megabytes(process.memoryUsage.rss())} of memory in all`)
}

function benchSorting(context: BenchContext, catalog: Catalog): void {
  const sort = (column: string, descending: boolean): Timed =>
    timed(() => {
      const { id } = catalog.search('', [{ column, descending }])
      catalog.rows(id, 0, 100)
    })
  const cold = sortedBy.map((column) => sort(column, false))
  context.print(
    '  sorting all rows, with the first 100 of them, by the clock (processor time): first, and again',
  )
  for (const [i, column] of sortedBy.entries()) {
    sort(column, false)
    const warm = Array.from({ length: queryRounds }, (_, round) => sort(column, round % 2 === 0))
    const [first, again] = [[cold[i]!], warm].map(
      (took) =>
        `${median(took.map(({ clockMs }) => clockMs)).toFixed(0)} (${median(took.map(({ processorMs }) => processorMs)).toFixed(0)}) ms`,
    )
    context.print(`    ${column.padEnd(16)} ${first!.padStart(16)}, ${again!.padStart(14)}`)
  }
  context.print(`    ${megabytes(process.memoryUsage.rss())} of memory in all`)
}

interface Timed {
  readonly clockMs: number
  /** All threads: other programs do not count then. */
  readonly processorMs: number
}

function timed(action: () => unknown): Timed {
  const [started, before] = [performance.now(), process.cpuUsage()]
  action()
  const clockMs = performance.now() - started
  const { user, system } = process.cpuUsage(before)
  return { clockMs, processorMs: (user + system) / 1000 }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`
}

const sortedBy = [
  ...sortColumns,
  'arg:element',
  'arg:cutoff',
  'arg:label',
  'arg:params.mixing',
  'out:energy',
  'out:converged',
]

/** Fifty as people type them, over the whole language: see `docs/query.md`. */
const queries = [
  '',
  // Fields of the record.
  'func:relax',
  'func:re*',
  'module:alloys.*',
  'user:(ana,bo)',
  'user!=ana',
  'version<0.2',
  'status:damaged',
  'kind:call',
  'type:float',
  'host:node000*',
  'cwd:/home/ana/*',
  'size>100kB',
  'size:10kB..20kB',
  'took>60s',
  'age>300d',
  'run:2025-07',
  'key:00ff',
  'key:abc*',
  // Arrays.
  'shape:3x*',
  'type:ndarray shape:1000..x3 dtype:float32',
  // Arguments, and what is inside them and the output.
  'cutoff=400',
  'cutoff>480',
  'element:(Cu,Ag)',
  'label:run-123*',
  'params.mixing>0.9',
  'params.steps:100..200',
  'output.energy<-6',
  'output.converged:False took>10min',
  'output.info.steps>=450',
  'output:-3..-2.9',
  // What comparing entries tells.
  'is:superseded',
  'is:(superseded,duplicate) size>100kB',
  'is:misplaced',
  // Together.
  'func:relax element:Cu cutoff>400',
  'func:relax user:ana took>60s',
  'func:relax output.energy:-4..-3 params.mixing>0.3',
  'func:relax or func:eos_fit',
  '-(user:ana) size>100kB',
  // Words.
  'relax',
  'run-12345',
  "element='Pd'",
  'converged',
  'zzzz',
  'func:phonons run-5555',
  'args:run-777 element:Au',
  'output:"no convergence"',
  // Regular expressions.
  'func:/^(eos|phonon)/',
  'output:/Error|Warning/',
  '/run-4[0-4]2\\d\\d\\d/',
]
