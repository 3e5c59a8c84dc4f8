import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { planJob, runPlanned } from '../shared/jobs/jobs.ts'
import { resolveStore } from '../shared/stores/registry.ts'
import { python } from '../shared/testing/python.ts'
import { startRedis, type TestServer } from '../shared/testing/redis.ts'
import { median } from './figures.ts'
import type { BenchContext } from './run.ts'

const entries = 20_000
/** An array of 256 numbers beside the arguments: some 2.7 kB a record. */
const arrayBytes = 2_048
const rounds = 3
/** Of Linux's process accounting (`sysconf(_SC_CLK_TCK)`). */
const ticksPerSecond = 100

type Kind = 'fs' | 'lmdb' | 'sqlite' | 'redis'
const directions: readonly (readonly [Kind, Kind])[] = [
  ['fs', 'lmdb'],
  ['lmdb', 'sqlite'],
  ['sqlite', 'redis'],
  ['redis', 'fs'],
]
const ways = ['loop', 'copy', 'batched'] as const

interface Took {
  readonly seconds: number
  readonly processorSeconds: number
}

/**
 * A migration beside Python: the loop of the articles, the same loop that keeps its connections and copies bytes,
 * and reading everything and putting it in large transactions. Ours plans, keeps a journal, reads back every value
 * and compares digests; the others do not.
 */
export async function benchMigrate(context: BenchContext): Promise<void> {
  const { folder } = context
  await using source = await startRedis()
  await using target = await startRedis()
  const places = new Places(folder, source, target)
  execFileSync(python, [
    path.join(import.meta.dirname, 'make-cache.py'),
    places.fresh('fs', 'from'),
    String(entries),
    String(arrayBytes),
  ])
  for (const [from, to] of directions) await compare(places, from, to, (line) => context.print(line))
}

async function compare(places: Places, from: Kind, to: Kind, print: BenchContext['print']): Promise<void> {
  const ours: Took[] = []
  const theirs = new Map(ways.map((way) => [way, [] as Took[]]))
  for (let round = 0; round < rounds; round++) {
    for (const way of ways) theirs.get(way)!.push(pythonMigrates(places, way, from, to))
    ours.push(await weMigrate(places, from, to))
  }
  print(`${from} → ${to}, ${entries.toLocaleString('en')} entries:`)
  print(`  ours                 ${told(ours)}`)
  for (const way of ways) {
    const took = theirs.get(way)!
    print(`  Python, ${way.padEnd(8)}     ${told(took)}; ours takes ${ratio(ours, took)} of it`)
  }
  // What was written last is read next.
  places.next(to)
}

const clock = ({ seconds }: Took): number => seconds
const processor = (took: Took): number => took.processorSeconds

function told(took: readonly Took[]): string {
  return `${median(took.map(clock)).toFixed(2)} s, processor ${median(took.map(processor)).toFixed(2)} s`
}

function ratio(ours: readonly Took[], theirs: readonly Took[]): string {
  const of = (figure: (took: Took) => number): string =>
    (median(ours.map(figure)) / median(theirs.map(figure))).toFixed(2)
  return `${of(clock)} (processor ${of(processor)})`
}

function pythonMigrates(places: Places, way: string, from: Kind, to: Kind): Took {
  const script = path.join(import.meta.dirname, 'migrate-python.py')
  const words = [script, way, `${from}-${to}`, places.place(from, 'from'), places.fresh(to, 'to')]
  const [seconds = 0, processorSeconds = 0] = execFileSync(python, words, { encoding: 'utf8' })
    .split(' ')
    .map(Number)
  return { seconds, processorSeconds }
}

async function weMigrate(places: Places, from: Kind, to: Kind): Promise<Took> {
  const dataFolder = places.dataFolder()
  places.fresh(to, 'to')
  const startMs = performance.now()
  const startProcessor = ownProcessorSeconds()
  const job = await planJob(
    {
      kind: 'migrate',
      from: await resolveStore(places.url(from, 'from')),
      to: await resolveStore(places.url(to, 'to')),
      selection: {},
      onConflict: 'fail',
    },
    { dataFolder },
  )
  const plannedMs = performance.now()
  const ran = await runPlanned(job.id, { dataFolder })
  if (process.env.BENCH_STEPS)
    console.error(`plan ${Math.round(plannedMs - startMs)} run ${Math.round(performance.now() - plannedMs)}`)
  if (ran.outcomes.done !== entries) throw new Error(`The migration ${from} to ${to} is ${ran.state}`)
  return {
    seconds: (performance.now() - startMs) / 1_000,
    processorSeconds: ownProcessorSeconds() - startProcessor,
  }
}

/** Of this process and of those that it started and that have ended (LMDB is written in one of its own). */
function ownProcessorSeconds(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  const ticks = [11, 12, 13, 14].reduce((sum, place) => sum + Number(fields[place]), 0)
  return ticks / ticksPerSecond
}

/**
 * Where the caches are. Each run has a target of its own, and nothing is deleted before the end: ext4 goes round the
 * inodes of files that were deleted in the last minutes, so that making files after deleting as many takes ten times as
 * long, whoever makes them.
 */
class Places {
  readonly #folder: string
  readonly #servers: Record<'from' | 'to', TestServer>
  #runs = 0
  readonly #newest = { from: 0, to: 0 }

  constructor(folder: string, source: TestServer, target: TestServer) {
    this.#folder = folder
    this.#servers = { from: source, to: target }
    mkdirSync(path.join(folder, 'from'))
    mkdirSync(path.join(folder, 'to'))
  }

  /** As Python is told. */
  place(kind: Kind, side: 'from' | 'to'): string {
    return kind === 'redis'
      ? String(this.#servers[side].port)
      : path.join(this.#folder, side, `${kind}-${this.#newest[side]}`)
  }

  url(kind: Kind, side: 'from' | 'to'): string {
    const place = this.place(kind, side)
    return kind === 'redis' ? `redis://127.0.0.1:${place}/0` : `${kind}:${place}`
  }

  /** The place, with nothing there. */
  fresh(kind: Kind, side: 'from' | 'to'): string {
    this.#newest[side]++
    const place = this.place(kind, side)
    if (kind === 'redis') execFileSync('redis-cli', ['-p', place, 'flushall'], { stdio: 'ignore' })
    return place
  }

  next(kind: Kind): void {
    if (kind === 'redis') {
      const { from, to } = this.#servers
      this.#servers.from = to
      this.#servers.to = from
    } else {
      const written = this.place(kind, 'to')
      cpSync(written, this.fresh(kind, 'from'), { recursive: true })
    }
  }

  /** Each run is a first one: no index of the source is there. */
  dataFolder(): string {
    const place = path.join(this.#folder, `data-${this.#runs++}`)
    mkdirSync(place)
    return place
  }
}
