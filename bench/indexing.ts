import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import path from 'node:path'
import { Catalog } from '../shared/catalog/catalog.ts'
import { indexStore } from '../shared/catalog/indexer.ts'
import { openStore } from '../shared/stores/registry.ts'
import { python } from '../shared/testing/python.ts'
import { median, perSecond } from './figures.ts'
import type { BenchContext } from './run.ts'

const rounds = 3

interface Cost {
  readonly seconds: number
  /** Of all threads; other programs on the machine count less here. */
  readonly processorSeconds: number
}

/**
 * Indexing a folder of joblib pickles beside the obvious Python loop that `joblib.load`s every
 * entry to list it. Both sides read the same files, warm, in alternating rounds.
 */
export async function benchIndexing(context: BenchContext): Promise<void> {
  await compare(context, 'small records', 20_000, 0)
  await compare(context, 'records with a 2 MB array', context.full ? 20_000 : 1_000, 2_000_000)
}

async function compare(
  context: BenchContext,
  title: string,
  entries: number,
  arrayBytes: number,
): Promise<void> {
  const folder = path.join(context.folder, `cache-${arrayBytes}`)
  runPython('make-cache.py', [folder, String(entries), String(arrayBytes)])
  const ours: Cost[] = []
  const theirs: Cost[] = []
  let bytesRead = 0
  let bytesStored = 0
  for (let round = 0; round < rounds; round++) {
    const report = await indexOnce(context, folder)
    if (report.read !== entries) throw new Error(`${report.read} of ${entries} entries were read`)
    ours.push(report)
    bytesRead = report.bytesRead
    bytesStored = report.bytesStored
    const loaded = JSON.parse(runPython('load-all.py', [folder])) as Cost & { entries: number }
    if (loaded.entries !== entries) throw new Error(`Python loaded ${loaded.entries} of ${entries} entries`)
    theirs.push(loaded)
  }
  rmSync(folder, { recursive: true })
  const seconds = (costs: Cost[]): number => median(costs.map((cost) => cost.seconds))
  const processor = (costs: Cost[]): number => median(costs.map((cost) => cost.processorSeconds))
  const microseconds = (costs: Cost[]): string => ((1e6 * processor(costs)) / entries).toFixed(0)
  context.print(`${title}, ${entries.toLocaleString('en')} entries`)
  context.print(`  index               ${perSecond(entries, seconds(ours))}`)
  context.print(`  joblib.load of all  ${perSecond(entries, seconds(theirs))}`)
  context.print(`  ratio               ${(seconds(theirs) / seconds(ours)).toFixed(2)} times as fast`)
  context.print(
    `  processor time      ${microseconds(ours)} µs an entry beside ${microseconds(theirs)} µs:` +
      ` ${(processor(theirs) / processor(ours)).toFixed(2)} times less`,
  )
  context.print(
    `  bytes read          ${bytesRead.toLocaleString('en')} of ${bytesStored.toLocaleString('en')} stored` +
      ` (${((100 * bytesRead) / bytesStored).toFixed(2)} %)`,
  )
}

async function indexOnce(context: BenchContext, folder: string) {
  const file = path.join(context.folder, 'index.sqlite')
  await using store = await openStore('fs:' + folder)
  const catalog = Catalog.open(file)
  try {
    const started = performance.now()
    const before = process.cpuUsage()
    const report = await indexStore(store, catalog, {})
    const { user, system } = process.cpuUsage(before)
    return {
      ...report,
      seconds: (performance.now() - started) / 1000,
      processorSeconds: (user + system) / 1e6,
    }
  } finally {
    catalog.close()
    for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true })
  }
}

function runPython(script: string, parameters: readonly string[]): string {
  return execFileSync(python, [path.join(import.meta.dirname, script), ...parameters], { encoding: 'utf8' })
}
