import { existsSync, statSync } from 'node:fs'
import path from 'node:path'
import { Catalog } from '../shared/catalog/catalog.ts'
import { indexTexts } from '../shared/catalog/indexer.ts'
import { generatedEntry } from './generated-entries.ts'
import { median, percentile, perSecond } from './figures.ts'
import type { BenchContext } from './run.ts'

const batchRows = 1000
const queryRounds = 3

/**
 * Searching and sorting an index of a million calls of eight functions. The first search after the index
 * changed, which reads its columns into memory, is told by itself: it happens once per change.
 */
export async function benchCatalog(context: BenchContext): Promise<void> {
  const rows = context.full ? 3_000_000 : 1_000_000
  using catalog = await makeCatalog(context, path.join(context.folder, `catalog-${rows}.sqlite`), rows)
  context.print(`queries over ${rows.toLocaleString('en')} rows`)
  const first = milliseconds(() => catalog.search(''))
  context.print(`  first search        ${first.toFixed(0)} ms, with the columns read`)
  benchQueries(context, catalog)
  benchSorting(context, catalog)
}

async function makeCatalog(context: BenchContext, file: string, rows: number): Promise<Catalog> {
  const isThere = existsSync(file)
  const catalog = Catalog.open(file)
  if (isThere) return catalog
  const started = performance.now()
  for (let from = 0; from < rows; from += batchRows) {
    const put = Array.from({ length: Math.min(batchRows, rows - from) }, (_, i) => generatedEntry(from + i))
    catalog.write({ put })
  }
  const written = performance.now()
  await indexTexts(catalog)
  const indexed = performance.now()
  context.print(`an index of ${rows.toLocaleString('en')} generated rows`)
  context.print(`  rows written        ${perSecond(rows, (written - started) / 1000)}`)
  context.print(`  texts indexed       ${perSecond(rows, (indexed - written) / 1000)}`)
  context.print(`  bytes a row         ${(statSync(file).size / rows).toFixed(0)}`)
  return catalog
}

function benchQueries(context: BenchContext, catalog: Catalog): void {
  const took = queries.map((query) => {
    const times = Array.from({ length: queryRounds }, () =>
      milliseconds(() => {
        const { id } = catalog.search(query)
        catalog.rows(id, 0, 100)
      }),
    )
    return { query, ms: median(times) }
  })
  const times = took.map(({ ms }) => ms)
  context.print(
    `  ${queries.length} mixed queries    p50 ${median(times).toFixed(0)} ms, p95 ${percentile(times, 0.95).toFixed(0)} ms`,
  )
  for (const { query, ms } of took.toSorted((a, b) => b.ms - a.ms).slice(0, 5))
    context.print(`    ${ms.toFixed(0).padStart(5)} ms  ${query}`)
}

function benchSorting(context: BenchContext, catalog: Catalog): void {
  for (const column of sortColumns) {
    const cold = milliseconds(() => catalog.search('', [{ column, descending: false }]))
    const warm = milliseconds(() => catalog.search('', [{ column, descending: true }]))
    context.print(`  sort by ${column.padEnd(15)} ${cold.toFixed(0)} ms, again ${warm.toFixed(0)} ms`)
  }
}

/** Processor time: all of it runs in one thread, and other programs do not count then. */
function milliseconds(action: () => unknown): number {
  const before = process.cpuUsage()
  action()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

const sortColumns = [
  'key',
  'func',
  'module',
  'user',
  'version',
  'kind',
  'status',
  'outputType',
  'sizeBytes',
  'runAtSeconds',
  'elapsedSeconds',
  'call',
  'outputPreview',
  'arg:element',
  'arg:cutoff',
]

/** Of the kinds that people type: names, numbers, times, arguments, words, keys, and these together. */
const queries = [
  '',
  'func:relax',
  'func:eos_fit',
  'func:re*',
  'module:alloys.*',
  'user:ana',
  'user:(ana,bo)',
  'user!=ana',
  'version:0.2.0',
  'version<0.2',
  'status:damaged',
  'status:ok',
  'kind:call',
  'type:float',
  'host:node01*',
  'size>100kB',
  'size<1kB',
  'size:10kB..20kB',
  'took>60s',
  'took<1s',
  'took:1s..5s',
  'age<30d',
  'age>300d',
  'run:2025-07',
  'run:2025-03-01..2025-03-07',
  'cutoff=400',
  'cutoff>480',
  'cutoff:300..310',
  'element:Cu',
  'element:(Cu,Ag)',
  'element=Pd cutoff>450',
  'label:run-123*',
  'func:relax element:Cu',
  'func:relax cutoff>400 element:Ag',
  'func:relax user:ana took>60s',
  'func:md age<60d',
  'user:ana status:damaged',
  'func:relax or func:eos_fit',
  'element:Cu or element:Ag',
  '-(func:relax)',
  '-(user:ana) size>100kB',
  'relax',
  'run-12345',
  'run-77777',
  "element='Pd'",
  'converged',
  'zzzz',
  'func:phonons run-5555',
  'key:00ff',
  'key:abc',
]
