import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { Catalog } from '../shared/catalog/catalog.ts'
import { indexStore } from '../shared/catalog/indexer.ts'
import { compareCaches } from '../shared/compare/compare.ts'
import type { CompareTotals, MatchedBy } from '../shared/compare/contract.ts'
import { ResultFile } from '../shared/compare/result-file.ts'
import { fromJs } from '../shared/hashcache/from-js.ts'
import { writeJoblib } from '../shared/joblib/write.ts'
import type { Store } from '../shared/stores/contract.ts'
import { openStore } from '../shared/stores/registry.ts'
import { perSecond } from './figures.ts'
import type { BenchContext } from './run.ts'

const entries = 100_000
const batch = 2_000
/** Of each hundred: with another output, with other metadata, only left, only right. */
const elements = ['Cu', 'Ag', 'Au', 'Pd', 'Pt', 'Ni', 'Al', 'Fe']
const share = { different: 2, metadata: 3, onlyLeft: 4, onlyRight: 5 }

/**
 * Two caches of 100,000 entries on different backends, compared by key and by call: the clock, and how much memory
 * grows above what the open catalogs take. Beside it the least that any comparison has to do: reading all values of both.
 */
export async function benchCompare(context: BenchContext): Promise<void> {
  const locations = [
    path.join(context.folder, 'left', 'cache'),
    `sqlite:${path.join(context.folder, 'right.sqlite')}`,
  ] as const
  mkdirSync(path.dirname(locations[0]), { recursive: true })
  await fill(`fs:${locations[0]}`, 0)
  await fill(locations[1], 1)
  await using left = await openStore(`fs:${locations[0]}`)
  await using right = await openStore(locations[1])
  using leftCatalog = Catalog.open(path.join(context.folder, 'left-index.sqlite'))
  using rightCatalog = Catalog.open(path.join(context.folder, 'right-index.sqlite'))
  await indexStore(left, leftCatalog)
  await indexStore(right, rightCatalog)
  const sides = [
    { store: left, catalog: leftCatalog },
    { store: right, catalog: rightCatalog },
  ] as const
  const reading = await clocked(async () => {
    for (const { store } of sides) await readAll(store)
  })
  context.print(`${entries.toLocaleString('en')} entries in files beside as many in SQLite`)
  context.print(`  reading all values of both        ${perSecond(2 * entries, reading.seconds)}`)
  for (const by of ['key', 'call'] as const) {
    const { seconds, grownBytes, value } = await clocked(() => compareOnce(context, sides, by))
    const told = Object.entries(value).map(([relation, { entries: count }]) => `${relation} ${count}`)
    context.print(
      `  compared by ${by.padEnd(4)}                  ${seconds.toFixed(1)} s, ${perSecond(2 * entries, seconds)}`,
    )
    context.print(
      `    beside reading                  ${(seconds / reading.seconds).toFixed(2)} times as long`,
    )
    context.print(`    memory above before, at most    ${Math.round(grownBytes / 2 ** 20)} MiB`)
    context.print(`    ${told.join(', ')}`)
  }
}

async function fill(location: string, side: 0 | 1): Promise<void> {
  await using store = await openStore(location, { write: true })
  let puts: { kind: 'put'; key: Uint8Array; value: Uint8Array }[] = []
  for (let i = 0; i < entries; i++) {
    const place = i % 100
    const isOnlyLeft = place < share.onlyLeft
    const isOnlyRight = !isOnlyLeft && place < share.onlyLeft + share.onlyRight
    if (side === 0 ? isOnlyRight : isOnlyLeft) continue
    const isDifferent = place >= 20 && place < 20 + share.different
    const isOther = place >= 30 && place < 30 + share.metadata
    const energy = side === 1 && isDifferent ? 1 : 0
    puts.push({ kind: 'put', ...recordOf(i, energy, side === 1 && isOther ? 'bo' : 'ana') })
    if (puts.length < batch) continue
    await store.apply(puts)
    puts = []
  }
  await store.apply(puts)
}

const encoder = new TextEncoder()

/** A call of one of eight functions, with an array of 32 numbers in its output: some 900 bytes. */
function recordOf(i: number, energy: number, user: string): { key: Uint8Array; value: Uint8Array } {
  const key = createHash('sha1').update(`entry ${i}`).digest('hex')
  const args = { element: elements[i % elements.length], cutoff: 200 + (i % 300), label: `run-${i}` }
  const record = {
    func: `relax_${i % 8}`,
    module: 'alloys.bulk',
    args: [],
    kwargs: args,
    'standardized-kwargs': args,
    version: '0.1.0',
    hash: key,
    cwd: '/home/ana/alloys',
    user,
    'run-at': 1_700_000_000.5 + i,
    elapsed_time: 2.5 + (i % 100),
    output: { energy: energy - i / 1e5, forces: new Float64Array(32).fill(i) },
  }
  return { key: encoder.encode(key), value: writeJoblib(fromJs(record)) }
}

async function readAll(store: Store): Promise<void> {
  for await (const found of store.entries()) await store.getMany(found.map(({ key }) => key))
}

type Sides = Parameters<typeof compareCaches>[0]

async function compareOnce(
  context: BenchContext,
  [left, right]: readonly [Sides, Sides],
  by: MatchedBy,
): Promise<CompareTotals> {
  using result = ResultFile.create(path.join(context.folder, `compared-${by}.sqlite`))
  await compareCaches(left, right, result, { by, tolerance: {} })
  return result.totals()
}

/** Time, and the most that the process's memory grew meanwhile. */
async function clocked<Value>(action: () => Promise<Value>) {
  globalThis.gc?.()
  const before = process.memoryUsage.rss()
  let most = before
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss())
  }, 50)
  const started = performance.now()
  try {
    const value = await action()
    return { value, seconds: (performance.now() - started) / 1000, grownBytes: most - before }
  } finally {
    clearInterval(timer)
  }
}
