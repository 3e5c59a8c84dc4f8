import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, statfsSync } from 'node:fs'
import path from 'node:path'
import { startProgram, type Program } from '../e2e/program.ts'
import type { ArrayStatistics, ArrayWindow, Connection, EntryDetail } from '../shared/api/contract.ts'
import { decodeFrame, type PlaneHeader } from '../shared/api/pictures.ts'
import { python } from '../shared/testing/python.ts'
import { median } from './figures.ts'
import { forgetMostMemory, mostMemory } from './process-memory.ts'
import type { BenchContext } from './run.ts'

const rounds = 3

/**
 * Kinds of caches. Python’s SQLite takes no value above 1,000,000,000 bytes, ours reads none above 536,870,888; LMDB cannot write one
 * above 2,147,479,552, what Linux writes at once.
 */
const kinds = [
  { kind: 'fs', name: 'a file of joblib', bytes: 2_000_000_000 },
  { kind: 'lmdb', name: 'a value in LMDB', bytes: 2_000_000_000 },
  { kind: 'sqlite', name: 'a value in SQLite', bytes: 500_000_000 },
]

type Large = (typeof kinds)[number] & { readonly place: string; readonly keys: readonly string[] }

interface Cost {
  /** From the click until the picture is there. */
  readonly picture: number
  /** Until table and statistics are there too. */
  readonly all: number
  /** Most memory of the program since the click. */
  readonly memory: number
  readonly told: string
}

interface PythonCost {
  readonly seconds: number
  readonly memory: number
}

/**
 * An array of 2 GB, from the click to its picture, its table and its statistics: the program that is served, asked over
 * HTTP as the interface does, beside loading it with Python. Memory is what the whole program has at most, compared
 * with the same program that opens an array of 720 kB of the same cache.
 */
export async function benchPictures(context: BenchContext): Promise<void> {
  const { folder } = context
  for (const { bytes, ...kind } of kinds) {
    const home = path.join(folder, `large-${kind.kind}`)
    refuseWithoutRoom(folder, 3 * bytes)
    mkdirSync(home)
    const place = path.join(home, kind.kind === 'sqlite' ? 'cache.sqlite' : 'cache')
    const keys = script('make-large-array.py', kind.kind, place, String(bytes)).split('\n')
    await benchOne({ ...kind, bytes, place, keys }, home, context)
    rmSync(home, { recursive: true })
  }
}

async function benchOne(large: Large, home: string, context: BenchContext): Promise<void> {
  const { kind, place, keys } = large
  const [smallKey = '', largeKey = ''] = keys
  context.print(`${large.name}, ${(large.bytes / 1e9).toFixed(2)} GB`)
  for (const state of ['read from the disk', 'in the system’s memory'] as const) {
    const ours: Cost[] = []
    const small: Cost[] = []
    const theirs: PythonCost[] = []
    const prepare = (): void => void (state === 'read from the disk' && script('forget-pages.py', home))
    for (let round = 0; round < rounds; round++) {
      const data = path.join(home, `data-${ours.length}-${state.length}`)
      small.push(await openOnce(place, smallKey, `${data}-small`))
      prepare()
      ours.push(await openOnce(place, largeKey, data, prepare))
      prepare()
      theirs.push(JSON.parse(script('load-large-array.py', kind, place, largeKey)) as PythonCost)
    }
    const of = <C>(costs: readonly C[], figure: (cost: C) => number): number => median(costs.map(figure))
    const [picture, all] = [of(ours, (cost) => cost.picture), of(ours, (cost) => cost.all)]
    const memory = of(ours, (cost) => cost.memory) - of(small, (cost) => cost.memory)
    const load = of(theirs, (cost) => cost.seconds)
    const loaded = of(theirs, (cost) => cost.memory)
    context.print(`  ${state}: ${ours[0]?.told}`)
    context.print(
      `    picture after ${picture.toFixed(2)} s, everything after ${all.toFixed(2)} s, ${inMB(memory)} more memory`,
    )
    context.print(
      `    a small array ${of(small, (cost) => cost.picture).toFixed(2)} s, of ${inMB(of(small, (cost) => cost.memory))}`,
    )
    context.print(`    Python        ${load.toFixed(2)} s, ${inMB(loaded)} more memory`)
    context.print(
      `    ratio         ${(load / picture).toFixed(1)} times as fast, ${(loaded / Math.max(1e6, memory)).toFixed(0)} times less memory`,
    )
  }
}

/** A program of its own, so that no thread has anything in memory; its start and the index are not counted. */
async function openOnce(place: string, key: string, dataFolder: string, prepare?: () => void): Promise<Cost> {
  await using program = await startProgram([place], dataFolder)
  const store = await readyStore(program)
  prepare?.()
  forgetMostMemory(program.pid)
  const entry = `stores/${store.id}/entries/${key}`
  const started = performance.now()
  const elapsed = (): number => (performance.now() - started) / 1000
  const { outputPath } = (await (await ask(program, entry)).json()) as EntryDetail
  let picture = 0
  const [plane, window, statistics] = await Promise.all([
    ask(program, `${entry}/plane?path=${outputPath}&height=520&width=800`)
      .then((response) => response.arrayBuffer())
      .then((bytes) => {
        picture = elapsed()
        return decodeFrame<PlaneHeader>(bytes).header
      }),
    ask(program, `${entry}/array?path=${outputPath}&rows=0:100&columns=0:24`).then(
      async (response) => (await response.json()) as ArrayWindow,
    ),
    ask(program, `${entry}/statistics?path=${outputPath}`).then(
      async (response) => (await response.json()) as ArrayStatistics,
    ),
  ])
  const all = elapsed()
  const count = (number: number): string => number.toLocaleString('en')
  const told =
    `${plane.height} × ${plane.width} cells of ${count(plane.looked)} elements, ` +
    `${window.cells.length} rows, statistics of ${count(statistics.sampled ?? statistics.count)} elements`
  return { picture, all, memory: mostMemory(program.pid), told }
}

async function ask({ origin, token }: Program, address: string): Promise<Response> {
  const response = await fetch(`${origin}/api/${address}`, { headers: { authorization: `Bearer ${token}` } })
  if (!response.ok) throw new Error(await response.text())
  return response
}

async function readyStore(program: Program): Promise<Connection> {
  for (;;) {
    const [store] = (await (await ask(program, 'stores')).json()) as Connection[]
    if (store?.state === 'ready') return store
    if (store?.state === 'failed')
      throw new Error(`The bench's cache could not be read: ${store.error?.message}`)
    await new Promise((go) => setTimeout(go, 50))
  }
}

function script(name: string, ...parameters: readonly string[]): string {
  return execFileSync(python, [path.join(import.meta.dirname, name), ...parameters], {
    encoding: 'utf8',
  }).trim()
}

function refuseWithoutRoom(folder: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(folder)
  if (bavail * bsize > bytes) return
  throw new Error(
    `The bench needs ${(bytes / 1e9).toFixed(0)} GB in ${folder} and there are ${((bavail * bsize) / 1e9).toFixed(1)}; ` +
      `free some, or set TMPDIR to a folder on another disk.`,
  )
}

function inMB(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`
}
